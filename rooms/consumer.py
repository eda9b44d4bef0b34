"""The door of a live room: understands a frame, lets one command act, answers."""

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
from rooms import journal, tickets
from rooms.admission import UnableToJoin
from rooms.broadcaster import CLOSE_TOO_SLOW, HARD
from rooms.connections import Caller, arrival_of, caller_for, new_connection, occupant_for
from rooms.database import in_database
from rooms.features import registry
from rooms.messages import (
    CLOSE_BAD_FRAMES,
    CLOSE_NO_ENTRY,
    CLOSE_REMOVED,
    CLOSE_TOO_FAST,
    MAX_FRAME,
    Command,
    Hello,
)
from rooms.refusals import Refused
from rooms.room_loader import NoSuchRoom
from rooms.room_session import OpenRoom
from rooms.room_sessions import Rooms, running
from rooms.room_state import page_of
from rooms.tickets import Ticket
from rooms.transport import Frame, Wire, wire_for

logger = logging.getLogger(__name__)

HELLO_WITHIN = 10.0
MOST_STRANGERS = 512  # sockets of one address in this process that have not shown a valid ticket yet
BAD_FRAMES_BORNE = 10
DEEPEST = 32
Unread = dict[str, Any]


class RoomConsumer(AsyncConsumer):  # type: ignore[misc]
    """One socket. Reads in its own task, without a thread or a further task per message; the hub writes."""

    wire: Wire
    rooms: Rooms
    patience: asyncio.TimerHandle
    strangers: ClassVar[Counter[str]] = Counter()
    address: str | None = None  # as long as this socket counts among the strangers
    caller: Caller | None = None
    room: OpenRoom
    is_entering = False
    bad_frames = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope, self.base_send = scope, send
        await receive()  # websocket.connect
        if not _is_from_here(scope) or self.strangers[address_of(scope)] >= MOST_STRANGERS:
            await send({"type": "websocket.close", "code": CLOSE_NO_ENTRY})
            return
        self.address = address_of(scope)
        self.strangers[self.address] += 1
        try:
            await self._serve(receive)
        finally:
            self._is_no_stranger()

    def _is_no_stranger(self) -> None:
        if self.address is not None:
            self.strangers[self.address] -= 1
            if not self.strangers[self.address]:
                del self.strangers[self.address]
            self.address = None

    async def _serve(self, receive: Any) -> None:
        await self.base_send({"type": "websocket.accept"})
        self.wire, self.rooms = wire_for(self.scope, self.base_send), running()
        self._wait_for_hello()
        try:
            while (message := await receive())["type"] != "websocket.disconnect":
                await self.receive(message)
        finally:
            self.patience.cancel()
            if self.caller is not None:
                await asyncio.shield(self.rooms.leave(self.room, self.caller))

    def _wait_for_hello(self) -> None:
        self.patience = self.rooms.loop.call_later(HELLO_WITHIN, self._wait_no_longer)

    def _wait_no_longer(self) -> None:
        if self.is_entering:  # said in time; that the database takes long is not their fault
            self._wait_for_hello()
        elif self.caller is None:
            self.wire.close(CLOSE_NO_ENTRY)

    # ---- understand --------------------------------------------------------------------------------------

    async def receive(self, message: dict[str, Any]) -> None:
        frame: Unread = {}
        try:
            frame = _parsed(message.get("text"))
            if self.caller is None:
                await self._enter(frame)
            else:
                await self._obey(self.room, self.caller, frame)
        except Refused as refusal:
            self._refuse(frame, refusal)
        except Exception:  # the outer edge: the socket lives on, the log has the rest
            logger.exception("a command failed: %s", frame.get("do"))
            self._refuse(frame, Refused("unavailable"))

    def _refuse(self, frame: Unread, refusal: Refused) -> None:
        self._reply(frame.get("id"), {"error": refusal.code, "detail": refusal.detail})
        if refusal.code == "bad_frame" or self.caller is None:
            self.bad_frames += 1
            if self.bad_frames > BAD_FRAMES_BORNE:
                self.wire.close(CLOSE_BAD_FRAMES if refusal.code == "bad_frame" else CLOSE_NO_ENTRY)
        elif refusal.code == "too_fast" and not self._bears():
            self.wire.close(CLOSE_TOO_FAST)

    def _bears(self) -> bool:
        return self.caller is None or self.caller.limits.bear(self.rooms.loop.time())

    def _reply(self, number: object, answer: dict[str, Any]) -> None:
        known = number if isinstance(number, int) and not isinstance(number, bool) else None
        if self.wire.backlog() >= HARD:  # asks and does not read
            self.wire.close(CLOSE_TOO_SLOW)
        else:
            self.wire.write(Frame(orjson.dumps({"re": known, **answer})))

    # ---- obey --------------------------------------------------------------------------------------------

    async def _obey(self, room: OpenRoom, caller: Caller, frame: Unread) -> None:
        name = frame.get("do")
        known = registry.commands.get(name) if isinstance(name, str) else None
        if not caller.limits.allow(known.limit if known is not None else None, self.rooms.loop.time()):
            raise Refused("too_fast")
        if known is None:
            raise Refused("unknown_command" if name != "hello" else "not_now")
        command = _validated(known.shape, frame)
        code = known.rule.refusal(caller.standing(room.scene), room.scene)
        if code is not None:
            raise Refused(code)
        answer = await known.handler(room, caller, command)
        self._reply(command.id, {"ok": True, **(answer or {})})

    # ---- enter -------------------------------------------------------------------------------------------

    async def _enter(self, frame: Unread) -> None:
        self.is_entering = True
        try:
            hello = _hello(frame)
            ticket = tickets.read(hello.ticket)
            if ticket.room != self.scope["url_route"]["kwargs"]["room_id"]:
                raise tickets.UnableToEnter
            self._is_no_stranger()
            room = await self.rooms.enter(ticket.room)
            with self.rooms.expecting(room):
                await self._join(room, ticket, hello.since)
        except (tickets.UnableToEnter, NoSuchRoom):
            self.wire.close(CLOSE_NO_ENTRY)
        except UnableToJoin as refusal:
            self.wire.close(CLOSE_REMOVED if refusal.code == "removed" else CLOSE_NO_ENTRY)
        finally:
            self.is_entering = False

    async def _join(self, room: OpenRoom, ticket: Ticket, since: int | None) -> None:
        """Joins, then looks: between the two nothing is missed, because nothing else runs between them."""
        connection, seq = new_connection(), room.scene.seq
        place = await self.rooms.arrivals.add(arrival_of(ticket, connection.id))
        caller = caller_for(ticket, place, self.wire, connection.id)
        try:
            older = await _read_since(room, caller, since)
            meanwhile = [orjson.loads(frame) for frame in room.scene.missed_since(seq) or ()]
            occupant = registry.bring_up_to_date(occupant_for(caller, place), meanwhile)
            room.add(caller, occupant, connection)
        except BaseException:
            await asyncio.shield(self.rooms.leave(room, caller))
            raise
        self.room, self.caller = room, caller
        missed = _missed(room, caller, since, older)
        room.fanout.send(room.views.welcome(caller, missed, has_asked=since is not None), [caller])
        room.release(caller)


