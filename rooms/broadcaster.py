"""The connections of this process by room: fan-out, coalescing, back-pressure. Knows no model and awaits nobody."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import orjson

from rooms.transport import Frame, Wire

SOFT = 256 * 1024  # bytes unread by a client: from here on it misses what is ephemeral
HARD = 4 * 1024 * 1024  # here it is cut off; it may come back and ask since
GATHER = 0.025  # seconds that a busy room gathers
LARGEST_ARRAY = 60 * 1024
CLOSE_TOO_SLOW = 1013


@dataclass(eq=False)
class Member:
    """One connection in a room. `seq` is the number of the newest durable event it has."""

    connection: str
    person: str
    wire: Wire
    is_host: bool = False
    is_admitted: bool = True
    seq: int = 0
    is_behind: bool = False
    is_holding: bool = field(default=True)  # until its welcome has gone out


@dataclass(frozen=True)
class Outgoing:
    """One event on its way to a room; `seq` is None when it is ephemeral."""

    seq: int | None
    payload: bytes
    to_waiting: bool = False


Choice = Callable[[Member], bool]


class Fanout:
    """One room's connections in this process. An idle room sends at once; a busy one gathers into an array."""

    def __init__(self) -> None:
        self.members: dict[str, Member] = {}
        self._gathered: list[Outgoing] = []
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, member: Member) -> None:
        self.members[member.connection] = member

    def discard(self, connection: str) -> Member | None:
        return self.members.pop(connection, None)

    def broadcast(self, outgoing: Outgoing) -> None:
        if self._size + len(outgoing.payload) > LARGEST_ARRAY:
            self._flush()
        self._gathered.append(outgoing)
        self._size += len(outgoing.payload) + 1
        if self._timer is None:
            self._flush()
            self._timer = asyncio.get_running_loop().call_later(GATHER, self._after_gathering)

    def send(self, payload: bytes, members: Iterable[Member]) -> None:
        """To some, at once, and behind all that was said to the room before."""
        self._flush()
        frame = Frame(payload)
        for member in list(members):
            if member.wire.backlog() < HARD:
                member.wire.write(frame)
            else:
                member.wire.close(CLOSE_TOO_SLOW)

    def send_where(self, payload: bytes, choice: Choice) -> None:
        self.send(payload, [member for member in self.members.values() if choice(member)])

    def flush(self) -> None:
        self._flush()

    def _after_gathering(self) -> None:
        self._timer = None
        if self._gathered:
            self._flush()
            self._timer = asyncio.get_running_loop().call_later(GATHER, self._after_gathering)

    def _flush(self) -> None:
        if not self._gathered:
            return
        batch, self._gathered, self._size = self._gathered, [], 0
        first = min((event.seq for event in batch if event.seq is not None), default=None)
        last = max((event.seq for event in batch if event.seq is not None), default=None)
        frame = _frame(batch)
        waiting = [event for event in batch if event.to_waiting]
        for member in list(self.members.values()):
            if member.is_holding:
                continue
            if not member.is_admitted:
                self._write_some(member, waiting)
            elif (
                (first is not None and member.seq >= first)
                or member.wire.backlog() > SOFT
                or member.is_behind
            ):
                self._write_fitting(member, batch)
            else:
                member.wire.write(frame)
                if last is not None:
                    member.seq = last

    def _write_fitting(self, member: Member, batch: list[Outgoing]) -> None:
        """For a connection that has some of it already, or cannot take it all."""
        backlog = member.wire.backlog()
        if backlog > HARD:
            member.wire.close(CLOSE_TOO_SLOW)
            return
        lags = backlog > SOFT
        member.is_behind = member.is_behind or lags
        new = [event for event in batch if (not lags if event.seq is None else event.seq > member.seq)]
        self._write_some(member, new)
        member.seq = max([member.seq, *(event.seq for event in new if event.seq is not None)])
        if member.is_behind and not lags:
            member.is_behind = False
            member.wire.write(Frame(orjson.dumps({"ev": "resync", "seq": member.seq})))

    def _write_some(self, member: Member, events: list[Outgoing]) -> None:
        if events:
            member.wire.write(_frame(events))


def _frame(events: list[Outgoing]) -> Frame:
    if len(events) == 1:
        return Frame(events[0].payload)
    return Frame(b"[" + b",".join(event.payload for event in events) + b"]")


class Hub:
    """All rooms of this process."""

    def __init__(self) -> None:
        self.rooms: dict[str, Fanout] = {}

    def room(self, room_id: str) -> Fanout:
        return self.rooms.setdefault(room_id, Fanout())

    @property
    def connections(self) -> int:
        return sum(len(room.members) for room in self.rooms.values())

    def drop(self, room_id: str) -> None:
        self.rooms.pop(room_id, None)


hub = Hub()
