"""What has gone into the agenda of a meeting by itself."""

from django.db import models

from meetings.models import Meeting


class CarriedItem(models.Model):
    """`source` is the id of an action, or of an item of an earlier meeting's agenda; `item` stands for it in this one.

    It stays when a host removes the item, so that it does not come back.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=16)
    item = models.CharField(max_length=16)

    class Meta:
        verbose_name = "carried item"
        verbose_name_plural = "carried items"
        constraints = [
            models.UniqueConstraint(fields=["meeting", "source"], name="carried_once_into_a_meeting"),
        ]
        indexes = [models.Index(fields=["source"], name="carried_by_source")]

    def __str__(self) -> str:
        return f"{self.source} in {self.meeting_id}"
