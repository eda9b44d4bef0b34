"""The agenda: hosts plan it and go through it; everybody sees the current item, in every process."""

import json
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction
from django.utils import timezone

from companies import erasing
from companies.models import Person
from companies.refusals import Outdated
from engagement.agenda import planning, running
from engagement.agenda.agenda_input import LARGEST_TEXTS, MOST_ITEMS, ItemInput
from engagement.agenda.describing import info_of, items_of
from engagement.agenda.personal_data import items_naming
from engagement.agenda.planning import UnableToPlan
from engagement.agenda.state import LARGEST_PART
from engagement.models import AgendaItem
from meetings import running as meeting_running
from meetings.models import Meeting
from rooms.messages import PersonRef
from rooms.models import Room, RoomEvent
from rooms.refusals import Refused
from rooms.room_state import size_of
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, Join
from tests.rooms.people import RoomClient, closing, enter
from tests.rooms.server import Server

BY = {"by_ref": PersonRef(id="p1", name="x"), "by": None}


def three(meeting: Meeting) -> list[str]:
    return [factories.agenda_item(meeting, title={"en": name}).pk for name in ("Welcome", "Heat", "Cold")]


agenda_of = sync_to_async(three)


def current(agenda: list[dict[str, Any]]) -> list[str]:
    return [item["id"] for item in agenda if item["started_at"] and not item["ended_at"]]


def item(words: str = "New", **fields: Any) -> ItemInput:
    return ItemInput(**{"title": {"en": words}, "minutes": 5, **fields})


# ---- in the room ---------------------------------------------------------------------------------------------


async def test_everybody_sees_how_hosts_go_through_the_agenda(live_webinar: Meeting, join: Join) -> None:
    first, second, third = await agenda_of(live_webinar)
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    shown = guest.welcome["snapshot"]["agenda"]
    assert (shown[0]["title"], shown[0]["minutes"]) == ({"en": "Welcome"}, 10)
    assert current(shown) == []
    await host.does("agenda.next")
    moved = await guest.receives("agenda.moved", item=first)
    assert (moved["by"]["id"], moved["meeting"]) == (host.id, live_webinar.pk)
    await host.does("agenda.next", after=first)
    await guest.receives("agenda.moved", item=second)
    late = (await join(live_webinar)).welcome["snapshot"]["agenda"]
    assert current(late) == [second]
    assert [bool(each["ended_at"]) for each in late] == [True, False, False]
    await host.does("agenda.goto", item=first)
    again = (await join(live_webinar)).welcome["snapshot"]["agenda"]
    assert (current(again), again[0]["ended_at"], bool(again[1]["ended_at"])) == ([first], None, True)
    await host.does("agenda.goto", item=third)
    await host.does("agenda.end")
    await guest.receives("agenda.moved", item=None)
    assert current((await join(live_webinar)).welcome["snapshot"]["agenda"]) == []
    assert (await host.asks("agenda.end"))["error"] == "not_now"
    assert (await host.asks("agenda.next"))["error"] == "not_now"


@IN_ONE_FORM
async def test_two_hosts_who_press_at_once_skip_no_item(live_webinar: Meeting, join: Join) -> None:
    first, second, third = await agenda_of(live_webinar)
    host = await join(live_webinar, live_webinar.host)
    await host.does("agenda.goto", item=first)
    for _ in range(2):
        await host.does("agenda.next", after=first)
    await host.does("agenda.goto", item=second)  # where it is already
    moved = RoomEvent.objects.filter(ev="agenda.moved").order_by("seq")
    assert [event.payload["item"] async for event in moved] == [first, second]
    assert (await AgendaItem.objects.aget(pk=third)).started_at is None


@IN_ONE_FORM
@pytest.mark.parametrize(
    ("do", "fields", "code"),
    [
        ("agenda.goto", {"item": "nothing"}, "not_found"),
        ("agenda.goto", {"item": "FOREIGN"}, "not_found"),
        ("agenda.goto", {"item": 7}, "bad_field"),
        ("agenda.goto", {"item": "x" * 17}, "bad_field"),
        ("agenda.goto", {"item": None}, "bad_field"),
        ("agenda.goto", {}, "bad_field"),
        ("agenda.next", {"after": 7}, "bad_field"),
        ("agenda.next", {"other": 7}, "bad_field"),
        ("agenda.end", {"item": "x"}, "bad_field"),
        ("agenda.end", {}, "not_now"),
    ],
)
async def test_what_cannot_be_done_is_refused(
    live_webinar: Meeting, join: Join, do: str, fields: dict[str, Any], code: str
) -> None:
    await agenda_of(live_webinar)
    foreign = (await agenda_of(await sync_to_async(factories.meeting)()))[0]
    host = await join(live_webinar, live_webinar.host)
    given = {name: foreign if value == "FOREIGN" else value for name, value in fields.items()}
    assert (await host.asks(do, **given))["error"] == code
    assert not await RoomEvent.objects.filter(ev="agenda.moved").aexists()


