"""The answer once given to an Idempotency-Key, so that a repeated POST gets it again instead of acting twice."""

from django.db import models


class IdempotentAnswer(models.Model):
    token = models.ForeignKey("companies.ApiToken", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path and body")
    status = models.PositiveSmallIntegerField(
        null=True, help_text="empty while the first request is under way"
    )
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="one_answer_per_idempotency_key")
        ]

    def __str__(self) -> str:
        return self.key
