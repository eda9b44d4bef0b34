"""Renders one notification as an email: in one language, the reader's time first, with its calendar event."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from secrets import token_hex
from typing import TypeAlias

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.translation import gettext

from companies import zones
from companies.languages import codes
from companies.models import Person
from companies.templatetags.page import day_in_words
from meetings import access, calendar
from meetings.links import invitation_link, personal_link, stage_link
from meetings.models import Meeting, MeetingRole, Registration
from notifications import post_emails, reply_addresses
from notifications.editable_texts import Texts
from notifications.email_content import EmailContent, absolute, as_html, as_text
from notifications.links import unsubscribe_link
from notifications.message_templates import account_deleted, compose
from notifications.messages_without_meeting import compose_without_meeting, newsletter
from notifications.mime import (
    Body,
    CalendarPart,
    Mail,
    QuotedTemplate,
    UnusableAddress,
    WrittenBody,
    ascii_address,
)
from notifications.models import MAY_HAVE_BEEN_SENT, EmailText, Newsletter, Notification
from notifications.series_messages import compose_series
from notifications.snippets import MailContext, PersonalParts
from projects.models import Post

Kind = Notification.Kind
BULK_KINDS = {Kind.REMINDER, Kind.CHANGE, Kind.CANCELLATION, Kind.RECORDING, Kind.INVITED}
BULK_KINDS |= {Kind.HOST_MESSAGE, Kind.THANKS, Kind.MISSED}
INVITES = {Kind.CONFIRMATION, Kind.CHANGE, Kind.INVITATION, Kind.INVITED}
CANCELS_FOR_ONE = {Kind.WITHDRAWN, Kind.LAPSED}
CANCELS = {Kind.CANCELLATION, *CANCELS_FOR_ONE}
METHODS = {
    **dict.fromkeys(INVITES, calendar.Method.REQUEST),
    **dict.fromkeys(CANCELS, calendar.Method.CANCEL),
    Kind.PROPOSAL_DECLINED: calendar.Method.DECLINECOUNTER,
}
PLACEHOLDERS = PersonalParts(*(f"{part}-{token_hex(16)}" for part in ("link", "unsubscribe", "registered")))


class UnableToRender(Exception):
    """A row lacks the object that its kind is about."""


@dataclass(frozen=True)
class RenderedMail:
    subject: str
    body: Body


class SharedMail:
    """A subject, text and HTML with placeholders where each recipient's own parts belong."""

    def __init__(self, content: EmailContent) -> None:
        self.subject, self.text, self.html = content.subject, as_text(content), as_html(content)
        placeholders = astuple(PLACEHOLDERS)
        self.quoted_text = QuotedTemplate(self.text, placeholders)
        self.quoted_html = QuotedTemplate(self.html, placeholders)

    def for_one(self, personal: PersonalParts) -> RenderedMail:
        own = {
            PLACEHOLDERS.link: personal.link,
            PLACEHOLDERS.unsubscribe: personal.unsubscribe,
            PLACEHOLDERS.registered: personal.registered,
        }
        return RenderedMail(self.subject, FilledBody(self, own))


@dataclass(frozen=True)
class FilledBody:
    """Placeholders are replaced by one recipient's own parts, which are escaped in HTML."""

    shared: SharedMail
    own: Mapping[str, str]

    @property
    def text(self) -> str:
        return _filled(self.shared.text, self.own)

    @property
    def html(self) -> str:
        return _filled(self.shared.html, self._escaped())

    def quoted_text(self) -> bytes:
        return self.shared.quoted_text.filled(self.own)

    def quoted_html(self) -> bytes:
        return self.shared.quoted_html.filled(self._escaped())

    def _escaped(self) -> dict[str, str]:
        return {placeholder: escape(part) for placeholder, part in self.own.items()}


def _filled(text: str, values: Mapping[str, str]) -> str:
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    return text


SharedMails: TypeAlias = dict[tuple[object, ...], SharedMail]


