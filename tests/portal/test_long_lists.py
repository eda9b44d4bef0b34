"""Paged lists, searches among very many meetings, and the header and footer that pages share."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from attendance import report
from companies.models import Person
from meetings.models import Meeting
from portal import filters
from recordings import recording_list
from recordings.models import Recording
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def client_of(person: Person) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person)
    return client


def weekly(weeks: int) -> tuple[Person, list[Meeting]]:
    """A project room with a meeting each week, the last one a week ago; two people attended for half an hour each."""
    host, partner = factories.member(name="Rasa"), factories.member(name="Ove")
    assert host.company is not None
    assert partner.company is not None
    room = factories.room(companies=[host.company, partner.company])
    meetings = []
    for number in range(1, weeks + 1):
        meeting = factories.meeting(
            room=room,
            host=host,
            state=Meeting.State.ENDED,
            starts_at=NOW - number * WEEK,
            visibility=Meeting.Visibility.INVITED,
            title={"en": f"Week {number}"},
        )
        for person in (host, partner):
            left = meeting.starts_at + timedelta(minutes=30)
            factories.presence(room=room, person=person, joined_at=meeting.starts_at, left_at=left)
        meetings.append(meeting)
    return host, meetings


@time_machine.travel(NOW, tick=False)
def test_a_project_room_pages_its_past_meetings_with_their_attendance() -> None:
    host, meetings = weekly(12)
    client, address = client_of(host), reverse("project_room", args=[meetings[0].room_id])
    first, second = client.get(address), client.get(address, {"past": "2"})
    assert [one.meeting for one in first.context["past_meetings"]] == meetings[:10]
    assert [one.meeting for one in second.context["past_meetings"]] == meetings[10:]
    for one in [*first.context["past_meetings"], *second.context["past_meetings"]]:
        assert [(who.name, who.minutes) for who in one.attendance.attendees] == [("Ove", 30), ("Rasa", 30)]
        assert one.can_see_all
    assert 'href="?past=2#past"' in first.content.decode()


@time_machine.travel(NOW, tick=False)
def test_a_project_room_of_two_years_takes_as_many_queries_as_one_of_a_week() -> None:
    counts = []
    for weeks in (1, 3, 104):
        host, meetings = weekly(weeks)
        client, address = client_of(host), reverse("project_room", args=[meetings[0].room_id])
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2] < 25


def test_attendance_of_several_meetings_equals_that_of_each() -> None:
    _host, meetings = weekly(5)
    together = report.attendances_of(meetings, NOW)
    assert together == {one.pk: report.attendance_of(one, NOW) for one in meetings}
    assert report.attendances_of([], NOW) == {}


def test_attendance_reads_no_presence_of_other_weeks() -> None:
    _host, meetings = weekly(5)
    last = meetings[0]
    window = {last.pk: (last.starts_at, last.ends_at)}
    assert len(report._presences([last], window)) == 2


@time_machine.travel(NOW, tick=False)
def test_project_rooms_are_sorted_by_their_next_meeting() -> None:
    person = factories.member()
    assert person.company is not None
    idle, later, sooner, live = (
        factories.room(companies=[person.company, factories.company()]) for _room in range(4)
    )
    factories.meeting(room=later, starts_at=NOW + 2 * WEEK)
    factories.meeting(room=sooner, starts_at=NOW + WEEK)
    factories.meeting(room=sooner, starts_at=NOW + 3 * WEEK)
    factories.meeting(room=live, starts_at=NOW + WEEK)
    running = factories.meeting(room=live, state=Meeting.State.LIVE, starts_at=NOW - timedelta(hours=2))
    factories.meeting(room=idle, state=Meeting.State.ENDED, starts_at=NOW - WEEK)
    rooms = client_of(person).get(reverse("project_rooms")).context["rooms"]
    assert [listed.room.room for listed in rooms] == [live, sooner, later, idle]
    assert [listed.live for listed in rooms] == [running, None, None, None]
    assert rooms[3].next is None


@time_machine.travel(NOW, tick=False)
def test_my_meetings_are_paged_and_all_are_counted() -> None:
    person = factories.member()
    for number in range(35):
        factories.meeting(host=person, starts_at=NOW + timedelta(days=number + 1))
        factories.meeting(host=person, state=Meeting.State.DRAFT, starts_at=NOW + WEEK)
        factories.meeting(host=person, state=Meeting.State.ENDED, starts_at=NOW - (number + 1) * WEEK)
    client, address = client_of(person), reverse("my_meetings")
    page = client.get(address).context
    assert (page["upcoming_count"], page["past_count"], page["hosting_count"]) == (35, 35, 70)
    assert len(page["page"]) == 30
    for show, name in (("past", "page"), ("hosting", "page"), ("hosting", "drafts"), ("coming", "page")):
        second = client.get(address, {"show": show, name: "2"}).context
        assert len(second["draft_pages" if name == "drafts" else "page"]) == 5, (show, name)


@time_machine.travel(NOW, tick=False)
def test_a_search_that_cannot_read_everything_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (filters, recording_list):
        monkeypatch.setattr(module, "MAX_ROWS", 2)
    public = Recording.Visibility.PUBLIC
    for number in range(3):
        factories.meeting(title={"en": f"Pump {number}"}, starts_at=NOW + (number + 1) * WEEK)
        past = factories.meeting(state=Meeting.State.ENDED, starts_at=NOW - (number + 1) * WEEK)
        factories.recording(
            meeting=past,
            state=Recording.State.PUBLISHED,
            visibility=public,
            language="lt" if number == 2 else "en",
            title={"en": f"Film {number}"},
        )
    schedule, shelf = reverse("schedule"), reverse("recordings")
    client = Client(headers={"Accept-Language": "en"})
    assert "Not all meetings were searched" in client.get(schedule, {"q": "pump"}).content.decode()
    assert "Not all meetings" not in client.get(schedule).content.decode()

    assert "Only the newest recordings were searched" in client.get(shelf, {"q": "film"}).content.decode()
    oldest = client.get(shelf, {"q": "film", "l": "lt"})
    assert [row.title["en"] for row in oldest.context["recording_list"].rows] == ["Film 2"]
    assert "Only the newest recordings" not in oldest.content.decode()


# ---- header and footer -------------------------------------------------------------------------------------


@time_machine.travel(NOW, tick=False)
def test_each_visitor_has_their_own_header_and_footer() -> None:
    person = factories.member(name="Rasa Kept")
    address = reverse("schedule")
    pages = {}
    for query in (
        "?q=one",
        "?q=two",
    ):  # pages with a query string are rendered each time, except for header and footer
        stranger = Client(headers={"Accept-Language": "en"}).get(address + query).content.decode()
        assert f'name="next" value="{address}{query}"' in stranger
        assert reverse("account_login") in stranger
        assert "Rasa Kept" not in stranger
        pages[query] = client_of(person).get(address + query).content.decode()
        assert "Rasa Kept" in pages[query]
        assert f'name="next" value="{address}{query}"' in pages[query]


def test_the_query_string_is_escaped_in_the_header() -> None:
    page = Client().get(reverse("schedule") + "?q='\"><b>").content.decode()
    assert '"><b>' not in page


def test_each_zone_has_its_own_footer() -> None:
    for zone in ("Europe/Riga", "Europe/Oslo", "Europe/Riga"):
        client = Client(headers={"Accept-Language": "en"})
        client.cookies["timezone"] = zone
        assert (
            f"Times are shown in {zone[7:]} time" in client.get(reverse("schedule") + "?q=x").content.decode()
        )
