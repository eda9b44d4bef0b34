"""Meetings as iCalendar bytes (RFC 5545, RFC 5546) and back; pure: it reads no database and no current time.

UID stays for life and SEQUENCE is the meeting's revision, so that a calendar event follows every change; in an email
it is raised by what was cancelled for its reader alone. Times are in UTC, which every calendar shows in its owner's
time zone. Each occurrence of a series is a meeting with its own UID.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Component, Event, vCalAddress, vDuration, vText, vUri

from companies.languages import in_language
from companies.text import cleaned
from meetings.models import Meeting

LONGEST_DESCRIPTION = 2000


class Method(StrEnum):
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"


@dataclass(frozen=True)
class Address:
    email: str
    name: str = ""


@dataclass(frozen=True)
class Guest:
    """The attendee; PARTSTAT is ACCEPTED for those registered, NEEDS-ACTION for those invited (RFC 5545 3.2.12)."""

    email: str
    name: str = ""
    has_accepted: bool = True


@dataclass(frozen=True)
class ParsedEvent:
    """An event read back from its bytes, for the outbox's pages and for tests."""

    method: str
    uid: str
    sequence: int
    status: str
    summary: str
    location: str
    description: str
    starts_at: datetime
    ends_at: datetime
    attendees: tuple[str, ...]
    organizer: str


@dataclass(frozen=True)
class CalendarFile:
    """An .ics file as an HTTP response sends it; private, as it may hold what only its reader may see."""

    content: bytes
    name: str = ""
    content_type: str = "text/calendar; charset=utf-8"

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'

    @property
    def headers(self) -> dict[str, str]:
        found = {"ETag": self.etag, "Cache-Control": "private, no-cache"}
        return {**found, "Content-Disposition": f'attachment; filename="{self.name}"'} if self.name else found


def calendar_file(meeting: Meeting, *, language: str) -> CalendarFile:
    content = publication([(meeting, meeting_url(meeting))], language=language)
    return CalendarFile(content, f"meeting-{meeting.pk}.ics")


def meeting_url(meeting: Meeting) -> str:
    return f"{settings.SITE_URL}{meeting.get_absolute_url()}"


def invitation(
    meeting: Meeting,
    *,
    language: str,
    link: str,
    organizer: Address,
    guest: Guest,
    stamp: datetime,
    sequence: int,
) -> bytes:
    """METHOD:REQUEST to one guest: creates the event or updates it (RFC 5546 3.2.2)."""
    return _mailed(Method.REQUEST, meeting, language, link, organizer, guest, stamp, sequence)


def cancellation(
    meeting: Meeting,
    *,
    language: str,
    link: str,
    organizer: Address,
    guest: Guest,
    stamp: datetime,
    sequence: int,
) -> bytes:
    """METHOD:CANCEL to one guest: removes the event (RFC 5546 3.2.5)."""
    return _mailed(Method.CANCEL, meeting, language, link, organizer, guest, stamp, sequence)


def publication(meetings: Iterable[tuple[Meeting, str]], *, language: str, name: str = "") -> bytes:
    """METHOD:PUBLISH of meetings, each with its link. The same meetings give the same bytes."""
    calendar = _calendar(Method.PUBLISH)
    if name:
        calendar.add("x-wr-calname", clean(name))
        calendar.add("name", clean(name))
        calendar.add("refresh-interval", vDuration(timedelta(hours=3)), parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT3H")
    for meeting, link in meetings:
        cancelled = meeting.state == Meeting.State.CANCELLED
        calendar.add_component(_event(meeting, language, link, meeting.last_changed_at, cancelled=cancelled))
    return bytes(calendar.to_ical())


def parse(content: bytes) -> list[ParsedEvent]:
    """Raises ValueError when the bytes are not a calendar."""
    calendar = Calendar.from_ical(content)
    return [_parsed_event(str(calendar.get("method", "")), event) for event in calendar.walk("VEVENT")]


def clean(text: str) -> str:
    """Without control characters, which icalendar would let through; lines end with a line feed."""
    return cleaned(text)


def _mailed(
    method: Method,
    meeting: Meeting,
    language: str,
    link: str,
    organizer: Address,
    guest: Guest,
    stamp: datetime,
    sequence: int,
) -> bytes:
    event = _event(meeting, language, link, stamp, cancelled=method == Method.CANCEL)
    event["sequence"] = sequence
    event["organizer"] = _mailbox(organizer.email, organizer.name)
    attendee = _mailbox(guest.email, guest.name)
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    if method == Method.REQUEST:
        attendee.params["PARTSTAT"] = "ACCEPTED" if guest.has_accepted else "NEEDS-ACTION"
        attendee.params["RSVP"] = "FALSE" if guest.has_accepted else "TRUE"
    event.add("attendee", attendee, encode=False)
    calendar = _calendar(method)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _calendar(method: Method) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//{clean(settings.SITE_NAME)}//webinars//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", str(method))
    return calendar


def _event(meeting: Meeting, language: str, link: str, stamp: datetime, *, cancelled: bool) -> Event:
    event = Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.revision)
    event.add("dtstamp", stamp.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", meeting.last_changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", meeting.starts_at.astimezone(UTC))
    event.add("dtend", meeting.ends_at.astimezone(UTC))
    event.add("summary", clean(in_language(meeting.title, language).text))
    shown_link = "" if cancelled else link
    event.add("location", clean(location(meeting, shown_link)))
    event.add("description", clean(description(meeting, language, shown_link)))
    if shown_link:
        event.add("url", vUri(shown_link))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    return event


def location(meeting: Meeting, link: str) -> str:
    """The street address where there is one; else the link, which most calendars make a button."""
    return link if meeting.format == Meeting.Format.ONLINE or not meeting.address else meeting.address


def description(meeting: Meeting, language: str, link: str) -> str:
    """In the reader's language as far as there is one; without a link where the event is cancelled."""
    with translation.override(language):
        opening = _("Join here: %(link)s") if meeting.is_online else _("About this meeting: %(link)s")
    text = in_language(meeting.description, language).text.strip()
    if len(text) > LONGEST_DESCRIPTION:
        text = text[:LONGEST_DESCRIPTION].rsplit(" ", 1)[0] + " …"
    return "\n\n".join(part for part in (opening % {"link": link} if link else "", text) if part)


def _mailbox(email: str, name: str) -> vCalAddress:
    mailbox = vCalAddress(f"mailto:{clean(email)}")
    # A parameter's value cannot hold a double quote at all (RFC 5545 3.2).
    words = " ".join(clean(name).replace('"', "'").split())
    if words:
        mailbox.params["CN"] = vText(words)
    return mailbox


def _parsed_event(method: str, event: Component) -> ParsedEvent:
    found = event.get("attendee", [])
    attendees = found if isinstance(found, list) else [found]
    return ParsedEvent(
        method=method,
        uid=str(event.get("uid", "")),
        sequence=int(event.get("sequence", 0)),
        status=str(event.get("status", "")),
        summary=str(event.get("summary", "")),
        location=str(event.get("location", "")),
        description=str(event.get("description", "")),
        starts_at=event.decoded("dtstart"),
        ends_at=event.decoded("dtend"),
        attendees=tuple(str(attendee).removeprefix("mailto:") for attendee in attendees),
        organizer=str(event.get("organizer", "")).removeprefix("mailto:"),
    )
