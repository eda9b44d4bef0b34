"""The load client: many people in one room on one core, who take turns to write and count what they receive."""

import asyncio
import contextlib
import json
import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import quantiles

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

MARK = re.compile(rb"@@(\d{8})T(\d{19})")
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
    latencies: list[float] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self) -> None:
        self.first, self.deliveries, self.octets, self.whole = self.sent, 0, 0, 0
        self.latencies.clear()
        self.heard.clear()

    @property
    def under_way(self) -> int:
        return self.sent - self.first - self.whole

    def hear(self, payload: bytes) -> None:
        self.octets += len(payload)
        for number, moment in MARK.findall(payload):
            key = int(number)
            if key < self.first:
                continue
            self.deliveries += 1
            if self.deliveries % SAMPLED == 0:
                self.latencies.append((time.monotonic_ns() - int(moment)) / 1e6)
            heard = self.heard.get(key, 0) + 1
            self.heard[key] = heard
            if heard == self.size:
                self.whole += 1
                self.changed.set()


class Person(WSListener):
    def __init__(self, count: Count) -> None:
        super().__init__()
        self.count = count
        self.welcomed = asyncio.get_running_loop().create_future()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, _transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            raise RuntimeError(f"the server closed with {frame.get_close_code()}")
        if frame.msg_type != WSMsgType.TEXT:
            return
        payload = frame.get_payload_as_bytes()
        if not self.welcomed.done() and b'"welcome"' in payload:
            self.welcomed.set_result(None)
        if b'"error"' in payload:
            self.count.refused += 1
        self.count.hear(payload)

    def say(self, text_length: int) -> None:
        mark = f"@@{self.count.sent:08d}T{time.monotonic_ns():019d}"
        text = mark + "x" * (text_length - len(mark))
        self.count.sent += 1
        said = json.dumps({"id": self.count.sent, "do": "chat.send", "text": text})
        self.transport.send(WSMsgType.TEXT, said.encode())


@dataclass(frozen=True)
class Measured:
    deliveries_per_second: float
    cpu_us_per_delivery: float
    p50_ms: float
    p99_ms: float
    octets_per_delivery: float
    lost: int


def cpu_seconds(pid: int) -> float:
    with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123 - read thousands of times in no other benchmark either
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Crowd:
    """Connects, is measured calm (a fixed rate) and busy (as fast as possible), and disconnects."""

    def __init__(self, url: str, pid: int, text_length: int) -> None:
        self.url, self.pid, self.text_length = url, pid, text_length
        self.people: list[Person] = []

    async def enter(self, hellos: Sequence[bytes | None]) -> None:
        self.count = Count(len(hellos))
        for start in range(0, len(hellos), 50):
            await asyncio.gather(*(self._enter(hello) for hello in hellos[start : start + 50]))
        await asyncio.sleep(1.5)

    async def _enter(self, hello: bytes | None) -> None:
        _transport, person = await ws_connect(
            lambda: Person(self.count), self.url, extra_headers={"Origin": self.url.replace("ws", "http", 1)}
        )
        if hello is not None:
            person.transport.send(WSMsgType.TEXT, hello)
        await asyncio.wait_for(person.welcomed, 30)
        self.people.append(person)

    async def leave(self) -> None:
        for person in self.people:
            person.transport.disconnect()
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

    async def _measure(self, speak: "Speak") -> Measured:
        count = self.count
        count.begin()
        started, cpu = time.monotonic(), cpu_seconds(self.pid)
        with contextlib.suppress(TimeoutError):  # lost messages are counted below
            await speak()
        give_up = time.monotonic() + 5
        while count.under_way and time.monotonic() < give_up:  # noqa: ASYNC110 - costs less than an event each time
            await asyncio.sleep(0.01)
        elapsed, cpu = time.monotonic() - started, cpu_seconds(self.pid) - cpu
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


if __name__ != "__main__":
    from collections.abc import Awaitable, Callable

    Speak = Callable[[], Awaitable[None]]