class MailRenderer:
    """Renders the emails of one batch; what recipients share is rendered once per language and time zone.

    Shared content has placeholders for personal parts. They contain a random number, so that no title or name can
    contain one; personal parts are escaped when they are inserted into HTML. A batch that follows soon may be given
    what this one has rendered.
    """

    def __init__(self, shared: SharedMails | None = None, *, texts: Texts | None = None) -> None:
        self._shared: SharedMails = {} if shared is None else shared
        self._texts = texts
        self._events: dict[tuple[str, str, str], calendar.MailedEvent] = {}
        self._cancelled: dict[str, dict[int | None, list[int]]] = {}
        self._with_a_file: dict[str, set[int]] = {}

    def mail_of(
        self, notification: Notification, *, now: datetime, together: Sequence[Notification] = ()
    ) -> Mail:
        """The complete email; it tells of the rows `together`, too. Raises UnableToRender."""
        language, zone = _reader(notification)
        if notification.meeting is None or notification.kind == Kind.ACCOUNT_DELETED:
            with _in_words_of(language, zone):
                mail = self._mail_without_meeting(notification, language, now)
            return replace(mail, return_path=_return_path(notification))
        others = tuple(_mail_context(each, language, zone, now) for each in together)
        context = _mail_context(notification, language, zone, now, together=others, texts=self.texts)
        rendered = self._rendered_for(context)
        event = self._calendar_part(context)
        is_answered = event is not None and event.method != calendar.Method.PUBLISH
        organizer = organizer_of(context.meeting.pk, context.person.pk) if is_answered else sender()
        return Mail(
            reference=f"notification-{notification.pk}",
            sender=organizer,
            recipient=(_recipient_name(context), notification.address),
            subject=rendered.subject,
            language=context.language,
            body=rendered.body,
            calendar=event,
            headers=_list_headers(context.unsubscribe),
            reply_to=organizer[1]
            if is_answered and reply_addresses.are_read()
            else _reply_to(notification, context.meeting),
            return_path=_return_path(notification),
        )

    def _mail_without_meeting(self, notification: Notification, language: str, now: datetime) -> Mail:
        if notification.kind == Kind.ACCOUNT_DELETED:
            return mail_from_content(
                account_deleted(language),
                reference=f"notification-{notification.pk}",
                recipient=("", notification.address),
            )
        if notification.newsletter is not None and notification.person is not None:
            return self._newsletter(notification, notification.newsletter, notification.person, language)
        return _mail_without_meeting(notification, language, self.texts, now)

    @property
    def texts(self) -> Texts:
        """What the secretariat has written, read once for a batch."""
        if self._texts is None:
            self._texts = {(one.kind, one.language): one for one in EmailText.objects.in_use()}
        return self._texts

    def _newsletter(
        self, notification: Notification, letter: Newsletter, person: Person, language: str
    ) -> Mail:
        """Written once for everybody with the same language, but for the link to unsubscribe."""
        preference = notification.preference
        link = unsubscribe_link(person, preference) if preference else ""
        key = (Kind.NEWSLETTER, letter.pk, language, bool(link))
        if key not in self._shared:
            stand_in = absolute(PLACEHOLDERS.unsubscribe) if link else ""
            self._shared[key] = SharedMail(newsletter(letter, language, stand_in))
        rendered = self._shared[key].for_one(PersonalParts("", link, ""))
        return Mail(
            reference=f"notification-{notification.pk}",
            sender=sender(),
            recipient=(person.name, notification.address),
            subject=rendered.subject,
            language=language,
            body=rendered.body,
            headers=_list_headers(absolute(link) if link else ""),
            reply_to=settings.CONTACT_EMAIL,
        )

    def _sequence(self, notification: Notification, meeting: Meeting) -> int:
        """The revision, raised by each time that this person's own event was cancelled and sent again.

        So a CANCEL to one person has a higher SEQUENCE than each REQUEST before it (RFC 5546, 3.2.5), and the REQUEST
        to somebody who registers again a higher one than that CANCEL.
        """
        if meeting.pk not in self._cancelled:
            self._cancelled[meeting.pk] = _cancelled_for_one(meeting)
        cancelled = self._cancelled[meeting.pk].get(notification.person_id, [])
        earlier = sum(key < notification.pk for key in cancelled)
        return meeting.revision + 2 * earlier + (notification.kind in CANCELS_FOR_ONE)

    def _calendar_part(self, context: MailContext) -> CalendarPart | None:
        if context.together:
            return self._calendar_file(context)
        notification = context.notification
        kind = Kind(notification.kind)
        method = METHODS.get(kind)
        if kind == Kind.REMINDER and self._came_in_a_file(context):
            method = calendar.Method.REQUEST
        if method is None or not notification.details.get("calendar", kind in INVITES):
            return None
        with _in_words_of(context.language, context.zone):
            return self._calendar_event(context, method)

    def _calendar_event(self, context: MailContext, method: calendar.Method) -> CalendarPart:
        name, address = organizer_of(context.meeting.pk, context.person.pk)
        guest = calendar.Guest(
            context.notification.address,
            _recipient_name(context),
            has_accepted=context.registration is not None,
            is_asked=reply_addresses.are_read(),
        )
        content = self._event(method, context).for_guest(
            link=context.link,
            organizer=calendar.Address(address, name),
            guest=guest,
            stamp=context.notification.created_at,
            sequence=self._sequence(context.notification, context.meeting),
        )
        return CalendarPart(method, content)

    def _event(self, method: calendar.Method, context: MailContext) -> calendar.MailedEvent:
        key = (method, context.meeting.pk, context.language)
        if key not in self._events:
            self._events[key] = calendar.MailedEvent(method, context.meeting, language=context.language)
        return self._events[key]

    def _calendar_file(self, context: MailContext) -> CalendarPart | None:
        """Of several meetings, as far as they are or were in this person's calendar; opened by hand."""
        shown = [
            each
            for each in context.parts
            if each.notification.kind in METHODS and each.notification.details.get("calendar")
        ]
        if not shown:
            return None
        with _in_words_of(context.language, context.zone):
            content = calendar.publication(
                [(each.meeting, each.link) for each in shown],
                language=context.language,
                sequences={
                    each.meeting.pk: self._sequence(each.notification, each.meeting) for each in shown
                },
            )
        return CalendarPart(calendar.Method.PUBLISH, content)

    def _came_in_a_file(self, context: MailContext) -> bool:
        """A reminder then brings the invitation: it enters the calendar by itself, with the present time."""
        meeting = context.meeting
        if meeting.pk not in self._with_a_file:
            self._with_a_file[meeting.pk] = Notification.objects.people_with_a_file(meeting)
        return context.person.pk in self._with_a_file[meeting.pk]

    def _rendered_for(self, context: MailContext) -> RenderedMail:
        notification = context.notification
        has_own_row = context.registration is not None or context.invitation is not None
        if context.together or not has_own_row or notification.kind not in BULK_KINDS:
            with _in_words_of(context.language, context.zone):
                return _rendered(compose_series(context) if context.together else compose(context))
        key = (
            notification.host_message_id,
            *(notification.kind, context.meeting.pk, str(notification.details), context.invitation is None),
            *(context.meeting.revision, context.meeting.changed_at),
            *(context.language, context.zone, context.person.wants_reminders),
        )
        if key not in self._shared:
            for_all = replace(context, personal=PLACEHOLDERS.where_set_in(context.personal))
            with _in_words_of(context.language, context.zone):
                self._shared[key] = SharedMail(compose(for_all))
        return self._shared[key].for_one(context.personal)


