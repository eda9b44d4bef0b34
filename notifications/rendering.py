"""Renders one notification as an email: in one language, the reader's time first, with its calendar event."""

from collections.abc import Callable
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from secrets import token_hex

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape

from companies import zones
from companies.languages import codes
from companies.templatetags.page import day_in_words
from meetings import access, calendar
from meetings.links import invitation_link, personal_link, stage_link
from meetings.models import Meeting, MeetingRole, Registration
from notifications.email_content import EmailContent, as_html, as_text
from notifications.links import unsubscribe_link
from notifications.message_templates import account_deleted, compose
from notifications.messages_without_meeting import compose_without_meeting
from notifications.mime import CalendarPart, Mail
from notifications.models import MAY_HAVE_BEEN_SENT, Notification
from notifications.snippets import MailContext, PersonalParts

Kind = Notification.Kind
BULK_KINDS = {Kind.REMINDER, Kind.CHANGE, Kind.CANCELLATION, Kind.RECORDING, Kind.INVITED}
INVITES = {Kind.CONFIRMATION, Kind.CHANGE, Kind.INVITATION, Kind.INVITED}
CANCELS_FOR_ONE = {Kind.WITHDRAWN, Kind.LAPSED}
CANCELS = {Kind.CANCELLATION, *CANCELS_FOR_ONE}
PLACEHOLDERS = PersonalParts(*(f"{part}-{token_hex(16)}" for part in ("link", "unsubscribe", "registered")))


class UnableToRender(Exception):
    """A row lacks the object that its kind is about."""


@dataclass(frozen=True)
class RenderedMail:
    """The subject, plain text and HTML of an email."""

    subject: str
    text: str
    html: str

    def with_personal_parts(self, personal: PersonalParts) -> "RenderedMail":
        """With placeholders replaced by this recipient's own parts."""
        text, html = self.text, self.html
        for placeholder, part in zip(astuple(PLACEHOLDERS), astuple(personal), strict=True):
            text = text.replace(placeholder, part)
            html = html.replace(placeholder, escape(part))
        return RenderedMail(self.subject, text, html)


class MailRenderer:
    """Renders the emails of one batch; what recipients share is rendered once per language and time zone.

    Shared content has placeholders for personal parts. They contain a random number, so that no title or name can
    contain one; personal parts are escaped when they are inserted into HTML.
    """

    def __init__(self) -> None:
        self._cache: dict[tuple[object, ...], RenderedMail] = {}
        self._cancelled: dict[str, dict[int | None, list[int]]] = {}

    def mail_of(self, notification: Notification, *, now: datetime) -> Mail:
        """The complete email. Raises UnableToRender."""
        language, zone = _reader(notification)
        with translation.override(language), timezone.override(zones.zone(zone)):
            if notification.kind == Kind.ACCOUNT_DELETED:
                return mail_from_content(
                    account_deleted(language),
                    reference=f"notification-{notification.pk}",
                    recipient=("", notification.address),
                )
            if notification.meeting is None:
                return _mail_without_meeting(notification, language)
            context = _mail_context(notification, language, zone, now)
            rendered = self._rendered_for(context)
            return Mail(
                reference=f"notification-{notification.pk}",
                sender=sender(),
                recipient=(_recipient_name(context), notification.address),
                subject=rendered.subject,
                language=context.language,
                text=rendered.text,
                html=rendered.html,
                calendar=_calendar_part(context, lambda: self._sequence(notification, context.meeting)),
                headers=_list_headers(context),
                reply_to=_reply_to(context.meeting),
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

    def _rendered_for(self, context: MailContext) -> RenderedMail:
        notification = context.notification
        has_own_row = context.registration is not None or context.invitation is not None
        if not has_own_row or notification.kind not in BULK_KINDS:
            return _rendered(compose(context))
        key = (
            *(notification.kind, context.meeting.pk, str(notification.details), context.invitation is None),
            *(context.language, context.zone, context.person.wants_reminders),
        )
        if key not in self._cache:
            self._cache[key] = _rendered(
                compose(replace(context, personal=PLACEHOLDERS.where_set_in(context.personal)))
            )
        return self._cache[key].with_personal_parts(context.personal)


def mail_of(notification: Notification, *, now: datetime) -> Mail:
    """A single email. Raises UnableToRender."""
    return MailRenderer().mail_of(notification, now=now)


def _mail_without_meeting(notification: Notification, language: str) -> Mail:
    content = compose_without_meeting(notification, language)
    if content is None:
        raise UnableToRender(f"notification {notification.pk} lacks what it is about")
    person, written = notification.person, notification.contact_message
    return mail_from_content(
        content,
        reference=f"notification-{notification.pk}",
        recipient=(person.name, person.email) if person else ("", settings.CONTACT_EMAIL),
        reply_to=written.email if written else settings.CONTACT_EMAIL,
    )


def _rendered(content: EmailContent) -> RenderedMail:
    return RenderedMail(content.subject, as_text(content), as_html(content))


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
        text=as_text(content),
        html=as_html(content),
        reply_to=reply_to or settings.CONTACT_EMAIL,
    )


