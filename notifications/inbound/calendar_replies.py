"""Calendar replies (RFC 5546, 3.2.3 and 3.2.7) as Gmail, Outlook, Exchange, Apple and Thunderbird write them.

A parser of its own, because it needs ten properties of one event and nothing of what makes calendars dangerous: it
never expands a rule and never builds a time zone. It reads each byte once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from companies import zones
from companies.text import cleaned
from notifications.inbound.messages import LARGEST_PART, IncomingMail

LONGEST_LINE = 8 * 1024  # characters; of a longer one the rest is dropped
MOST_LINES = 5_000
DEEPEST = 4
MOST_ATTENDEES = 50
LONGEST_COMMENT = 500
FIRST_YEAR, LAST_YEAR = 2000, 2100
HIGHEST_SEQUENCE = 2**31 - 1
METHOD = re.compile(rb"^METHOD:(?:REPLY|COUNTER)\b", re.IGNORECASE | re.MULTILINE)
MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(Z?)", re.ASCII)
ESCAPED = re.compile(r"\\([\\;,nN])")
WANTED = {"UID", "SEQUENCE", "DTSTAMP", "ATTENDEE", "COMMENT", "DTSTART", "DTEND"}
REPEATING = {"RRULE", "RDATE", "EXRULE", "RECURRENCE-ID"}


class Answer(StrEnum):
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    COUNTER = "counter"  # another time is proposed
    DELEGATED = "delegated"  # somebody else is to come (RFC 5546, 3.2.2.3)


class UnableToUnderstand(Exception):
    """No reply to an event of ours, or beyond a limit; the message is for operators."""


@dataclass(frozen=True)
class Attendee:
    email: str
    answer: str  # PARTSTAT in lower case
    comment: str = ""
    delegated_to: str = ""


@dataclass(frozen=True)
class CalendarReply:
    uid: str
    sequence: int
    is_counter: bool
    attendees: tuple[Attendee, ...]
    stamped_at: datetime | None
    comment: str = ""
    # The proposed time of a counter.
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True)
class _Property:
    name: str
    value: str
    parameters: dict[str, str] = field(default_factory=dict)


def find(mail: IncomingMail) -> CalendarReply | None:
    """None for an email without a calendar reply; people attach other calendars. Raises UnableToUnderstand."""
    part = mail.first("text/calendar") or mail.first("application/ics")
    return parse(part.content) if part is not None and METHOD.search(part.content) else None


def parse(content: bytes) -> CalendarReply:
    """Raises UnableToUnderstand."""
    if len(content) >= LARGEST_PART:
        raise UnableToUnderstand("The calendar part is too large.")
    method, properties = "", []
    for path, line in _lines_of_components(content):
        if path == ("VCALENDAR",) and line.name == "METHOD":
            method = line.value.strip().upper()
        elif path == ("VCALENDAR", "VEVENT"):
            properties.append(line)
    if method not in {"REPLY", "COUNTER"}:
        raise UnableToUnderstand("The calendar part is no reply.")
    if any(line.name in REPEATING for line in properties):
        raise UnableToUnderstand("The reply is about an event that repeats.")
    return _reply(properties, is_counter=method == "COUNTER")


def _reply(properties: list[_Property], *, is_counter: bool) -> CalendarReply:
    by_name: dict[str, list[_Property]] = {}
    for line in properties:
        by_name.setdefault(line.name, []).append(line)
    uid = _first(by_name, "UID")
    attendees = by_name.get("ATTENDEE", [])
    if uid is None or not attendees or len(attendees) > MOST_ATTENDEES:
        raise UnableToUnderstand("The reply names no event, or nobody who replies.")
    stamp, comment = _first(by_name, "DTSTAMP"), _first(by_name, "COMMENT")
    return CalendarReply(
        uid=cleaned(uid.value, one_line=True).strip()[:255],
        sequence=_sequence(_first(by_name, "SEQUENCE")),
        is_counter=is_counter,
        attendees=tuple(_attendee(line) for line in attendees),
        stamped_at=_moment(stamp) if stamp else None,
        comment=_text(comment.value) if comment else "",
        starts_at=_proposed(by_name, "DTSTART") if is_counter else None,
        ends_at=_proposed(by_name, "DTEND") if is_counter else None,
    )


def _first(by_name: dict[str, list[_Property]], name: str) -> _Property | None:
    return next(iter(by_name.get(name, [])), None)


def _attendee(line: _Property) -> Attendee:
    """Gmail writes what a person adds as a parameter here, others as COMMENT."""
    answer = line.parameters.get("PARTSTAT", "").lower()
    comment, delegates = (line.parameters.get(name, "") for name in ("X-RESPONSE-COMMENT", "DELEGATED-TO"))
    # Of several delegates, each in double quotes, the first.
    return Attendee(_address(line.value), answer, _text(comment), _address(delegates.partition('"')[0]))


def _address(value: str) -> str:
    address = cleaned(value, one_line=True).strip()
    return (address[len("mailto:") :] if address.lower().startswith("mailto:") else address)[:254]


def _sequence(line: _Property | None) -> int:
    """0 where it is left out (RFC 5545, 3.8.7.4)."""
    if line is None:
        return 0
    if not re.fullmatch(r"[0-9]{1,10}", line.value.strip()) or int(line.value) > HIGHEST_SEQUENCE:
        raise UnableToUnderstand("The reply has an impossible SEQUENCE.")
    return int(line.value)


def _text(value: str) -> str:
    text = ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
    return cleaned(text).strip()[:LONGEST_COMMENT]


def _proposed(by_name: dict[str, list[_Property]], name: str) -> datetime | None:
    line = _first(by_name, name)
    return _moment(line) if line else None


def _moment(line: _Property) -> datetime:
    """Raises UnableToUnderstand for a day without a time, an impossible date, and a zone that we do not know."""
    found = MOMENT.fullmatch(line.value.strip())
    if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise UnableToUnderstand("The reply has an impossible date.")
    zone = UTC if found[7] else _zone(line.parameters.get("TZID", ""))
    try:
        year, month, day, hour, minute, second = (int(number) for number in found.groups()[:6])
        local = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)
    except ValueError as error:
        raise UnableToUnderstand("The reply has an impossible date.") from error
    return local.astimezone(UTC)


def _zone(name: str) -> tzinfo:
    """By IANA's name or, from Outlook and Exchange, by that of Windows."""
    known = WINDOWS_TO_OLSON.get(name, name)
    if known not in zones.known():
        raise UnableToUnderstand("The reply is in an unknown time zone.")
    return zones.zone(known)