@contextmanager
def _in_words_of(language: str, zone: str) -> Iterator[None]:
    with translation.override(language), timezone.override(zones.zone(zone)):
        yield


@dataclass(frozen=True)
class PushContent:
    title: str
    body: str
    url: str
    language: str


def push_content(notification: Notification, *, is_live: bool, now: datetime) -> PushContent:
    """What a browser shows beside the email, in its reader's language and time zone. Raises UnableToRender."""
    language, zone = _reader(notification)
    with _in_words_of(language, zone):
        context = _mail_context(notification, language, zone, now)
        body = gettext("This meeting is live now.") if is_live else compose(context).heading
        return PushContent(context.title, body, context.link, language)


def mail_of(notification: Notification, *, now: datetime) -> Mail:
    """A single email. Raises UnableToRender."""
    return MailRenderer().mail_of(notification, now=now)


def _mail_without_meeting(notification: Notification, language: str, texts: Texts, now: datetime) -> Mail:
    content = compose_without_meeting(notification, language, texts, now)
    if content is None:
        raise UnableToRender(f"notification {notification.pk} lacks what it is about")
    person, preference = notification.person, notification.preference
    mail = mail_from_content(
        content,
        reference=f"notification-{notification.pk}",
        recipient=(person.name if person else "", notification.address),
        reply_to=_writer(notification) or settings.CONTACT_EMAIL,
    )
    if notification.post is not None:
        return _of_discussion(mail, notification, notification.post)
    link = absolute(unsubscribe_link(person, preference)) if person and preference else ""
    return replace(mail, headers=_list_headers(link))


