"""What cannot be done with breakout rooms, and who may not do it."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from meetings.models import Meeting
from rooms.models import Participant, Room
from tests.engagement.breakouts.conftest import opened
from tests.rooms.conftest import IN_ONE_FORM, Join


@IN_ONE_FORM
@pytest.mark.parametrize(
    ("do", "fields", "code"),
    [
        ("breakout.prepare", {"names": []}, "bad_field"),
        ("breakout.prepare", {"names": ["x" * 41]}, "bad_field"),
        ("breakout.prepare", {"names": ["x"] * 51}, "bad_field"),
        ("breakout.prepare", {"names": "x"}, "bad_field"),
        ("breakout.prepare", {"names": ["x"], "assign": "alphabet"}, "bad_field"),
        ("breakout.prepare", {"names": ["x"], "minutes": 0}, "bad_field"),
        ("breakout.prepare", {"names": ["x"], "minutes": 241}, "bad_field"),
        ("breakout.open", {}, "not_now"),
        ("breakout.open", {"rooms": 0}, "bad_field"),
        ("breakout.open", {"rooms": 51}, "bad_field"),
        ("breakout.close", {}, "not_now"),
        ("breakout.extend", {"minutes": 5}, "not_now"),
        ("breakout.announce", {"text": "x"}, "not_now"),
        ("breakout.announce", {"text": ""}, "bad_field"),
        ("breakout.move", {"person": "p1", "room": None}, "not_now"),
        ("breakout.rename", {"room": "x", "name": "y"}, "not_now"),
        ("breakout.join", {}, "not_now"),
        ("breakout.help", {"on": "yes"}, "bad_field"),
        ("breakout.people", {"room": 7}, "bad_field"),
    ],
)
async def test_what_cannot_be_done_is_refused(
    live_webinar: Meeting, join: Join, do: str, fields: dict[str, Any], code: str
) -> None:
    host = await join(live_webinar, live_webinar.host)
    assert (await host.asks(do, **fields))["error"] == code


@IN_ONE_FORM
@pytest.mark.parametrize(
    ("do", "fields", "code"),
    [
        ("breakout.open", {}, "not_now"),
        ("breakout.open", {"rooms": 2}, "not_now"),
        ("breakout.prepare", {"names": ["x"]}, "not_now"),
        ("breakout.move", {"person": "p999999", "room": None}, "not_found"),
        ("breakout.move", {"person": "nobody", "room": None}, "not_found"),
        ("breakout.rename", {"room": "nowhere", "name": "x"}, "not_found"),
        ("breakout.announce", {"text": " \u0007 "}, "bad_field"),
        ("breakout.join", {"room": "nowhere"}, "not_found"),
        ("breakout.join", {}, "bad_field"),
    ],
)
async def test_what_cannot_be_done_while_they_are_open_is_refused(
    live_webinar: Meeting, join: Join, do: str, fields: dict[str, Any], code: str
) -> None:
    host = await join(live_webinar, live_webinar.host)
    await host.does("breakout.open", rooms=2, assign="list", minutes=5)
    await host.receives("breakout.opened")
    assert (await host.asks(do, **fields))["error"] == code


@IN_ONE_FORM
async def test_the_rooms_of_another_meeting_are_not_found(
    live_webinar: Meeting, live_meeting: Meeting, join: Join
) -> None:
    host, other = await join(live_webinar, live_webinar.host), await join(live_meeting, live_meeting.host)
    guest, foreign = await join(live_webinar), (await opened(other, names=("Red",)))["Red"]
    stranger = await join(live_meeting)
    await opened(host, assign="list")
    for fields in ({"person": guest.id, "room": foreign}, {"person": stranger.id, "room": None}):
        assert (await host.asks("breakout.move", **fields))["error"] == "not_found"
    assert (await host.asks("breakout.join", room=foreign))["error"] == "not_found"
    assert (await host.asks("breakout.rename", room=foreign, name="Mine"))["error"] == "not_found"


@IN_ONE_FORM
async def test_only_hosts_prepare_open_and_change_them(live_webinar: Meeting, join: Join) -> None:
    guest = await join(live_webinar)
    for do, fields in (
        ("breakout.prepare", {"names": ["x"]}),
        ("breakout.open", {"rooms": 2}),
        ("breakout.move", {"person": guest.id, "room": None}),
        ("breakout.rename", {"room": "x", "name": "y"}),
        ("breakout.extend", {"minutes": 5}),
        ("breakout.announce", {"text": "x"}),
        ("breakout.close", {}),
    ):
        assert (await guest.asks(do, **fields))["error"] == "not_allowed"


@IN_ONE_FORM
async def test_nobody_who_waits_has_a_group(live_webinar: Meeting, join: Join) -> None:
    await sync_to_async(Meeting.objects.filter(pk=live_webinar.pk).update)(lobby=True)
    host, waiting = await join(live_webinar, live_webinar.host), await join(live_webinar)
    rooms = await opened(host)
    for do, fields in (
        ("breakout.join", {}),
        ("breakout.leave", {}),
        ("breakout.help", {}),
        ("breakout.people", {"room": None}),
    ):
        assert (await waiting.asks(do, **fields))["error"] == "not_allowed"
    me = await sync_to_async(Participant.objects.get)(room=live_webinar.room, admission="waiting")
    answer = await host.asks("breakout.move", person=f"p{me.pk}", room=rooms["Red"])
    assert answer["error"] == "not_found"


@IN_ONE_FORM
async def test_prepared_ones_are_for_hosts_alone_and_can_be_discarded(
    live_webinar: Meeting, join: Join
) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    for names in (["Red", "Blue"], ["One", "Two", "Three"]):
        await host.does("breakout.prepare", names=names, assign="list")
    await host.until(lambda: len(host.all("breakout.prepared")) == 2)
    rooms = host.all("breakout.prepared")[-1]["breakouts"]["rooms"]
    assert await Room.objects.filter(kind=Room.Kind.BREAKOUT).acount() == 3
    await host.does("breakout.move", person=guest.id, room=rooms[1]["id"])
    await host.receives("breakout.moved")
    assert (await join(live_webinar)).welcome["snapshot"]["breakouts"] is None
    assert (await guest.asks("breakout.join"))["error"] == "not_now"
    await host.does("breakout.close")
    await host.receives("breakout.closed")
    assert {event["ev"] for event in guest.events if event["ev"].startswith("breakout")} == set()
    assert await Room.objects.filter(kind=Room.Kind.BREAKOUT).acount() == 0


@IN_ONE_FORM
async def test_too_many_commands_are_refused(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    await opened(host)
    answers = [await guest.asks("breakout.join") for _ in range(15)]
    assert "too_fast" in {answer.get("error") for answer in answers}
