"""What delivery remembers: when each weekly email is due, and how the mail server answers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.model_fields import ProseField
from companies.models import Person


class DigestSchedule(models.Model):
    """When somebody's weekly email is due; see `digests`."""

    person = models.OneToOneField(
        Person, primary_key=True, on_delete=models.CASCADE, related_name="digest_schedule"
    )
    due_at = models.DateTimeField(db_index=True)
    told_until = models.DateTimeField(
        null=True, blank=True, help_text="what was published until then; empty before the first"
    )

    def __str__(self) -> str:
        return f"of {self.person_id}"


class MailServer(models.Model):
    """Whether the mail server can be reached. Separate from the notifications, which an outage does not change."""

    key = models.CharField(primary_key=True, max_length=64, help_text="stands for its address and account")
    away_since = models.DateTimeField(_("unreachable since"), null=True, blank=True)
    probe_at = models.DateTimeField(
        _("next attempt"), null=True, blank=True, help_text="whoever moves this on is the one who tries"
    )
    reason = ProseField(_("error"), blank=True)

    class Meta:
        verbose_name = _("mail server")
        verbose_name_plural = _("mail servers")
        constraints = [
            models.CheckConstraint(
                condition=Q(away_since__isnull=True) | Q(probe_at__isnull=False),
                name="a_mail_server_away_is_tried_again",
            ),
        ]

    def __str__(self) -> str:
        return self.key[:8]