def _of_discussion(mail: Mail, notification: Notification, post: Post) -> Mail:
    """From who wrote it, at our address; an answer goes into the discussion."""
    name, address = mail.sender
    return replace(
        mail,
        sender=(str(post.written_by) if post.written_by else name, address),
        reply_to=post_emails.reply_to(notification) or mail.reply_to,
        headers=post_emails.headers_of(post, ascii_address(address).rpartition("@")[2]),
    )


def _writer(notification: Notification) -> str:
    """Whom an answer goes to; the sender of an email that came in may be anything."""
    written, came_in = notification.contact_message, notification.inbound_mail
    if came_in is None or came_in.person is None:
        return written.email if written else ""
    try:
        ascii_address(came_in.sender)
    except UnusableAddress:
        return came_in.person.email
    return came_in.sender


def _rendered(content: EmailContent) -> RenderedMail:
    return RenderedMail(content.subject, WrittenBody(as_text(content), as_html(content)))


def mail_from_content(
    content: EmailContent, *, reference: str, recipient: tuple[str, str], reply_to: str = ""
) -> Mail:
    """An email about no meeting, such as a sign-in code; in the active language. Replies go to the operator."""
    return Mail(
        reference=reference,
        sender=sender(),
        recipient=recipient,
        subject=content.subject,
        language=content.language,
        body=WrittenBody(as_text(content), as_html(content)),
        reply_to=reply_to or settings.CONTACT_EMAIL,
    )


def sender() -> tuple[str, str]:
    """Name and address of EMAIL_FROM; the name may contain a comma."""
    name, _bracket, rest = settings.EMAIL_FROM.rpartition("<")
    return name.strip().strip('"'), rest.strip().rstrip(">").strip()


def organizer_of(meeting_id: str, person_id: int) -> tuple[str, str]:
    """Of a person's calendar event: their own address for replies, where these are read; else the sender.

    The email comes from there, too: calendar programs distrust an organizer who is not the sender.
    """
    name, address = sender()
    if not reply_addresses.are_read():
        return name, address
    return name, reply_addresses.reply_address(meeting_id, person_id)


def _return_path(notification: Notification) -> str:
    return reply_addresses.return_address(notification.pk) if reply_addresses.are_read() else ""


def _reader(notification: Notification) -> tuple[str, str]:
    """Language and time zone: of the registration or invitation, else of the person, else the defaults."""
    reader = (
        notification.registration
        or notification.invitation
        or notification.last_address
        or notification.newsletter_request
        or notification.person
    )
    if reader is None:  # the operator
        return settings.LANGUAGE_CODE, settings.DEFAULT_TIMEZONE
    language = reader.language if reader.language in codes() else settings.LANGUAGE_CODE
    return language, zones.known_or(getattr(reader, "timezone", ""), settings.DEFAULT_TIMEZONE)


