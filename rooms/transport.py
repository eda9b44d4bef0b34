"""The WebSocket frame, built once per broadcast, and how it is written to uvicorn's transport."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, cast

import orjson
from pydantic import BaseModel
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

EXTENSION = "webinar.protocol"
LARGEST_READ = 256 * 1024  # read and refused with an error reply; beyond it the connection ends with 1009
HANDSHAKE_TIMEOUT = 15.0  # seconds from the TCP connection to a complete request
BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
RETRY_AFTER_MS = (200, 2500)  # spread, so that a room does not reconnect in one instant

Send = Callable[[Any], Awaitable[None]]


class Frame:
    """JSON text for many connections: its WebSocket frame (RFC 6455, 5.2; final, text, unmasked) is built once."""

    __slots__ = ("_framed", "payload")

    def __init__(self, payload: bytes) -> None:
        self.payload = payload
        self._framed: bytes | None = None

    @property
    def framed(self) -> bytes:
        if self._framed is None:
            self._framed = _header(len(self.payload)) + self.payload
        return self._framed


def encoded(shape: BaseModel) -> bytes:
    """JSON as the protocol has it."""
    return shape.model_dump_json(by_alias=True).encode()


def _header(length: int) -> bytes:
    if length < 126:
        return bytes((0x81, length))
    if length < 65536:
        return b"\x81\x7e" + length.to_bytes(2, "big")
    return b"\x81\x7f" + length.to_bytes(8, "big")


def going_away() -> Frame:
    after = random.randint(*RETRY_AFTER_MS)  # noqa: S311 - spreads load, guards nothing
    return Frame(orjson.dumps({"ev": "going_away", "retry_after_ms": after}))


class RoomProtocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol, available to the application in the scope; sends `going_away` before the server stops.

    A request that `websockets` cannot parse is refused: uvicorn would wait for the rest of the handshake for ever.
    """

    _opening: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn.max_message_size = LARGEST_READ

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._opening = self.loop.call_later(HANDSHAKE_TIMEOUT, self._refuse, BAD_REQUEST)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            # `websockets` has a response of its own only for lines that are too long and too many headers.
            self._refuse(b"".join(self.conn.data_to_send()) or BAD_REQUEST)

    def _refuse(self, answer: bytes) -> None:
        self._stop_opening()
        if not self.transport.is_closing():
            self.handshake_complete = self.close_sent = True
            self.transport.write(answer)
            self.transport.close()

    def _stop_opening(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_opening()
        super().connection_lost(exc)

    def handle_connect(self, event: Request) -> None:
        self._stop_opening()
        super().handle_connect(event)
        scope = getattr(self, "scope", None)
        if scope is not None:
            cast(dict[str, Any], scope["extensions"])[EXTENSION] = self

    def forget_handshake(self) -> None:
        """The headers are needed no longer; they would take 5 KiB for as long as the socket is open."""
        self.request.headers.clear()
        self.response.headers.clear()
        cast(list[Any], self.scope["headers"]).clear()

    def shutdown(self) -> None:
        if self.handshake_complete and not self.close_sent and not self.transport.is_closing():
            self.transport.write(going_away().framed)
        super().shutdown()


class Transport(Protocol):
    """One socket, as the broadcaster writes to it: never blocks."""

    def write(self, frame: Frame) -> None: ...
    def backlog(self) -> int:
        """Bytes written and not yet sent."""
        ...

    def close(self, code: int) -> None: ...


class UvicornTransport:
    """Writes straight to the transport: the same bytes to everybody, no coroutine."""

    __slots__ = ("_protocol", "_send")

    def __init__(self, protocol: RoomProtocol, send: Send) -> None:
        self._protocol = protocol
        self._send = send

    def write(self, frame: Frame) -> None:
        protocol = self._protocol
        if not protocol.close_sent and not protocol.disconnected:
            protocol.transport.write(frame.framed)

    def backlog(self) -> int:
        # uvicorn clears `writable` above its high-water mark; below it the backlog does not matter.
        return 0 if self._protocol.writable.is_set() else self._protocol.transport.get_write_buffer_size()

    def close(self, code: int) -> None:
        if not self._protocol.writable.is_set():
            self._protocol.transport.abort()  # a close frame would wait behind the unread bytes
            return
        _run_eagerly(self._send({"type": "websocket.close", "code": code}))


def _run_eagerly(sending: Awaitable[None]) -> asyncio.Task[None] | None:
    """Runs a send() up to its first suspension; a task finishes the rest, if there is any."""
    coroutine = cast(Coroutine[Any, Any, None], sending)
    try:
        waited_for = coroutine.send(None)
    except StopIteration:
        return None
    except (RuntimeError, OSError):  # the socket has gone: its consumer gets the disconnect
        return None
    task = asyncio.ensure_future(_rest(coroutine, waited_for))
    _tasks.add(task)
    task.add_done_callback(_finished)
    return task


_tasks: set[asyncio.Task[None]] = set()


def _finished(task: asyncio.Task[None]) -> None:
    _tasks.discard(task)
    if not task.cancelled():
        task.exception()  # retrieved, so that a socket that went meanwhile is not reported as an error


class _Resumed:
    """Awaitable for a coroutine that was stepped by hand and yielded `waited_for`."""

    def __init__(self, coroutine: Coroutine[Any, Any, None], waited_for: Any) -> None:
        self.coroutine = coroutine
        self.waited_for = waited_for

    def __await__(self) -> Any:
        if self.waited_for is not None:
            self.waited_for._asyncio_future_blocking = True
        yield self.waited_for
        return (yield from self.coroutine.__await__())


async def _rest(coroutine: Coroutine[Any, Any, None], waited_for: Any) -> None:
    await _Resumed(coroutine, waited_for)


def transport_for(scope: dict[str, Any], send: Send) -> Transport:
    """For an accepted socket.

    Raises KeyError under a server without RoomProtocol; `manage.py serve` starts one with it.
    """
    protocol: RoomProtocol = scope["extensions"][EXTENSION]
    protocol.forget_handshake()
    return UvicornTransport(protocol, send)
