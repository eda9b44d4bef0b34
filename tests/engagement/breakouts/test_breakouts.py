"""Breakout rooms: opened, joined, and closed, with everybody back in the main room."""

from asgiref.sync import sync_to_async

from engagement.models import BreakoutRound
from meetings.models import Meeting
from rooms.models import Room
from tests.engagement.breakouts.conftest import Go, breakout_of, go_with, group_of, opened
from tests.rooms.conftest import IN_ONE_FORM, Join, guest_of
from tests.rooms.people import closing, enter
from tests.rooms.server import Server


async def test_people_go_to_their_groups_and_come_back(live_webinar: Meeting, join: Join, go: Go) -> None:
    host = await join(live_webinar, live_webinar.host)
    guests = [await join(live_webinar) for _ in range(4)]
    await host.does("breakout.prepare", names=["Red", " Blue "], assign="random", minutes=20)
    prepared = await host.receives("breakout.prepared")
    assert [room["name"] for room in prepared["breakouts"]["rooms"]] == ["Red", "Blue"]
    assert [len(room["people"]) for room in prepared["breakouts"]["rooms"]] == [2, 2]
    assert group_of(prepared, host.id) is None
    await host.does("breakout.open")
    events = [await guest.receives("breakout.opened") for guest in guests]
    assert not any(guest.all("breakout.prepared") for guest in guests)
    assert events[0]["breakouts"]["ends_at"] is not None
    inside = [await go(guest) for guest in guests]
    rooms = [each.welcome["room"] for each in inside]
    assert [room["id"] for room in rooms] == [
        group_of(event, guest.id) for event, guest in zip(events, guests, strict=True)
    ]
    assert {(room["kind"], room["parent"], room["state"], room["is_webinar"]) for room in rooms} == {
        ("breakout", live_webinar.room_id, "live", False)
    }
    assert {each.welcome["you"]["on_stage"] for each in inside} == {True}
    first = inside[0]
    other = next(each for each in inside[1:] if each.welcome["room"]["id"] == first.welcome["room"]["id"])
    away = next(each for each in inside if each.welcome["room"]["id"] != first.welcome["room"]["id"])
    await first.does("chat.send", text="Only among us")
    await other.receives("chat.message", text="Only among us")
    assert not [*away.all("chat.message"), *host.all("chat.message")]
    visiting = await go(host, first.welcome["room"]["id"])
    assert visiting.welcome["you"]["role"] == "host"
    assert visiting.welcome["snapshot"]["messages"][0]["text"] == "Only among us"
    await host.does("breakout.close")
    for client in (*guests, host):
        await client.receives("breakout.closed", reason="host")
    for client in (*inside, visiting):
        await client.receives("breakout.closed")
        assert await client.closed_with() == 4410
    assert (await guests[0].asks("breakout.join"))["error"] == "not_now"
    assert (await join(live_webinar)).welcome["snapshot"]["breakouts"] is None


async def test_nothing_is_stored_as_the_name_of_a_group_that_nobody_has_named(
    live_webinar: Meeting, join: Join, go: Go
) -> None:
    host = await join(live_webinar, live_webinar.host)
    await host.does("breakout.open", rooms=2, assign="list")
    first, second = (await host.receives("breakout.opened"))["breakouts"]["rooms"]
    assert [(each["number"], each["name"]) for each in (first, second)] == [(1, ""), (2, "")]
    inside = await go(host, second["id"])
    title = inside.welcome["room"]["title"]
    assert [title[code] for code in ("en", "sv", "lt")] == ["Group 2", "Grupp 2", "2 grupė"]
    for given, name in ((" Heat ", "Heat"), (" \u0007 ", "")):
        await host.does("breakout.rename", room=first["id"], name=given)
        await host.receives("breakout.renamed", room=first["id"], name=name)
    assert {
        label async for label in Room.objects.filter(kind="breakout").values_list("label", flat=True)
    } == {""}


async def test_two_processes_know_the_same_and_close_both(
    live_webinar: Meeting, two_servers: tuple[Server, Server]
) -> None:
    first, second = two_servers
    seats = [await sync_to_async(guest_of)(live_webinar) for _ in range(2)]
    host = await enter(first, live_webinar, live_webinar.host)
    guests = [
        await enter(server, live_webinar, seat.person, seat=seat)
        for server, seat in zip((first, second), seats, strict=True)
    ]
    async with closing(host, *guests):
        rooms = await opened(host, names=("Red",))
        for guest in guests:
            await guest.receives("breakout.opened")
        replies = [await guest.does("breakout.join") for guest in guests]
        inside = [
            await go_with(server, reply) for server, reply in zip((first, second), replies, strict=True)
        ]
        async with closing(*inside):
            for each in inside:
                await each.receives("welcome")
            await inside[0].does("chat.send", text="Hello over there")
            await inside[1].receives("chat.message", text="Hello over there")
            await host.until(lambda: breakout_of(host, guests[1].id) == rooms["Red"])
            await host.does("breakout.close")
            for each in inside:
                assert await each.closed_with() == 4410
            for each in guests:
                await each.receives("breakout.closed")


