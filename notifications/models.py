"""The outbox: one row for each email to one person, written in the transaction that made it due."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, Max, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.ids import new_id
from companies.languages import LanguageTextField, in_language
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


class HostMessage(models.Model):
    """What a host wrote to people of a meeting; who got it is in the outbox."""

    class Audience(models.TextChoices):
        EVERYONE = "everyone", _("everyone")
        REGISTERED = "registered", _("registered people")
        WAITLISTED = "waitlisted", _("people on the waitlist")
        PENDING = "pending", _("people waiting for approval")
        INVITED = "invited", _("people invited who haven’t answered")
        ATTENDED = "attended", _("people who attended")
        MISSED = "missed", _("registered people who did not attend")
        TEST = "test", _("only me, as a test")

    AFTER_THE_END = (Audience.ATTENDED, Audience.MISSED)

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="host_messages"
    )
    sender = models.ForeignKey(
        Person,
        verbose_name=_("sender"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="host_messages",
    )
    audience = models.CharField(_("recipients"), max_length=12, choices=Audience.choices)
    subject = LanguageTextField(_("subject"))
    text = LanguageTextField(_("message"), prose=True)
    is_urgent = models.BooleanField(
        _("urgent"), default=False, help_text=_("Also as a notification in the browser.")
    )
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        ordering = ["-created_at", "pk"]
        verbose_name = _("message from a host")
        verbose_name_plural = _("messages from hosts")
        indexes = [
            models.Index(fields=["sender", "created_at"], name="host_message_by_sender"),
            models.Index(fields=["created_at"], name="host_message_by_age"),
        ]

    def __str__(self) -> str:
        return str(in_language(self.subject))

    @property
    def is_test(self) -> bool:
        return self.audience == self.Audience.TEST


class Newsletter(models.Model):
    """What the secretariat wrote to everybody who asked for it, with the articles as they were then."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    sender = models.ForeignKey(
        Person,
        verbose_name=_("sender"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="newsletters",
    )
    is_test = models.BooleanField(_("only to its sender"), default=False)
    subject = LanguageTextField(_("subject"))
    introduction = LanguageTextField(_("introduction"), prose=True, blank=True)
    articles = CleanJSONField(_("articles"), default=list, help_text="of each title, summary and path")
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        ordering = ["-created_at", "pk"]
        verbose_name = _("newsletter")
        verbose_name_plural = _("newsletters")

    def __str__(self) -> str:
        return str(in_language(self.subject))


