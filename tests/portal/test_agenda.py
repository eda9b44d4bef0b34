"""A host's pages of the agenda, the agenda on the meeting's page and while waiting, and the API."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from api.models import ApiToken
from companies import zones
from companies.models import Person
from engagement.agenda.agenda_input import MOST_ITEMS
from engagement.agenda.describing import items_of
from engagement.models import AgendaItem
from meetings.models import Meeting
from rooms.models import RoomEvent
from tests import factories

pytestmark = pytest.mark.django_db

ITEM = {"title_en": "Heat for harbours", "title_sv": "Värme för hamnar", "minutes": "15", "speaker": "Rūta"}


@pytest.fixture
def meeting() -> Meeting:
    return factories.meeting(languages=["en", "sv"])


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def titles(meeting: Meeting) -> list[str]:
    return [str(item) for item in items_of(meeting.pk)]


# ---- planning ------------------------------------------------------------------------------------------------


def test_items_are_added_edited_moved_and_removed_without_scripts(meeting: Meeting) -> None:
    host, page = client_of(meeting.host), reverse("agenda", args=[meeting.pk])
    assert "Add the items one by one" in host.get(page).content.decode()
    for words in ("A", "B", "C"):
        assert host.post(page, {**ITEM, "title_en": words}).status_code == 302
    first, second, third = items_of(meeting.pk)
    assert (first.title, first.minutes, first.speaker) == ({"en": "A", "sv": "Värme för hamnar"}, 15, "Rūta")
    edit = reverse("agenda_item", args=[meeting.pk, second.pk])
    assert "Värme för hamnar" in host.get(edit).content.decode()
    version = host.get(edit).context["form"].read_version
    assert host.post(edit, {"title_en": "B2", "minutes": "7", "read_version": version}).status_code == 302
    assert AgendaItem.objects.get(pk=second.pk).title == {"en": "B2"}
    host.post(reverse("move_agenda_item", args=[meeting.pk, third.pk]), {"do": "up"})
    host.post(reverse("move_agenda_item", args=[meeting.pk, first.pk]), {"do": "down"})
    assert titles(meeting) == ["C", "A", "B2"]
    remove = reverse("remove_agenda_item", args=[meeting.pk, third.pk])
    assert "Remove this item from the agenda?" in host.get(remove).content.decode()
    assert host.post(remove).status_code == 302
    assert titles(meeting) == ["A", "B2"]
    events = RoomEvent.objects.filter(room=meeting.room, ev="agenda.changed")
    assert (events.count(), {event.person_id for event in events}) == (7, {meeting.host_id})
    assert host.post(remove).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title_en": " ", "title_sv": ""}, "title"),
        ({"title_en": "x" * 121}, "title"),
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "481"}, "minutes"),
        ({"minutes": "ten"}, "minutes"),
        ({"minutes": "9" * 400}, "minutes"),
        ({"speaker": "x" * 121}, "speaker"),
    ],
)
def test_what_is_impossible_is_said_beside_its_field_and_what_was_typed_stays(
    meeting: Meeting, change: dict[str, str], field: str
) -> None:
    answer = client_of(meeting.host).post(reverse("agenda", args=[meeting.pk]), {**ITEM, **change})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})
    kept = next(value for name, value in ITEM.items() if name not in change and name != "minutes")
    assert kept in answer.content.decode()
    assert not AgendaItem.objects.exists()


def test_what_was_saved_elsewhere_is_not_overwritten_unseen(meeting: Meeting) -> None:
    host, item = client_of(meeting.host), factories.agenda_item(meeting)
    address = reverse("agenda_item", args=[meeting.pk, item.pk])
    version = host.get(address).context["form"].read_version
    AgendaItem.objects.update(minutes=20)
    answer = host.post(address, {**ITEM, "read_version": version})
    assert (answer.status_code, "This was changed elsewhere" in answer.content.decode()) == (422, True)
    assert AgendaItem.objects.get().minutes == 20


def test_a_full_agenda_and_an_overlong_one_say_so(meeting: Meeting) -> None:
    for _ in range(MOST_ITEMS):
        factories.agenda_item(meeting, minutes=10)
    host, page = client_of(meeting.host), reverse("agenda", args=[meeting.pk])
    shown = host.get(page).content.decode()
    assert "This agenda is full." in shown
    assert "The agenda is longer than the meeting, which is planned for 60 minutes." in shown
    answer = host.post(page, ITEM)
    assert (answer.status_code, "at most 30 items" in answer.content.decode()) == (422, True)
    assert "Heat for harbours" in answer.content.decode()
    assert AgendaItem.objects.count() == MOST_ITEMS


@pytest.mark.parametrize("state", [Meeting.State.ENDED, Meeting.State.CANCELLED])
def test_the_agenda_of_a_meeting_that_is_over_stays_as_it_is(meeting: Meeting, state: str) -> None:
    item = factories.agenda_item(meeting)
    Meeting.objects.filter(pk=meeting.pk).update(state=state)
    host = client_of(meeting.host)
    assert host.post(reverse("agenda", args=[meeting.pk]), ITEM).status_code == 422
    assert host.post(reverse("agenda_item", args=[meeting.pk, item.pk]), ITEM).status_code == 422
    for name in ("move_agenda_item", "remove_agenda_item"):
        assert host.post(reverse(name, args=[meeting.pk, item.pk])).status_code == 302
    assert [str(each) for each in AgendaItem.objects.all()] == ["Heat for harbours"]
    assert "Add an item" not in host.get(reverse("agenda", args=[meeting.pk])).content.decode()


def test_an_agenda_is_copied_to_later_meetings_of_the_series_that_have_none() -> None:
    series, start = factories.series(), timezone.now() + timedelta(days=1)
    parts = [
        factories.meeting(series=series, series_position=place, starts_at=start + timedelta(days=7 * place))
        for place in range(4)
    ]
    for part in parts[1:]:
        Meeting.objects.filter(pk=part.pk).update(host=parts[0].host)
    factories.agenda_item(parts[1])
    own = factories.agenda_item(parts[2], title={"en": "Own"})
    host, address = client_of(parts[0].host), reverse("copy_agenda", args=[parts[1].pk])
    page = host.get(reverse("agenda", args=[parts[1].pk])).content.decode()
    assert "1 later meeting of this series has no agenda yet." in page
    assert "Use this agenda in 1 later meeting?" in host.get(address).content.decode()
    assert host.post(address).status_code == 302
    assert [titles(part) for part in parts] == [[], ["Heat for harbours"], ["Own"], ["Heat for harbours"]]
    assert AgendaItem.objects.filter(pk=own.pk).exists()
    assert host.post(address).status_code == 302
    assert AgendaItem.objects.count() == 3
    assert host.post(reverse("copy_agenda", args=[parts[0].pk])).status_code == 302  # it has none to copy
    assert AgendaItem.objects.count() == 3


def test_an_item_of_another_meeting_is_not_found(meeting: Meeting) -> None:
    foreign, host = factories.agenda_item(factories.meeting()), client_of(meeting.host)
    for name in ("agenda_item", "remove_agenda_item"):
        assert host.get(reverse(name, args=[meeting.pk, foreign.pk])).status_code == 404
    assert host.post(reverse("move_agenda_item", args=[meeting.pk, foreign.pk])).status_code == 404


def test_the_agenda_of_a_draft_goes_with_it_also_where_the_room_stays() -> None:
    host = factories.member()
    room = factories.room(companies=[host.company, factories.company()])
    common = {"room": room, "host": host, "kind": Meeting.Kind.PROJECT_MEETING}
    draft, other = factories.meeting(**common, state=Meeting.State.DRAFT), factories.meeting(**common)
    for each in (draft, other):
        factories.agenda_item(each)
    assert client_of(host).post(reverse("cancel_meeting", args=[draft.pk])).status_code == 302
    assert [item.meeting for item in AgendaItem.objects.all()] == [other.pk]


# ---- what visitors see ---------------------------------------------------------------------------------------


def test_the_meeting_page_shows_the_agenda_with_its_times_in_the_readers_language(client: Client) -> None:
    meeting = factories.meeting()
    factories.agenda_item(meeting, minutes=15)
    factories.agenda_item(meeting, minutes=30, title={"sv": "Bara svenska"}, speaker="<Per>")
    page = client.get(meeting.get_absolute_url(), headers={"accept-language": "sv"}).content.decode()
    assert "Värme för hamnar" in page
    assert "Rūta Kazlauskaitė" in page
    assert "&lt;Per&gt;" in page
    second = (meeting.starts_at + timedelta(minutes=15)).astimezone(zones.zone(settings.DEFAULT_TIMEZONE))
    assert f'<time datetime="{second.isoformat(timespec="minutes")}">' in page
    english = client.get(meeting.get_absolute_url(), headers={"accept-language": "en"}).content.decode()
    assert '<span lang="sv">Bara svenska' in english


def test_a_changed_agenda_is_on_the_page_at_once(client: Client, meeting: Meeting) -> None:
    item = factories.agenda_item(meeting)
    assert "Heat for harbours" in client.get(meeting.get_absolute_url()).content.decode()
    AgendaItem.objects.filter(pk=item.pk).update(title={"en": "Cold for ships"})
    assert "Cold for ships" in client.get(meeting.get_absolute_url()).content.decode()
    item.delete()
    assert "Cold for ships" not in client.get(meeting.get_absolute_url()).content.decode()


def test_who_may_not_see_the_meeting_sees_no_agenda(client: Client) -> None:
    hidden = factories.meeting(visibility=Meeting.Visibility.INVITED)
    factories.agenda_item(hidden)
    assert client.get(hidden.get_absolute_url()).status_code == 404


# ---- for programs --------------------------------------------------------------------------------------------


def call(person: Person, method: str, meeting: Meeting, body: Any = None, **headers: str) -> Any:
    ApiToken.objects.update_or_create(
        key_hash=ApiToken.hash_of(f"key of {person.pk}"),
        defaults={
            "person": person,
            "scopes": ["meetings:read", "meetings:write"],
            "created_at": timezone.now(),
        },
    )
    return Client().generic(
        method,
        f"/api/v1/meetings/{meeting.pk}/agenda",
        json.dumps(body) if body is not None else "",
        content_type="application/json",
        headers={"authorization": f"Bearer key of {person.pk}", **headers},
    )


def test_a_program_reads_and_replaces_the_agenda(meeting: Meeting) -> None:
    item = factories.agenda_item(meeting, minutes=15)
    read = call(meeting.host, "GET", meeting)
    assert read.json()["items"][0] | {"starts_at": ""} == {
        "id": item.pk,
        "title": {"en": "Heat for harbours", "sv": "Värme för hamnar"},
        "minutes": 15,
        "speaker": "Rūta Kazlauskaitė",
        "starts_at": "",
        "started_at": None,
        "ended_at": None,
    }
    items = [
        {"title": {"en": "Welcome"}, "minutes": 5},
        {"id": item.pk, "title": {"en": "Heat"}, "minutes": 20},
    ]
    etag = read.headers["ETag"]
    answer = call(meeting.host, "PUT", meeting, {"items": items}, **{"if-match": etag})
    assert (answer.status_code, [one["title"]["en"] for one in answer.json()["items"]]) == (
        200,
        ["Welcome", "Heat"],
    )
    assert answer.json()["items"][1]["id"] == item.pk
    assert answer.headers["ETag"] == call(meeting.host, "GET", meeting).headers["ETag"] != etag
    assert call(meeting.host, "PUT", meeting, {"items": []}, **{"if-match": etag}).status_code == 412
    assert len(titles(meeting)) == 2
    assert call(meeting.host, "PUT", meeting, {"items": []}).status_code == 200
    assert titles(meeting) == []


@pytest.mark.parametrize(
    ("items", "status"),
    [
        ([{"title": {"en": "x"}, "minutes": 0}], 422),
        ([{"title": {"en": "x"}, "minutes": "5"}], 422),
        ([{"title": {}, "minutes": 5}], 422),
        ([{"title": {"xx": "x"}, "minutes": 5}], 422),
        ([{"title": {"en": "x" * 121}, "minutes": 5}], 422),
        ([{"title": {"en": "x"}, "minutes": 5, "colour": "red"}], 422),
        ([{"title": {"en": "x"}, "minutes": 5, "id": "unknown"}], 409),
        ([{"title": {"en": f"x{n}"}, "minutes": 5} for n in range(MOST_ITEMS + 1)], 422),
        ("everything", 422),
    ],
)
def test_what_a_program_cannot_send_is_refused(meeting: Meeting, items: Any, status: int) -> None:
    factories.agenda_item(meeting)
    assert call(meeting.host, "PUT", meeting, {"items": items}).status_code == status
    assert titles(meeting) == ["Heat for harbours"]


def test_others_read_what_they_may_see_and_change_nothing(meeting: Meeting) -> None:
    factories.agenda_item(meeting)
    member, hidden = factories.member(), factories.meeting(visibility=Meeting.Visibility.INVITED)
    assert len(call(member, "GET", meeting).json()["items"]) == 1
    assert call(member, "GET", hidden).status_code == 404
    assert call(member, "PUT", meeting, {"items": []}).status_code == 403
    Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.ENDED)
    assert call(meeting.host, "PUT", meeting, {"items": []}).status_code == 409
    assert len(titles(meeting)) == 1
