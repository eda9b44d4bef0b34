"""500 people in one room: the product as deployed, a bare picows broadcast, Channels as documented.

The server has one core for itself, the crowd, PostgreSQL and Redis the other. All variants run in each round,
one after the other; the result is the median of the rounds' ratios. *Calm* is 20 messages a second, *busy* keeps
64 messages in flight. Stock Channels would drop messages at either: it gets 2 a second and 4 in flight, the most at
which it loses none. The product stores every message in PostgreSQL, numbers it, checks rights and rates; the peers
store nothing. It batches the messages of 25 ms in a busy room into one frame, the peers do not.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import psycopg
import redis
import uvloop

from bench.crowd import Crowd, Measured
from tools.services import free_port

ROOT = Path(__file__).resolve().parent.parent
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "500"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
WINDOW = {"product": 64, "picows": 64, "channels": 4}  # messages in flight
CALM_RATE = {"product": 20.0, "picows": 20.0, "channels": 2.0}  # messages a second
TEXT = 110  # characters, which make an event of about 270 bytes
VARIANTS = ("product", "picows", "channels")
FLAGS = [
    "--loop",
    "uvloop",
    "--http",
    "httptools",
    "--ws-max-size",
    "65536",
    "--ws-per-message-deflate",
    "false",
]
FLAGS += ["--no-access-log", "--log-level", "warning", "--backlog", "4096"]


@dataclass(frozen=True)
class Result:
    calm: Measured
    busy: Measured


def command(variant: str, port: int) -> list[str]:
    uvicorn = [sys.executable, "-m", "uvicorn", *FLAGS, "--port", str(port)]
    return {
        "product": [*uvicorn, "webinar_service.asgi:application", "--ws", "rooms.transport:RoomProtocol"],
        "picows": [sys.executable, "-m", "bench.peers.bare_picows", str(port)],
        "channels": [*uvicorn, "bench.peers.stock_channels:application", "--ws", "websockets-sansio"],
    }[variant]


@contextlib.contextmanager
def served(variant: str) -> Iterator[tuple[int, int]]:
    """Port and process id of the server, alone on the first core."""
    port, first = free_port(), min(os.sched_getaffinity(0) | {0})
    process = subprocess.Popen(
        command(variant, port),
        cwd=ROOT,
        preexec_fn=lambda: os.sched_setaffinity(0, {first}),
    )
    try:
        wait_for(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _attempt in range(300):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise SystemExit("a server did not start")


def hellos(variant: str) -> tuple[str, list[bytes | None]]:
    """Where to connect and the first frame of each person; a ticket is valid for a minute."""
    if variant != "product":
        return "/", [None] * PEOPLE
    seed = [sys.executable, "-m", "bench.seed", str(PEOPLE)]
    made = json.loads(subprocess.run(seed, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    frames: list[bytes | None] = [
        json.dumps({"do": "hello", "ticket": ticket, "since": None}).encode() for ticket in made["tickets"]
    ]
    return f"/ws/rooms/{made['room']}/", frames


async def measure(variant: str, url: str, pid: int, frames: list[bytes | None]) -> Result:
    crowd = Crowd(url, pid, TEXT)
    await crowd.enter(frames)
    await crowd.busy(2, 0.5)  # warm
    calm = await crowd.calm(CALM_RATE[variant], SECONDS)
    busy = await crowd.busy(WINDOW[variant], SECONDS)
    await crowd.leave()
    return Result(calm, busy)


def run(variant: str) -> Result:
    with served(variant) as (port, pid):
        path, frames = hellos(variant)
        return uvloop.run(measure(variant, f"ws://127.0.0.1:{port}{path}", pid, frames))


def leave_first_core_to_the_server() -> None:
    """Moves the crowd, Redis and PostgreSQL to the other core."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        print("One core only: server and crowd share it, so that the figures say little.")
        return
    pids = [0]
    if url := os.environ.get("REDIS_URL"):
        pids.append(int(redis.Redis.from_url(url).info("server")["process_id"]))
    if urlsplit(os.environ.get("DATABASE_URL", "")).scheme.startswith("postgres"):
        with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
            row = connection.execute("SELECT pg_backend_pid()").fetchone()
            assert row is not None
            pids.append(parent_of(int(row[0])))
    for pid in pids:
        os.sched_setaffinity(pid, set(cores[1:]))


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def main() -> None:
    if not os.environ.get("REDIS_URL"):
        raise SystemExit("The comparison needs Redis: run it with `make bench NAME=live`.")
    os.environ.setdefault("PORT", "8000")
    leave_first_core_to_the_server()
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True)
    rounds = []
    for number in range(ROUNDS):
        print(f"round {number + 1} of {ROUNDS}", file=sys.stderr, flush=True)
        rounds.append({variant: run(variant) for variant in VARIANTS})
    show(rounds)


def show(rounds: list[dict[str, Result]]) -> None:
    print(f"{PEOPLE} people in one room, {rounds[0]['product'].busy.octets_per_delivery:.0f} bytes per event")
    head = (
        "",
        "busy: deliveries/s",
        "CPU µs each",
        "p99 ms",
        "lost",
        "calm: CPU µs each",
        "p50 ms",
        "p99 ms",
    )
    print("{:<10}{:>20}{:>13}{:>9}{:>7}{:>20}{:>9}{:>9}".format(*head))
    for variant in VARIANTS:
        busy, calm = [each[variant].busy for each in rounds], [each[variant].calm for each in rounds]
        print(
            f"{variant:<10}{median(each.deliveries_per_second for each in busy):>20,.0f}"
            f"{median(each.cpu_us_per_delivery for each in busy):>13.1f}{median(each.p99_ms for each in busy):>9.1f}"
            f"{sum(each.lost for each in busy):>7}{median(each.cpu_us_per_delivery for each in calm):>20.1f}"
            f"{median(each.p50_ms for each in calm):>9.2f}{median(each.p99_ms for each in calm):>9.1f}"
        )
    print(json.dumps({"bench": "live", "ratios": ratios(rounds)}))


def ratios(rounds: list[dict[str, Result]]) -> dict[str, float]:
    """Above 1 the product is better."""
    found = {}
    for peer in VARIANTS[1:]:
        pairs = [(each["product"], each[peer]) for each in rounds]
        found[f"fanout_{PEOPLE}_vs_{peer}"] = median(
            own.busy.deliveries_per_second / other.busy.deliveries_per_second for own, other in pairs
        )
        found[f"busy_cpu_vs_{peer}"] = median(
            other.busy.cpu_us_per_delivery / own.busy.cpu_us_per_delivery for own, other in pairs
        )
        found[f"calm_cpu_vs_{peer}"] = median(
            other.calm.cpu_us_per_delivery / own.calm.cpu_us_per_delivery for own, other in pairs
        )
        found[f"calm_p99_vs_{peer}"] = median(other.calm.p99_ms / own.calm.p99_ms for own, other in pairs)
    return {name: round(value, 2) for name, value in found.items()}


if __name__ == "__main__":
    main()
