"""A calendar entry says when it was last changed, and stays the same as long as nothing of it did."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from companies.models import Person
from meetings import calendar, changing
from meetings.calendar import Address, Guest
from meetings.meeting_input import Speaker, details_of
from meetings.models import Meeting
from tests import factories
from tests.factories import NOW

LATER = NOW + timedelta(days=1)
CHANGES: dict[str, dict[str, Any]] = {
    "hour": {"local_time": datetime(2027, 1, 14, 15).time()},
    "title": {"title": {"en": "Cold from harbour water"}},
    "description": {"description": {"en": "Three winters."}},
    "place": {"format": "both", "address": "Quay 1, Klaipėda"},
    "speakers": {"speakers": (Speaker("elin@havslund.example", "Elin"),)},
}


def stamps_of(content: bytes) -> tuple[datetime, datetime]:
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    return event.decoded("dtstamp"), event.decoded("last-modified")


def feed_of(person: Person) -> Any:
    return Client().get(reverse("calendar_feed", args=[person.calendar_key]))


@pytest.fixture(autouse=True)
def today(time_machine: Any) -> None:
    """A feed leaves out what is long over."""
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def meeting(db: None) -> Meeting:
    return factories.meeting()


def change(meeting: Meeting, **fields: Any) -> Meeting:
    details = replace(details_of(meeting), **fields)
    return changing.change_meeting(meeting=meeting, details=details, now=LATER)


@pytest.mark.parametrize("what", CHANGES)
def test_the_stamps_of_a_feed_follow_every_change(meeting: Meeting, what: str) -> None:
    before = feed_of(meeting.host)
    assert stamps_of(before.content) == (NOW, NOW)
    change(meeting, **CHANGES[what])
    after = feed_of(meeting.host)
    assert stamps_of(after.content) == (LATER, LATER)
    assert after["ETag"] != before["ETag"]
    page = Client().get(reverse("meeting_calendar", args=[meeting.pk]))
    assert stamps_of(page.content) == (LATER, LATER)


def test_a_change_of_nothing_that_a_calendar_shows_leaves_the_entry_as_it_is(meeting: Meeting) -> None:
    before = feed_of(meeting.host)
    change(meeting, capacity=12)
    after = feed_of(meeting.host)
    assert (after.content, after["ETag"]) == (before.content, before["ETag"])


def test_a_cancelled_meeting_says_when(meeting: Meeting) -> None:
    changing.cancel_meeting(meeting=meeting, reason="", now=LATER)
    assert stamps_of(feed_of(meeting.host).content) == (LATER, LATER)


def test_a_mail_says_the_moment_of_the_change_too(meeting: Meeting) -> None:
    change(meeting, **CHANGES["title"])
    meeting.refresh_from_db()
    event = calendar.MailedEvent(calendar.Method.REQUEST, meeting, language="en")
    mailed = event.for_guest(
        link="https://example.org/j/abc/",
        organizer=Address("no-reply@example.org"),
        guest=Guest("elin@example.org"),
        stamp=LATER + timedelta(minutes=1),
        sequence=meeting.revision,
    )
    assert stamps_of(mailed) == (LATER + timedelta(minutes=1), LATER)
