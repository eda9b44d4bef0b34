"""What 2,000 people open within half a minute after a reminder: their queries are composed once for all of them."""

import html
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models.sql.compiler import SQLCompiler
from django.template import Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from companies import content_versions, process_cache
from companies.models import Person
from engagement.models import Question
from meetings import access
from meetings.models import Meeting, Registration
from rooms.models import Room
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@contextmanager
def composed() -> Iterator[list[str]]:
    """The models whose querysets are composed meanwhile."""
    models: list[str] = []
    execute = SQLCompiler.execute_sql

    def execute_sql(self: SQLCompiler, *arguments: Any, **options: Any) -> Any:
        models.append(self.query.model.__name__ if self.query.model else "")
        return execute(self, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLCompiler, "execute_sql", execute_sql)
        yield models


@contextmanager
def rendered() -> Iterator[list[str | None]]:
    """The templates that are rendered meanwhile."""
    names: list[str | None] = []
    render = Template.render

    def named(self: Template, *arguments: Any, **options: Any) -> Any:
        names.append(self.name)
        return render(self, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "render", named)
        yield names


def visitor_of(meeting: Meeting) -> Client:
    """With the session of somebody who has opened the personal link."""
    client = Client()
    session = client.session
    session[access.SESSION_REGISTRATIONS] = [factories.registration(meeting=meeting).pk]
    session.save()
    return client


