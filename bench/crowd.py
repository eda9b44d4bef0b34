"""The load client: many people in one room on one core, who take turns to write and count what they receive."""

import asyncio
import contextlib
import json
import os
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

MARK = re.compile(rb"@@(\d{8})T(\d{19})")
NEWEST = 64  # payloads whose marks are remembered
ADDRESSES = 20  # that the crowd comes from: the product limits how many of one are not known yet
SAMPLED = 16  # every how many deliveries the latency of one is measured
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Count:
    """What the crowd has received since the last `begin`."""

    size: int
    sent: int = 0
    first: int = 0
    deliveries: int = 0
    octets: int = 0
    refused: int = 0
    heard: dict[int, int] = field(default_factory=dict)
    whole: int = 0
    sampled: int = SAMPLED
    latencies: list[float] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    marks: dict[bytes, list[tuple[int, int]]] = field(default_factory=dict)  # of the newest payloads

    def begin(self) -> None:
        self.first, self.deliveries, self.octets, self.whole = self.sent, 0, 0, 0
        self.latencies.clear()
        self.heard.clear()
        self.marks.clear()

    @property
    def under_way(self) -> int:
        return self.sent - self.first - self.whole

    def hear(self, payload: bytes) -> None:
        self.octets += len(payload)
        for key, moment in self._marks_of(payload):
            if key < self.first:
                continue
            self.deliveries += 1
            if self.deliveries % self.sampled == 0:
                self.latencies.append((time.monotonic_ns() - moment) / 1e6)
            heard = self.heard.get(key, 0) + 1
            self.heard[key] = heard
            if heard == self.size:
                self.whole += 1
                self.changed.set()

    def _marks_of(self, payload: bytes) -> list[tuple[int, int]]:
        """Everybody gets the same bytes: they are searched once, so that the client is not what limits the server."""
        found = self.marks.get(payload)
        if found is None:
            if len(self.marks) >= NEWEST:
                del self.marks[next(iter(self.marks))]
            found = self.marks[payload] = [(int(number), int(at)) for number, at in MARK.findall(payload)]
        return found


@dataclass(frozen=True)
class Dialect:
    """How a client of one of the servers writes a message, and what it answers to a sign of life."""

    message: Callable[[int, str], bytes]
    answers: dict[bytes, bytes] = field(default_factory=dict)


def _command(number: int, text: str) -> bytes:
    return json.dumps({"id": number, "do": "chat.send", "text": text}).encode()


ROOM_PROTOCOL = Dialect(_command)
# Engine.IO's ping is 2 and its pong 3; 42 is an event of Socket.IO.
SOCKET_IO = Dialect(
    lambda _number, text: b"42" + json.dumps(["chat.send", {"text": text}]).encode(), {b"2": b"3"}
)


class Person(WSListener):
    def __init__(self, count: Count, dialect: Dialect) -> None:
        super().__init__()
        self.count, self.dialect = count, dialect
        self.welcomed = asyncio.get_running_loop().create_future()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, _transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            raise RuntimeError(f"the server closed with {frame.get_close_code()}")
        if frame.msg_type != WSMsgType.TEXT:
            return
        payload = frame.get_payload_as_bytes()
        if payload in self.dialect.answers:
            self.transport.send(WSMsgType.TEXT, self.dialect.answers[payload])
            return
        if not self.welcomed.done() and b'"welcome"' in payload:
            self.welcomed.set_result(None)
        if b'"error"' in payload:
            self.count.refused += 1
        self.count.hear(payload)

    def say(self, text_length: int) -> None:
        mark = f"@@{self.count.sent:08d}T{time.monotonic_ns():019d}"
        text = mark + "x" * (text_length - len(mark))
        self.count.sent += 1
        self.transport.send(WSMsgType.TEXT, self.dialect.message(self.count.sent, text))


@dataclass(frozen=True)
class Measured:
    deliveries_per_second: float
    cpu_us_per_delivery: float
    p50_ms: float
    p99_ms: float
    octets_per_delivery: float
    lost: int


@dataclass(frozen=True)
class Joined:
    """How long it took until all were in, the server's CPU for each, and its memory for each."""

    seconds: float
    cpu_ms_each: float
    kib_each: float


def resident_kib(pids: Sequence[int]) -> int:
    return sum(_resident_kib(pid) for pid in pids)


def _resident_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS:")))


def cpu_seconds(pids: Sequence[int]) -> float:
    return sum(_cpu_seconds(pid) for pid in pids)