class NewsletterRequest(models.Model):
    """An address that somebody typed to get the newsletter, until whoever reads its mail has confirmed that."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    email = EmailAddressField(_("email address"), unique=True)
    language = models.CharField(_("language"), max_length=5)
    requested_at = models.DateTimeField(_("requested at"))

    class Meta:
        ordering = ["requested_at", "pk"]
        verbose_name = _("request for the newsletter")
        verbose_name_plural = _("requests for the newsletter")

    def __str__(self) -> str:
        return self.pk


class InboundMail(models.Model):
    """An email that came in, so that it is taken once; what it says is kept only where somebody still needs it."""

    class Kind(models.TextChoices):
        CALENDAR_REPLY = "calendar_reply", _("calendar reply")
        BOUNCE = "bounce", _("undelivered email")
        COMPLAINT = "complaint", _("spam complaint")
        AUTOMATIC = "automatic", _("automatic reply")
        MESSAGE = "message", _("message from a person")
        UNREADABLE = "unreadable", _("could not be read")

    key = models.CharField(
        primary_key=True,
        max_length=64,
        help_text="stands for its recipient and its Message-ID, else its bytes",
    )
    kind = models.CharField(_("type"), max_length=16, choices=Kind.choices)
    received_at = models.DateTimeField(_("received at"))
    sender = EmailAddressField(_("sender"), max_length=254, blank=True)
    sender_name = LineField(pgettext_lazy("of a person", "name"), max_length=120, blank=True)
    text = ProseField(_("message"), blank=True, help_text=_("What a person wrote, to be forwarded."))
    attachments = models.PositiveSmallIntegerField(_("attachments"), default=0)
    is_forged = models.BooleanField(_("sender not genuine"), default=False)
    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    person = models.ForeignKey(
        Person,
        verbose_name=_("person"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="inbound_mails",
    )
    problem = ProseField(_("error"), blank=True)
    content = models.BinaryField(
        null=True, blank=True, help_text="the beginning of one that could not be read, for the operator"
    )

    class Meta:
        ordering = ["-received_at", "pk"]
        verbose_name = _("received email")
        verbose_name_plural = _("received emails")
        indexes = [models.Index(fields=["received_at"], name="inbound_mail_by_age")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="unreadable", problem__gt="")
                | (~Q(kind="unreadable") & Q(content__isnull=True)),
                name="only_unreadable_mail_is_kept",
            ),
            models.CheckConstraint(
                condition=Q(kind="message") | Q(text=""), name="only_what_a_person_wrote_is_kept"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class InboundMailbox(models.Model):
    """How far a mailbox was read."""

    key = models.CharField(
        primary_key=True, max_length=64, help_text="stands for its server, user and folder"
    )
    uid_validity = models.PositiveBigIntegerField()
    last_uid = models.PositiveBigIntegerField()
    read_at = models.DateTimeField(_("last email read at"))

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")

    def __str__(self) -> str:
        return self.key[:8]


# An email that was tried may have arrived even where the attempt seemed to fail: better a removal notice too many
# than an event that stays in a calendar.
MAY_HAVE_BEEN_SENT = Q(attempts__gt=0) & ~Q(state="failed")


PENDING = ("waiting", "sending")


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
        NOT_IN_ROOM = "not_in_room", _("the person may not enter the project room any more")
        UNDELIVERABLE = "undeliverable", _("emails to this address are returned")
        COMPLAINED = "complained", _("the person has reported an email as spam")

    # After a crash it is unknown whether these went out; they are shown as doubtful instead of sent again. All other
    # kinds are sent again: a change that arrives twice harms less than one that never arrives.
    NEVER_TWICE = (
        *(Kind.DIGEST, Kind.NEWSLETTER, Kind.REMINDER, Kind.RECORDING),
        *(Kind.HOST_MESSAGE, Kind.THANKS, Kind.MISSED),
    )

    kind = models.CharField(_("type"), max_length=20, choices=Kind.choices)
    # Empty for a message to the operator's contact address, and for an address that nobody has confirmed yet.
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
    inbound_mail = models.OneToOneField(
        InboundMail,
        verbose_name=_("received email"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notification",
        help_text=_("The reply that is forwarded."),
    )
    host_message = models.ForeignKey(
        HostMessage,
        verbose_name=_("message from a host"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notifications",
    )
    newsletter = models.ForeignKey(
        Newsletter,
        verbose_name=_("newsletter"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notifications",
    )
    newsletter_request = models.OneToOneField(
        NewsletterRequest,
        verbose_name=_("request for the newsletter"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="notification",
    )
    # Sent in the email of that row, and marked with it; by itself once that is not pending any more.
    goes_with = models.ForeignKey(
        "self",
        verbose_name=_("sent together with"),
        null=True,
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


class EmailTextQuerySet(models.QuerySet["EmailText"]):
    def in_use(self) -> Self:
        """The newest of each kind and language that was put to use."""
        used = EmailText.objects.filter(used_at__isnull=False).order_by()
        newest = used.values("kind", "language").annotate(newest=Max("pk"))
        return self.filter(pk__in=newest.values("newest"))


class EmailText(models.Model):
    """What the secretariat wrote in place of the product's own words in one kind of email and language.

    A row for each version, so that they are the history, too. An empty part is the product's own; a draft, of which
    there is one at most, is sent to nobody.
    """

    kind = models.CharField(_("type"), max_length=20, choices=Notification.Kind.choices)
    language = models.CharField(_("language"), max_length=5)
    subject = LineField(_("subject"), max_length=120, blank=True)
    introduction = ProseField(_("introduction"), blank=True)
    closing = ProseField(_("closing"), blank=True)
    written_by = models.ForeignKey(
        Person,
        verbose_name=_("written by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="email_texts",
    )
    written_at = models.DateTimeField(_("written at"))
    used_at = models.DateTimeField(_("used since"), null=True, blank=True)

    objects = EmailTextQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("text of an email")
        verbose_name_plural = _("texts of emails")
        indexes = [models.Index(fields=["kind", "language"], name="email_text_by_kind")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language"],
                condition=Q(used_at__isnull=True),
                name="one_draft_of_an_email_text",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.language}"

    @property
    def is_own(self) -> bool:
        """Whether it says only what the product would say without it."""
        return not (self.subject or self.introduction or self.closing)


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


class PushSubscription(models.Model):
    """A browser in which its person wants to be notified; whoever has these keys can send to it."""

    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="push_subscriptions"
    )
    endpoint = models.CharField(max_length=1000, unique=True, help_text="the browser's push service")
    p256dh = models.CharField(max_length=100, help_text="the browser's public key, in base64url")
    auth = models.CharField(max_length=40, help_text="what it shares with us, in base64url")
    browser = LineField(_("browser"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("browser to notify")
        verbose_name_plural = _("browsers to notify")

    def __str__(self) -> str:
        return self.browser or str(self.pk)


class PushMessage(models.Model):
    """A row for each notification of one browser, as `Notification` is for emails; see `pushing`."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        DROPPED = "dropped", _("no longer needed")
        FAILED = "failed", _("failed")
        DOUBTFUL = "doubtful", _("uncertain")

    subscription = models.ForeignKey(
        PushSubscription, verbose_name=_("browser"), on_delete=models.CASCADE, related_name="messages"
    )
    # The email that it goes beside; empty for "live now", of which there is none.
    notification = models.ForeignKey(
        Notification,
        verbose_name=_("email"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    meeting = models.ForeignKey(
        Meeting, verbose_name=_("meeting"), on_delete=models.CASCADE, related_name="push_messages"
    )
    registration = models.ForeignKey(
        Registration,
        verbose_name=_("registration"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    dedupe_key = models.CharField(max_length=80, help_text="one notification of a browser for each of these")
    due_at = models.DateTimeField(_("due at"))
    next_at = models.DateTimeField(_("next attempt"))
    state = models.CharField(_("status"), max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    failure = ProseField(_("error"), blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name = _("browser notification")
        verbose_name_plural = _("browser notifications")
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="pushes_waiting"),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="pushes_under_way"),
            models.Index(fields=["due_at"], name="pushes_by_age"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "dedupe_key"], name="never_notify_a_browser_of_the_same_twice"
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="sent_push_has_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dedupe_key}, {self.get_state_display()}"


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


class SuppressedAddress(models.Model):
    """An address to which nothing, or nothing unasked, is sent for a time; signing in with it later ends that."""

    class Reason(models.TextChoices):
        BOUNCE = "bounce", _("emails are returned")
        COMPLAINT = "complaint", _("reported as spam")

    email = EmailAddressField(_("email address"), max_length=254, unique=True)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    detail = ProseField(_("what the mail server said"), blank=True)
    since = models.DateTimeField(_("since"))

    class Meta:
        ordering = ["-since", "-pk"]
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")

    def __str__(self) -> str:
        return str(self.get_reason_display())
