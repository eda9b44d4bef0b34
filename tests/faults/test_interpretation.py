"""A web process is killed while interpreters hand over: who was told that they are on air is, and alone."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable

from asgiref.sync import sync_to_async

from engagement.models import ChannelInterpreter
from meetings.models import Meeting
from rooms.admission import participant_pk
from rooms.models import RoomEvent
from tests import factories
from tests.rooms.conftest import live_webinar, own_server
from tests.rooms.people import RoomClient, closing, enter
from tests.rooms.server import Server

__all__ = ["live_webinar", "own_server"]  # fixtures


async def test_what_was_acknowledged_survives_a_kill(
    live_webinar: Meeting, own_server: Callable[..., Server]
) -> None:
    server = await sync_to_async(own_server)()
    people = [await sync_to_async(factories.member)() for _ in range(2)]
    for person in people:
        await sync_to_async(factories.role)(live_webinar, person, "interpreter")
    host = await enter(server, live_webinar, live_webinar.host)
    one, two = [await enter(server, live_webinar, person) for person in people]
    await host.does("interpretation.open", language="sv")
    for client in (one, two):
        await client.does("interpretation.take", language="sv")
    told: list[str] = []  # who was told that they are on air, in this order
    some = asyncio.Event()

    async def hand_over() -> None:
        with contextlib.suppress(Exception):
            for _turn in range(20):
                for sender, receiver in ((one, two), (two, one)):
                    await sender.does("interpretation.offer", person=receiver.id)
                    await receiver.does("interpretation.accept")
                    told.append(receiver.id)
                    if len(told) == 3:
                        some.set()

    work = asyncio.create_task(hand_over())
    await some.wait()
    server.kill()
    clients: tuple[RoomClient, ...] = (host, one, two)
    for client in clients:
        await client.close()
    await work

    again = await sync_to_async(own_server)()
    back = await enter(again, live_webinar, people[0])
    async with closing(back):
        [shown] = back.welcome["snapshot"]["interpretation"]
        assert {each["id"] for each in shown["interpreters"]} == {one.id, two.id}
        on_air = [row.participant_id async for row in ChannelInterpreter.objects.filter(is_on_air=True)]
        assert on_air == [participant_pk(shown["on_air"])]
        rows = RoomEvent.objects.filter(room=live_webinar.room_id, ev="interpretation.changed").order_by(
            "seq"
        )
        payloads = [row.payload["channel"] async for row in rows]
        in_turn = [person for person, _again in itertools.groupby(each["on_air"] for each in payloads)]
        assert in_turn[1 : 1 + len(told)] == told  # one more may be kept whose reply was lost
        assert payloads[-1] == shown