async def test_who_reconnects_knows_what_who_stayed_knows(
    live_webinar: Meeting, server: Server, join: Join
) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    seat = await sync_to_async(guest_of)(live_webinar)
    gone = await enter(server, live_webinar, seat.person, seat=seat)
    seq = gone.welcome["seq"]
    await gone.close()
    rooms = await opened(host, assign="list", minutes=30)
    await host.does("breakout.move", person=guest.id, room=rooms["Red"])
    await host.does("breakout.rename", room=rooms["Red"], name="Heat")
    await host.does("breakout.announce", text="Five minutes left")
    await guest.receives("breakout.announced", text="Five minutes left")
    back = await enter(server, live_webinar, seat.person, seat=seat, since=seq)
    async with closing(back):
        kinds = ("breakout.opened", "breakout.moved", "breakout.renamed", "breakout.announced", "withheld")
        stayed = [each for each in guest.events if each["ev"] in kinds]
        missed = [each for each in back.welcome["missed"] if each["ev"] in kinds]
        assert missed == [each for each in stayed if each["seq"] > seq]
        shown = back.welcome["snapshot"]["breakouts"]
        assert [(room["name"], room["people"]) for room in shown["rooms"]] == [
            ("Heat", [guest.id]),
            ("Blue", []),
        ]
    fresh = await join(live_webinar)
    assert fresh.welcome["snapshot"]["breakouts"] == shown


async def test_a_group_asks_for_help_until_a_host_comes(live_webinar: Meeting, join: Join, go: Go) -> None:
    host, guest, other = [
        await join(live_webinar, live_webinar.host),
        *[await join(live_webinar) for _ in "12"],
    ]
    rooms = await opened(host, names=("Red",))
    assert (await host.asks("breakout.help"))["error"] == "not_now"  # is in no group
    await guest.does("breakout.help")
    await guest.does("breakout.help")
    asked = await host.receives("breakout.help_changed", on=True)
    assert (asked["person"]["id"], asked["room"]) == (guest.id, rooms["Red"])
    await guest.receives("breakout.help_changed", on=True)
    await other.receives("withheld", seq=asked["seq"])
    assert len(host.all("breakout.help_changed")) == 1
    second = await join(live_webinar, live_webinar.host)
    assert [one["person"]["id"] for one in second.welcome["snapshot"]["breakouts"]["help"]] == [guest.id]
    assert (await join(live_webinar)).welcome["snapshot"]["breakouts"]["help"] == []
    await go(host, rooms["Red"])
    await guest.receives("breakout.help_changed", on=False)
    await guest.does("breakout.help")
    await guest.does("breakout.help", on=False)
    await host.until(lambda: len(host.all("breakout.help_changed")) == 4)


async def test_the_time_ends_them_by_itself(live_webinar: Meeting, join: Join, go: Go) -> None:
    from datetime import timedelta

    from django.utils import timezone

    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    await opened(host, names=("Red",), minutes=240)
    inside = await go(guest)
    await host.does("breakout.extend", minutes=1)
    ends_at = (await guest.receives("breakout.extended"))["ends_at"]
    assert ends_at is not None
    soon = timezone.now() + timedelta(seconds=3)

    def nearly_over() -> None:
        from engagement.breakouts import running
        from rooms import journal

        row = BreakoutRound.objects.get()
        row.ends_at = soon
        row.save()
        event = running.BreakoutsExtended(
            ends_at=journal.protocol_time(soon), at=journal.protocol_time(timezone.now())
        )
        from django.db import transaction

        with transaction.atomic():
            journal.write_many(
                room_id=live_webinar.room_id, events=[journal.NewEvent(event)], now=timezone.now()
            )

    await sync_to_async(nearly_over)()
    await guest.receives("breakout.closed", reason="time")
    assert timezone.now() >= soon
    assert await inside.closed_with() == 4410
    assert len(host.all("breakout.closed")) == 1


@IN_ONE_FORM
async def test_the_end_of_the_meeting_ends_them(live_webinar: Meeting, join: Join, go: Go) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    await opened(host, names=("Red",))
    inside = await go(guest)
    for do in ("meeting.end", "recording.start", "poll.create", "question.ask", "breakout.close"):
        assert (await inside.asks(do))["error"] in {"not_now", "not_allowed", "bad_field"}
    await host.does("meeting.end")
    closed = await guest.receives("breakout.closed", reason="meeting")
    ended = await guest.receives("meeting.ended")
    assert closed["seq"] < ended["seq"]
    assert await inside.closed_with() == 4410
    for do, fields in (
        ("breakout.prepare", {"names": ["x"]}),
        ("breakout.open", {}),
        ("breakout.join", {}),
        ("breakout.help", {}),
    ):
        assert (await host.asks(do, **fields))["error"] == "not_now"


@IN_ONE_FORM
async def test_hosts_find_no_meeting_to_end_in_a_group(live_webinar: Meeting, join: Join, go: Go) -> None:
    host = await join(live_webinar, live_webinar.host)
    rooms = await opened(host, names=("Red",))
    inside = await go(host, rooms["Red"])
    may = set(inside.welcome["you"]["may"])
    assert {"chat.send", "stage.mute", "hand.raise", "timer.start"} <= may
    assert not {
        each
        for each in may
        if each.split(".")[0] in {"meeting", "recording", "lobby", "room", "poll", "question", "breakout"}
        or each in {"stage.remove", "people.appoint"}
    }
    assert (await inside.asks("meeting.end"))["error"] == "not_now"
