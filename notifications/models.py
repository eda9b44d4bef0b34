"""The outbox: one row for each mail to one person, written in the transaction that made it due."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.model_fields import CleanJSONField, ProseField
from companies.models import Person
from meetings.models import Meeting, Recording, Registration


class NotificationQuerySet(models.QuerySet["Notification"]):
    def due(self, now: datetime) -> Self:
        return self.filter(state=Notification.State.WAITING, due_at__lte=now)

    def waiting(self) -> Self:
        return self.filter(state=Notification.State.WAITING)

    def not_begun(self) -> Self:
        """What can still be taken back: waiting, or claimed by a worker that has not begun to send it."""
        return self.filter(
            state__in=[Notification.State.WAITING, Notification.State.SENDING], begun_at__isnull=True
        )


class Notification(models.Model):
    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("confirmation")
        REQUESTED = "requested", _("waiting for approval")
        WAITLISTED = "waitlisted", _("on the waitlist")
        OFFER = "offer", _("seat offered")
        REFUSED = "refused", _("not approved")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REMINDER = "reminder", _("reminder")
        CHANGE = "change", _("change")
        CANCELLATION = "cancellation", _("cancellation")
        INVITATION = "invitation", _("invitation")
        RECORDING = "recording", _("recording is there")
        RECORDING_MISSING = "recording_missing", _("recording did not come")
        RECORDING_FAILED = "recording_failed", _("recording cannot be played")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        DROPPED = "dropped", _("not needed any more")
        FAILED = "failed", _("failed")
        DOUBTFUL = "doubtful", _("in doubt")

    # Not sent again by itself when a crash leaves it unknown whether it went out: that is shown instead. All other
    # kinds are sent again then: a change that comes twice harms less than one that never came.
    NEVER_TWICE = (Kind.REMINDER, Kind.RECORDING)

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="notifications"
    )
    meeting = models.ForeignKey(
        Meeting,
        verbose_name=_("meeting"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notifications",
    )
    registration = models.ForeignKey(
        Registration,
        verbose_name=_("registration"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notifications",
    )
    recording = models.ForeignKey(
        Recording,
        verbose_name=_("recording"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notifications",
    )
    revision = models.PositiveIntegerField(default=0, help_text="the meeting's revision that this tells of")
    occasion = models.CharField(max_length=80, help_text="what makes it the only one of its kind")
    details = CleanJSONField(
        default=dict, blank=True, help_text="what the text needs beside the rows: the earlier hour"
    )
    due_at = models.DateTimeField(_("due at"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=64, blank=True)
    begun_at = models.DateTimeField(
        null=True, blank=True, help_text="empty while claimed only: nothing has left yet"
    )
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    failure = ProseField(_("what went wrong"), blank=True)
    created_at = models.DateTimeField(_("created at"))

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state="waiting"), name="notifications_waiting_by_due"
            ),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="notifications_under_way"),
            models.Index(fields=["meeting", "kind", "state"], name="notifications_of_a_meeting"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "occasion"], name="never_tell_the_same_twice"),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="sent_notification_has_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_state_display()}"