@pytest.fixture(autouse=True)
def in_the_same_second() -> Iterator[None]:
    """Who is present is counted once a second."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(("step", "round_trips"), [("meeting", 2), ("room", 3), ("room_ticket", 3)])
def test_the_next_visitor_composes_no_query_and_makes_few(step: str, round_trips: int) -> None:
    meeting = factories.meeting(state=Meeting.State.LIVE, starts_at=NOW, started_at=NOW)
    factories.agenda_item(meeting)
    factories.resource(meeting)
    factories.live_question(meeting=meeting)
    visitors = [visitor_of(meeting) for _number in range(3)]
    address = reverse(step, args=[meeting.pk if step == "meeting" else meeting.room_id])
    for before in visitors[:2]:
        (before.post if step == "room_ticket" else before.get)(address)
    with composed() as models, CaptureQueriesContext(connection) as queries:
        answer = (visitors[2].post if step == "room_ticket" else visitors[2].get)(address)
    assert (answer.status_code, models) == (200, [])
    assert len(queries) == round_trips, [query["sql"] for query in queries]


def test_composed_queries_are_seen() -> None:
    with composed() as models:
        assert not Question.objects.exists()
    assert models == ["Question"]


# ---- one page for all guests ---------------------------------------------------------------------------------


@pytest.fixture
def live() -> Meeting:
    return factories.meeting(
        state=Meeting.State.LIVE,
        starts_at=NOW,
        started_at=NOW,
        kind=Meeting.Kind.WEBINAR,
        title={"en": "Heat"},
    )


@pytest.fixture
def guests(live: Meeting) -> list[Client]:
    """Registered before: a registration changes the version of the content, too."""
    return [visitor_of(live) for _number in range(3)]


def address_of(step: str, meeting: Meeting) -> str:
    return reverse(step, args=[meeting.pk if step == "meeting" else meeting.room_id])


def read(step: str, meeting: Meeting, client: Client, query: str = "") -> str:
    response = client.get(address_of(step, meeting) + query)
    assert response.status_code == 200
    return response.content.decode()


TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w{64})"')
TABLES = re.compile(r'(?:FROM|JOIN) "(\w+)"')


@pytest.mark.parametrize("step", ["meeting", "room"])
def test_the_next_guest_gets_a_page_that_is_made(step: str, live: Meeting, guests: list[Client]) -> None:
    first = read(step, live, guests[0])
    with rendered() as names:
        again = read(step, live, guests[1])
    assert names == []
    named = re.compile(r"Person \d+")
    assert named.sub("", TOKEN.sub("", again)) == named.sub("", TOKEN.sub("", first))


@pytest.mark.parametrize("step", ["meeting", "room"])
def test_pages_made_for_each_guest_alone_differ_in_name_and_token_only(step: str, live: Meeting) -> None:
    details: list[dict[str, Any]] = [
        {"name": "Åsa Ek", "company_name": "Ek AB", "country": "SE", "person__language": "sv"},
        {"name": "Jonas Petrauskas", "company_name": "", "country": "LT", "person__timezone": "Asia/Tokyo"},
    ]
    pages = []
    for given in details:
        person = factories.person(
            name=given["name"],
            **{key.removeprefix("person__"): value for key, value in given.items() if "__" in key},
        )
        own = {key: value for key, value in given.items() if "__" not in key}
        factories.registration(meeting=live, person=person, **own)
    for registration in Registration.objects.order_by("pk"):
        client = Client()
        session = client.session
        session[access.SESSION_REGISTRATIONS] = [registration.pk]
        session.save()
        process_cache.clear_all()
        page = TOKEN.sub("", read(step, live, client))
        for written in (registration.name, json.dumps(registration.name)[1:-1]):
            page = page.replace(written, "")
        pages.append(page)
    assert pages[0] == pages[1]


ONCE_A_SECOND = {"rooms_presence", "engagement_question", "rooms_participant"}


@pytest.mark.parametrize("step", ["meeting", "room"])
def test_every_table_that_a_page_is_made_from_drops_it(
    step: str, live: Meeting, guests: list[Client]
) -> None:
    factories.agenda_item(live)
    factories.role(live, factories.member())
    factories.slide_deck(live, is_downloadable=True, first_shown_at=NOW)
    tables = []
    for guest in guests[:2]:
        with CaptureQueriesContext(connection) as queries:
            read(step, live, guest)
        tables.append({name for query in queries for name in TABLES.findall(query["sql"])})
    first, next_one = tables
    made_from = first - next_one
    assert made_from
    assert made_from <= set(content_versions.tables()) | ONCE_A_SECOND


def shown_name(page: str) -> tuple[str, str]:
    """In the field, and in the data for the scripts."""
    field = re.search(r'id="name" name="name" value="([^"]*)"', page)
    data = re.search(r'<script id="room-page" type="application/json">(.*?)</script>', page)
    assert field
    assert data
    return html.unescape(field[1]), json.loads(data[1])["name"]


NAMES = ["Åsa Ek", '</script><b>"Bo" & O\'Neil', "\\u0041 \\ \ue000name", "Łukasz \U0001f600", "Žydrė\u2028"]


def test_each_guest_reads_their_own_name_and_no_other(live: Meeting) -> None:
    visitors = [visitor_of(live) for _name in NAMES]
    for registration, name in zip(Registration.objects.order_by("person"), NAMES, strict=True):
        Registration.objects.filter(pk=registration.pk).update(name=name)
    for _time in range(2):
        pages = [read("room", live, visitor) for visitor in visitors]
        kept = list(Registration.objects.order_by("person").values_list("name", flat=True))
        assert [shown_name(page) for page in pages] == [(name, name) for name in kept]
        assert all('<b>"Bo"' not in page for page in pages)


@pytest.mark.parametrize("step", ["meeting", "room"])
def test_each_guest_gets_a_form_token_of_their_own(step: str, live: Meeting, guests: list[Client]) -> None:
    tokens = []
    for guest in guests:
        found = set(TOKEN.findall(read(step, live, guest)))
        assert found
        sent = {"csrfmiddlewaretoken": found.pop(), "language": "sv", "next": "/"}
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = guest.cookies
        assert strict.post(reverse("set_language"), sent).status_code == 302
        tokens.append(guest.cookies["csrftoken"].value)
    assert len(set(tokens)) == len(guests)


CHANGES: dict[str, tuple[str, Callable[[Meeting], object], str]] = {
    "its title": ("meeting", lambda live: Meeting.objects.update(title={"en": "Glaciers"}), "Glaciers"),
    "its title, seen from the room": (
        "room",
        lambda live: Meeting.objects.update(title={"en": "Glaciers"}),
        "Glaciers",
    ),
    "its host's name": ("room", lambda live: Person.objects.update(name="Rasa Kalba"), "Rasa Kalba"),
    "a speaker": (
        "meeting",
        lambda live: factories.role(live, factories.member(name="Rasa Speaker")),
        "Rasa Speaker",
    ),
    "its agenda": ("meeting", lambda live: factories.agenda_item(live, title={"en": "Pipes"}), "Pipes"),
    "a link": ("meeting", lambda live: factories.resource(live, title="Map of pipes"), "Map of pipes"),
    "slides": (
        "meeting",
        lambda live: factories.slide_deck(live, title="Deck one", is_downloadable=True, first_shown_at=NOW),
        "Deck one",
    ),
    "a recording that runs": (
        "room",
        lambda live: factories.recording(meeting=live, state="capturing"),
        "This meeting is being recorded now.",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_on_every_guest_s_page_at_once(change: str, live: Meeting, guests: list[Client]) -> None:
    step, do, words = CHANGES[change]
    assert words not in read(step, live, guests[0])
    do(live)
    for guest in guests:
        assert words in read(step, live, guest)


def test_questions_and_people_are_counted_once_a_second(live: Meeting, guests: list[Client]) -> None:
    link, people = reverse("live_questions", args=[live.pk]), "1 person in the room"
    asker = factories.participant(room=live.room)
    assert link not in read("meeting", live, guests[0])
    factories.live_question(meeting=live, participant=asker)
    factories.presence(room=live.room, person=asker.person)
    assert link not in read("meeting", live, guests[1])
    with time_machine.travel(NOW + timedelta(seconds=1), tick=False):
        page = read("meeting", live, guests[2])
    assert link in page
    assert people in page


def test_a_question_that_only_its_asker_sees_is_on_no_other_page(live: Meeting, guests: list[Client]) -> None:
    link = reverse("live_questions", args=[live.pk])
    asker, other, _third = guests
    person = Registration.objects.order_by("person")[0].person
    factories.live_question(meeting=live, person=person, state=Question.State.HELD, shown_at=None)
    for _time in range(2):
        assert link in read("meeting", live, asker)
        assert link not in read("meeting", live, other)


def test_guests_get_nothing_of_hosts_and_speakers(live: Meeting, guests: list[Client]) -> None:
    host, speaker = Client(), visitor_of(live)
    host.force_login(live.host)
    factories.role(live, Registration.objects.order_by("-person")[0].person)
    slides = reverse("slides", args=[live.pk])
    for _time in range(2):
        for step, words in (("meeting", "Manage meeting"), ("room", '<p class="small soft">You can join')):
            assert words in read(step, live, host)
            assert words not in read(step, live, guests[0])
        assert slides in read("meeting", live, speaker)
        assert slides not in read("meeting", live, guests[1])


@pytest.mark.parametrize("step", ["meeting", "room"])
def test_a_member_who_attends_gets_the_page_of_a_member(
    step: str, live: Meeting, guests: list[Client]
) -> None:
    person = factories.member(name="Åsa Ek")
    factories.registration(meeting=live, person=person)
    member = Client()
    member.force_login(person)
    for guest in guests[:2]:
        assert "Your account" not in read(step, live, guest)
        assert "Your account: Åsa Ek" in read(step, live, member)


MESSAGES = '<div class="stack stack--close" role="status">'


def test_a_message_reaches_only_the_guest_for_whom_it_waits(live: Meeting, guests: list[Client]) -> None:
    registration = Registration.objects.order_by("person")[0]
    read("meeting", live, guests[1])
    guests[0].post(reverse("confirm_registration", args=[registration.pk]))
    assert MESSAGES in read("meeting", live, guests[0])
    assert MESSAGES not in read("meeting", live, guests[1])


def test_a_query_is_of_one_page_alone(live: Meeting, guests: list[Client]) -> None:
    address = html.escape(address_of("meeting", live) + "?from=mail&x=1")
    assert address in read("meeting", live, guests[0], query="?from=mail&x=1")
    assert "from=mail" not in read("meeting", live, guests[1])


def test_who_loses_the_right_to_enter_loses_the_page(live: Meeting, guests: list[Client]) -> None:
    read("room", live, guests[0])
    Registration.objects.update(state=Registration.State.CANCELLED)
    assert guests[0].get(address_of("room", live)).status_code == 403
    assert "Join now" not in read("meeting", live, guests[0])


def test_a_room_that_is_locked_keeps_the_next_guest_out(live: Meeting, guests: list[Client]) -> None:
    read("room", live, guests[0])
    Room.objects.update(locked_at=NOW)
    assert guests[1].get(address_of("room", live)).status_code == 403


def test_a_ticket_is_refused_at_once_when_the_meeting_has_changed(
    live: Meeting, guests: list[Client]
) -> None:
    """It asks with the version of the content that was read with the session."""
    ticket = reverse("room_ticket", args=[live.room_id])
    assert guests[0].post(ticket).status_code == 200
    Meeting.objects.update(state=Meeting.State.CANCELLED)
    assert guests[1].post(ticket).status_code in {403, 404}
