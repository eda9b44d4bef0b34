"""Emails made to stop the service: refused by counting, before anything expensive begins.

What is counted here is work, not time: how many lines and parts the parser gets, and how far a reply is read.
"""

import tracemalloc

import pytest

from notifications import receiving, reply_addresses
from notifications.inbound import authentication, calendar_replies, messages, reports, texts
from notifications.inbound.calendar_replies import UnableToUnderstand
from notifications.inbound.messages import MOST_LINES, MOST_PARTS, UnableToRead
from notifications.models import InboundMail
from tests import factories
from tests.factories import NOW

MEBIBYTE = 1024 * 1024
HEAD = b"From: a@example.org\r\nMessage-ID: <1@a>\r\nMIME-Version: 1.0\r\n"


def nested_multiparts(depth: int) -> bytes:
    opening = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level)
        for level in range(depth)
    )
    return HEAD + opening + b"Content-Type: text/plain\r\n\r\nx"


def nested_messages(depth: int) -> bytes:
    return HEAD + b"Content-Type: message/rfc822\r\n\r\n" * depth + b"x"


def many_parts(count: int) -> bytes:
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + part * count + b"--b--\r\n"


TOO_MUCH: dict[str, bytes] = {
    "nested parts": nested_multiparts(5_000),
    "nested emails": nested_messages(20_000),
    "nested emails in few lines": nested_messages(MOST_PARTS + 1),
    "nested emails with bare CR": nested_messages(4_000).replace(b"\r\n", b"\r"),
    "parts": many_parts(20_000),
    "lines": HEAD + b"\r\n" + b"\n" * MOST_LINES,
    "lines of carriage returns": HEAD + b"\r\n" + b"\r" * MOST_LINES,
    "lines in nested parts": nested_multiparts(MOST_PARTS - 1) + b"-\r\n" * (MOST_LINES - 200),
    "a boundary": HEAD + b'Content-Type: multipart/mixed; boundary="' + b"a" * 2_000 + b'"\r\n\r\n--a',
    "a folded boundary": HEAD
    + b'Content-Type: multipart/mixed;\r\n boundary="'
    + b"a;\r\n " * 900
    + b'"\r\n\r\n',
    "an extended boundary": HEAD
    + b"Content-Type: multipart/mixed"
    + b"".join(b";\n\tboundary*%d=%s" % (number, b"a" * 90) for number in range(30))
    + b"\r\n\r\nx",
    "bytes": HEAD + b"\r\n" + b"x" * (messages.LARGEST + 1),
    "nothing": b"",
    "no header": b"\r\n\r\nHello",
}


