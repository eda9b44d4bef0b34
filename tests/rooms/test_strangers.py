"""Connections without a ticket: a time limit, and a number per network address."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from meetings.models import Meeting
from rooms import transport
from rooms.consumer import MAX_UNAUTHENTICATED
from rooms.transport import RoomProtocol
from tests.rooms.conftest import IN_ONE_FORM, Join
from tests.rooms.server import Server


@IN_ONE_FORM
async def test_an_address_has_only_so_many_sockets_that_have_not_said_hello(
    live_webinar: Meeting, server: Server, join: Join
) -> None:
    url = f"{server.socket_url}/ws/rooms/{live_webinar.room_id}/"
    await join(live_webinar, live_webinar.host)  # authenticated: does not count
    async with contextlib.AsyncExitStack() as sockets:
        for _ in range(MAX_UNAUTHENTICATED):
            await sockets.enter_async_context(connect(url, compression=None))
        with pytest.raises(InvalidStatus) as refused:
            await connect(url)
        assert refused.value.response.status_code == 403
    async with asyncio.timeout(10):
        while not await opens(url):  # noqa: ASYNC110 - the server does not call back
            await asyncio.sleep(0.05)
    assert await join(live_webinar)  # closed connections do not count


async def opens(url: str) -> bool:
    with contextlib.suppress(InvalidStatus):
        await (await connect(url)).close()
        return True
    return False


@contextlib.asynccontextmanager
async def listening() -> AsyncIterator[int]:
    """RoomProtocol alone, as uvicorn starts it."""

    async def nothing(scope: Any, receive: Any, send: Any) -> None:
        await receive()

    config, state = Config(nothing, ws=RoomProtocol, log_level="warning"), ServerState()
    config.load()
    loop = asyncio.get_running_loop()
    started = await loop.create_server(lambda: RoomProtocol(config, state, {}), "127.0.0.1", 0)
    async with started:
        yield started.sockets[0].getsockname()[1]


async def test_a_handshake_that_does_not_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "HANDSHAKE_TIMEOUT", 0.2)
    async with listening() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /ws/rooms/x/ HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n")
        async with asyncio.timeout(5):
            assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
        writer.close()