@IN_ONE_FORM
async def test_only_hosts_go_through_it_and_only_while_the_meeting_is_live(
    scheduled_webinar: Meeting, join: Join
) -> None:
    first = (await agenda_of(scheduled_webinar))[0]
    commands = (("agenda.goto", {"item": first}), ("agenda.next", {}), ("agenda.end", {}))
    speaker_person = await sync_to_async(factories.member)()
    await sync_to_async(factories.role)(scheduled_webinar, speaker_person, "speaker")
    co_host_person = await sync_to_async(factories.member)()
    await sync_to_async(factories.role)(scheduled_webinar, co_host_person, "co_host")
    host, waiting = await join(scheduled_webinar, scheduled_webinar.host), await join(scheduled_webinar)
    speaker, co_host = (
        await join(scheduled_webinar, speaker_person),
        await join(scheduled_webinar, co_host_person),
    )
    for do, fields in commands:
        assert (await host.asks(do, **fields))["error"] == "not_now", do
        for other in (waiting, speaker):
            assert (await other.asks(do, **fields))["error"] == "not_allowed", do
    await host.does("meeting.start")
    await waiting.receives("admitted")
    await co_host.receives("meeting.started")
    await co_host.does("agenda.goto", item=first)
    await waiting.receives("agenda.moved", item=first)
    for do, fields in commands:
        for other in (waiting, speaker):
            assert (await other.asks(do, **fields))["error"] == "not_allowed", do
    await host.does("meeting.end")
    await host.receives("meeting.ended")
    for do, fields in commands:
        assert (await host.asks(do, **fields))["error"] == "not_now", do


@IN_ONE_FORM
async def test_the_current_item_is_done_with_the_meeting(live_webinar: Meeting, join: Join) -> None:
    first = (await agenda_of(live_webinar))[0]
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    await host.does("agenda.goto", item=first)
    await host.does("meeting.end")
    moved, ended = await guest.receives("agenda.moved", item=None), await guest.receives("meeting.ended")
    assert moved["seq"] < ended["seq"]
    assert moved["by"] is None
    assert (await AgendaItem.objects.aget(pk=first)).ended_at is not None


@IN_ONE_FORM
async def test_an_edited_agenda_is_seen_at_once_and_the_current_item_stays(
    live_webinar: Meeting, join: Join
) -> None:
    first, second, third = await agenda_of(live_webinar)
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    await host.does("agenda.goto", item=second)
    of = {"room_id": live_webinar.room_id, "meeting": live_webinar.pk, "by": None, "now": timezone.now()}
    await sync_to_async(planning.move_item)(**of, item_id=second, up=True)
    changed = await guest.receives("agenda.changed", meeting=live_webinar.pk)
    assert [each["id"] for each in changed["items"]] == [second, first, third]
    assert current(changed["items"]) == [second]
    await sync_to_async(planning.remove_item)(**of, item_id=second)
    await guest.until(lambda: [each for each in guest.all("agenda.changed") if len(each["items"]) == 2])
    late = (await join(live_webinar)).welcome["snapshot"]["agenda"]
    assert ([each["id"] for each in late], current(late)) == ([first, third], [])
    await host.does("agenda.goto", item=third)


@IN_ONE_FORM
async def test_too_many_moves_are_refused(live_webinar: Meeting, join: Join) -> None:
    items = await agenda_of(live_webinar)
    host = await join(live_webinar, live_webinar.host)
    answers = [await host.asks("agenda.goto", item=items[place % 2]) for place in range(20)]
    assert "too_fast" in {answer.get("error") for answer in answers}