def _mail_context(
    notification: Notification,
    language: str,
    zone: str,
    now: datetime,
    *,
    together: tuple[MailContext, ...] = (),
    texts: Texts | None = None,
) -> MailContext:
    meeting, person, registration = notification.meeting, notification.person, notification.registration
    if meeting is None or person is None:
        raise UnableToRender(f"notification {notification.pk} is about no meeting")
    has_own_row = registration is not None or notification.invitation_id is not None
    role = None if has_own_row else MeetingRole.objects.filter(meeting=meeting, person=person).first()
    preference = notification.preference
    return MailContext(
        notification=notification,
        meeting=meeting,
        person=person,
        registration=registration,
        role=role,
        language=language,
        zone=zone,
        personal=PersonalParts(
            link=_link_path(notification, meeting, role),
            unsubscribe=unsubscribe_link(person, preference) if preference else "",
            registered=_registered(registration, zone, language) if registration else "",
        ),
        now=now,
        texts=texts or {},
        together=together,
    )


def _registered(registration: Registration, zone: str, language: str) -> str:
    return _day_in_sentence(registration.registered_at.astimezone(zones.zone(zone)).date(), language)


@lru_cache(maxsize=1024)
def _day_in_sentence(day: date, language: str) -> str:
    with translation.override(language):
        return day_in_words(day, in_sentence=True)


def _link_path(notification: Notification, meeting: Meeting, role: MeetingRole | None) -> str:
    """The path of the personal link of a registration, invitation or stage role; else of the page about it."""
    if notification.registration is not None:
        return personal_link(notification.registration, recording=notification.recording_id or "")
    if notification.invitation is not None:
        return invitation_link(notification.invitation)
    if notification.recording is not None:
        return reverse("recording", args=[notification.recording.pk])
    if role is not None and role.role in access.LINKED_ROLES:
        return stage_link(role)
    if notification.kind == Kind.REMINDER and meeting.is_online:
        return reverse("room", args=[meeting.room_id])
    return reverse("meeting", args=[meeting.pk])


def _recipient_name(context: MailContext) -> str:
    named = context.registration or context.invitation
    return (named.name if named else "") or context.person.name


def host_who_gets_replies(meeting: Meeting) -> Person | None:
    """If they agreed, and are not a guest; else the operator gets them."""
    return meeting.host if meeting.replies_to_host and may_get_replies(meeting.host) else None


def may_get_replies(person: Person) -> bool:
    """Their address is shown with it: never that of a guest or of a closed account."""
    return person.is_active and (person.company_id is not None or person.is_secretariat)


def _reply_to(notification: Notification, meeting: Meeting) -> str:
    """Of a host's own message its writer, who was told so."""
    message = notification.host_message
    writer = message.sender if message else None
    host = writer if writer and may_get_replies(writer) else host_who_gets_replies(meeting)
    return host.email if host else settings.CONTACT_EMAIL


def _cancelled_for_one(meeting: Meeting) -> dict[int | None, list[int]]:
    """By person: keys of the emails that cancelled the event for them alone, as far as they may have been sent."""
    found: dict[int | None, list[int]] = {}
    sent = Notification.objects.filter(MAY_HAVE_BEEN_SENT, meeting=meeting, kind__in=CANCELS_FOR_ONE)
    for person_id, key in sent.filter(details__calendar=True).order_by().values_list("person", "pk"):
        found.setdefault(person_id, []).append(key)
    return found


def known_sequence(meeting_id: str, person_id: int) -> int:
    """The SEQUENCE of the last calendar event that may have been sent to this person; 0 when there was none."""
    sent = Notification.objects.filter(
        MAY_HAVE_BEEN_SENT, meeting=meeting_id, person=person_id, kind__in=INVITES | CANCELS
    ).exclude(details__calendar=False)
    rows = list(sent.order_by("pk").values_list("kind", "revision"))
    if not rows:
        return 0
    kind, revision = rows[-1]
    earlier = sum(each in CANCELS_FOR_ONE for each, _revision in rows[:-1])
    return revision + 2 * earlier + (kind in CANCELS_FOR_ONE)


def _list_headers(unsubscribe: str) -> tuple[tuple[str, str], ...]:
    """One-click unsubscribe (RFC 8058) for what one can turn off; never for emails about one's registration."""
    if not unsubscribe:
        return ()
    return (
        ("List-Unsubscribe", f"<{unsubscribe}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )
