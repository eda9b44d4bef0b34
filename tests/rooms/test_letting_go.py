"""What a process keeps of rooms, connections and addresses goes when the last one has left."""

import asyncio
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from redis.asyncio import Redis

from meetings.models import Meeting
from rooms import bus, room_sessions
from rooms.consumer import RoomConsumer
from rooms.refusals import UnableToJoin
from rooms.room_sessions import RoomSessions
from rooms.transport import EXTENSION


@pytest.fixture
async def rooms(
    settings: Any, redis_url: str, monkeypatch: pytest.MonkeyPatch, connections_of_threads: None
) -> AsyncIterator[RoomSessions]:
    """RoomSessions that are kept for a tenth of a second, on a Redis that tells who listens."""
    settings.REDIS_URL = redis_url
    monkeypatch.setattr(room_sessions, "CLOSE_EMPTY_AFTER", 0.1)
    made = RoomSessions()
    made.bus.start()
    yield made
    for task in made.bus._tasks:
        task.cancel()
    await asyncio.gather(*made.bus._tasks, return_exceptions=True)


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - what is waited for does not call back
            await asyncio.sleep(0.02)


async def listeners(url: str, room_id: str) -> int:
    async with Redis.from_url(url) as redis:
        ((_channel, count),) = await redis.pubsub_numsub(bus.PREFIX + room_id)
    return int(count)


async def test_a_room_that_everybody_has_left_is_closed_and_not_heard_any_more(
    rooms: RoomSessions, live_webinar: Meeting, redis_url: str
) -> None:
    room_id = live_webinar.room_id
    room = await rooms.enter(room_id)
    with rooms.expecting(room):
        await asyncio.sleep(0.3)  # longer than an empty room is kept
        assert await rooms.enter(room_id) is room
        assert room_id in rooms.open
        assert await listeners(redis_url, room_id) == 1
    await until(lambda: not rooms.open)
    await until(lambda: rooms.bus.channels == {bus.CONTROL})
    async with asyncio.timeout(20):
        while await listeners(redis_url, room_id):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    # Who comes later opens it anew.
    again = await rooms.enter(room_id)
    assert again is not room
    assert await listeners(redis_url, room_id) == 1


async def test_a_room_that_does_not_exist_leaves_nothing_behind(
    rooms: RoomSessions, transactional_db: None
) -> None:
    for _time in range(2):
        with pytest.raises(UnableToJoin, match="no_room"):
            await rooms.enter("nothing")
    assert (rooms.open, rooms._opening) == ({}, {})
    await until(lambda: rooms.bus.channels == {bus.CONTROL} and not rooms._tasks)
    assert not rooms.bus._confirmed


async def test_an_address_whose_sockets_have_gone_is_forgotten() -> None:
    async def receive() -> dict[str, Any]:
        return next(messages)

    async def send(_message: dict[str, Any]) -> None:
        counted.append(RoomConsumer.unauthenticated["203.0.113.7"])

    counted: list[int] = []
    silent = SimpleNamespace(forget_handshake=lambda: None)  # nothing is written to who says nothing
    extensions = {EXTENSION: silent}
    scope = {"type": "websocket", "client": ("203.0.113.7", 5), "headers": [], "extensions": extensions}
    for _socket in range(2):
        messages = iter([{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1001}])
        await RoomConsumer()(scope, receive, send)
    assert counted == [1, 1]
    assert "203.0.113.7" not in RoomConsumer.unauthenticated
