"""The outbox: one row for each email to one person, written in the transaction that made it due."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from companies.model_fields import CleanJSONField, ProseField
from companies.models import Company, Person
from engagement.models import Question
from matchmaking.models import ContactRequest
from meetings.models import Invitation, Meeting, Registration
from notifications.models.incoming import InboundMail, LastAddress
from notifications.models.written import ContactMessage, HostMessage, Newsletter, NewsletterRequest
from projects.models import Action, DatePoll, PartnerRequest, Post, ProjectRoom
from recordings.models import Recording

# An email that was tried may have arrived even where the attempt seemed to fail: better a removal notice too many
# than an event that stays in a calendar.
MAY_HAVE_BEEN_SENT = Q(attempts__gt=0) & ~Q(state="failed")


PENDING = ("waiting", "sending")


# Each state of a row is written into every index that has the row. So what a row is not about has no entry for it, and
# of person and meeting there is none: other indexes begin with them.
SELDOM = (
    *(
        "registration",
        "invitation",
        "recording",
        "question",
        "company",
        "project",
        "action",
        "post",
        "date_poll",
        "sheet_request",
        "contact",
    ),
    "caused_by",
    *("host_message", "newsletter", "goes_with"),
)
TOLD_ONCE = ("contact_message", "inbound_mail", "newsletter_request")  # by one email each


class NotificationQuerySet(models.QuerySet["Notification"]):
    def due(self, now: datetime) -> Self:
        """Those that may be sent now, without those put off by their recipient's server."""
        ready = Q(put_off_until__isnull=True) | Q(put_off_until__lte=now)
        pending = Notification.objects.filter(pk=OuterRef("goes_with"), state__in=PENDING)
        # With each urgency listed the query can use the index, whose first column is the urgency.
        waiting = self.filter(state=Notification.State.WAITING, urgency__in=Notification.Urgency.values)
        return waiting.filter(ready, ~Exists(pending), due_at__lte=now)

    def same_email_as(self, leads: "Iterable[Notification]") -> Self:
        """Those that wait for one of these, to be sent in its email."""
        return self.filter(goes_with__in=[lead.pk for lead in leads], state=Notification.State.WAITING)

    def one_of_many(self) -> Self:
        """Those whose email tells of other meetings of the series, too; as far as it was not dropped."""
        followers = Notification.objects.filter(goes_with=OuterRef("pk")).exclude(
            state=Notification.State.DROPPED
        )
        told = self.exclude(state=Notification.State.DROPPED)
        return told.filter(Q(goes_with__isnull=False) | Exists(followers))

    def people_with_a_file(self, meeting: Meeting) -> set[int]:
        """Those whose event came in a file with others of its series, and who got no invitation to it alone since.

        They open the file by hand. Only they hear of changes to several meetings in one email: who got invitations,
        whose calendar follows by itself, gets one for each event, because calendar programs take a single event from
        an email.
        """
        if meeting.series_id is None:
            return set()
        kind, state = Notification.Kind, Notification.State
        first = [kind.CONFIRMATION, kind.INVITATION, kind.INVITED]
        told = self.filter(
            meeting=meeting,
            kind__in=[*first, kind.CHANGE],
            details__calendar=True,
            person__isnull=False,
        )
        alone = told.exclude(state__in=[state.DROPPED, state.FAILED]).exclude(
            pk__in=told.one_of_many().values("pk")
        )
        in_file = told.filter(kind__in=first).one_of_many()
        return set(in_file.values_list("person", flat=True)) - set(alone.values_list("person", flat=True))

    def send_again(self, *, now: datetime) -> int:
        """Queues those of them that failed or are in doubt once more; returns how many."""
        lost = self.filter(state__in=[Notification.State.FAILED, Notification.State.DOUBTFUL])
        return lost.update(
            state=Notification.State.WAITING,
            due_at=now,
            put_off_until=None,
            attempts=0,
            begun_at=None,
            claimed_by="",
        )

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
        ACTION_DUE = "action_due", _("reminder of an action")
        PROJECT_DELETION = "project_deletion", _("project deletion scheduled or stopped")
        EXPORT_READY = "export_ready", _("project export")
        POST = "post", _("message in a discussion")
        POSTS = "posts", _("daily discussion email")
        DATE_POLL = "date_poll", _("date poll to answer")
        DATE_POLL_OVER = "date_poll_over", _("date poll answers in, time to be chosen")
        PARTNER_CONFIRM = "partner_confirm", _("request to confirm a message to a project")
        PARTNER_REQUEST = "partner_request", _("contact request to a project")
        PARTNER_ANSWER = "partner_answer", _("answer from a project")
        COMPANY_CONFIRM = "company_confirm", _("request to confirm a message to a company")
        COMPANY_REQUEST = "company_request", _("contact request to a company")
        COMPANY_ANSWER = "company_answer", _("answer from a company")
        CONTACT = "contact", _("message of the contact page")
        PROPOSAL_DECLINED = "proposal_declined", _("proposed time declined")
        REPLY = "reply", _("reply from a person")
        ACCOUNT_DELETED = "account_deleted", _("account deleted")
        HOST_MESSAGE = "host_message", _("message from the host")
        DIGEST = "digest", _("weekly email")
        NEWSLETTER = "newsletter", _("newsletter")
        NEWSLETTER_REQUEST = "newsletter_request", _("request to confirm the newsletter")
        THANKS = "thanks", _("thanks for attending")
        MISSED = "missed", _("recording for people who did not attend")

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
        FOLLOW_UPS_OFF = "follow_ups_off", _("the person has turned emails after meetings off")
        DIGEST_OFF = "digest_off", _("the person has turned the weekly email off")
        NEWSLETTER_OFF = "newsletter_off", _("the person has turned the newsletter off")
        BY_OPERATOR = "by_operator", _("the secretariat stopped it")
        NOTHING_NEW = "nothing_new", _("nothing of it is still to come")
        HOST_TURNED_OFF = "host_turned_off", _("a host has turned emails after the meeting off")
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
        QUESTIONS_ANSWERED = "questions_answered", _("no open questions left")
        QUESTION_REOPENED = "question_reopened", _("the question was reopened")
        TOO_LATE = "too_late", _("too late to be useful")
        NOT_IN_COMPANY = "not_in_company", _("the person does not belong to the company any more")
        ACTION_DONE = "action_done", _("the action is done, or someone else’s")
        POST_DELETED = "post_deleted", _("the message was deleted")
        POSTS_OFF = "posts_off", _("the person has changed when they get emails about messages")
        POLL_OVER = "poll_over", _("the date poll is over, or the person has answered")
        REQUEST_OVER = "request_over", _("the message was confirmed or is no longer needed")
        NOT_IN_ROOM = "not_in_room", _("the person may not enter the project room any more")
        UNDELIVERABLE = "undeliverable", _("emails to this address are returned")
        COMPLAINED = "complained", _("the person has reported an email as spam")

    # After a crash it is unknown whether these went out; they are shown as doubtful instead of sent again. All other
    # kinds are sent again: a change that arrives twice harms less than one that never arrives.
    NEVER_TWICE = (
        *(Kind.DIGEST, Kind.NEWSLETTER, Kind.REMINDER, Kind.RECORDING),
        *(Kind.HOST_MESSAGE, Kind.THANKS, Kind.MISSED),
    )

    suppressed_for: str | None  # of rows that `dispatching.claim_due` has read

    kind = models.CharField(_("type"), max_length=20, choices=Kind.choices)
    # Empty for a message to the operator's contact address, and for an address that nobody has confirmed yet.
    person = models.ForeignKey(
        Person,
        verbose_name=_("person"),
        null=True,
        db_index=False,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notifications",
    )
    meeting = models.ForeignKey(
        Meeting,
        verbose_name=_("meeting"),
        null=True,
        db_index=False,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notifications",
    )
    registration = models.ForeignKey(
        Registration,
        verbose_name=_("registration"),
        null=True,
        db_index=False,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notifications",
    )
    invitation = models.ForeignKey(
        Invitation,
        verbose_name=_("invitation"),
        null=True,
        db_index=False,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notifications",
    )
    recording = models.ForeignKey(
        Recording,
        verbose_name=_("recording"),
        null=True,
        db_index=False,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notifications",
    )
    question = models.ForeignKey(
        Question,
        verbose_name=_("question"),
        null=True,
        db_index=False,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notifications",
        help_text=_("The question that was answered."),
    )
    company = models.ForeignKey(
        Company,
        verbose_name=_("company"),
        null=True,
        db_index=False,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    project = models.ForeignKey(
        ProjectRoom,
        verbose_name=_("project room"),
        null=True,
        db_index=False,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    action = models.ForeignKey(
        Action,
        verbose_name=_("action"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    post = models.ForeignKey(
        Post,
        verbose_name=_("message in a discussion"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    date_poll = models.ForeignKey(
        DatePoll,
        verbose_name=_("date poll"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    sheet_request = models.ForeignKey(
        PartnerRequest,
        verbose_name=_("contact request"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    contact = models.ForeignKey(
        ContactRequest,
        verbose_name=_("contact request to a company"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    caused_by = models.ForeignKey(
        Person,
        verbose_name=_("caused by"),
        null=True,
        db_index=False,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Who added the colleague or opened the project room."),
    )
    contact_message = models.ForeignKey(
        ContactMessage,
        verbose_name=_("message"),
        null=True,
        db_index=False,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notifications",
    )
    inbound_mail = models.ForeignKey(
        InboundMail,
        verbose_name=_("received email"),
        null=True,
        db_index=False,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notifications",
        help_text=_("The reply that is forwarded."),
    )
    host_message = models.ForeignKey(
        HostMessage,
        verbose_name=_("message from a host"),
        null=True,
        db_index=False,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notifications",
    )
    newsletter = models.ForeignKey(
        Newsletter,
        verbose_name=_("newsletter"),
        null=True,
        db_index=False,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notifications",
    )
    newsletter_request = models.ForeignKey(
        NewsletterRequest,
        verbose_name=_("request for the newsletter"),
        null=True,
        db_index=False,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notifications",
    )
    # Sent in the email of that row, and marked with it; by itself once that is not pending any more.
    goes_with = models.ForeignKey(
        "self",
        verbose_name=_("sent together with"),
        null=True,
        db_index=False,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="followers",
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
            When(
                kind__in=[
                    *("invited", "recording", "recording_missing", "recording_failed"),
                    *("host_message", "thanks", "missed", "digest", "newsletter"),
                ],
                then=Value(2),
            ),
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
            *(
                models.Index(
                    fields=[name], condition=Q(**{f"{name}__isnull": False}), name=f"notifications_by_{name}"
                )
                for name in SELDOM
            ),
            models.Index(
                fields=["urgency", "due_at", "id"],
                condition=Q(state="waiting"),
                name="notifications_waiting",
            ),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="notifications_under_way"),
            models.Index(fields=["meeting", "kind", "state"], name="notifications_of_a_meeting"),
            # For their notifications in browsers (`pushing`), whatever became of the emails.
            models.Index(fields=["due_at"], condition=Q(kind="reminder"), name="notifications_reminders"),
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
            *(
                models.UniqueConstraint(
                    fields=[name],
                    condition=Q(**{f"{name}__isnull": False}),
                    name=f"one_email_for_each_{name}",
                )
                for name in TOLD_ONCE
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
                | Q(kind="reply", contact_message__isnull=True)
                | Q(kind="newsletter_request", person__isnull=True, contact_message__isnull=True)
                | (
                    ~Q(kind__in=["contact", "reply", "newsletter_request"])
                    & Q(person__isnull=False, contact_message__isnull=True)
                ),
                name="only_messages_of_people_are_to_nobody_here",
            ),
            models.CheckConstraint(
                condition=Q(kind="reply", inbound_mail__isnull=False)
                | (~Q(kind="reply") & Q(inbound_mail__isnull=True)),
                name="a_forwarded_reply_came_in",
            ),
            models.CheckConstraint(
                condition=Q(kind="host_message", host_message__isnull=False)
                | (~Q(kind="host_message") & Q(host_message__isnull=True)),
                name="a_host_message_has_a_text",
            ),
            models.CheckConstraint(
                condition=Q(kind="newsletter", newsletter__isnull=False)
                | (~Q(kind="newsletter") & Q(newsletter__isnull=True)),
                name="a_newsletter_has_a_text",
            ),
            models.CheckConstraint(
                condition=Q(kind="newsletter_request", newsletter_request__isnull=False)
                | (~Q(kind="newsletter_request") & Q(newsletter_request__isnull=True)),
                name="a_newsletter_request_has_an_address",
            ),
            models.CheckConstraint(
                condition=Q(state="dropped", drop_reason__gt="") | (~Q(state="dropped") & Q(drop_reason="")),
                name="what_was_dropped_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_state_display()}"

    @property
    def suppression(self) -> str:
        """What `SuppressedAddress` says of the address, of rows that `dispatching.claim_due` has read; else empty."""
        return getattr(self, "suppressed_for", None) or ""

    @property
    def preference(self) -> "Preference | None":
        """What its person can turn off not to get such emails; None for those that one must get."""
        message, meeting = self.host_message, self.meeting
        if self.newsletter is not None and self.newsletter.is_test:
            return None
        if message is not None and meeting is not None:
            is_after = not meeting.is_live and message.created_at >= (meeting.ended_at or meeting.ends_at)
            return Preference.FOLLOW_UPS if is_after and not message.is_test else None
        return next((one for one, kinds in KINDS_OF_PREFERENCE.items() if self.kind in kinds), None)

    @property
    def tells_of_others(self) -> bool:
        """Whether other rows go with it, of rows that `dispatching.claim_due` has read."""
        return getattr(self, "has_followers", False)

    @property
    def last_address(self) -> "LastAddress | None":
        """Of a person whose account is erased, as long as their last emails are under way."""
        is_erased = self.person is not None and self.person.erased_at is not None
        return getattr(self.person, "last_address", None) if is_erased else None

    @property
    def address(self) -> str:
        """Where it is sent to; empty for an erased account without anything left to send."""
        if self.newsletter_request is not None:
            return self.newsletter_request.email
        if self.person is None:
            return settings.CONTACT_EMAIL
        if self.person.erased_at is None:
            return self.person.email
        return self.last_address.email if self.last_address else ""


class Preference(models.TextChoices):
    """Emails that a person can turn off and on; the field of the profile is `wants_` with the value."""

    REMINDERS = "reminders", _("reminders")
    FOLLOW_UPS = "follow_ups", _("emails after meetings")
    DIGEST = "digest", _("weekly email")
    NEWSLETTER = "newsletter", _("newsletter")

    @property
    def field(self) -> str:
        return f"wants_{self.value}"

    def is_wanted_by(self, person: Person) -> bool:
        return bool(getattr(person, self.field))


KINDS_OF_PREFERENCE: dict[Preference, tuple[Notification.Kind, ...]] = {
    Preference.REMINDERS: (Notification.Kind.REMINDER,),
    Preference.FOLLOW_UPS: (Notification.Kind.RECORDING, Notification.Kind.THANKS, Notification.Kind.MISSED),
    Preference.DIGEST: (Notification.Kind.DIGEST,),
    Preference.NEWSLETTER: (Notification.Kind.NEWSLETTER,),
}


OFF_REASONS = {
    Preference.REMINDERS: Notification.DropReason.REMINDERS_OFF,
    Preference.FOLLOW_UPS: Notification.DropReason.FOLLOW_UPS_OFF,
    Preference.DIGEST: Notification.DropReason.DIGEST_OFF,
    Preference.NEWSLETTER: Notification.DropReason.NEWSLETTER_OFF,
}
