"""The WebSocket consumer of a room: parses a frame, runs one command, sends the reply."""

import asyncio
import logging
from collections import Counter
from typing import Any, ClassVar
from urllib.parse import urlsplit

import orjson
from channels.consumer import AsyncConsumer
from django.conf import settings
from django.http.request import validate_host
from pydantic import ValidationError

from companies.networks import address_of
from companies.refusals import Refusal
from rooms import journal, tickets
from rooms.audience import DurableFrame
from rooms.broadcaster import CLOSE_TOO_SLOW, HARD_LIMIT
from rooms.connections import (
    Connection,
    connection_for,
    join_request_of,
    new_connection_state,
    participant_state_for,
)
from rooms.database import in_database
from rooms.features import registry
from rooms.messages import (
    CLOSE_BAD_FRAMES,
    CLOSE_LOCKED,
    CLOSE_NO_ENTRY,
    CLOSE_REMOVED,
    CLOSE_TOO_FAST,
    MAX_FRAME,
    Command,
    Hello,
)
from rooms.refusals import Refused, UnableToJoin
from rooms.room_session import RoomSession
from rooms.room_sessions import RoomSessions, running
from rooms.room_state import RoomState, page_of
from rooms.tickets import Ticket
from rooms.transport import Frame, Transport, transport_for

logger = logging.getLogger(__name__)

HELLO_TIMEOUT = 10.0
MAX_UNAUTHENTICATED = 512  # per network address and process, until a valid ticket
MAX_BAD_FRAMES = 10
MAX_DEPTH = 32
CLOSE_OF_REFUSAL = {"removed": CLOSE_REMOVED, "locked": CLOSE_LOCKED}  # by UnableToJoin.code
RawFrame = dict[str, Any]


