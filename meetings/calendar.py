"""Meetings as iCalendar bytes (RFC 5545, RFC 5546) and back; pure: it reads no database and no current time.

UID stays for life and SEQUENCE is the meeting's revision, so that a calendar event follows every change; in an email
it is raised by what was cancelled for its reader alone. Times are in UTC, which every calendar shows in its owner's
time zone. Each occurrence of a series is a meeting with its own UID.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from secrets import token_hex

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Component, Event, vDuration, vText, vUri

from companies.languages import in_language
from companies.text import cleaned
from meetings.models import Meeting

LONGEST_DESCRIPTION = 2000
CRLF = "\r\n"
FOLD = f"{CRLF} "
LONGEST_LINE = 74  # octets after the space of a fold
SHORTEST_LINE = 18  # characters of at most four octets: never folded
LINK = f"link-{token_hex(16)}"  # stands for each guest's own; no title or text can contain it


class Method(StrEnum):
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"
    DECLINECOUNTER = "DECLINECOUNTER"


@dataclass(frozen=True)
class Address:
    email: str
    name: str = ""


@dataclass(frozen=True)
class Guest:
    """The attendee; PARTSTAT is ACCEPTED for those registered, NEEDS-ACTION for those invited (RFC 5545 3.2.12).

    `is_asked`: calendar programs send an answer also from those who have accepted, because answers are read.
    """

    email: str
    name: str = ""
    has_accepted: bool = True
    is_asked: bool = False


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
class DueDay:
    """What somebody has promised to do until the end of a day, as an event of that whole day."""

    uid: str
    sequence: int
    changed_at: datetime
    day: date
    title: str
    about: str
    link: str
    is_cancelled: bool


class _Text(vText):
    r"""Keeps the `\N` of `C:\New folder`, which icalendar's own takes for the end of a line."""

    def to_ical(self) -> bytes:
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        return escaped.replace("\n", "\\n").encode()


@dataclass(frozen=True)
class CalendarFile:
    """An .ics file as an HTTP response sends it; private, unless it holds only what everybody may see."""

    content: bytes
    name: str = ""
    is_public: bool = False
    content_type: str = "text/calendar; charset=utf-8"

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'

    @property
    def headers(self) -> dict[str, str]:
        # Programs that subscribe ask with the ETag; a proxy may answer many of them.
        found = {
            "ETag": self.etag,
            "Cache-Control": "public, max-age=900" if self.is_public else "private, no-cache",
        }
        return {**found, "Content-Disposition": f'attachment; filename="{self.name}"'} if self.name else found


def calendar_file(meeting: Meeting, *, language: str) -> CalendarFile:
    content = publication([(meeting, meeting_url(meeting))], language=language)
    return CalendarFile(content, f"meeting-{meeting.pk}.ics")


def meeting_url(meeting: Meeting) -> str:
    return f"{settings.SITE_URL}{meeting.get_absolute_url()}"


class MailedEvent:
    """The event of a meeting for emails to many guests, in one language (RFC 5546).

    REQUEST creates it or updates it (3.2.2), CANCEL removes it (3.2.5), and after DECLINECOUNTER it stays as it is
    (3.2.8). What all guests read is written and folded once; each guest's own lines are put in.
    """

    def __init__(self, method: Method, meeting: Meeting, *, language: str) -> None:
        self.method = method
        event = _event(meeting, language, LINK, meeting.created_at, cancelled=method == Method.CANCEL)
        for own in ("sequence", "dtstamp"):
            del event[own]
        calendar = _calendar(method)
        calendar.add_component(event)
        lines = bytes(calendar.to_ical()).decode().replace(FOLD, "").split(CRLF)
        begin = lines.index("BEGIN:VEVENT") + 1
        self._head = "".join(f"{_folded(line)}{CRLF}" for line in lines[:begin]).encode()
        self._parts = _parts(lines[begin:])

    def for_guest(
        self, *, link: str, organizer: Address, guest: Guest, stamp: datetime, sequence: int
    ) -> bytes:
        parameters = ";ROLE=REQ-PARTICIPANT"
        if self.method == Method.REQUEST:
            status = "ACCEPTED" if guest.has_accepted else "NEEDS-ACTION"
            is_asked = guest.is_asked or not guest.has_accepted
            parameters += f";PARTSTAT={status};RSVP={'TRUE' if is_asked else 'FALSE'}"
        stamped = f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        attendee = _folded(_mailbox("ATTENDEE", guest.email, guest.name, parameters))
        lines = CRLF.join((f"SEQUENCE:{sequence}", stamped, _organizer(organizer), attendee, "")).encode()
        folded_link = _folded(link).encode()
        parts = (folded_link if part is None else part for part in self._parts)
        return b"".join((self._head, lines, *parts))


