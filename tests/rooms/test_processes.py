"""Several processes, and the loss of one, of a connection, of Redis: no durable event is lost, nobody stays present."""

import asyncio
import contextlib
import json
import signal
from collections.abc import AsyncIterator, Callable
from datetime import datetime, time, timedelta
from typing import Any

import redis.asyncio as aioredis
from asgiref.sync import sync_to_async
from django.test import override_settings
from django.utils import timezone

from meetings import changing, running
from meetings.models import Meeting
from rooms import bus, presence_records
from rooms.models import Presence
from tests.engagement.realtime_text.test_realtime_text import shown
from tests.rooms.conftest import WITH_REDIS, Join, guest_of
from tests.rooms.people import RoomClient, closing, enter, eventually, open_socket, ticket_for
from tests.rooms.server import Server

parsed = datetime.fromisoformat
Servers = tuple[Server, Server]


async def guest(server: Server, meeting: Meeting, **options: Any) -> RoomClient:
    seat = await sync_to_async(guest_of)(meeting)
    return await enter(server, meeting, seat.person, seat=seat, **options)


async def test_events_reach_other_processes(live_webinar: Meeting, two_servers: Servers) -> None:
    host = await enter(two_servers[0], live_webinar, live_webinar.host)
    other = await guest(two_servers[1], live_webinar)
    async with closing(host, other):
        await host.receives("presence", count=2)
        await host.does("chat.send", text="from the first")
        await other.does("chat.send", text="from the second")
        for each in (host, other):
            await each.until(lambda each=each: len(each.all("chat.message")) == 2)
            assert each.numbers == [1, 2]
        await other.does("reaction.send", reaction="laugh")
        assert (await host.receives("reactions"))["counts"] == {"laugh": 1}
        to = host.welcome["you"]["connection"]
        await other.does("signal.send", to=to, candidate={"candidate": "x"})
        assert (await host.receives("signal"))["from"] == other.welcome["you"]["connection"]
        await host.does("stage.invite", person=other.id)
        assert (await other.receives("you"))["you"]["on_stage"] is True
        await other.does("media.state", microphone=True, camera=True)
        await host.until(lambda: [event for event in host.all("person") if event["person"]["camera"]])
        third = await guest(two_servers[0], live_webinar)
        stage = {person["id"]: person for person in third.welcome["snapshot"]["stage"]}
        assert stage[other.id]["camera"] is True
        await third.close()


async def test_numbers_have_no_gap_over_two_processes(live_webinar: Meeting, two_servers: Servers) -> None:
    visitors = [await guest(two_servers[number % 2], live_webinar) for number in range(20)]
    async with closing(*visitors):

        async def speak(visitor: RoomClient) -> None:
            for turn in range(4):
                await visitor.does("chat.send", text=str(turn))

        await asyncio.gather(*(speak(visitor) for visitor in visitors))
        for visitor in visitors:
            await visitor.until(lambda visitor=visitor: len(visitor.all("chat.message")) == 80)
            assert visitor.numbers == list(range(1, 81))


async def test_those_who_join_together_get_one_snapshot_and_are_told_of_together(
    live_webinar: Meeting, two_servers: Servers, redis_url: str
) -> None:
    """And none of them misses a message that is written meanwhile, or gets it twice."""
    host = await enter(two_servers[1], live_webinar, live_webinar.host)
    seats = [await sync_to_async(guest_of)(live_webinar) for _ in range(40)]
    tickets = [await sync_to_async(ticket_for)(live_webinar.room, seat.person, seat=seat) for seat in seats]
    guests = [await open_socket(two_servers[0], live_webinar.room_id) for _ in seats]
    async with closing(host, *guests), redis_channel(redis_url, live_webinar.room_id) as heard:
        for ticket, guest in zip(tickets, guests, strict=True):
            await guest.socket.send(json.dumps({"do": "hello", "ticket": ticket}))
        for number in range(8):
            await host.does("chat.send", text=str(number))
        for guest in guests:
            await guest.receives("welcome")
        last = (await host.does("chat.send", text="last"))["message"]
        for guest in guests:
            await guest.receives("chat.message", id=last)
            shown = [message["id"] for message in guest.welcome["snapshot"]["messages"]]
            assert shown + guest.numbers == list(range(1, last + 1))
        joined = {guest.welcome["you"]["connection"] for guest in guests}
        told = [message for message in heard if joined & message]
        assert set().union(*told) >= joined
        assert len(told) <= len(guests) / 4
        assert len({guest.welcome["snapshot"]["count"] for guest in guests}) <= len(guests) / 4