Rows = list[tuple[int, bytes]]


def _start(room: OpenRoom, caller: Caller, since: int) -> int:
    hides = room.scene.hides_practice_from(is_attendee=caller.is_attendee)
    return max(since, room.scene.opened_at_seq) if hides else since


async def _read_since(room: OpenRoom, caller: Caller, since: int | None) -> Rows | None:
    """From the journal what memory does not reach back to; None when it need not, or is too much."""
    if since is None or not caller.is_admitted:
        return None
    if since > room.scene.seq:  # heard in a process that is ahead of this one
        await room.read_missing()
    if room.scene.missed_since(_start(room, caller, since)) is not None:
        return None
    rows = await in_database(journal.after, room.id, _start(room, caller, since))
    return rows if len(rows) < journal.MOST_MISSED else None


def _missed(room: OpenRoom, caller: Caller, since: int | None, older: Rows | None) -> list[bytes] | None:
    """All that was missed; None when it is more than is sent again, and the snapshot replaces everything."""
    if since is None or since > room.scene.seq:  # what has not happened here was heard of another room
        return None
    start = older[-1][0] if older else _start(room, caller, since)
    newer = room.scene.missed_since(start)
    if newer is None:
        return None
    missed = [frame for number, frame in older or () if number <= room.scene.seq] + newer
    return missed if len(page_of(missed)) == len(missed) else None


def _parsed(text: str | None) -> Unread:
    """Raises Refused for whatever is not a JSON object of reasonable size and depth."""
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
    if text.count("{") + text.count("[") > DEEPEST and _depth(frame) > DEEPEST:
        raise Refused("bad_frame", f"nested deeper than {DEEPEST}")
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


def _validated(shape: type[Command], frame: Unread) -> Command:
    try:
        return shape.model_validate(frame)
    except ValidationError as problem:
        raise Refused("bad_field", _in_words(problem)) from problem


def _hello(frame: Unread) -> Hello:
    """Raises Refused, and UnableToEnter for what cannot be a ticket."""
    if frame.get("do") != "hello":
        raise Refused("not_allowed", "say hello first")
    try:
        return Hello.model_validate(frame)
    except ValidationError as problem:
        if any(error["loc"][:1] == ("ticket",) for error in problem.errors()):
            raise tickets.UnableToEnter from problem
        raise Refused("bad_field", _in_words(problem)) from problem


def _in_words(problem: ValidationError) -> str:
    first = problem.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"][-1:])
    return f"{place}: {first['msg']}"[:300]


def _is_from_here(scope: Any) -> bool:
    """A page of another site may not open the socket; a program, which sends no Origin, may: the ticket decides."""
    origin = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"), None)
    if origin is None:
        return True
    try:
        host = urlsplit(origin).hostname or ""
    except ValueError:  # http://[
        return False
    return validate_host(host, [*settings.ALLOWED_HOSTS, settings.SITE_HOST])