def sender() -> tuple[str, str]:
    """Name and address of EMAIL_FROM; the name may contain a comma."""
    name, _bracket, rest = settings.EMAIL_FROM.rpartition("<")
    return name.strip().strip('"'), rest.strip().rstrip(">").strip()


def _reader(notification: Notification) -> tuple[str, str]:
    """Language and time zone: of the registration or invitation, else of the person, else the defaults."""
    reader = (
        notification.registration
        or notification.invitation
        or notification.last_address
        or notification.person
    )
    if reader is None:  # the operator
        return settings.LANGUAGE_CODE, settings.DEFAULT_TIMEZONE
    language = reader.language if reader.language in codes() else settings.LANGUAGE_CODE
    return language, reader.timezone if reader.timezone in zones.known() else settings.DEFAULT_TIMEZONE


def _mail_context(notification: Notification, language: str, zone: str, now: datetime) -> MailContext:
    meeting, person, registration = notification.meeting, notification.person, notification.registration
    if meeting is None or person is None:
        raise UnableToRender(f"notification {notification.pk} is about no meeting")
    has_own_row = registration is not None or notification.invitation_id is not None
    role = None if has_own_row else MeetingRole.objects.filter(meeting=meeting, person=person).first()
    stops = notification.kind in Notification.NEVER_TWICE
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
            unsubscribe=unsubscribe_link(person) if stops else "",
            registered=_registered(registration, zone) if registration else "",
        ),
        now=now,
    )


def _registered(registration: Registration, zone: str) -> str:
    return day_in_words(registration.registered_at.astimezone(zones.zone(zone)), in_sentence=True)


def _link_path(notification: Notification, meeting: Meeting, role: MeetingRole | None) -> str:
    """The path of the personal link of a registration, invitation or stage role; else of the page about it."""
    if notification.registration is not None:
        return personal_link(notification.registration, recording=notification.recording_id or "")
    if notification.invitation is not None:
        return invitation_link(notification.invitation)
    if notification.recording is not None:
        return reverse("recording", args=[notification.recording.pk])
    if role is not None and role.role in access.SPEAKING_ROLES:
        return stage_link(role)
    if notification.kind == Kind.REMINDER and meeting.is_online:
        return reverse("room", args=[meeting.room_id])
    return reverse("meeting", args=[meeting.pk])


def _recipient_name(context: MailContext) -> str:
    named = context.registration or context.invitation
    return (named.name if named else "") or context.person.name


def _reply_to(meeting: Meeting) -> str:
    """The host's address if they agreed, and are not a guest; else the operator's."""
    host = meeting.host
    may_be_shown = host.is_active and (host.company_id is not None or host.is_secretariat)
    return host.email if meeting.replies_to_host and may_be_shown else settings.CONTACT_EMAIL


def _cancelled_for_one(meeting: Meeting) -> dict[int | None, list[int]]:
    """By person: keys of the emails that cancelled the event for them alone, as far as they may have been sent."""
    found: dict[int | None, list[int]] = {}
    sent = Notification.objects.filter(MAY_HAVE_BEEN_SENT, meeting=meeting, kind__in=CANCELS_FOR_ONE)
    for person_id, key in sent.filter(details__calendar=True).order_by().values_list("person", "pk"):
        found.setdefault(person_id, []).append(key)
    return found


def _calendar_part(context: MailContext, sequence: Callable[[], int]) -> CalendarPart | None:
    kind, details = Kind(context.notification.kind), context.notification.details
    if kind not in INVITES | CANCELS or not details.get("calendar", kind in INVITES):
        return None
    name, address = sender()
    guest = calendar.Guest(
        context.notification.address, _recipient_name(context), has_accepted=context.registration is not None
    )
    make = calendar.cancellation if kind in CANCELS else calendar.invitation
    content = make(
        context.meeting,
        language=context.language,
        link=context.link,
        organizer=calendar.Address(address, name),
        guest=guest,
        stamp=context.notification.created_at,
        sequence=sequence(),
    )
    method = calendar.Method.CANCEL if kind in CANCELS else calendar.Method.REQUEST
    return CalendarPart(method, content)


def _list_headers(context: MailContext) -> tuple[tuple[str, str], ...]:
    """One-click unsubscribe (RFC 8058) for reminders and follow-ups; never for emails about one's registration."""
    if not context.unsubscribe:
        return ()
    return (
        ("List-Unsubscribe", f"<{context.unsubscribe}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )
