"""Hosts plan breakout groups on a page: by number, with companies or countries mixed, or by a list."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engagement.models import BreakoutReservation, BreakoutRound
from meetings.models import Meeting, Registration
from rooms.models import Room
from tests import factories

pytestmark = pytest.mark.django_db


def registered(meeting: Meeting, count: int, **fields: object) -> list[Registration]:
    return [factories.registration(meeting=meeting, **fields) for _ in range(count)]


def page_of(client: Client, meeting: Meeting) -> str:
    client.force_login(meeting.host)
    return reverse("breakout_plan", args=[meeting.pk])


def planned(meeting: Meeting) -> dict[str, set[int]]:
    groups: dict[str, set[int]] = {}
    rows = BreakoutReservation.objects.filter(round__room=meeting.room)
    for number, name, person in rows.values_list("group__room__number", "group__room__label", "person"):
        groups.setdefault(name or str(number), set()).add(person)
    return groups


def test_by_number_everybody_comes_into_groups_of_one_size(client: Client) -> None:
    meeting = factories.meeting()
    people = registered(meeting, 7)
    registered(meeting, 1, state="pending")
    address = page_of(client, meeting)
    assert address in client.get(reverse("host_meeting", args=[meeting.pk])).text
    assert "(optional) " not in client.get(address).text  # which fields add themselves
    assert client.post(address, {"assign": "random", "count": "3", "minutes": "10"}).status_code == 302
    found = planned(meeting)
    assert sorted(len(each) for each in found.values()) == [2, 2, 3]
    assert set.union(*found.values()) == {each.person_id for each in people}
    assert BreakoutRound.objects.get().minutes == 10
    assert people[0].person.name in client.get(address).text


@pytest.mark.parametrize(("assign", "field"), [("companies", "company_name"), ("countries", "country")])
def test_companies_and_countries_are_mixed(client: Client, assign: str, field: str) -> None:
    meeting = factories.meeting()
    first, second = (registered(meeting, 4, **{field: value}) for value in ("SE", "LT"))
    client.post(page_of(client, meeting), {"assign": assign, "count": "4"})
    for group in planned(meeting).values():
        for side in (first, second):
            assert len(group & {each.person_id for each in side}) == 1


def test_by_list_and_again(client: Client) -> None:
    meeting = factories.meeting()
    one, two = registered(meeting, 2)
    address = page_of(client, meeting)
    listed = f"Heat: {one.person.email.upper()}\r\n\r\nWind: {two.person.email}\r\nSun:"
    assert client.post(address, {"assign": "list", "listed": listed}).status_code == 302
    assert planned(meeting) == {"Heat": {one.person_id}, "Wind": {two.person_id}}
    shown = client.get(address).context["form"].initial["listed"]
    assert shown == f"Heat: {one.person.email}\nWind: {two.person.email}\nSun:"
    assert (
        client.post(address, {"assign": "list", "listed": shown.replace("Wind", "Water")}).status_code == 302
    )
    assert planned(meeting) == {"Heat": {one.person_id}, "Water": {two.person_id}}
    assert BreakoutRound.objects.count() == 1
    assert Room.objects.filter(kind="breakout").count() == 3
    assert client.post(address, {"discard": "1"}).status_code == 302
    assert not BreakoutRound.objects.exists()


def test_groups_without_a_name_are_shown_by_number_and_stored_without(client: Client) -> None:
    meeting = factories.meeting()
    registered(meeting, 2)
    address = page_of(client, meeting)
    client.post(address, {"assign": "random", "count": "2"})
    client.cookies["django_language"] = "lt"
    listed = client.get(address).context["form"].initial["listed"]
    assert [line.partition(":")[0] for line in listed.splitlines()] == ["1 grupė", "2 grupė"]
    client.post(address, {"assign": "list", "listed": listed.replace("2 grupė", "Šiluma")})
    rooms = Room.objects.filter(kind="breakout").order_by("number")
    assert list(rooms.values_list("number", "label")) == [(1, ""), (2, "Šiluma")]
    client.cookies["django_language"] = "pl"
    assert "Grupa 1" in client.get(address).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"assign": "random"},
        {"assign": "random", "count": "0"},
        {"assign": "random", "count": "51"},
        {"assign": "dice", "count": "2"},
        {"assign": "list", "listed": ""},
        {"assign": "list", "listed": "Heat"},
        {"assign": "list", "listed": ": a@example.org"},
        {"assign": "list", "listed": "x" * 41 + ":"},
        {"assign": "list", "listed": "Heat: stranger@example.org"},
        {"assign": "list", "listed": "Heat: known@example.org\nWind: known@example.org"},
        {"assign": "list", "listed": "\n".join(f"Group {n}:" for n in range(51))},
        {"assign": "random", "count": "2", "minutes": "241"},
    ],
)
def test_what_is_wrong_stays_in_the_form_and_changes_nothing(client: Client, wrong: dict[str, str]) -> None:
    meeting = factories.meeting()
    factories.registration(meeting=meeting, person=factories.person(email="known@example.org"))
    answer = client.post(page_of(client, meeting), wrong)
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert wrong.get("listed", "").split("\n")[0] in answer.text
    assert not BreakoutRound.objects.exists()


def test_open_groups_and_those_of_a_meeting_that_is_over_are_not_planned(client: Client) -> None:
    meeting = factories.meeting()
    factories.breakout_round(meeting)
    address = page_of(client, meeting)
    plan = {"assign": "random", "count": "2"}
    assert client.post(address, plan).status_code == 422
    client.post(address, {"discard": "1"})
    assert BreakoutRound.objects.get().state == "open"
    over = factories.meeting(state=Meeting.State.ENDED)
    assert client.post(page_of(client, over), plan).status_code == 422
    assert BreakoutRound.objects.filter(room=over.room).count() == 0


def test_a_project_room_and_a_meeting_on_site_have_no_plan(client: Client) -> None:
    on_site = factories.meeting(format="on_site", address="Quay 1")
    shared = factories.meeting(room=factories.room(companies=[factories.company(), factories.company()]))
    for meeting in (on_site, shared):
        assert client.get(page_of(client, meeting)).status_code == 404


def test_the_page_takes_as_many_queries_for_three_as_for_forty(client: Client) -> None:
    numbers = []
    for count in (3, 40):
        meeting = factories.meeting()
        registered(meeting, count)
        address = page_of(client, meeting)
        client.post(address, {"assign": "random", "count": "3"})
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]