class RoomConsumer(AsyncConsumer):  # type: ignore[misc]
    """One socket. Reads in its own task, without a thread or a further task per message; the broadcaster writes."""

    transport: Transport
    rooms: RoomSessions
    hello_timer: asyncio.TimerHandle
    unauthenticated: ClassVar[Counter[str]] = Counter()
    address: str | None = None  # while the socket counts as unauthenticated
    connection: Connection | None = None
    room: RoomSession
    is_entering = False
    bad_frames = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope, self.base_send = scope, send
        await receive()  # websocket.connect
        if not _is_allowed_origin(scope) or self.unauthenticated[address_of(scope)] >= MAX_UNAUTHENTICATED:
            await send({"type": "websocket.close", "code": CLOSE_NO_ENTRY})
            return
        self.address = address_of(scope)
        self.unauthenticated[self.address] += 1
        try:
            await self._serve(receive)
        finally:
            self._release_address()

    def _release_address(self) -> None:
        if self.address is not None:
            self.unauthenticated[self.address] -= 1
            if not self.unauthenticated[self.address]:
                del self.unauthenticated[self.address]
            self.address = None

    async def _serve(self, receive: Any) -> None:
        await self.base_send({"type": "websocket.accept"})
        self.transport, self.rooms = transport_for(self.scope, self.base_send), running()
        self._wait_for_hello()
        try:
            while (message := await receive())["type"] != "websocket.disconnect":
                await self.receive(message)
        finally:
            self.hello_timer.cancel()
            if self.connection is not None:
                await asyncio.shield(self.rooms.leave(self.room, self.connection))

    def _wait_for_hello(self) -> None:
        self.hello_timer = self.rooms.loop.call_later(HELLO_TIMEOUT, self._hello_timed_out)

    def _hello_timed_out(self) -> None:
        if self.is_entering:  # hello arrived in time; a slow database is not the client's fault
            self._wait_for_hello()
        elif self.connection is None:
            self.transport.close(CLOSE_NO_ENTRY)

    # ---- parse -------------------------------------------------------------------------------------------

    async def receive(self, message: dict[str, Any]) -> None:
        frame: RawFrame = {}
        try:
            frame = _parsed(message.get("text"))
            if self.connection is None:
                await self._enter(frame)
            else:
                await self._run_command(self.room, self.connection, frame)
        except Refused as refusal:
            self._refuse(frame, refusal)
        except Refusal as refusal:  # of a flow
            self._refuse(frame, Refused("not_now", refusal.code))
        except Exception:  # the outermost handler: the socket stays open
            logger.exception("a command failed: %s", frame.get("do"))
            self._refuse(frame, Refused("unavailable"))

    def _refuse(self, frame: RawFrame, refusal: Refused) -> None:
        self._reply(frame.get("id"), {"error": refusal.code, "detail": refusal.message})
        if refusal.code == "bad_frame" or self.connection is None:
            self.bad_frames += 1
            if self.bad_frames > MAX_BAD_FRAMES:
                self.transport.close(CLOSE_BAD_FRAMES if refusal.code == "bad_frame" else CLOSE_NO_ENTRY)
        elif refusal.code == "too_fast" and not self._tolerates():
            self.transport.close(CLOSE_TOO_FAST)

    def _tolerates(self) -> bool:
        return self.connection is None or self.connection.limits.tolerate(self.rooms.loop.time())

    def _reply(self, number: object, answer: dict[str, Any]) -> None:
        known = number if isinstance(number, int) and not isinstance(number, bool) else None
        if self.transport.backlog() >= HARD_LIMIT:  # sends commands and does not read
            self.transport.close(CLOSE_TOO_SLOW)
        else:
            self.transport.write(Frame(orjson.dumps({"re": known, **answer})))

    # ---- run commands ------------------------------------------------------------------------------------

    async def _run_command(self, room: RoomSession, connection: Connection, frame: RawFrame) -> None:
        name = frame.get("do")
        known = registry.commands.get(name) if isinstance(name, str) else None
        if not connection.limits.allow(known.limit if known is not None else None, self.rooms.loop.time()):
            raise Refused("too_fast")
        if known is None:
            raise Refused("unknown_command" if name != "hello" else "not_now")
        command = _validated(known.shape, frame)
        code = registry.refusal(known.name, connection.context(room.state), room.state)
        if code is not None:
            raise Refused(code)
        answer = await known.handler(room, connection, command)
        self._reply(command.id, {"ok": True, **(answer or {})})

    # ---- join --------------------------------------------------------------------------------------------

    async def _enter(self, frame: RawFrame) -> None:
        self.is_entering = True
        try:
            hello = _hello(frame)
            ticket = tickets.read(hello.ticket)
            if ticket.room != self.scope["url_route"]["kwargs"]["room_id"]:
                raise UnableToJoin("bad_ticket")
            self._release_address()
            room = await self.rooms.enter(ticket.room)
            with self.rooms.expecting(room):
                await self._join(room, ticket, hello.since)
        except UnableToJoin as refusal:
            self.transport.close(CLOSE_OF_REFUSAL.get(refusal.code, CLOSE_NO_ENTRY))
        finally:
            self.is_entering = False

    async def _join(self, room: RoomSession, ticket: Ticket, since: int | None) -> None:
        """Adds the connection to the room before the snapshot is built: no event between the two is missed."""
        connection_state, seq = new_connection_state(), room.state.seq
        admission = await self.rooms.joins.add(join_request_of(ticket, connection_state.id))
        connection = connection_for(ticket, admission, self.transport, connection_state.id)
        try:
            older = await _read_since(room, connection, since)
            meanwhile = [orjson.loads(each.frame) for each in await happened_since(room.state, room.id, seq)]
            participant = registry.catch_up_participant(
                participant_state_for(connection, admission), meanwhile
            )
            room.add(connection, participant, connection_state)
            await asyncio.sleep(0)  # a snapshot is built once for all who join together
        except BaseException:
            await asyncio.shield(self.rooms.leave(room, connection))
            raise
        self.room, self.connection = room, connection
        missed = _missed(room, connection, since, older)
        room.broadcaster.send(
            room.snapshots.welcome(connection, missed, has_asked=since is not None), [connection]
        )
        room.welcome_sent(connection)


Rows = list[DurableFrame]