async def test_two_processes_and_whoever_reconnects_see_the_same_item(
    live_webinar: Meeting, two_servers: tuple[Server, Server]
) -> None:
    first_server, second_server = two_servers
    first, second, _third = await agenda_of(live_webinar)
    seat = await sync_to_async(factories.registration)(meeting=live_webinar)
    host = await enter(first_server, live_webinar, live_webinar.host)
    guest = await enter(second_server, live_webinar, seat.person, seat=seat)
    async with closing(host, guest):
        await host.does("agenda.goto", item=first)
        await host.does("agenda.next", after=first)
        moved = await guest.receives("agenda.moved", item=second)
        again = await enter(second_server, live_webinar, seat.person, seat=seat, since=0)
        async with closing(again):
            shown = again.welcome["snapshot"]["agenda"]
            assert (current(shown), shown[1]["started_at"]) == ([second], moved["at"])
            assert moved in again.welcome["missed"]


@IN_ONE_FORM
@pytest.mark.django_db(transaction=True)
async def test_a_project_room_shows_the_agenda_of_its_next_meeting(join: Join) -> None:
    def two_meetings() -> tuple[Room, Person, Meeting, AgendaItem]:
        host, now = factories.member(), timezone.now()
        room = factories.room(companies=[host.company, factories.company()])
        common = {"room": room, "host": host, "kind": Meeting.Kind.PROJECT_MEETING}
        first = factories.meeting(**common, state=Meeting.State.LIVE, starts_at=now, started_at=now)
        three(first)
        following = factories.meeting(**common, starts_at=now + timedelta(hours=2))
        return room, host, first, factories.agenda_item(following)

    room, host_person, first, item_of_next = await sync_to_async(two_meetings)()
    host = await join(room, host_person)
    assert len(host.welcome["snapshot"]["agenda"]) == 3
    await sync_to_async(meeting_running.end_meeting)(meeting=first, now=timezone.now())
    assert [each["id"] for each in (await host.receives("agenda"))["agenda"]] == [item_of_next.pk]
    assert (await host.asks("agenda.goto", item=item_of_next.pk))["error"] == "not_now"  # it is not live


# ---- edited in the room --------------------------------------------------------------------------------------

CONTENT = {"title": {"en": "Harbours", "sv": "Hamnar"}, "minutes": 15, "speaker": "Rūta"}


async def nth(client: RoomClient, ev: str, number: int) -> dict[str, Any]:
    found: dict[str, Any] = await client.until(lambda: dict(enumerate(client.all(ev), start=1)).get(number))
    return found


