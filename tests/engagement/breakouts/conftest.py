"""Breakout rooms that are opened, and people who go there."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from tests.rooms.people import Event, RoomClient, open_socket
from tests.rooms.server import Server

Go = Callable[..., Awaitable[RoomClient]]


async def go_with(server: Server, reply: Event) -> RoomClient:
    """Opens the breakout room with the ticket of the reply."""
    client = await open_socket(server, reply["room"])
    await client.socket.send(json.dumps({"do": "hello", "ticket": reply["ticket"], "since": None}))
    return client


@pytest.fixture
async def go(server: Server) -> AsyncIterator[Go]:
    """`await go(client)`: the same person in a breakout room, closed at the end."""
    gone: list[RoomClient] = []

    async def go_there(client: RoomClient, room: str | None = None) -> RoomClient:
        reply = await client.does("breakout.join", **({"room": room} if room else {}))
        there = await go_with(server, reply)
        gone.append(there)
        await there.receives("welcome")
        return there

    yield go_there
    for each in gone:
        await each.close()


async def opened(
    host: RoomClient, *, assign: str = "random", names: tuple[str, ...] = ("Red", "Blue"), **options: Any
) -> dict[str, str]:
    """Opens breakout rooms; returns their ids by name."""
    await host.does("breakout.prepare", names=list(names), assign=assign, **options)
    await host.does("breakout.open")
    event = await host.receives("breakout.opened")
    return {room["name"]: room["id"] for room in event["breakouts"]["rooms"]}


def group_of(event: Event, person: str) -> str | None:
    rooms = event["breakouts"]["rooms"]
    return next((room["id"] for room in rooms if person in room["people"]), None)


def breakout_of(client: RoomClient, person: str) -> str | None:
    """Where the client last heard that the person is."""
    told = [event["person"] for event in client.all("person")]
    told += [one for event in client.all("presence") for one in event["joined"]]
    return next((one["breakout"] for one in told if one["id"] == person and one["breakout"]), None)
