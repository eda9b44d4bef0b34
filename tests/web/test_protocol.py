"""Who takes nothing of an answer is cut off, and who takes what comes is not."""

import asyncio
import contextlib
import gc
import socket
import weakref
from collections.abc import AsyncIterator
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState
from websockets.asyncio.client import connect

from rooms.transport import EXTENSION, RoomProtocol, transport_for
from webinar_service.web import protocol
from webinar_service.web.protocol import WebProtocol

PART = b"x" * 256 * 1024
PARTS = 64  # far more than the buffers of both sides hold


@contextlib.asynccontextmanager
async def listening(pause: float = 0.0) -> AsyncIterator[tuple[int, ServerState]]:
    """A server of one long answer, which pauses before its end."""

    async def answer(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _part in range(PARTS):
            await send({"type": "http.response.body", "body": PART, "more_body": True})
        await asyncio.sleep(pause)
        await send({"type": "http.response.body", "body": b""})

    config, state = Config(answer, http=WebProtocol, log_level="warning"), ServerState()
    config.load()
    loop = asyncio.get_running_loop()
    started = await loop.create_server(lambda: WebProtocol(config, state, {}), "127.0.0.1", 0)
    async with started:
        yield started.sockets[0].getsockname()[1], state


async def asking(port: int) -> socket.socket:
    """A socket that has asked, and reads what it is told to."""
    loop, client = asyncio.get_running_loop(), socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
    client.setblocking(False)
    await loop.sock_connect(client, ("127.0.0.1", port))
    await loop.sock_sendall(client, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    return client


async def test_who_takes_nothing_of_an_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "TAKEN_WITHIN", 0.5)
    async with listening() as (port, state):
        client = await asking(port)
        with contextlib.closing(client):
            async with asyncio.timeout(10):
                while not state.tasks:  # noqa: ASYNC110 - the server does not call back
                    await asyncio.sleep(0.01)
                while state.connections or state.tasks:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)


async def test_who_takes_what_comes_is_not_cut_off_while_the_rest_is_yet_to_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocol, "TAKEN_WITHIN", 1.0)
    loop, came, last = asyncio.get_running_loop(), 0, b""
    async with listening(pause=2.0) as (port, _state):
        client = await asking(port)
        with contextlib.closing(client):
            async with asyncio.timeout(60):
                while part := await loop.sock_recv(client, len(PART)):
                    came, last = came + len(part), (last + part)[-5:]
    assert came > PARTS * len(PART)
    assert last == b"0\r\n\r\n"  # the end of the last chunk


async def test_an_open_socket_keeps_nothing_of_its_handshake() -> None:
    """Neither the protocol that read it, until the next garbage collection, nor its headers."""
    opened: list[dict[str, Any]] = []
    done = asyncio.Event()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        transport_for(scope, send)
        opened.append(scope)
        await done.wait()

    config, state = Config(application, http=WebProtocol, ws=RoomProtocol, log_level="warning"), ServerState()
    config.load()
    readers: list[weakref.ref[WebProtocol]] = []

    def reader() -> WebProtocol:
        made = WebProtocol(config, state, {})
        readers.append(weakref.ref(made))
        return made

    started = await asyncio.get_running_loop().create_server(reader, "127.0.0.1", 0)
    gc.collect()
    gc.disable()
    try:
        async with started, connect(f"ws://127.0.0.1:{started.sockets[0].getsockname()[1]}/") as socket:
            protocol = opened[0]["extensions"][EXTENSION]
            assert not opened[0]["headers"]
            assert not [*protocol.request.headers, *protocol.response.headers]
            await asyncio.sleep(0.1)
            assert [each() for each in readers] == [None]
            done.set()
            await socket.wait_closed()
    finally:
        gc.enable()
