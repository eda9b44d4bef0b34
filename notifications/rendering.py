"""One notification as one mail: whole in one language, the reader's hour first, with its calendar entry."""

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
from meetings.links import personal_link, stage_link
from meetings.models import Meeting, MeetingRole, Registration
from notifications.email_content import Letter, as_html, as_text
from notifications.links import unsubscribe_link
from notifications.message_templates import letter_of
from notifications.mime import CalendarPart, Mail
from notifications.models import Notification
from notifications.snippets import Occasion, Own

Kind = Notification.Kind
TO_MANY = {Kind.REMINDER, Kind.CHANGE, Kind.CANCELLATION, Kind.RECORDING}
INVITES = {Kind.CONFIRMATION, Kind.CHANGE, Kind.INVITATION}
CANCELS = {Kind.CANCELLATION, Kind.WITHDRAWN, Kind.LAPSED}
STAND_INS = Own(*(f"{part}-{token_hex(16)}" for part in ("link", "unsubscribe", "registered")))


class UnableToRender(Exception):
    """A row without what its kind is about."""


@dataclass(frozen=True)
class Words:
    """What a mail says: the subject, as plain text, as HTML."""

    subject: str
    text: str
    html: str

    def with_own(self, own: Own) -> "Words":
        """One reader's own parts in the place of the stand-ins."""
        text, html = self.text, self.html
        for stand_in, part in zip(astuple(STAND_INS), astuple(own), strict=True):
            text = text.replace(stand_in, part)
            html = html.replace(stand_in, escape(part))
        return Words(self.subject, text, html)


class Press:
    """Writes the mails of one batch. What many readers get in the same words is set once for each language and zone.

    The letter is set with stand-ins for what is a reader's own. They hold a random number, so that nobody's title or
    name can hold one; in HTML the reader's own parts are escaped as they are put in.
    """

    def __init__(self) -> None:
        self._set: dict[tuple[object, ...], Words] = {}

    def mail_of(self, notification: Notification, *, now: datetime) -> Mail:
        """The whole mail. Raises UnableToRender."""
        language, zone = _reader(notification)
        with translation.override(language), timezone.override(zones.zone(zone)):
            about = _occasion(notification, language, zone, now)
            words = self._words_of(about)
            return Mail(
                reference=f"notification-{notification.pk}",
                sender=sender(),
                recipient=(_name_of(about), about.person.email),
                subject=words.subject,
                language=about.language,
                text=words.text,
                html=words.html,
                calendar=_calendar_part(about),
                headers=_list_headers(about),
            )

    def _words_of(self, about: Occasion) -> Words:
        notification = about.notification
        if about.seat is None or notification.kind not in TO_MANY:
            return _words(letter_of(about))
        key = (
            *(notification.kind, about.meeting.pk, str(notification.details)),
            *(about.language, about.zone, about.person.wants_reminders),
        )
        if key not in self._set:
            self._set[key] = _words(letter_of(replace(about, own=STAND_INS.in_place_of(about.own))))
        return self._set[key].with_own(about.own)


def mail_of(notification: Notification, *, now: datetime) -> Mail:
    """One mail alone. Raises UnableToRender."""
    return Press().mail_of(notification, now=now)


def _words(letter: Letter) -> Words:
    return Words(letter.subject, as_text(letter), as_html(letter))


def letter_mail(letter: Letter, *, reference: str, recipient: tuple[str, str]) -> Mail:
    """A letter that is about no notification, such as a sign-in code; in the active language."""
    return Mail(
        reference=reference,
        sender=sender(),
        recipient=recipient,
        subject=letter.subject,
        language=letter.language,
        text=as_text(letter),
        html=as_html(letter),
    )


def sender() -> tuple[str, str]:
    """Name and address of EMAIL_FROM; a comma in the name does not end it."""
    name, _bracket, rest = settings.EMAIL_FROM.rpartition("<")
    return name.strip().strip('"'), rest.strip().rstrip(">").strip()


def _reader(notification: Notification) -> tuple[str, str]:
    """Language and zone: the seat's before the person's, else those of the service."""
    reader = notification.registration or notification.person
    language = reader.language if reader.language in codes() else settings.LANGUAGE_CODE
    return language, reader.timezone if reader.timezone in zones.known() else settings.DEFAULT_TIMEZONE


def _occasion(notification: Notification, language: str, zone: str, now: datetime) -> Occasion:
    meeting, person, seat = notification.meeting, notification.person, notification.registration
    if meeting is None:
        raise UnableToRender(f"notification {notification.pk} is about no meeting")
    role = None if seat else MeetingRole.objects.filter(meeting=meeting, person=person).first()
    stops = notification.kind in Notification.NEVER_TWICE
    return Occasion(
        notification=notification,
        meeting=meeting,
        person=person,
        seat=seat,
        role=role,
        language=language,
        zone=zone,
        own=Own(
            link=_path(notification, meeting, role),
            unsubscribe=unsubscribe_link(person) if stops else "",
            registered=_registered(seat, zone) if seat else "",
        ),
        now=now,
    )


def _registered(seat: Registration, zone: str) -> str:
    return day_in_words(seat.registered_at.astimezone(zones.zone(zone)), in_sentence=True)


def _path(notification: Notification, meeting: Meeting, role: MeetingRole | None) -> str:
    """The reader's way in: the own link of a seat or a place on the stage; else the page where they go on."""
    if notification.registration is not None:
        return personal_link(notification.registration)
    if notification.recording is not None:
        return reverse("recording", args=[notification.recording.pk])
    if role is not None and role.role in access.SPEAKS:
        return stage_link(role)
    if notification.kind == Kind.REMINDER and meeting.is_online:
        return reverse("room", args=[meeting.room_id])
    return reverse("meeting", args=[meeting.pk])


def _name_of(about: Occasion) -> str:
    return about.seat.name if about.seat else about.person.name


def _calendar_part(about: Occasion) -> CalendarPart | None:
    kind, details = Kind(about.notification.kind), about.notification.details
    if kind not in INVITES | CANCELS or not details.get("calendar", kind in INVITES):
        return None
    name, address = sender()
    guest = calendar.Guest(about.person.email, _name_of(about), has_said_yes=about.seat is not None)
    make = calendar.cancellation if kind in CANCELS else calendar.invitation
    content = make(
        about.meeting,
        language=about.language,
        link=about.link,
        organizer=calendar.Address(address, name),
        guest=guest,
        stamp=about.notification.created_at,
    )
    method = calendar.Method.CANCEL if kind in CANCELS else calendar.Method.REQUEST
    return CalendarPart(method, content)


def _list_headers(about: Occasion) -> tuple[tuple[str, str], ...]:
    """One-click unsubscribing (RFC 8058) from what is repeated; never from what one must know."""
    if not about.unsubscribe:
        return ()
    return (
        ("List-Unsubscribe", f"<{about.unsubscribe}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )
