"""What a person's calendar program answered to a meeting's calendar invitation, and what came of it."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.model_fields import EmailAddressField, ProseField
from companies.models import Person
from meetings.models.meeting import Meeting


class CalendarReply(models.Model):
    """Kept also where it changes nothing, for the hosts to see."""

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", _("accepts")
        TENTATIVE = "tentative", _("maybe")
        DECLINED = "declined", _("declines")
        COUNTER = "counter", _("proposes another time")
        DELEGATED = "delegated", _("sends someone else")

    class Outcome(models.TextChoices):
        CHANGED = "changed", _("registration changed")
        NOTED = "noted", _("nothing to change")
        OUTDATED = "outdated", _("outdated: there is newer information")
        REPEATED = "repeated", _("already received")
        FORGED = "forged", _("sender not verified")
        OTHER_PERSON = "other_person", _("from someone who wasn’t invited")
        OTHER_EVENT = "other_event", _("about another event")
        TOO_LATE = "too_late", _("the meeting is over or cancelled")
        NOT_REGISTERED = "not_registered", _("no longer registered")
        INCOMPLETE = "incomplete", _("nothing changed: Outlook’s own format (winmail.dat)")

    # These count when a later reply is compared with what is known.
    TAKEN = (Outcome.CHANGED, Outcome.NOTED)

    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="calendar_replies"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="calendar_replies"
    )
    answer = models.CharField(_("answer"), max_length=12, choices=Answer.choices)
    outcome = models.CharField(_("result"), max_length=16, choices=Outcome.choices)
    attendee = EmailAddressField(_("email address"), max_length=254, help_text=_("As named in the reply."))
    sequence = models.PositiveIntegerField(default=0)
    stamped_at = models.DateTimeField(help_text="DTSTAMP: when the calendar program made it")
    received_at = models.DateTimeField(_("received at"))
    comment = ProseField(_("comment"), max_length=500, blank=True)
    proposed_starts_at = models.DateTimeField(_("proposed start"), null=True, blank=True)
    proposed_ends_at = models.DateTimeField(_("proposed end"), null=True, blank=True)
    delegated_to = EmailAddressField(
        _("comes instead"), max_length=254, blank=True, help_text=_("As named in the reply.")
    )
    declined_at = models.DateTimeField(
        _("proposal declined at"), null=True, blank=True, help_text="a host did not want the proposed time"
    )

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name = _("calendar reply")
        verbose_name_plural = _("calendar replies")
        indexes = [
            models.Index(fields=["meeting", "-received_at"], name="calendar_reply_of_meeting"),
            models.Index(fields=["received_at"], name="calendar_reply_by_age"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="counter") | Q(proposed_starts_at__isnull=True),
                name="only_a_counter_proposes_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_answer_display()}, {self.get_outcome_display()}"

    @property
    def proposed_minutes(self) -> int | None:
        """How long the meeting would be; None where the proposal does not say."""
        if self.proposed_starts_at is None or self.proposed_ends_at is None:
            return None
        return int((self.proposed_ends_at - self.proposed_starts_at).total_seconds() // 60)

    def is_open_proposal(self, *, now: datetime) -> bool:
        """A host can still take or decline the proposed time."""
        return (
            self.answer == self.Answer.COUNTER
            and self.outcome == self.Outcome.NOTED
            and self.declined_at is None
            and self.proposed_starts_at is not None
            and self.proposed_starts_at > now
            and self.proposed_starts_at != self.meeting.starts_at
            and self.meeting.state == Meeting.State.SCHEDULED
            and not self.meeting.has_ended(now=now)
        )