def _parts(lines: list[str]) -> list[bytes | None]:
    """The lines with None where the link belongs, which begins and ends at a fold (RFC 5545 3.1)."""
    parts: list[bytes | None] = []
    written = ""
    for line in lines:
        first, *rest = line.split(LINK)
        written += _folded(first)
        for piece in rest:
            parts += [f"{written}{FOLD}".encode(), None]
            written = f"{FOLD}{_folded(piece)}" if piece else ""
        written += CRLF if line else ""
    return [*parts, written.encode()]


def _folded(line: str) -> str:
    """In rows of at most 75 octets, split neither within a character nor after an escape (RFC 5545 3.1)."""
    if len(line) <= SHORTEST_LINE:
        return line
    if line.isascii() and "\\" not in line and "^" not in line:
        return FOLD.join(line[start : start + LONGEST_LINE] for start in range(0, len(line), LONGEST_LINE))
    rows, row, octets = [], "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > LONGEST_LINE - (row[-1:] not in {"\\", "^"}):
            rows.append(row)
            row, octets = "", 0
        row, octets = row + character, octets + size
    return FOLD.join([*rows, row])


def with_lines(content: bytes, change: Callable[[str], str]) -> bytes:
    """The same with each line changed, unfolded, and folded again."""
    lines = content.decode().replace(FOLD, "").split(CRLF)
    return CRLF.join(_folded(change(line)) for line in lines).encode()


def publication(
    meetings: Iterable[tuple[Meeting, str]],
    *,
    language: str,
    name: str = "",
    sequences: Mapping[str, int] | None = None,
    due_days: Iterable[DueDay] = (),
) -> bytes:
    """METHOD:PUBLISH of meetings, each with its link, and of days. The same ones give the same bytes.

    `sequences` by meeting, where a person's own is higher than the meeting's revision.
    """
    calendar = _calendar(Method.PUBLISH)
    if name:
        calendar.add("x-wr-calname", _Text(clean(name)))
        calendar.add("name", _Text(clean(name)))
    calendar.add("refresh-interval", vDuration(timedelta(hours=3)), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT3H")
    for meeting, link in meetings:
        cancelled = meeting.state == Meeting.State.CANCELLED
        event = _event(meeting, language, link, meeting.last_changed_at, cancelled=cancelled)
        if sequences and meeting.pk in sequences:
            event["sequence"] = sequences[meeting.pk]
        calendar.add_component(event)
    for due in due_days:
        calendar.add_component(_event_of_day(due))
    return bytes(calendar.to_ical())


def parse(content: bytes) -> list[ParsedEvent]:
    """Raises ValueError when the bytes are not a calendar."""
    calendar = Calendar.from_ical(content)
    return [_parsed_event(str(calendar.get("method", "")), event) for event in calendar.walk("VEVENT")]


def clean(text: str) -> str:
    """Without control characters, which icalendar would let through; lines end with a line feed."""
    return cleaned(text)


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
    event.add("summary", _Text(clean(in_language(meeting.title, language).text)))
    shown_link = "" if cancelled else link
    texts = {
        "location": location(meeting, shown_link),
        "description": description(meeting, language, shown_link),
    }
    for name, text in texts.items():
        if text:  # libical takes a property without a value for an error
            event.add(name, _Text(clean(text)))
    if shown_link:
        event.add("url", vUri(shown_link))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    return event


def _event_of_day(due: DueDay) -> Event:
    """It takes no time of its day (TRANSPARENT). A VTODO is shown by no calendar that subscribes to a feed."""
    event, stamp = Event(), due.changed_at.astimezone(UTC).replace(microsecond=0)
    event.add("uid", due.uid)
    event.add("sequence", due.sequence)
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    event.add("dtstart", due.day)
    event.add("dtend", due.day + timedelta(days=1))
    event.add("summary", _Text(clean(due.title)))
    event.add("description", _Text(clean(due.about)))
    event.add("url", vUri(due.link))
    event.add("status", "CANCELLED" if due.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
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


@lru_cache(maxsize=64)
def _organizer(organizer: Address) -> str:
    return _folded(_mailbox("ORGANIZER", organizer.email, organizer.name))


def _mailbox(prop: str, email: str, name: str, parameters: str = "") -> str:
    # A parameter's value cannot hold a double quote at all (RFC 5545 3.2); a circumflex is doubled (RFC 6868).
    words = " ".join(clean(name).replace('"', "'").split()).replace("^", "^^")
    named = f';CN="{words}"' if words else ""
    return f"{prop}{named}{parameters}:mailto:{clean(email)}"


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
