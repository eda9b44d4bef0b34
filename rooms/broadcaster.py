"""Broadcasting to the connections of this process: coalescing and back-pressure. No database, nothing awaited."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import orjson

from rooms.audience import Audience, withheld
from rooms.transport import Frame, Transport

SOFT_LIMIT = 256 * 1024  # unread bytes above which ephemeral events are skipped
HARD_LIMIT = 4 * 1024 * 1024  # above it the connection is closed; the client reconnects with `since`
COALESCE_FOR = 0.025  # seconds
LARGEST_ARRAY = 60 * 1024
CLOSE_TOO_SLOW = 1013


@dataclass(eq=False)
class Subscriber:
    """One connection in a room. `seq` is the number of the newest durable event it has."""

    id: str
    person: str
    transport: Transport
    is_host: bool = False
    is_admitted: bool = True
    seq: int = 0
    is_behind: bool = False
    awaiting_welcome: bool = field(default=True)


@dataclass(frozen=True)
class Outgoing:
    """An event to be broadcast; `seq` is None when it is ephemeral. Without an audience everybody gets it."""

    seq: int | None
    payload: bytes
    to_waiting: bool = False
    audience: Audience | None = None

    def is_for(self, subscriber: Subscriber) -> bool:
        return self.audience is None or self.audience.includes(subscriber)

    def withheld(self) -> "Outgoing":
        """What the others get in its place."""
        return Outgoing(self.seq, withheld(self.seq or 0))


Predicate = Callable[[Subscriber], bool]


class Broadcaster:
    """One room's connections. An idle room sends at once; a busy one gathers events into an array."""

    def __init__(self) -> None:
        self.subscribers: dict[str, Subscriber] = {}
        self._pending: list[Outgoing] = []
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None
        self._busy_until = 0.0

    def add(self, subscriber: Subscriber) -> None:
        self.subscribers[subscriber.id] = subscriber

    def discard(self, connection_id: str) -> Subscriber | None:
        return self.subscribers.pop(connection_id, None)

    def broadcast(self, outgoing: Outgoing) -> None:
        if self._size + len(outgoing.payload) > LARGEST_ARRAY:
            self.flush()
        self._pending.append(outgoing)
        self._size += len(outgoing.payload) + 1
        if self._timer is None:
            loop = asyncio.get_running_loop()
            if loop.time() < self._busy_until:
                self._timer = loop.call_at(self._busy_until, self._coalescing_ended)
            else:
                self._flush_and_gather(loop.time())

    def send(self, payload: bytes, subscribers: Iterable[Subscriber]) -> None:
        """To these subscribers at once, after everything broadcast before."""
        self.flush()
        frame = Frame(payload)
        for subscriber in list(subscribers):
            if subscriber.transport.backlog() < HARD_LIMIT:
                subscriber.transport.write(frame)
            else:
                subscriber.transport.close(CLOSE_TOO_SLOW)

    def send_to_hosts(self, payload: bytes) -> None:
        self.send_where(payload, lambda subscriber: subscriber.is_host and not subscriber.awaiting_welcome)

    def send_where(self, payload: bytes, predicate: Predicate) -> None:
        self.send(payload, [subscriber for subscriber in self.subscribers.values() if predicate(subscriber)])

    def _coalescing_ended(self) -> None:
        self._timer = None
        if self._pending:
            self._flush_and_gather(asyncio.get_running_loop().time())

    def _flush_and_gather(self, now: float) -> None:
        self.flush()
        self._busy_until = now + COALESCE_FOR

    def flush(self) -> None:
        if not self._pending:
            return
        batch, self._pending, self._size = self._pending, [], 0
        first = min((event.seq for event in batch if event.seq is not None), default=None)
        last = max((event.seq for event in batch if event.seq is not None), default=None)
        frames = BatchFrames(batch)
        waiting = [event for event in batch if event.to_waiting]
        for subscriber in list(self.subscribers.values()):
            if subscriber.awaiting_welcome:
                continue
            if not subscriber.is_admitted:
                self._write_some(subscriber, waiting)
            elif (
                (first is not None and subscriber.seq >= first)
                or subscriber.transport.backlog() > SOFT_LIMIT
                or subscriber.is_behind
            ):
                self._write_fitting(subscriber, batch)
            else:
                subscriber.transport.write(frames.for_subscriber(subscriber))
                if last is not None:
                    subscriber.seq = last

    def _write_fitting(self, subscriber: Subscriber, batch: list[Outgoing]) -> None:
        """For a connection that has some of the batch already, or is too slow for all of it."""
        backlog = subscriber.transport.backlog()
        if backlog > HARD_LIMIT:
            subscriber.transport.close(CLOSE_TOO_SLOW)
            return
        lags = backlog > SOFT_LIMIT
        subscriber.is_behind = subscriber.is_behind or lags
        new = [
            event if event.is_for(subscriber) else event.withheld()
            for event in batch
            if (not lags if event.seq is None else event.seq > subscriber.seq)
        ]
        self._write_some(subscriber, new)
        subscriber.seq = max([subscriber.seq, *(event.seq for event in new if event.seq is not None)])
        if subscriber.is_behind and not lags:
            subscriber.is_behind = False
            subscriber.transport.write(Frame(orjson.dumps({"ev": "resync", "seq": subscriber.seq})))

    def _write_some(self, subscriber: Subscriber, events: list[Outgoing]) -> None:
        if events:
            subscriber.transport.write(_frame(events))


class BatchFrames:
    """The frames of a batch, each built once for all who get the same of it."""

    def __init__(self, batch: list[Outgoing]) -> None:
        self._batch = batch
        self._is_for_everybody = all(event.audience is None for event in batch)
        self._built: dict[tuple[bool, ...], Frame] = {}

    def for_subscriber(self, subscriber: Subscriber) -> Frame:
        if self._is_for_everybody:
            return self._frame_of(())
        return self._frame_of(tuple(event.is_for(subscriber) for event in self._batch))

    def _frame_of(self, seen: tuple[bool, ...]) -> Frame:
        if seen not in self._built:
            shown = seen or (True,) * len(self._batch)
            events = zip(self._batch, shown, strict=True)
            self._built[seen] = _frame([each if is_seen else each.withheld() for each, is_seen in events])
        return self._built[seen]


def _frame(events: list[Outgoing]) -> Frame:
    if len(events) == 1:
        return Frame(events[0].payload)
    return Frame(b"[" + b",".join(event.payload for event in events) + b"]")