def _replay_after(room: RoomSession, connection: Connection, since: int) -> int:
    hides = room.state.hides_practice_from(is_attendee=connection.is_attendee)
    return max(since, room.state.practice_until_seq) if hides else since


async def _read_since(room: RoomSession, connection: Connection, since: int | None) -> Rows | None:
    """What is older than the frames in memory, from the journal; None when nothing is, or too much."""
    if since is None or not connection.is_admitted:
        return None
    if since > room.state.seq:  # the client got it from a process that is ahead of this one
        await room.read_missing()
    if room.state.missed_since(_replay_after(room, connection, since)) is not None:
        return None
    rows = await in_database(journal.events_after, room.id, _replay_after(room, connection, since))
    return rows if len(rows) < journal.MOST_MISSED else None


async def happened_since(state: RoomState, room_id: str, seq: int) -> Rows:
    """What the room received since it had this number."""
    newer = state.missed_since(seq)
    if newer is not None:
        return newer
    older = await in_database(journal.events_after, room_id, seq)
    received = [each for each in older if each.seq <= state.seq]
    return received + (state.missed_since(received[-1].seq if received else seq) or [])


def _missed(
    room: RoomSession, connection: Connection, since: int | None, older: Rows | None
) -> list[bytes] | None:
    """All that was missed; None when it is too much and the snapshot replaces everything."""
    if since is None or since > room.state.seq:  # the number is of another room
        return None
    start = older[-1].seq if older else _replay_after(room, connection, since)
    newer = room.state.missed_since(start)
    if newer is None:
        return None
    frames = [each for each in older or () if each.seq <= room.state.seq] + newer
    missed = [each.seen_by(connection) for each in frames]
    return missed if len(page_of(missed)) == len(missed) else None


def _parsed(text: str | None) -> RawFrame:
    """Raises Refused for what is not a JSON object within the limits of size and depth."""
    if text is None:
        raise Refused("bad_frame", "frames are text")
    if len(text) > MAX_FRAME or len(text.encode()) > MAX_FRAME:
        raise Refused("bad_frame", f"at most {MAX_FRAME} bytes")
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        raise Refused("bad_frame", "not JSON") from problem
    if not isinstance(frame, dict):
        raise Refused("bad_frame", "not an object")
    if text.count("{") + text.count("[") > MAX_DEPTH and _depth(frame) > MAX_DEPTH:
        raise Refused("bad_frame", f"nested deeper than {MAX_DEPTH}")
    return frame


def _depth(value: object) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        inner: list[object] = []
        for each in level:
            inner.extend(each.values() if isinstance(each, dict) else each if isinstance(each, list) else ())
        level = inner
    return depth


def _validated(shape: type[Command], frame: RawFrame) -> Command:
    try:
        return shape.model_validate(frame)
    except ValidationError as problem:
        raise Refused("bad_field", _validation_detail(problem)) from problem


def _hello(frame: RawFrame) -> Hello:
    """Raises Refused, and UnableToJoin for what cannot be a ticket."""
    if frame.get("do") != "hello":
        raise Refused("not_allowed", "say hello first")
    try:
        return Hello.model_validate(frame)
    except ValidationError as problem:
        if any(error["loc"][:1] == ("ticket",) for error in problem.errors()):
            raise UnableToJoin("bad_ticket") from problem
        raise Refused("bad_field", _validation_detail(problem)) from problem


def _validation_detail(problem: ValidationError) -> str:
    first = problem.errors(include_url=False, include_context=False, include_input=False)[0]
    location = ".".join(str(part) for part in first["loc"][-1:])
    return f"{location}: {first['msg']}"[:300]


def _is_allowed_origin(scope: Any) -> bool:
    """Pages of other sites may not open the socket (RFC 6455, 10.2). Programs send no Origin and may."""
    origin = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"), None)
    if origin is None:
        return True
    try:
        host = urlsplit(origin).hostname or ""
    except ValueError:  # http://[
        return False
    return validate_host(host, [*settings.ALLOWED_HOSTS, settings.SITE_HOST])