def content_of(item: dict[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in ("title", "minutes", "speaker")}


async def test_hosts_edit_the_agenda_in_the_room_and_everybody_sees_it(
    live_webinar: Meeting, join: Join
) -> None:
    first, second, third = await agenda_of(live_webinar)
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    await host.does("agenda.goto", item=second)
    added = (await host.does("agenda.add", content=CONTENT))["item"]
    shown = (await nth(guest, "agenda.changed", 1))["items"]
    assert [each["id"] for each in shown] == [first, second, third, added]
    assert content_of(shown[3]) == CONTENT
    changed = {"title": {"en": " Heat! ", "sv": " "}, "minutes": 7}
    await host.does("agenda.change", item=second, content=changed, before=content_of(shown[1]))
    shown = (await nth(guest, "agenda.changed", 2))["items"]
    assert content_of(shown[1]) == {"title": {"en": "Heat!"}, "minutes": 7, "speaker": ""}
    assert current(shown) == [second]
    await host.does("agenda.reorder", item=added, up=True)
    await host.does("agenda.reorder", item=first, up=True)  # where it is already: nobody is told
    await host.does("agenda.remove", item=second)
    late = (await join(live_webinar)).welcome["snapshot"]["agenda"]
    assert [each["id"] for each in late] == [first, added, third]
    assert current(late) == []
    events = RoomEvent.objects.filter(ev="agenda.changed")
    assert {event.person_id async for event in events} == {live_webinar.host_id}
    assert await events.acount() == 4


@IN_ONE_FORM
async def test_an_edit_of_what_somebody_else_has_changed_is_refused(
    live_webinar: Meeting, join: Join
) -> None:
    first = (await agenda_of(live_webinar))[0]
    host = await join(live_webinar, live_webinar.host)
    before = content_of(host.welcome["snapshot"]["agenda"][0])
    await host.does("agenda.change", item=first, content=CONTENT, before=before)
    again = await host.asks("agenda.change", item=first, content={**CONTENT, "minutes": 1}, before=before)
    assert again["error"] == "not_now"
    assert (await AgendaItem.objects.aget(pk=first)).minutes == 15


@IN_ONE_FORM
@pytest.mark.parametrize(
    ("do", "fields", "code"),
    [
        ("agenda.add", {}, "bad_field"),
        ("agenda.add", {"content": {}}, "bad_field"),
        ("agenda.add", {"content": "Heat"}, "bad_field"),
        ("agenda.add", {"content": {**CONTENT, "title": "Heat"}}, "bad_field"),
        ("agenda.add", {"content": {**CONTENT, "title": {}}}, "bad_field"),
        ("agenda.add", {"content": {**CONTENT, "title": {"en": " \u200b"}}}, "bad_field"),
        ("agenda.add", {"content": {**CONTENT, "title": {"xx": "Heat"}}}, "bad_field"),
        ("agenda.add", {"content": {**CONTENT, "title": {"en": "x" * 121}}}, "bad_field"),
        ("agenda.add", {"content": {**CONTENT, "minutes": 0}}, "bad_field"),
        ("agenda.add", {"content": {**CONTENT, "minutes": 481}}, "bad_field"),
        ("agenda.add", {"content": {**CONTENT, "minutes": "5"}}, "bad_field"),
        ("agenda.add", {"content": {**CONTENT, "speaker": "x" * 121}}, "bad_field"),
        ("agenda.add", {"content": {**CONTENT, "colour": "red"}}, "bad_field"),
        ("agenda.change", {"content": CONTENT}, "bad_field"),
        ("agenda.change", {"item": "nothing", "content": CONTENT}, "not_found"),
        ("agenda.change", {"item": "FOREIGN", "content": CONTENT}, "not_found"),
        ("agenda.change", {"item": "OWN", "content": {**CONTENT, "minutes": 0}}, "bad_field"),
        ("agenda.change", {"item": "OWN", "content": CONTENT, "before": CONTENT}, "not_now"),
        ("agenda.reorder", {"item": "OWN"}, "bad_field"),
        ("agenda.reorder", {"item": "FOREIGN", "up": True}, "not_found"),
        ("agenda.remove", {"item": "FOREIGN"}, "not_found"),
        ("agenda.remove", {"item": 7}, "bad_field"),
    ],
)
async def test_what_cannot_be_planned_in_the_room_is_refused(
    live_webinar: Meeting, join: Join, do: str, fields: dict[str, Any], code: str
) -> None:
    given = {"OWN": (await agenda_of(live_webinar))[0]}
    given["FOREIGN"] = (await agenda_of(await sync_to_async(factories.meeting)()))[0]
    host = await join(live_webinar, live_webinar.host)
    sent = {name: given.get(str(value), value) for name, value in fields.items()}
    assert (await host.asks(do, **sent))["error"] == code
    assert not await RoomEvent.objects.filter(ev="agenda.changed").aexists()


@IN_ONE_FORM
async def test_only_hosts_edit_it_until_the_meeting_is_over(scheduled_webinar: Meeting, join: Join) -> None:
    first = (await agenda_of(scheduled_webinar))[0]
    speaker_person = await sync_to_async(factories.member)()
    await sync_to_async(factories.role)(scheduled_webinar, speaker_person, "speaker")
    host, waiting = await join(scheduled_webinar, scheduled_webinar.host), await join(scheduled_webinar)
    speaker = await join(scheduled_webinar, speaker_person)
    commands = (
        ("agenda.add", {"content": CONTENT}),
        ("agenda.change", {"item": first, "content": CONTENT}),
        ("agenda.reorder", {"item": first, "up": False}),
        ("agenda.remove", {"item": first}),
    )
    for do, fields in commands:
        for other in (waiting, speaker):
            assert (await other.asks(do, **fields))["error"] == "not_allowed", do
        await host.does(do, **fields)
    await host.does("meeting.start")
    await host.does("meeting.end")
    for do, fields in commands:
        assert (await host.asks(do, **fields))["error"] == "not_now", do


@IN_ONE_FORM
async def test_a_full_agenda_and_a_flood_are_refused(live_webinar: Meeting, join: Join) -> None:
    items = [item(str(number)) for number in range(MOST_ITEMS)]
    replace = sync_to_async(planning.replace_agenda)
    await replace(**of(live_webinar), items=items)
    host = await join(live_webinar, live_webinar.host)
    answers = [(await host.asks("agenda.add", content=CONTENT))["error"] for _ in range(15)]
    assert answers[0] == "not_now"
    assert answers[-1] == "too_fast"
    assert await AgendaItem.objects.acount() == MOST_ITEMS


# ---- while waiting -------------------------------------------------------------------------------------------


async def test_whoever_waits_sees_the_plan_and_each_change_of_it(
    scheduled_webinar: Meeting, join: Join
) -> None:
    first, second, _third = await agenda_of(scheduled_webinar)
    host, waiting = await join(scheduled_webinar, scheduled_webinar.host), await join(scheduled_webinar)
    assert waiting.welcome["snapshot"] is None
    shown = (await waiting.receives("agenda"))["agenda"]
    assert [each["title"] for each in shown] == [{"en": "Welcome"}, {"en": "Heat"}, {"en": "Cold"}]
    await host.does("agenda.remove", item=first)
    shown = (await nth(waiting, "agenda", 2))["agenda"]
    assert [each["id"] for each in shown][:1] == [second]
    later = await join(scheduled_webinar)
    assert (await later.receives("agenda"))["agenda"] == shown


@IN_ONE_FORM
async def test_whoever_waits_is_not_told_how_far_the_meeting_has_come(
    live_webinar: Meeting, join: Join
) -> None:
    await Meeting.objects.filter(pk=live_webinar.pk).aupdate(lobby=True)
    first = (await agenda_of(live_webinar))[0]
    host = await join(live_webinar, live_webinar.host)
    await host.does("agenda.goto", item=first)
    waiting = await join(live_webinar)
    for number in (1, 2):
        shown = (await nth(waiting, "agenda", number))["agenda"]
        assert {(each["started_at"], each["ended_at"]) for each in shown} == {(None, None)}
        await host.does("agenda.add", content=CONTENT)
    assert not [event for event in waiting.events if event["ev"] in {"agenda.changed", "agenda.moved"}]


# ---- planning ------------------------------------------------------------------------------------------------


@pytest.fixture
def meeting(db: None) -> Meeting:
    return factories.meeting()


def of(meeting: Meeting) -> dict[str, Any]:
    return {"room_id": meeting.room_id, "meeting": meeting.pk, "by": None, "now": timezone.now()}


def titles(meeting: Meeting) -> list[str]:
    return [str(each) for each in items_of(meeting.pk)]


def test_items_are_added_changed_moved_and_removed(meeting: Meeting) -> None:
    ids = [planning.add_item(**of(meeting), content=item(name)) for name in ("A", "B", "C")]
    planning.change_item(**of(meeting), item_id=ids[1], content=item("B2", minutes=7, speaker="Per"))
    planning.move_item(**of(meeting), item_id=ids[2], up=True)
    assert titles(meeting) == ["A", "C", "B2"]
    events = RoomEvent.objects.count()
    planning.move_item(**of(meeting), item_id=ids[0], up=True)
    planning.move_item(**of(meeting), item_id=ids[1], up=False)
    assert (titles(meeting), RoomEvent.objects.count()) == (["A", "C", "B2"], events)
    planning.remove_item(**of(meeting), item_id=ids[0])
    assert [(each.number, each.minutes, each.speaker) for each in items_of(meeting.pk)] == [
        (1, 5, ""),
        (2, 7, "Per"),
    ]
    for wrong in ("none", ids[0]):
        with pytest.raises(Refused):
            planning.remove_item(**of(meeting), item_id=wrong)


def test_an_agenda_is_replaced_and_items_that_keep_their_id_stay_what_they_are(meeting: Meeting) -> None:
    first, second, _third = three(meeting)
    running.go_to(room_id=meeting.room_id, meeting=meeting.pk, item_id=second, now=timezone.now(), **BY)  # type: ignore[arg-type]
    rows = planning.replace_agenda(**of(meeting), items=[item("New"), item("Heat!", id=second), item("Last")])
    assert [(str(row), row.is_current) for row in rows] == [("New", False), ("Heat!", True), ("Last", False)]
    foreign = three(factories.meeting())[0]
    for wrong in ([item(id=first)], [item(id=foreign)], [item(id=second), item(id=second)]):
        with pytest.raises(UnableToPlan, match="no such item"):
            planning.replace_agenda(**of(meeting), items=wrong)
    with pytest.raises(Outdated):
        planning.replace_agenda(**of(meeting), items=[], is_current=lambda _rows: False)
    assert titles(meeting) == ["New", "Heat!", "Last"]


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (item(title={}), "title"),
        (item(title={"en": ""}), "title"),
        (item(title={"xx": "Heat"}), "title"),
        (item("x" * 121), "title"),
        (item(minutes=0), "minutes"),
        (item(minutes=481), "minutes"),
        (item(speaker="x" * 121), "speaker"),
    ],
)
def test_what_cannot_be_an_item_is_refused_by_its_field(
    meeting: Meeting, content: ItemInput, field: str
) -> None:
    with pytest.raises(UnableToPlan) as refusal:
        planning.add_item(**of(meeting), content=content)
    assert refusal.value.field == field
    assert not AgendaItem.objects.exists()


