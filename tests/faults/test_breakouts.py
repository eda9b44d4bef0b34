"""A web process is killed while people go to breakout rooms: everybody has the group that they were told, once."""

import asyncio
import contextlib
import json
from collections.abc import Callable

from asgiref.sync import sync_to_async

from engagement.models import BreakoutAssignment, BreakoutRound
from meetings.models import Meeting
from rooms.admission import participant_pk
from tests.rooms.conftest import guest_of, live_webinar, own_server
from tests.rooms.people import RoomClient, closing, enter, open_socket
from tests.rooms.server import Server

__all__ = ["live_webinar", "own_server"]  # fixtures


async def test_what_was_acknowledged_survives_a_kill(
    live_webinar: Meeting, own_server: Callable[..., Server]
) -> None:
    server = await sync_to_async(own_server)()
    host = await enter(server, live_webinar, live_webinar.host)
    await host.does("breakout.prepare", names=["Red", "Blue", "Green"], assign="random", minutes=60)
    await host.does("breakout.open")
    seats = [await sync_to_async(guest_of)(live_webinar) for _ in range(20)]
    guests = [await enter(server, live_webinar, seat.person, seat=seat) for seat in seats]
    told: dict[str, str] = {}  # rooms by person
    some_joined = asyncio.Event()

    async def go(guest: RoomClient) -> None:
        with contextlib.suppress(Exception):
            told[guest.id] = (await guest.does("breakout.join"))["room"]
            if len(told) == 5:
                some_joined.set()

    work = [asyncio.create_task(go(guest)) for guest in guests]
    await some_joined.wait()
    server.kill()
    for client in (host, *guests):
        await client.close()
    await asyncio.gather(*work)

    again = await sync_to_async(own_server)()
    seat = seats[0]
    back = await enter(again, live_webinar, seat.person, seat=seat)
    async with closing(back):
        assert back.welcome["snapshot"]["breakouts"]["state"] == "open"
        reply = await back.does("breakout.join")
        assert reply["room"] == told.get(back.id, reply["room"])
        inside = await open_socket(again, reply["room"])
        async with closing(inside):
            hello = {"do": "hello", "ticket": reply["ticket"], "since": None}
            await inside.socket.send(json.dumps(hello))
            await inside.receives("welcome")
    stored = {
        row.participant_id: row.group.room_id
        async for row in BreakoutAssignment.objects.select_related("group")
    }
    assert {participant_pk(person): room for person, room in told.items()}.items() <= stored.items()
    shown = {
        participant_pk(person): room["id"]
        for room in back.welcome["snapshot"]["breakouts"]["rooms"]
        for person in room["people"]
    }
    assert {key: shown[key] for key in (participant_pk(person) for person in told)}.items() <= stored.items()
    assert await BreakoutRound.objects.aget(state="open")
