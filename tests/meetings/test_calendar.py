"""Calendar entries, read back by the same library; a second make reads them in the journeys."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from icalendar import Calendar, vCalAddress, vText

from companies import zones
from companies.text import has_control
from meetings import calendar
from meetings.calendar import Address, Guest
from meetings.models import Meeting
from tests.factories import NOW, STARTS_AT

LINK = "https://example.org/j/abc.def/"
ORGANIZER = Address("no-reply@example.org", "Southern Baltic Cleantech")
GUEST = Guest("elin@example.org", "Elin Sandberg")


def unsaved(**fields) -> Meeting:
    given_fields = {
        "id": "4tq7",
        "uid": "4tq7@example.org",
        "title": {"en": "Heat from harbour water", "sv": "Värme ur hamnen"},
        "description": {"en": "Two winters."},
        "starts_at": STARTS_AT,
        "ends_at": STARTS_AT + timedelta(hours=1),
        "timezone": "Europe/Vilnius",
        "created_at": NOW,
    }
    return Meeting(**{**given_fields, **fields})


def mailed(method: calendar.Method, meeting: Meeting, *, language: str, **given) -> bytes:
    return calendar.MailedEvent(method, meeting, language=language).for_guest(**given)


def invited(meeting: Meeting, **changes) -> bytes:
    return mailed(calendar.Method.REQUEST, meeting, **{**as_mailed(meeting), **changes})


def as_mailed(meeting: Meeting) -> dict[str, object]:
    sequence = meeting.revision
    shared = {"language": "en", "link": LINK, "organizer": ORGANIZER, "guest": GUEST}
    return {**shared, "stamp": NOW, "sequence": sequence}


def only(content: bytes) -> calendar.ParsedEvent:
    (facts,) = calendar.parse(content)
    return facts


def test_an_invitation_says_who_when_and_which_revision():
    facts = only(invited(unsaved(revision=3)))
    assert (facts.method, facts.uid, facts.sequence, facts.status) == (
        "REQUEST",
        "4tq7@example.org",
        3,
        "CONFIRMED",
    )
    assert (facts.starts_at, facts.ends_at) == (STARTS_AT, STARTS_AT + timedelta(hours=1))
    assert facts.organizer == "no-reply@example.org"
    assert facts.attendees == ("elin@example.org",)


def test_hours_are_written_in_utc_so_that_no_zone_has_to_be_declared():
    content = invited(unsaved())
    assert b"DTSTART:20270114T090000Z" in content
    assert b"TZID" not in content
    assert b"VTIMEZONE" not in content
    assert b"VALARM" not in content
    assert b"GEO" not in content


def test_a_cancellation_has_the_same_uid_and_the_raised_sequence():
    meeting = unsaved(revision=4)
    facts = only(mailed(calendar.Method.CANCEL, meeting, **as_mailed(meeting)))
    assert (facts.method, facts.uid, facts.sequence, facts.status) == ("CANCEL", meeting.uid, 4, "CANCELLED")


@pytest.mark.parametrize("format_", ["online", "on_site", "both"])
def test_a_cancelled_event_leads_nowhere_and_says_nothing_of_an_answer(format_):
    meeting = unsaved(format=format_, address="" if format_ == "online" else "Danės g. 1")
    content = mailed(calendar.Method.CANCEL, meeting, **as_mailed(meeting))
    published = calendar.publication([(unsaved(state="cancelled"), LINK)], language="en")
    assert only(content).attendees == (GUEST.email,)
    for each in (content, published):
        unfolded = each.replace(b"\r\n ", b"")
        for left in (LINK.encode(), b"Join here", b"URL:", b"PARTSTAT", b"RSVP"):
            assert left not in unfolded
        assert not [line for line in unfolded.split(b"\r\n") if line.endswith(b":")], "libical: an error"


def test_who_has_a_seat_has_said_yes_and_who_is_invited_is_asked():
    assert b"PARTSTAT=ACCEPTED" in invited(unsaved())
    asked = invited(unsaved(), guest=Guest("paul@example.org", "Paul", has_accepted=False)).replace(
        b"\r\n ", b""
    )
    assert b"PARTSTAT=NEEDS-ACTION" in asked
    assert b"RSVP=TRUE" in asked


def test_a_single_calendar_carries_no_random_uid_of_its_own():
    assert invited(unsaved()) == invited(unsaved())
    assert "uid" not in Calendar.from_ical(invited(unsaved()))


def test_the_words_are_in_the_readers_language():
    assert only(invited(unsaved(), language="sv")).summary == "Värme ur hamnen"


@pytest.mark.parametrize(
    ("format_", "address", "where"),
    [
        ("online", "", LINK),
        ("on_site", "Danės g. 1, Klaipėda", "Danės g. 1, Klaipėda"),
        ("both", "Danės g. 1", "Danės g. 1"),
    ],
)
def test_the_place_is_the_address_where_there_is_one(format_, address, where):
    facts = only(invited(unsaved(format=format_, address=address)))
    assert facts.location == where
    assert LINK in facts.description


@pytest.mark.parametrize(
    ("day", "clock", "utc_hour"),
    [
        (date(2027, 3, 27), time(12, 0), 10),  # the day before the clocks go forward in Vilnius
        (date(2027, 3, 28), time(12, 0), 9),
        (date(2027, 10, 30), time(12, 0), 9),
        (date(2027, 10, 31), time(12, 0), 10),  # the clocks went back at 01:00 UTC
        (date(2028, 2, 29), time(12, 0), 10),
    ],
)
def test_noon_in_vilnius_is_noon_on_both_edges_of_summer_time(day, clock, utc_hour):
    starts_at = zones.instant(day, clock, "Europe/Vilnius")
    facts = only(invited(unsaved(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))))
    assert facts.starts_at == datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)
    assert facts.starts_at.astimezone(zones.zone("Europe/Vilnius")).time() == clock


@given(
    title=st.text(min_size=1, max_size=300),
    description=st.text(max_size=500),
    name=st.text(max_size=120),
    revision=st.integers(min_value=0, max_value=10_000),
)
def test_whatever_people_write_comes_back_as_they_wrote_it(title, description, name, revision):
    meeting = unsaved(title={"en": title}, description={"en": description}, revision=revision)
    content = invited(meeting, guest=Guest("elin@example.org", name))
    facts = only(content)
    assert facts.summary == calendar.clean(title)
    assert calendar.clean(description).strip() in facts.description
    assert (facts.sequence, facts.attendees) == (revision, ("elin@example.org",))
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert not has_control(content.decode().replace("\r\n", ""))


def test_punctuation_lines_and_emoji_survive():
    title = "Heat; from, harbour\\water: “two” winters 🌊 in Klaipėda, and then\nsome more"
    assert only(invited(unsaved(title={"en": title}))).summary == title


def test_a_backslash_before_an_n_is_no_end_of_a_line():
    title = r"C:\New and \\server\news"
    assert only(invited(unsaved(title={"en": title}))).summary == title


def test_text_cannot_add_lines_of_its_own():
    sly = "Heat\r\nATTENDEE:mailto:eve@example.org\r\nEND:VEVENT"
    facts = only(
        invited(
            unsaved(title={"en": sly}), guest=Guest("elin@example.org", 'Elin";X=1\r\nATTENDEE:mailto:e@e.e')
        )
    )
    assert facts.attendees == ("elin@example.org",)


def built_by_icalendar(method: calendar.Method, meeting: Meeting, given: dict) -> bytes:
    """The same event, built whole for one guest."""
    event = calendar._event(
        meeting, given["language"], given["link"], given["stamp"], cancelled=method == calendar.Method.CANCEL
    )
    event["sequence"] = given["sequence"]
    organizer, attendee = (
        vCalAddress(f"mailto:{ORGANIZER.email}"),
        vCalAddress(f"mailto:{given['guest'].email}"),
    )
    organizer.params["CN"] = vText(ORGANIZER.name)
    name = " ".join(calendar.clean(given["guest"].name).replace('"', "'").split())
    if name:
        attendee.params["CN"] = vText(name)
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    if method == calendar.Method.REQUEST:
        attendee.params |= {"PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
    event["organizer"] = organizer
    event.add("attendee", attendee, encode=False)
    whole = calendar._calendar(method)
    whole.add_component(event)
    return bytes(whole.to_ical())


def properties(content: bytes) -> set[tuple[str, str, str]]:
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    return {
        (name, value.to_ical().decode(), str(sorted(value.params.items())))
        for name, value in event.property_items(recursive=False)
        if hasattr(value, "to_ical")
    }


def test_escapes_fill_no_row_beyond_its_length():
    meeting = unsaved(title={"en": "\\" * 300}, description={"en": "^" * 300 + ";" * 300})
    content = invited(meeting, guest=Guest("elin@example.org", "^" * 100))
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert only(content).summary == "\\" * 300


ODD = st.text(
    alphabet=st.one_of(st.sampled_from(";:,\\\"'^\n\r\u200fåłž漢😀 "), st.characters(codec="utf-8")),
    max_size=120,
)


@settings(max_examples=200, deadline=None)
@given(
    name=ODD,
    title=ODD,
    description=ODD,
    method=st.sampled_from(calendar.Method),
    place=ODD,
    token=st.integers(0, 90),
)
def test_what_each_guest_gets_is_what_icalendar_builds(name, title, description, method, place, token):
    # icalendar writes such a name without quotes, and then reads the semicolon after it as escaped.
    assume(not calendar.clean(name).rstrip().endswith("\\"))
    meeting = unsaved(title={"en": title}, description={"en": description}, address=place)
    meeting.format = Meeting.Format.BOTH if place else Meeting.Format.ONLINE
    given = {
        **as_mailed(meeting),
        "guest": Guest("elin@example.org", name),
        "link": f"{LINK}{'a' * token}/?x=1",
    }
    content = mailed(method, meeting, **given)
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert properties(content) == properties(built_by_icalendar(method, meeting, given))


def test_a_name_that_ends_in_a_backslash_ends_there():
    content = invited(unsaved(), guest=Guest("elin@example.org", "Elin\\"))
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert event["attendee"].params["CN"] == "Elin\\"
    assert event["attendee"].params["ROLE"] == "REQ-PARTICIPANT"