def test_an_agenda_has_its_bounds_and_fits_into_the_snapshot(meeting: Meeting) -> None:
    most = [item(f"Item {number}") for number in range(MOST_ITEMS)]
    with pytest.raises(UnableToPlan, match=str(MOST_ITEMS)):
        planning.replace_agenda(**of(meeting), items=[*most, item()])
    long = dict.fromkeys(("en", "sv", "pl", "de", "da"), "ž" * 100)
    with pytest.raises(UnableToPlan, match="too much text"):
        planning.replace_agenda(**of(meeting), items=[item(title=long)] * 8)
    texts = [{"title": {"en": "x" * 120}, "speaker": "\U0001f525" * 15}] * MOST_ITEMS
    written = json.dumps([(each["title"], each["speaker"]) for each in texts], ensure_ascii=False)
    assert LARGEST_TEXTS - 300 < len(written.encode()) <= LARGEST_TEXTS
    rows = planning.replace_agenda(**of(meeting), items=[item(**each) for each in texts])
    for row in rows:
        row.started_at = row.ended_at = timezone.now()
    assert sum(size_of(info_of(row)) for row in rows) < LARGEST_PART


def test_a_copy_never_replaces_an_agenda(meeting: Meeting) -> None:
    three(meeting)
    empty, planned = factories.meeting(), factories.meeting()
    factories.agenda_item(planned)
    pairs = [(each.room_id, each.pk) for each in (empty, planned)]
    with pytest.raises(UnableToPlan):
        planning.copy_agenda(meeting=meeting.pk, others=pairs, by=None, now=timezone.now())
    assert titles(empty) == []
    planning.copy_agenda(meeting=meeting.pk, others=pairs[:1], by=None, now=timezone.now())
    assert titles(empty) == ["Welcome", "Heat", "Cold"]
    assert not {each.pk for each in items_of(empty.pk)} & {each.pk for each in items_of(meeting.pk)}
    assert [each.started_at for each in items_of(empty.pk)] == [None] * 3