@pytest.mark.parametrize("content", TOO_MUCH.values(), ids=TOO_MUCH)
def test_an_email_beyond_a_limit_never_reaches_the_parser(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[int] = []
    parse = messages.BytesParser.parsebytes

    def counting(self, text: bytes, headersonly: bool = False):  # type: ignore[no-untyped-def]
        parsed.append(len(text))
        return parse(self, text, headersonly)

    monkeypatch.setattr(messages.BytesParser, "parsebytes", counting)
    with pytest.raises(UnableToRead):
        messages.read(content)
    assert not [size for size in parsed if size > 1_000]


def test_the_most_that_is_allowed_can_be_read() -> None:
    """The deepest nesting within the limits ends in no error of recursion."""
    for content in (
        nested_multiparts(MOST_PARTS - 1),
        nested_messages(MOST_PARTS),
        many_parts(MOST_PARTS - 1),
    ):
        assert messages.read(content).message_id == "<1@a>"


def test_of_a_large_email_the_beginning_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b\r\nContent-Type: application/pdf\r\n\r\n"
    content = HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + part + b"x" * 9 * MEBIBYTE
    mail = messages.read(content)
    assert mail.text.strip() == "Hello"
    assert sum(len(each.content) for each in mail.parts) <= messages.MOST_PARSED


@pytest.mark.parametrize(
    "header",
    [
        b"Subject: " + b"=?utf-8?b?" * 50_000,
        b"Subject: " + b"x" * 900_000,
        b"From: " + b"(" * 400_000,
        b"From: " + b"<a@b>," * 100_000,
        b"Content-Type: text/plain; " + b"a=b; " * 300,
        b"Authentication-Results: mx; " + b"(" * 400_000,
        b"Authentication-Results: mx" + b"; dmarc=" * 100_000,
        b"Content-Type: text/plain; charset=punycode",
        b"Content-Type: text/plain; charset*0*=utf-8''x; charset*1=y",
        b"Message-ID: " + b"\xff" * 900_000,
        b"Subject: \x00\x01=?idna?q?x?=",
    ],
)
def test_hostile_headers_are_cut_and_read(header: bytes) -> None:
    mail = messages.read(HEAD + header + b"\r\n\r\nHello")
    assert all(len(value) <= messages.LONGEST_HEADER for _name, value in mail.headers)
    assert "\x00" not in mail.subject
    _read = (mail.sender, mail.subject, mail.text, authentication.is_forged(mail), reports.is_automatic(mail))
    assert texts.written_text(mail)


def test_a_charset_that_takes_quadratic_time_is_not_used() -> None:
    assert messages.Part("text/plain", b"abc-", {"charset": "punycode"}).text == "abc-"


@pytest.mark.parametrize(
    "source",
    [
        "<" * 60_000,
        "<style" * 10_000,
        "<!--" * 15_000,
        "<a " * 20_000,
        "&" * 60_000,
        "<br" * 20_000,
        "İ" * 30_000,
    ],
)
def test_hostile_html_becomes_text(source: str) -> None:
    assert len(texts.words_of(source)) <= len(source)


# ---- calendars --------------------------------------------------------------------------------------------


def reply(lines: str = "", *, uid: str = "UID:1@a", attendee: str = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.org",
          method: str = "REPLY") -> bytes:  # fmt: skip
    body = f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\n{uid}\r\n{attendee}\r\n{lines}"
    return f"{body}END:VEVENT\r\nEND:VCALENDAR\r\n".encode()


EVENT = "BEGIN:VEVENT\r\nUID:1@a\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.org\r\nEND:VEVENT\r\n"
REFUSED: dict[str, bytes] = {
    "two events with one UID": f"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n{EVENT}{EVENT}END:VCALENDAR\r\n".encode(),
    "20,000 events": f"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n{EVENT * 20_000}END:VCALENDAR\r\n".encode(),
    "a line of 5 MB": reply("X-LONG:" + "x" * 5 * MEBIBYTE + "\r\n"),
    "many folded lines": reply("X-LONG:x\r\n" + " x\r\n" * 50_000),
    "nesting": b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 5_000,
    "every second": reply("RRULE:FREQ=SECONDLY\r\n"),
    "an interval of nothing": reply("RRULE:FREQ=DAILY;INTERVAL=0\r\n"),
    "a date of a series": reply("RECURRENCE-ID:20270114T090000Z\r\n"),
    "year 1": reply("DTSTAMP:00010101T000000Z\r\n"),
    "year 9999": reply("DTSTAMP:99991231T235959Z\r\n"),
    "day 32": reply("DTSTAMP:20270132T000000Z\r\n"),
    "a day alone": reply("DTSTAMP;VALUE=DATE:20270114\r\n"),
    "Arabic digits": reply("DTSTAMP:٢٠٢٧٠١١٤T٠٩٠٠٠٠Z\r\n"),
    "an unknown zone": reply("DTSTART;TZID=Middle-earth/Shire:20270114T090000\r\n", method="COUNTER"),
    "a zone that is a path": reply("DTSTART;TZID=../../etc/passwd:20270114T090000\r\n", method="COUNTER"),
    "no zone": reply("DTSTART:20270114T090000\r\n", method="COUNTER"),
    "SEQUENCE below zero": reply("SEQUENCE:-1\r\n"),
    "SEQUENCE beyond the database": reply("SEQUENCE:9999999999\r\n"),
    "SEQUENCE of 4,000 digits": reply(f"SEQUENCE:{'9' * 4_000}\r\n"),
    "no UID": reply(uid="X-UID:1"),
    "nobody": reply(attendee="X-ATTENDEE:a"),
    "10,000 who answer": reply("ATTENDEE:mailto:a@example.org\r\n" * 4_000),
    "a request": reply(method="REQUEST"),
    "a cancellation": reply(method="CANCEL"),
    "an event that never ends": b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1@a\r\n",
    "a quote that never ends": reply(attendee='ATTENDEE;CN="' + "x" * 200_000),
    "no calendar": b"Hello",
    "nothing": b"",
    "zeros": b"\x00" * 200_000,
    "bytes that are no text": b"\xff\xfe" * 100_000,
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_a_hostile_calendar_is_refused_within_bounded_memory(content: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(UnableToUnderstand):
            calendar_replies.parse(content)
        assert tracemalloc.get_traced_memory()[1] < 8 * MEBIBYTE
    finally:
        tracemalloc.stop()


def test_a_time_zone_with_a_hostile_rule_is_not_looked_at() -> None:
    """The zone of a reply is that of its name."""
    zone = "BEGIN:VTIMEZONE\r\nTZID:W. Europe Standard Time\r\nBEGIN:STANDARD\r\nRRULE:FREQ=SECONDLY;INTERVAL=0\r\n"
    content = reply().replace(
        b"BEGIN:VEVENT", zone.encode() + b"END:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT"
    )
    assert calendar_replies.parse(content).uid == "1@a"


@pytest.mark.parametrize("name", ["DESCRIPTION", "COMMENT", "X-ALT-DESC", "ATTENDEE;CN=x;X-A"])
def test_a_long_line_within_the_limits_is_cut_and_the_reply_counts(name: str) -> None:
    found = calendar_replies.parse(reply(f"{name}:{'x' * 20_000}\r\n"))
    assert found.uid == "1@a"
    assert len(found.comment) <= calendar_replies.LONGEST_COMMENT


IN_EMAILS = [
    HEAD + b"Content-Type: text/calendar; method=REPLY\r\n\r\n" + calendar
    for calendar in REFUSED.values()
    if calendar_replies.METHOD.search(calendar)
]


@pytest.mark.django_db
@pytest.mark.parametrize("content", [*TOO_MUCH.values(), *IN_EMAILS])
def test_whatever_comes_in_is_set_aside_and_nothing_fails(content: bytes, settings) -> None:
    settings.INBOUND_EMAIL_ADDRESS = "replies@example.org"
    registration = factories.registration()
    address = reply_addresses.reply_address(registration.meeting_id, registration.person_id)
    row = receiving.take(content, recipient=address, now=NOW)
    assert row is not None
    row.refresh_from_db()
    assert row.kind == InboundMail.Kind.UNREADABLE
    assert len(row.content or b"") <= receiving.KEPT_BYTES
    assert " while taking it" not in row.problem


@pytest.mark.django_db
def test_a_fault_of_our_own_sets_one_email_aside_and_changes_nothing(
    settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.INBOUND_EMAIL_ADDRESS = "replies@example.org"
    registration = factories.registration()
    address = reply_addresses.reply_address(registration.meeting_id, registration.person_id)

    def fault(*_args: object, **_kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(reports, "is_automatic", fault)
    row = receiving.take(HEAD + b"\r\nHello", recipient=address, now=NOW)
    assert row is not None
    assert (row.kind, row.problem) == (InboundMail.Kind.UNREADABLE, "ZeroDivisionError while taking it")
    assert InboundMail.objects.count() == 1