@contextlib.asynccontextmanager
async def redis_channel(url: str, room_id: str) -> AsyncIterator[list[set[str]]]:
    """The connections in each message between the processes about who is here."""
    heard: list[set[str]] = []

    async def listen(pubsub: Any) -> None:
        async for message in pubsub.listen():
            if message["type"] == "message":
                head, _newline, payload = message["data"].partition(b"\n")
                if json.loads(head)["k"] == "here":
                    heard.append({line["connection"]["id"] for line in json.loads(payload)})

    async with aioredis.from_url(url, socket_timeout=None) as client, client.pubsub() as pubsub:
        await pubsub.subscribe(bus.PREFIX + room_id)
        task = asyncio.create_task(listen(pubsub))
        try:
            yield heard
        finally:
            task.cancel()


async def test_the_start_of_a_webinar_admits_those_who_are_joining(
    scheduled_webinar: Meeting, two_servers: Servers
) -> None:
    host = await enter(two_servers[0], scheduled_webinar, scheduled_webinar.host)
    arriving = [
        asyncio.create_task(guest(two_servers[number % 2], scheduled_webinar)) for number in range(24)
    ]
    await host.does("meeting.start")
    guests = await asyncio.gather(*arriving)
    async with closing(host, *guests):
        for each in guests:
            await each.until(lambda each=each: each.events[0]["snapshot"] or each.all("admitted"))
            await each.does("chat.send", text="here")
        await eventually(lambda: Presence.objects.present().count() == 25)


async def test_admission_and_removal_reach_other_processes(
    live_webinar: Meeting, two_servers: Servers
) -> None:
    await Meeting.objects.filter(pk=live_webinar.pk).aupdate(lobby=True)
    host = await enter(two_servers[0], live_webinar, live_webinar.host)
    waiting = await guest(two_servers[1], live_webinar)
    async with closing(host, waiting):
        assert waiting.welcome["you"]["admission"] == "waiting"
        await host.until(lambda: host.all("lobby") and host.all("lobby")[-1]["waiting"])
        await host.does("lobby.admit", all=True)
        await waiting.receives("admitted")
        await host.does("stage.remove", person=waiting.id, from_room=True)
        assert await waiting.closed_with() == 4403


async def test_people_of_a_killed_process_leave_the_room(
    live_webinar: Meeting, redis_url: str, own_server: Callable[..., Server], two_servers: Servers
) -> None:
    doomed = own_server(redis_url=redis_url)
    host = await enter(two_servers[0], live_webinar, live_webinar.host)
    lost = await guest(doomed, live_webinar)
    async with closing(host):
        await host.receives("presence", count=2)
        doomed.kill()
        await lost.closed_with()
        gone = await host.until(lambda: host.all("presence", left=[lost.id]), seconds=45)
        assert gone[0]["count"] == 1
    later = timezone.now() + presence_records.SILENT_FOR
    assert await sync_to_async(presence_records.close_lost)(now=later) >= 1
    presence = await Presence.objects.exclude(person=live_webinar.host).aget()
    assert presence.left_at == presence.seen_at


async def test_a_server_that_stops_says_when_to_reconnect(
    live_webinar: Meeting, own_server: Callable[..., Server]
) -> None:
    server = own_server()
    host = await enter(server, live_webinar, live_webinar.host)
    assert server.process is not None
    server.process.send_signal(signal.SIGTERM)
    assert await host.closed_with() == 1012
    assert host.events[-1]["ev"] == "going_away"
    assert 0 < host.events[-1]["retry_after_ms"] <= 5000
    server.process.wait(15)
    server.process = None
    presence = await Presence.objects.aget()
    assert presence.left_at is not None


@WITH_REDIS
async def test_an_idle_connection_stays_open(live_webinar: Meeting, join: Join) -> None:
    idle = await join(live_webinar)
    await asyncio.sleep(12)
    host = await join(live_webinar, live_webinar.host)
    await host.does("chat.send", text="are you there?")
    await idle.receives("chat.message", text="are you there?")
    seen = await Presence.objects.aget(connection=idle.welcome["you"]["connection"])
    assert seen.seen_at > seen.joined_at


async def test_changes_of_the_meeting_by_another_process_arrive(live_webinar: Meeting, join: Join) -> None:
    """As from a worker or a command; without Redis there is no message over the bus."""
    guest_here = await join(live_webinar)

    def end() -> None:
        with override_settings(REDIS_URL=""):
            running.end_meeting(meeting=live_webinar, now=timezone.now())

    await sync_to_async(end)()
    await guest_here.receives("meeting.ended", meeting=live_webinar.pk)


