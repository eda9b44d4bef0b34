"""What a room costs as it grows: 100 to 5,000 people in one room, 1 to 200 rooms of ten, and 1, 2 and 4 web processes.

The server's processes have one core for themselves, as in `live`, also where they are several: the CPU of each delivery
says how many a core carries, and its growth with the processes what telling each other costs. The crowd is one process.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import uvloop

from bench.crowd import SAMPLED, Crowd, Joined, Measured, cpu_seconds, resident_kib
from bench.live import ROOT, TEXT, hellos, leave_first_core_to_the_server, served
from bench.storm import below

SIZES = [int(size) for size in os.environ.get("BENCH_PEOPLE", "100,500,2000,5000").split(",")]
PROCESSES = [int(number) for number in os.environ.get("BENCH_PROCESSES", "2,4").split(",")]
ROOMS = [int(number) for number in os.environ.get("BENCH_ROOMS", "1,20,200").split(",")]
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
IN_SMALL_ROOM = 10
BUSY_FROM = 500  # people
DELIVERIES = 20_000.0  # a second, at most, when calm
RATE, MESSAGES = 20.0, 100.0  # messages a second in one room and in all, at most


@dataclass(frozen=True)
class Row:
    name: str
    joins_per_second: float
    joined: Joined
    calm: Measured
    busy: Measured | None  # a room allows its people two messages a second each: small ones are never busy


def seeded(rooms: int, people: int) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "bench.seed", f"{rooms}x{people}"]
    made = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    found: list[dict[str, Any]] = json.loads(made)
    return found


@contextlib.contextmanager
def served_by(processes: int) -> Iterator[tuple[int, list[int]]]:
    with served("product", processes=processes) as (port, pid):
        if processes > 1:
            time.sleep(4)  # each loads the service for itself
        yield port, below(pid)


async def measure(name: str, port: int, pids: Sequence[int], rooms: list[dict[str, Any]]) -> Row:
    crowds = [Crowd(f"ws://127.0.0.1:{port}/ws/rooms/{room['room']}/", pids, TEXT) for room in rooms]
    for crowd in crowds:
        crowd.count.sampled = 1 if len(rooms) > 1 else SAMPLED
    people = sum(len(room["tickets"]) for room in rooms)
    cpu, resident, started = cpu_seconds(pids), resident_kib(pids), time.monotonic()
    ways = [hellos(room["tickets"]) for room in rooms]
    await asyncio.gather(*(crowd.enter_together(way) for crowd, way in zip(crowds, ways, strict=True)))
    seconds = time.monotonic() - started
    cpu = cpu_seconds(pids) - cpu
    await asyncio.sleep(3)
    joined = Joined(seconds, 1000 * cpu / people, (resident_kib(pids) - resident) / people)
    rate = min(RATE, DELIVERIES / people, MESSAGES / len(rooms))
    await all_of(crowds, pids, [crowd.calm(rate, 1) for crowd in crowds])  # warm
    starts = [number / len(crowds) / rate for number in range(len(crowds))]
    calm = await all_of(
        crowds, pids, [calm_after(delay, crowd, rate) for delay, crowd in zip(starts, crowds, strict=True)]
    )
    busy = await crowds[0].busy(64, SECONDS) if people >= BUSY_FROM and len(rooms) == 1 else None
    await asyncio.gather(*(crowd.leave() for crowd in crowds))
    return Row(name, people / seconds, joined, calm, busy)


async def calm_after(delay: float, crowd: Crowd, rate: float) -> Measured:
    await asyncio.sleep(delay)  # else all rooms would write at the same moment
    return await crowd.calm(rate, max(SECONDS, 2 / rate))


async def all_of(crowds: list[Crowd], pids: Sequence[int], measuring: list[Any]) -> Measured:
    """Several rooms at once, as one: each counts the CPU of all."""
    started, cpu = time.monotonic(), cpu_seconds(pids)
    found: list[Measured] = await asyncio.gather(*measuring)
    seconds, cpu = time.monotonic() - started, cpu_seconds(pids) - cpu
    deliveries = sum(crowd.count.deliveries for crowd in crowds)
    latencies = sorted(each for crowd in crowds for each in crowd.count.latencies)
    return Measured(
        deliveries_per_second=deliveries / seconds,
        cpu_us_per_delivery=cpu / deliveries * 1e6,
        p50_ms=latencies[len(latencies) // 2],
        p99_ms=latencies[int(len(latencies) * 0.99)],
        octets_per_delivery=sum(each.octets_per_delivery for each in found) / len(found),
        lost=sum(each.lost for each in found),
    )


def run(name: str, processes: int, rooms: int, people: int) -> Row:
    print(name, file=sys.stderr, flush=True)
    with served_by(processes) as (port, pids):
        return uvloop.run(measure(name, port, pids, seeded(rooms, people)))


def main() -> None:
    if not os.environ.get("REDIS_URL"):
        raise SystemExit("The measurement needs Redis: run it with `make bench NAME=growth`.")
    os.environ.setdefault("PORT", "8000")
    leave_first_core_to_the_server()
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True)
    measured = ("CPU µs", "p99 ms", "lost")
    columns = ("joins/s", "CPU ms", "KiB", "calm/s", *measured, "busy/s", *measured)
    print(f"{'':<26}" + "".join(f"{name:>11}" for name in columns))
    for people in SIZES:
        show(run(f"{people} people", 1, 1, people))
    for number in PROCESSES:
        show(run(f"2000 people, {number} processes", number, 1, 2000))
    for number in ROOMS:
        show(run(f"{number} rooms of {IN_SMALL_ROOM}", 1, number, IN_SMALL_ROOM))


def show(row: Row) -> None:
    cells = [row.joins_per_second, row.joined.cpu_ms_each, row.joined.kib_each]
    for each in filter(None, (row.calm, row.busy)):
        cells += [each.deliveries_per_second, each.cpu_us_per_delivery, each.p99_ms, each.lost]
    print(f"{row.name:<26}" + "".join(f"{cell:>11,.2f}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