def _cpu_seconds(pid: int) -> float:
    with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123 - read thousands of times in no other benchmark either
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Crowd:
    """Connects, is measured calm (a fixed rate) and busy (as fast as possible), and disconnects."""

    def __init__(
        self, url: str, pids: Sequence[int], text_length: int, dialect: Dialect = ROOM_PROTOCOL
    ) -> None:
        self.url, self.pids, self.text_length, self.dialect = url, pids, text_length, dialect
        self.people: list[Person] = []
        self.count = Count(0)

    async def enter(self, hellos: Sequence[bytes | None]) -> None:
        """Fifty at a time."""
        for start in range(0, len(hellos), 50):
            await self.enter_together(hellos[start : start + 50])
        await asyncio.sleep(1.5)

    async def enter_at_once(self, hellos: Sequence[bytes | None]) -> Joined:
        cpu, resident, started = cpu_seconds(self.pids), resident_kib(self.pids), time.monotonic()
        await self.enter_together(hellos)
        seconds = time.monotonic() - started
        cpu = cpu_seconds(self.pids) - cpu
        await asyncio.sleep(3)  # what a join brings about later is over
        kib = resident_kib(self.pids) - resident
        return Joined(seconds, 1000 * cpu / len(hellos), kib / len(hellos))

    async def enter_together(self, hellos: Sequence[bytes | None]) -> None:
        entering = (self._enter(hello, place % ADDRESSES) for place, hello in enumerate(hellos))
        self.people += await asyncio.gather(*entering)
        self.count.size = len(self.people)

    async def _enter(self, hello: bytes | None, address: int) -> Person:
        transport, person = await ws_connect(
            lambda: Person(self.count, self.dialect),
            self.url,
            extra_headers={"Origin": self.url.replace("ws", "http", 1)},
            local_addr=(f"127.0.0.{2 + address}", 0),
        )
        if hello is not None:
            transport.send(WSMsgType.TEXT, hello)
        await asyncio.wait_for(person.welcomed, 60)
        return person

    async def vanish(self, people: int) -> None:
        """So many cut their connections without a word, as at a change of network."""
        for person in self.people[:people]:
            person.transport.disconnect(graceful=False)
        del self.people[:people]
        self.count.size = len(self.people)

    def stall(self, every: int) -> None:
        """One of every so many people reads no more; the others are measured."""
        for person in self.people[::every]:
            person.transport.underlying_transport.pause_reading()
        self.people = [person for place, person in enumerate(self.people) if place % every]
        self.count.size = len(self.people)

    async def leave(self) -> None:
        for person in self.people:
            person.transport.disconnect()
        self.people.clear()
        await asyncio.sleep(0.5)

    def _say(self) -> None:
        self.people[self.count.sent % len(self.people)].say(self.text_length)

    async def calm(self, rate: float, seconds: float) -> Measured:
        async def speak() -> None:
            loop = asyncio.get_running_loop()
            following, end = loop.time(), loop.time() + seconds
            while following < end:
                self._say()
                following += 1 / rate
                await asyncio.sleep(max(0, following - loop.time()))

        return await self._measure(speak)

    async def busy(self, window: int, seconds: float) -> Measured:
        """Keeps `window` messages in flight, each until everybody has received it."""

        async def speak() -> None:
            loop = asyncio.get_running_loop()
            end = loop.time() + seconds
            while loop.time() < end:
                while self.count.under_way < window:
                    self._say()
                self.count.changed.clear()
                await asyncio.wait_for(self.count.changed.wait(), 10)

        return await self._measure(speak)

    async def _measure(self, speak: Callable[[], Awaitable[None]]) -> Measured:
        count = self.count
        count.begin()
        started, cpu = time.monotonic(), cpu_seconds(self.pids)
        with contextlib.suppress(TimeoutError):  # lost messages are counted below
            await speak()
        give_up = time.monotonic() + 5
        while count.under_way and time.monotonic() < give_up:  # noqa: ASYNC110 - costs less than an event each time
            await asyncio.sleep(0.01)
        elapsed, cpu = time.monotonic() - started, cpu_seconds(self.pids) - cpu
        if count.refused:
            raise RuntimeError(
                f"{count.refused} messages were refused: the crowd speaks faster than the room allows"
            )
        cuts = quantiles(count.latencies, n=100)
        return Measured(
            deliveries_per_second=count.deliveries / elapsed,
            cpu_us_per_delivery=cpu / count.deliveries * 1e6,
            p50_ms=cuts[49],
            p99_ms=cuts[98],
            octets_per_delivery=count.octets / count.deliveries,
            lost=(count.sent - count.first) * count.size - count.deliveries,
        )
