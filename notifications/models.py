"""The outbox: one row for each email to one person, written in the transaction that made it due."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.model_fields import CleanJSONField, EmailAddressField, LineField, ProseField
from companies.models import Company, Person
from engagement.models import Question
from meetings.models import Invitation, Meeting, Registration
from projects.models import ProjectRoom
from recordings.models import Recording


class ContactMessage(models.Model):
    """What a visitor wrote on the contact page. Deleted some time after it was sent, see `contacting`."""

    name = LineField(pgettext_lazy("of a person", "name"), max_length=120)
    email = EmailAddressField(_("email address"))
    company_name = LineField(_("company name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=5)
    text = ProseField(_("message"))
    created_at = models.DateTimeField(_("created at"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        Person,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self) -> str:
        return self.name


# An email that was tried may have arrived even where the attempt seemed to fail: better a removal notice too many
# than an event that stays in a calendar.
MAY_HAVE_BEEN_SENT = Q(attempts__gt=0) & ~Q(state="failed")


class NotificationQuerySet(models.QuerySet["Notification"]):
    def due(self, now: datetime) -> Self:
        """Those that may be sent now, without those put off by their recipient's server."""
        ready = Q(put_off_until__isnull=True) | Q(put_off_until__lte=now)
        # With each urgency listed the query can use the index, whose first column is the urgency.
        waiting = self.filter(state=Notification.State.WAITING, urgency__in=Notification.Urgency.values)
        return waiting.filter(ready, due_at__lte=now)

    def waiting(self) -> Self:
        return self.filter(state=Notification.State.WAITING)

    def not_begun(self) -> Self:
        """Those that can still be taken back: waiting, or claimed by a worker that has not begun to send them."""
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
        WITHDRAWN = "withdrawn", _("registration, invitation or role ended")
        VERIFY = "verify", _("request to confirm the address")
        LAPSED = "lapsed", _("not confirmed in time")
        REMINDER = "reminder", _("reminder")
        CHANGE = "change", _("change")
        CANCELLATION = "cancellation", _("cancellation")
        INVITATION = "invitation", _("invitation")
        INVITED = "invited", _("invitation to attend")
        RECORDING = "recording", _("recording available")
        RECORDING_MISSING = "recording_missing", _("recording missing")
        RECORDING_FAILED = "recording_failed", _("recording cannot be played")
        OPEN_QUESTIONS = "open_questions", _("open questions")
        QUESTION_ANSWERED = "question_answered", _("question answered")
        COLLEAGUE_ADDED = "colleague_added", _("added to a company")
        PROJECT_ROOM = "project_room", _("access to a project room")
        CONTACT = "contact", _("message of the contact page")
        ACCOUNT_DELETED = "account_deleted", _("account deleted")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        DROPPED = "dropped", _("no longer needed")
        FAILED = "failed", _("failed")
        DOUBTFUL = "doubtful", _("uncertain")

    class Urgency(models.IntegerChoices):
        """The order in which due emails are sent."""

        ANSWER = 0, _("immediate")
        REMINDER = 1, _("reminder")
        FOLLOW_UP = 2, _("follow-up")

    class DropReason(models.TextChoices):
        PERSON_INACTIVE = "person_inactive", _("the account is not active")
        REMINDERS_OFF = "reminders_off", _("the person has turned reminders off")
        MEETING_CANCELLED = "meeting_cancelled", _("the meeting is cancelled")
        MEETING_CHANGED = "meeting_changed", _("the meeting has changed")
        TOLD_LATER = "told_later", _("included in a later notice of change")
        REGISTRATION_CHANGED = "registration_changed", _("the registration has changed")
        REGISTERED_AGAIN = "registered_again", _("the person has registered again")
        INVITATION_CHANGED = "invitation_changed", _("the invitation was answered or withdrawn")
        SENT_AGAIN = "sent_again", _("the invitation is sent again")
        NOT_ON_STAGE = "not_on_stage", _("the person no longer has a role in the meeting")
        ON_STAGE_AGAIN = "on_stage_again", _("the person has a role in the meeting again")
        RECORDING_CHANGED = "recording_changed", _("the recording has changed")
        QUESTIONS_ANSWERED = "questions_answered", _("no question is open any more")
        QUESTION_REOPENED = "question_reopened", _("the question was reopened")
        TOO_LATE = "too_late", _("too late to be useful")
        NOT_IN_COMPANY = "not_in_company", _("the person does not belong to the company any more")
        NOT_IN_ROOM = "not_in_room", _("the person may not enter the project room any more")

    # After a crash it is unknown whether these went out; they are shown as doubtful instead of sent again. All other
    # kinds are sent again: a change that arrives twice harms less than one that never arrives.
    NEVER_TWICE = (Kind.REMINDER, Kind.RECORDING)

    kind = models.CharField(_("type"), max_length=20, choices=Kind.choices)
    # Empty for a message to the operator's contact address.
    person = models.ForeignKey(
        Person,
        verbose_name=_("person"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notifications",
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
    invitation = models.ForeignKey(
        Invitation,
        verbose_name=_("invitation"),
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
    question = models.ForeignKey(
        Question,
        verbose_name=_("question"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notifications",
        help_text=_("The question that was answered."),
    )
    company = models.ForeignKey(
        Company, verbose_name=_("company"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    project = models.ForeignKey(
        ProjectRoom,
        verbose_name=_("project room"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    caused_by = models.ForeignKey(
        Person,
        verbose_name=_("caused by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Who added the colleague or opened the project room."),
    )
    contact_message = models.OneToOneField(
        ContactMessage,
        verbose_name=_("message"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notification",
    )
    revision = models.PositiveIntegerField(default=0, help_text="the meeting's revision that this tells of")
    # Set for reminders.
    minutes_before = models.PositiveIntegerField(_("minutes before the start"), null=True, blank=True)
    # Compared as a whole only; its parts have columns of their own.
    dedupe_key = models.CharField(max_length=80, help_text="one mail of a kind for each of these")
    details = CleanJSONField(
        default=dict, blank=True, help_text="what the text needs beside the rows: the earlier hour"
    )
    due_at = models.DateTimeField(_("due at"))  # the promised time; it does not move
    # Put off by the recipient's server until then.
    put_off_until = models.DateTimeField(_("postponed until"), null=True, blank=True)
    urgency = models.GeneratedField(
        expression=Case(
            When(kind="reminder", then=Value(1)),
            # Invitations go to hundreds at once, and must not delay what answers somebody.
            When(kind__in=["invited", "recording", "recording_missing", "recording_failed"], then=Value(2)),
            default=Value(0),
        ),
        output_field=models.PositiveSmallIntegerField(_("urgency"), choices=Urgency.choices),
        db_persist=True,
    )
    state = models.CharField(_("status"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=64, blank=True)
    begun_at = models.DateTimeField(
        null=True, blank=True, help_text="empty while claimed only: nothing has left yet"
    )
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    failure = ProseField(_("error"), blank=True)
    drop_reason = models.CharField(
        _("reason for not sending"), max_length=24, choices=DropReason.choices, blank=True
    )
    created_at = models.DateTimeField(_("created at"))

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name = _("email")
        verbose_name_plural = _("emails")
        indexes = [
            models.Index(
                fields=["urgency", "due_at", "id"],
                condition=Q(state="waiting"),
                name="notifications_waiting",
            ),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="notifications_under_way"),
            models.Index(fields=["meeting", "kind", "state"], name="notifications_of_a_meeting"),
            # For the periodic task, which deletes the oldest.
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["sent", "dropped", "failed", "doubtful"]),
                name="notifications_finished",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "dedupe_key"], name="never_tell_the_same_twice"
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="sent_notification_has_a_time"
            ),
            models.CheckConstraint(
                condition=Q(kind="reminder", minutes_before__isnull=False)
                | (~Q(kind="reminder") & Q(minutes_before__isnull=True)),
                name="a_reminder_knows_its_minutes",
            ),
            models.CheckConstraint(
                condition=Q(kind="contact", person__isnull=True, contact_message__isnull=False)
                | (~Q(kind="contact") & Q(person__isnull=False, contact_message__isnull=True)),
                name="only_a_contact_message_is_to_nobody_here",
            ),
            models.CheckConstraint(
                condition=Q(state="dropped", drop_reason__gt="") | (~Q(state="dropped") & Q(drop_reason="")),
                name="what_was_dropped_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_state_display()}"

    @property
    def last_address(self) -> "LastAddress | None":
        """Of a person whose account is erased, as long as their last emails are under way."""
        is_erased = self.person is not None and self.person.erased_at is not None
        return getattr(self.person, "last_address", None) if is_erased else None

    @property
    def address(self) -> str:
        """Where it is sent to; empty for an erased account without anything left to send."""
        if self.person is None:
            return settings.CONTACT_EMAIL
        if self.person.erased_at is None:
            return self.person.email
        return self.last_address.email if self.last_address else ""


class LastAddress(models.Model):
    """The address of an erased account, until its last emails have left: cancellations, and that it is deleted."""

    person = models.OneToOneField(
        Person, primary_key=True, on_delete=models.CASCADE, related_name="last_address"
    )
    email = EmailAddressField()
    language = models.CharField(max_length=5)
    timezone = models.CharField(max_length=64)
    kept_until = models.DateTimeField(help_text="then it is forgotten, whatever has not been sent")

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
