"""The rooms that are open in this process: opened for the first connection, synchronised with the journal and with
other processes, closed some time after the last connection has left.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.utils import timezone

from rooms import admission, bus, journal, presence_records
from rooms.connections import Connection
from rooms.database import Batch, in_database
from rooms.features import registry
from rooms.messages import CLOSE_NO_ENTRY, CLOSE_SIGNED_OUT
from rooms.models.room import Room
from rooms.room_loader import load_room_state
from rooms.room_session import RoomSession

logger = logging.getLogger(__name__)

CHECK_JOURNALS_EVERY = 2.0  # seconds until a message that Redis dropped is read from the journal
HEARTBEAT_EVERY = 10.0
REAUTHORIZE_EVERY = 5.0
CLOSE_EMPTY_AFTER = 30.0
BATCH_EVERY = 0.25  # seconds: joins and departures within them are written together
MANY_JOINS = 128  # do not wait for more
MEDIA_AT_ONCE = 8  # concurrent requests to the media server


class RoomSessions:
    """One per process, on the loop of its sockets."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.open: dict[str, RoomSession] = {}
        self._opening: dict[str, asyncio.Task[RoomSession]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._media_semaphore = asyncio.Semaphore(MEDIA_AT_ONCE)
        self.bus = bus.Bus(self._receive, self._reconnected, settings.REDIS_URL)
        self.joins: Batch[admission.JoinRequest, admission.Admission] = Batch(
            lambda requests: admission.join_many(requests=requests, now=timezone.now()),
            min_interval=BATCH_EVERY,
            many=MANY_JOINS,
        )
        self.departures: Batch[str, None] = Batch(_end_presences, min_interval=BATCH_EVERY)

    def start(self) -> None:
        self.bus.start()
        bus.running = self.bus
        self.spawn(self._every(CHECK_JOURNALS_EVERY, self._check_journals))
        self.spawn(self._every(HEARTBEAT_EVERY, self._heartbeat))
        self.spawn(self._every(REAUTHORIZE_EVERY, self._refresh_all))

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Runs a task beside the sockets; its failure is logged."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("a background task failed", exc_info=task.exception())

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await work()
            except Exception:  # the outermost handler: the next round tries again
                logger.exception("a background task failed, again in %s s", seconds)

    # ---- opening and closing -----------------------------------------------------------------------------

    async def enter(self, room_id: str) -> RoomSession:
        """Subscribes to the room's channel, then loads it. Raises UnableToJoin."""
        opening = self._opening.get(room_id)
        if opening is None:
            room = self.open.get(room_id)
            if room is not None:
                return room
            opening = self._opening[room_id] = self.loop.create_task(self._open(room_id))
        return await asyncio.shield(opening)

    async def _open(self, room_id: str) -> RoomSession:
        room = RoomSession(room_id, self.bus, self.spawn)
        self.open[room_id] = room  # receives from now on; messages that arrive before it is loaded are queued
        try:
            await self.bus.subscribe(room_id)
            room.begin(await in_database(load_room_state, room_id))
        except BaseException:
            self._drop(room)
            raise
        finally:
            self._opening.pop(room_id, None)
        return room

    def _drop(self, room: RoomSession) -> None:
        del self.open[room.id]
        self.spawn(self._unsubscribe(room.id))

    async def _unsubscribe(self, room_id: str) -> None:
        if room_id not in self.open:
            await self.bus.unsubscribe(room_id)

    @contextmanager
    def expecting(self, room: RoomSession) -> Iterator[None]:
        """Keeps the room open while a connection joins."""
        room.expected += 1
        try:
            yield
        finally:
            room.expected -= 1
            self._close_later(room)

    async def leave(self, room: RoomSession, connection: Connection) -> None:
        room.remove(connection)
        self._close_later(room)
        try:
            await self.departures.add(connection.id)
        finally:
            # After the presence: `media_rights` would find the right of who comes back in between.
            if connection.has_media:
                connection.has_media = False
                self.spawn(self._end_media(room, connection))

    async def _end_media(self, room: RoomSession, connection: Connection) -> None:
        async with self._media_semaphore:
            await room.end_media(connection)

    def _close_later(self, room: RoomSession) -> None:
        if room.is_empty:
            self.loop.call_later(CLOSE_EMPTY_AFTER, self._close_if_empty, room)

    def _close_if_empty(self, room: RoomSession) -> None:
        if room.is_empty and self.open.get(room.id) is room:
            self._drop(room)

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

    def _control(self, room: RoomSession, header: bus.Header) -> None:
        kind = header["k"]
        if kind == "close_session":
            connections = [each for each in room.connections() if each.ticket.session == header["session"]]
        else:
            connections = [each for each in room.connections() if each.ticket.person == header["person"]]
        if kind in {"close_person", "close_session"}:
            for connection in connections:
                code = int(header.get("code", CLOSE_NO_ENTRY))
                # A guest was never signed in here and may reconnect by the personal link.
                is_guest = code == CLOSE_SIGNED_OUT and not connection.ticket.signed_in
                connection.transport.close(CLOSE_NO_ENTRY if is_guest else code)
        elif kind == "reauthorize_person" and connections:
            self.spawn(room.reauthorize(connections))

    def _reconnected(self) -> None:
        for room in self.open.values():
            if room.has_begun:
                room.synchronise()

    # ---- synchronisation ---------------------------------------------------------------------------------

    async def _check_journals(self) -> None:
        rooms = {
            room.id: room for room in self.open.values() if room.has_begun and room.broadcaster.subscribers
        }
        if not rooms:
            return
        numbers = await in_database(journal.last_seqs, list(rooms))
        for room_id, seq in numbers.items():
            if seq > rooms[room_id].state.seq:
                rooms[room_id].catch_up()

    async def _heartbeat(self) -> None:
        rooms = [room for room in self.open.values() if room.has_begun]
        connections = self._present()
        if connections:
            await in_database(
                presence_records.keep_alive,
                process=bus.PROCESS,
                connections=list(connections),
                now=timezone.now(),
            )
            for connection in connections - self._present():  # left while keep_alive may have reopened it
                await self.departures.add(connection)
        for room in rooms:
            room.presences.send_heartbeat()

    def _present(self) -> set[str]:
        """Admitted connections: those in the waiting room are not present."""
        subscribers = [
            subscriber for room in self.open.values() for subscriber in room.broadcaster.subscribers.values()
        ]
        return {subscriber.id for subscriber in subscribers if subscriber.is_admitted}

    async def _refresh_all(self) -> None:
        for room in self.open.values():
            if room.has_begun and room.broadcaster.subscribers:
                self.spawn(self._refresh(room))

    async def _refresh(self, room: RoomSession) -> None:
        try:
            await room.refresh_and_reauthorize()
            registry.watch(room, timezone.now())
        except Room.DoesNotExist:
            room.close_all(CLOSE_NO_ENTRY)


def _end_presences(connections: list[str]) -> list[None]:
    presence_records.leave(connections=connections, now=timezone.now())
    return [None] * len(connections)


_running: RoomSessions | None = None


def running() -> RoomSessions:
    """The rooms of this process: started with its first socket, and anew on another event loop."""
    global _running  # noqa: PLW0603 - one per process
    if _running is None or _running.loop is not asyncio.get_running_loop():
        _running = RoomSessions()
        _running.start()
    return _running