async def test_the_waiting_room_gets_rescheduling_and_cancellation(
    scheduled_webinar: Meeting, join: Join
) -> None:
    waiting = await join(scheduled_webinar)

    def move() -> None:
        changing.move_meeting(
            meeting=scheduled_webinar,
            local_day=scheduled_webinar.local_day + timedelta(days=7),
            local_time=time(14, 30),
            timezone="Europe/Vilnius",
            duration_minutes=45,
            now=timezone.now(),
        )

    await sync_to_async(move)()
    moved = await waiting.receives("meeting.moved", meeting=scheduled_webinar.pk)
    assert moved["starts_at"].endswith(("T12:30:00.000Z", "T11:30:00.000Z", "T12:30:00Z", "T11:30:00Z"))
    late = await join(scheduled_webinar, scheduled_webinar.host)
    assert parsed(late.welcome["room"]["starts_at"]) == parsed(moved["starts_at"])

    def cancel() -> None:
        meeting = Meeting.objects.get(pk=scheduled_webinar.pk)
        changing.cancel_meeting(meeting=meeting, reason="storm", now=timezone.now())

    await sync_to_async(cancel)()
    assert (await waiting.receives("meeting.cancelled"))["reason"] == "storm"


async def test_a_process_without_rooms_publishes_over_redis(
    live_webinar: Meeting, two_servers: Servers, redis_url: str
) -> None:
    host = await enter(two_servers[0], live_webinar, live_webinar.host)

    def close() -> None:
        with override_settings(REDIS_URL=redis_url):
            bus.close_person(live_webinar.host.pk, code=4401)

    await sync_to_async(close)()
    assert await host.closed_with() == 4401


async def test_no_durable_event_is_lost_while_redis_restarts(
    live_webinar: Meeting, tmp_path: Any, own_redis: Callable[..., Any], own_server: Callable[..., Server]
) -> None:
    url, kill = own_redis()
    port = int(url.rsplit(":", 1)[1].split("/")[0])
    first, second = own_server(redis_url=url), own_server(redis_url=url)
    host = await enter(first, live_webinar, live_webinar.host)
    other = await guest(second, live_webinar)
    async with closing(host, other):
        await host.does("chat.send", text="before")
        await other.receives("chat.message", text="before")
        await host.does("rtt.type", text_id="erased-1", version=1, text="typed before")
        await other.until(lambda: set(shown(other).values()) == {"typed before"})
        kill()
        await host.does("rtt.type", text_id="erased-1", version=2, text="")
        await host.does("rtt.type", text_id="begun-01", version=1, text="typed while it is gone")
        await host.does("chat.send", text="while it is gone")
        await other.receives("chat.message", text="while it is gone")
        own_redis(port)
        await other.does("chat.send", text="after")
        await host.receives("chat.message", text="after")
        said = await until_it_is_heard_at_once(host, other)
        await other.until(lambda: set(shown(other).values()) == {"typed while it is gone"})
        assert host.numbers == other.numbers == list(range(1, 4 + said))


async def until_it_is_heard_at_once(host: RoomClient, other: RoomClient) -> int:
    """Waits until an event arrives over the bus, before the journal is read; returns the number of messages sent."""
    for number in range(1, 31):
        await host.does("chat.send", text=f"at once again {number}")
        with contextlib.suppress(AssertionError):
            await other.receives("chat.message", seconds=0.7, text=f"at once again {number}")
            await host.receives("chat.message", text=f"at once again {number}")
            return number
        await other.receives("chat.message", text=f"at once again {number}")
    raise AssertionError("Redis is back, and what is said still comes only by the journal")


async def test_no_event_is_lost_in_twenty_five_seconds_without_network(
    live_webinar: Meeting, join: Join
) -> None:
    host = await join(live_webinar, live_webinar.host)
    seat = await sync_to_async(guest_of)(live_webinar)
    cut_off = await join(live_webinar, seat.person, seat=seat)
    await host.does("chat.send", text="heard")
    await cut_off.receives("chat.message")
    cut_off.socket.transport.pause_reading()  # nothing comes and nothing is answered
    await host.does("chat.send", text="missed")
    back = await join(live_webinar, seat.person, seat=seat, since=1)
    assert [event["text"] for event in back.welcome["missed"]] == ["missed"]
    assert back.id == cut_off.id
    with contextlib.suppress(OSError):
        cut_off.socket.transport.abort()
    people = await host.does("people.list")
    assert people["total"] == 2


@WITH_REDIS
async def test_a_large_room_gets_a_count_without_names(live_webinar: Meeting, join: Join) -> None:
    started = asyncio.get_running_loop().time()
    host = await join(live_webinar, live_webinar.host)
    await asyncio.gather(*(join(live_webinar) for _ in range(110)))
    await host.until(lambda: host.all("presence", count=111), seconds=20)
    large = [event for event in host.all("presence") if event["count"] > 100]
    assert all(event["joined"] == [] for event in large)
    assert len(host.all("presence")) <= asyncio.get_running_loop().time() - started + 3