# ---- lines and components ----------------------------------------------------------------------------------


def _lines_of_components(content: bytes) -> Iterator[tuple[tuple[str, ...], _Property]]:
    """Each wanted property with the components that it is in. Raises UnableToUnderstand."""
    path: list[str] = []
    events = 0
    for line in _unfolded(content.decode("utf-8", "replace")):
        name = re.split("[;:]", line, maxsplit=1)[0].strip().upper()
        if name == "BEGIN":
            path.append(line.partition(":")[2].strip().upper())
            events += path[-1] == "VEVENT"
            if len(path) > DEEPEST or events > 1:
                raise UnableToUnderstand("The calendar part holds several events, or is nested too deeply.")
        elif name == "END":
            if not path or path.pop() != line.partition(":")[2].strip().upper():
                raise UnableToUnderstand("The calendar part is broken.")
        elif name == "METHOD" or name in WANTED or name in REPEATING:
            yield tuple(path), _property(name, line)
    if path:
        raise UnableToUnderstand("The calendar part is broken.")


def _unfolded(text: str) -> Iterator[str]:
    """Logical lines (RFC 5545, 3.1); of a long one the rest is dropped."""
    lines = re.split("\r\n|\n|\r", text)
    if len(lines) > MOST_LINES:
        raise UnableToUnderstand("The calendar part has too many lines.")
    pieces: list[str] = []
    length = 0
    for line in lines:
        if line[:1] in {" ", "\t"} and pieces:
            if length < LONGEST_LINE:
                pieces.append(line[1 : LONGEST_LINE - length + 1])
                length += len(pieces[-1])
            continue
        if pieces:
            yield "".join(pieces)
        pieces, length = [line[:LONGEST_LINE]], min(len(line), LONGEST_LINE)
    if pieces:
        yield "".join(pieces)


def _property(name: str, line: str) -> _Property:
    """A colon or semicolon between double quotes belongs to a parameter's value."""
    pieces, start, quoted = [], 0, False
    for position, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif not quoted and character in ";:":
            pieces.append(line[start:position])
            start = position + 1
            if character == ":":
                break
    else:
        raise UnableToUnderstand("The calendar part is broken.")
    given = (piece.partition("=") for piece in pieces[1:])
    parameters = {key.strip().upper(): value.strip().strip('"') for key, _equals, value in given}
    return _Property(name, line[start:], parameters)
