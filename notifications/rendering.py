"""One notification as one mail: whole in one language, the reader's hour first, with its calendar entry."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from companies import zones
from companies.languages import codes
from meetings import calendar
from meetings.links import personal_link
from meetings.models import Meeting
from notifications.letters import Letter, absolute, as_html, as_text
from notifications.links import unsubscribe_link
from notifications.mime import CalendarPart, Mail
from notifications.models import Notification
from notifications.phrases import Occasion
from notifications.wording import letter_of

Kind = Notification.Kind
INVITES = {Kind.CONFIRMATION, Kind.CHANGE, Kind.INVITATION}
CANCELS = {Kind.CANCELLATION, Kind.WITHDRAWN}


class UnableToRender(Exception):
    """A row without what its kind is about."""


def mail_of(notification: Notification, *, now: datetime) -> Mail:
    """The whole mail. Raises UnableToRender."""
    about = _occasion(notification, now)
    with translation.override(about.language), timezone.override(zones.zone(about.zone)):
        letter = letter_of(about)
        return Mail(
            reference=f"notification-{notification.pk}",
            sender=sender(),
            recipient=(_name_of(about), about.person.email),
            subject=letter.subject,
            language=about.language,
            text=as_text(letter),
            html=as_html(letter),
            calendar=_calendar_part(about),
            headers=_list_headers(about),
        )


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


def _occasion(notification: Notification, now: datetime) -> Occasion:
    meeting, person, seat = notification.meeting, notification.person, notification.registration
    if meeting is None:
        raise UnableToRender(f"notification {notification.pk} is about no meeting")
    language, zone = (seat.language, seat.timezone) if seat else (person.language, person.timezone)
    stops = notification.kind in Notification.NEVER_TWICE
    return Occasion(
        notification=notification,
        meeting=meeting,
        person=person,
        seat=seat,
        language=language if language in codes() else settings.LANGUAGE_CODE,
        zone=zone if zone in zones.known() else settings.DEFAULT_TIMEZONE,
        link=absolute(_path(notification, meeting)),
        unsubscribe=absolute(unsubscribe_link(person)) if stops else "",
        now=now,
    )


def _path(notification: Notification, meeting: Meeting) -> str:
    """The reader's way in: the own link of a seat; for those without one the page where they go on."""
    if notification.registration is not None:
        return personal_link(notification.registration)
    if notification.recording is not None:
        return reverse("recording", args=[notification.recording.pk])
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
