"""The rooms that are open in this process: opened with the first who enters, kept in step with the journal and with
other processes, closed some time after the last has left.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.utils import timezone

from rooms import admission, bus, journal, presence_records
from rooms.broadcaster import hub
from rooms.connections import Caller
from rooms.database import Batch, in_database
from rooms.features import registry
from rooms.messages import CLOSE_NO_ENTRY, CLOSE_SIGNED_OUT
from rooms.models.room import Room
from rooms.room_loader import read_scene
from rooms.room_session import OpenRoom

logger = logging.getLogger(__name__)

CHECKED_EVERY = 2.0  # seconds until a frame that Redis lost is read from the journal
RENEWED_EVERY = 10.0
LOOKED_AGAIN_EVERY = 5.0
KEPT_FOR = 30.0
GATHERED = 0.25  # seconds: who comes or goes within them is written together
MEDIA_AT_ONCE = 8  # requests to the media server, when many leave at once


class Rooms:
    """One per process, on the loop of its sockets."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.open: dict[str, OpenRoom] = {}
        self._opening: dict[str, asyncio.Task[OpenRoom]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._turns_of_media = asyncio.Semaphore(MEDIA_AT_ONCE)
        self.bus = bus.Bus(self._receive, self._reconnected, settings.REDIS_URL)
        self.arrivals: Batch[admission.Arrival, admission.Place] = Batch(
            lambda arrivals: admission.join_many(arrivals=arrivals, now=timezone.now()), apart=GATHERED
        )
        self.departures: Batch[str, None] = Batch(_end_presences, apart=GATHERED)

    def start(self) -> None:
        self.bus.start()
        bus.running = self.bus
        self.spawn(self._every(CHECKED_EVERY, self._check_journals))
        self.spawn(self._every(RENEWED_EVERY, self._renew))
        self.spawn(self._every(LOOKED_AGAIN_EVERY, self._look_again_everywhere))

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Runs beside the sockets; what goes wrong is logged."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("work beside the rooms failed", exc_info=task.exception())

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await work()
            except Exception:  # the outer edge of this process's own work: the next round tries again
                logger.exception("work beside the rooms failed, again in %s s", seconds)

    # ---- opening and closing -----------------------------------------------------------------------------

    async def enter(self, room_id: str) -> OpenRoom:
        """The room, heard from other processes first and read from the database then. Raises NoSuchRoom."""
        opening = self._opening.get(room_id)
        if opening is None:
            room = self.open.get(room_id)
            if room is not None:
                return room
            opening = self._opening[room_id] = self.loop.create_task(self._open(room_id))
        return await asyncio.shield(opening)

    async def _open(self, room_id: str) -> OpenRoom:
        room = OpenRoom(room_id, hub.room(room_id), self.bus, self.spawn)
        self.open[room_id] = room  # hears from now on; what comes before it is read is kept
        try:
            await self.bus.subscribe(room_id)
            room.begin(await in_database(read_scene, room_id))
        except BaseException:
            self._forget(room)
            raise
        finally:
            self._opening.pop(room_id, None)
        return room

    def _forget(self, room: OpenRoom) -> None:
        del self.open[room.id]
        hub.drop(room.id)
        self.spawn(self._hear_no_more_of(room.id))

    async def _hear_no_more_of(self, room_id: str) -> None:
        if room_id not in self.open:
            await self.bus.unsubscribe(room_id)

    @contextmanager
    def expecting(self, room: OpenRoom) -> Iterator[None]:
        """Somebody is on the way in: until they are, the room is not closed."""
        room.expected += 1
        try:
            yield
        finally:
            room.expected -= 1
            self._close_later(room)

    async def leave(self, room: OpenRoom, caller: Caller) -> None:
        room.remove(caller)
        self._close_later(room)
        if caller.has_media:
            caller.has_media = False
            self.spawn(self._end_media(room, caller))
        await self.departures.add(caller.connection)

    async def _end_media(self, room: OpenRoom, caller: Caller) -> None:
        async with self._turns_of_media:
            await room.end_media(caller)

    def _close_later(self, room: OpenRoom) -> None:
        if room.is_empty:
            self.loop.call_later(KEPT_FOR, self._close_if_empty, room)

    def _close_if_empty(self, room: OpenRoom) -> None:
        if room.is_empty and self.open.get(room.id) is room:
            self._forget(room)

    # ---- other processes ---------------------------------------------------------------------------------

    def _receive(self, room_id: str, header: bus.Header, payload: bytes) -> None:
        if room_id:
            room = self.open.get(room_id)
            if room is not None:
                room.receive(header, payload)
            return
        for room in list(self.open.values()):
            if header.get("room") in {"", room.id}:
                self._control(room, header)

    def _control(self, room: OpenRoom, header: bus.Header) -> None:
        kind = header["k"]
        if kind == "close_session":
            callers = [each for each in room.callers() if each.ticket.session == header["session"]]
        else:
            callers = [each for each in room.callers() if each.ticket.person == header["person"]]
        if kind in {"close_person", "close_session"}:
            for caller in callers:
                code = int(header.get("code", CLOSE_NO_ENTRY))
                # Who came by a personal link was not signed in here, and comes back by it.
                is_guest = code == CLOSE_SIGNED_OUT and not caller.ticket.signed_in
                caller.wire.close(CLOSE_NO_ENTRY if is_guest else code)
        elif kind == "refresh_person" and callers:
            self.spawn(room.look_again(callers))

    def _reconnected(self) -> None:
        for room in self.open.values():
            if room.has_begun:
                room.catch_up()
                room.ask_who_is_there()

    # ---- kept in step ------------------------------------------------------------------------------------

    async def _check_journals(self) -> None:
        rooms = {room.id: room for room in self.open.values() if room.has_begun and room.fanout.members}
        if not rooms:
            return
        numbers = await in_database(journal.last_numbers, list(rooms))
        for room_id, seq in numbers.items():
            if seq > rooms[room_id].scene.seq:
                rooms[room_id].catch_up()

    async def _renew(self) -> None:
        rooms = [room for room in self.open.values() if room.has_begun]
        connections = self._present()
        if connections:
            await in_database(
                presence_records.keep_alive,
                process=bus.PROCESS,
                connections=list(connections),
                now=timezone.now(),
            )
            for connection in connections - self._present():  # its end may have been taken for a loss
                await self.departures.add(connection)
        for room in rooms:
            room.give_sign_of_life()

    def _present(self) -> set[str]:
        """Connections that are in; who waits to be let in is not present."""
        members = [member for room in self.open.values() for member in room.fanout.members.values()]
        return {member.connection for member in members if member.is_admitted}

    async def _look_again_everywhere(self) -> None:
        for room in self.open.values():
            if room.has_begun and room.fanout.members:
                self.spawn(self._look_again(room))

    async def _look_again(self, room: OpenRoom) -> None:
        try:
            await room.look_again_at_all()
            registry.watch(room, timezone.now())
        except Room.DoesNotExist:
            room.close_all(CLOSE_NO_ENTRY)


def _end_presences(connections: list[str]) -> list[None]:
    presence_records.leave(connections=connections, now=timezone.now())
    return [None] * len(connections)


_running: Rooms | None = None


def running() -> Rooms:
    """The rooms of this process; begun with the first socket, again when the server's loop is another one."""
    global _running  # noqa: PLW0603 - one per process
    if _running is None or _running.loop is not asyncio.get_running_loop():
        _running = Rooms()
        _running.start()
    return _running