def test_a_plan_is_written_in_a_fixed_number_of_queries(
    meeting: Meeting, django_assert_max_num_queries: Any
) -> None:
    rows = planning.replace_agenda(**of(meeting), items=[item(str(number)) for number in range(15)])
    mixed = [item(str(row), id=row.pk) for row in reversed(rows)] + [item("new")] * 15
    with django_assert_max_num_queries(14):
        planning.replace_agenda(**of(meeting), items=mixed)


def test_one_item_of_a_room_is_current(meeting: Meeting) -> None:
    now = timezone.now()
    factories.agenda_item(meeting, started_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.agenda_item(meeting, started_at=now)


def test_the_end_of_a_meeting_without_a_current_item_tells_nothing_of_it(meeting: Meeting) -> None:
    three(meeting)
    running.end_with_meeting(room_id=meeting.room_id, meeting=meeting.pk, now=timezone.now())
    assert not RoomEvent.objects.exists()


# ---- personal data -------------------------------------------------------------------------------------------


def test_a_name_in_the_agenda_is_exported_and_goes_with_the_account(meeting: Meeting) -> None:
    person = factories.person(name="Ona Balsė")
    factories.participant(room=meeting.room, person=person)
    for named in ("Ona Balsė", "Per Röst"):
        planning.add_item(**of(meeting), content=item(speaker=named))
    elsewhere = factories.meeting()
    planning.add_item(**of(elsewhere), content=item(speaker="Ona Balsė"))
    assert [each.speaker for each in items_naming(person)] == ["Ona Balsė"]  # what is exported
    erasing.erase_person(person=person, now=timezone.now())
    assert [each.speaker for each in items_of(meeting.pk)] == ["", "Per Röst"]
    assert [each.speaker for each in items_of(elsewhere.pk)] == ["Ona Balsė"]  # somebody else of this name
    written = str([event.payload for event in RoomEvent.objects.filter(room=meeting.room)])
    assert ("Ona" in written, "Per" in written) == (False, True)
