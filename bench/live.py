"""One room: the product as deployed, a bare picows broadcast, Socket.IO with its Redis adapter, Channels as documented.

The server has one core for itself, the crowd, PostgreSQL and Redis the other. All variants run in each round,
one after the other; the result is the median of the rounds' ratios. *Joins* are all people at once. *Calm* is 20
messages a second, *busy* keeps 64 messages in flight. Stock Channels would drop messages at either: it gets 2 a second
and 4 in flight, the most at which it loses none. The product checks a ticket and rights, admits, counts presence, sends
the room's state, stores every message in PostgreSQL and numbers it; Socket.IO checks a signed token; none of the peers
stores anything. The product batches the messages of 25 ms in a busy room into one frame, the peers do not.
"""

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import psycopg
import redis
import uvloop

from bench.crowd import ROOM_PROTOCOL, SOCKET_IO, Crowd, Joined, Measured
from tools.node import npm_command
from tools.services import free_port

ROOT = Path(__file__).resolve().parent.parent
SIZES = [int(size) for size in os.environ.get("BENCH_PEOPLE", "500,2000").split(",")]
HTTP_PROTOCOL, WEB_PROTOCOL = "webinar_service.web.protocol:WebProtocol", "rooms.transport:RoomProtocol"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
VARIANTS = os.environ.get("BENCH_VARIANTS", "product,picows,socketio,channels").split(",")
WINDOW = {"channels": 4}  # messages in flight; the others 64
CALM_RATE = {"channels": 2.0}  # messages a second; the others 20
QUICK_RATE = 40.0
STALLED = 100  # one of so many reads no more
SOCKET_IO_FOLDER = ROOT / "bench/peers/socketio"
KEY = secrets.token_hex(16)
TEXT = 110  # characters, which make an event of about 270 bytes
FLAGS = [
    "--loop",
    "uvloop",
    "--ws-max-size",
    "65536",
    "--ws-per-message-deflate",
    "false",
]
FLAGS += ["--no-access-log", "--log-level", "warning", "--backlog", "4096"]


@dataclass(frozen=True)
class Result:
    joined: Joined
    calm: Measured
    busy: Measured


@dataclass(frozen=True)
class Alone:
    """What is measured of the product alone: no peer has it."""

    quick: Measured  # 40 messages a second
    with_stalled: Measured  # calm, while one of a hundred reads no more
    back_after: float  # seconds until half of the people, who vanished at once, were in again
    ghosts: int  # presences that are open afterwards and belong to nobody


def command(variant: str, port: int, processes: int = 1) -> list[str]:
    uvicorn = [sys.executable, "-m", "uvicorn", *FLAGS, "--port", str(port)]
    if variant == "socketio":
        return [node(), str(SOCKET_IO_FOLDER / "server.mjs"), str(port)]
    return {
        "product": [
            *uvicorn,
            "webinar_service.asgi:application",
            "--http",
            HTTP_PROTOCOL,
            "--ws",
            WEB_PROTOCOL,
            "--workers",
            str(processes),
        ],
        "picows": [sys.executable, "-m", "bench.peers.bare_picows", str(port)],
        "channels": [
            *uvicorn,
            "bench.peers.stock_channels:application",
            "--http",
            "httptools",
            "--ws",
            "websockets-sansio",
        ],
    }[variant]


def node() -> str:
    _npm, path = npm_command()
    found = shutil.which("node", path=path)
    assert found is not None
    return found


def install_socketio() -> None:
    npm, path = npm_command()
    subprocess.run(
        [*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=SOCKET_IO_FOLDER,
        env=os.environ | {"PATH": path},
        check=True,
        stdout=subprocess.DEVNULL,
    )


@contextlib.contextmanager
def served(variant: str, processes: int = 1) -> Iterator[tuple[int, int]]:
    """Port and process id of the server, alone on the first core."""
    port, first = free_port(), min(os.sched_getaffinity(0) | {0})
    process = subprocess.Popen(
        command(variant, port, processes),
        cwd=ROOT,
        env=os.environ | {"BENCH_KEY": KEY},
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


@dataclass(frozen=True)
class Way:
    """Where to connect, and the first frame of each person; a product's ticket is valid for a minute."""

    path: str
    hellos: list[bytes | None]
    again: list[bytes | None]
    room: str = ""


def way(variant: str, people: int) -> Way:
    if variant == "socketio":
        expires = int(time.time()) + 60
        frames = [b'40{"token":"%s"}' % token(f"person{number}.{expires}") for number in range(people)]
        return Way("/socket.io/?EIO=4&transport=websocket", list(frames), [])
    if variant != "product":
        return Way("/", [None] * people, [])
    seed = [sys.executable, "-m", "bench.seed", str(people), str(people // 2)]
    made = json.loads(subprocess.run(seed, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    return Way(
        f"/ws/rooms/{made['room']}/", hellos(made["tickets"]), hellos(made["later"][0]), str(made["room"])
    )


def token(content: str) -> bytes:
    return f"{content}.{hmac.new(KEY.encode(), content.encode(), hashlib.sha256).hexdigest()}".encode()


def hellos(tickets: list[str]) -> list[bytes | None]:
    return [json.dumps({"do": "hello", "ticket": ticket, "since": None}).encode() for ticket in tickets]


async def measure(variant: str, url: str, pid: int, how: Way) -> tuple[Result, Alone | None]:
    crowd = Crowd(url, [pid], TEXT, SOCKET_IO if variant == "socketio" else ROOM_PROTOCOL)
    joined = await crowd.enter_at_once(how.hellos)
    alone = await come_back(crowd, how) if variant == "product" else None
    await crowd.busy(2, 0.5)  # warm
    calm = await crowd.calm(CALM_RATE.get(variant, 20.0), SECONDS)
    busy = await crowd.busy(WINDOW.get(variant, 64), SECONDS)
    result = Result(joined, calm, busy)
    if alone is not None:
        back_after, ghosts = alone
        quick = await crowd.calm(QUICK_RATE, SECONDS)
        crowd.stall(STALLED)
        with_stalled = await crowd.calm(20.0, SECONDS)
        await crowd.leave()
        return result, Alone(quick, with_stalled, back_after, ghosts)
    await crowd.leave()
    return result, None


async def come_back(crowd: Crowd, how: Way) -> tuple[float, int]:
    people = len(crowd.people)
    await crowd.vanish(len(how.again))
    back = await crowd.enter_at_once(how.again)
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute(
            "SELECT count(*) FROM rooms_presence WHERE room_id = %s AND left_at IS NULL", [how.room]
        ).fetchone()
    assert row is not None
    return back.seconds, int(row[0]) - people


def run(variant: str, people: int) -> tuple[Result, Alone | None]:
    with served(variant) as (port, pid):
        how = way(variant, people)
        return uvloop.run(measure(variant, f"ws://127.0.0.1:{port}{how.path}", pid, how))


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
    if "socketio" in VARIANTS:
        install_socketio()
    leave_first_core_to_the_server()
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True)
    ratios: dict[str, float] = {}
    for people in SIZES:
        rounds, alone = [], []
        for number in range(ROUNDS):
            print(f"{people} people, round {number + 1} of {ROUNDS}", file=sys.stderr, flush=True)
            found = {variant: run(variant, people) for variant in VARIANTS}
            rounds.append({variant: result for variant, (result, _alone) in found.items()})
            alone += [each for _result, each in found.values() if each is not None]
        show(people, rounds, alone)
        ratios |= ratios_of(people, rounds)
    print(json.dumps({"bench": "live", "ratios": ratios}))


def show(people: int, rounds: list[dict[str, Result]], alone: list[Alone]) -> None:
    print(f"{people} people in one room, {rounds[0]['product'].busy.octets_per_delivery:.0f} bytes per event")
    columns: dict[str, Callable[[Result], float]] = {
        "joins/s": lambda each: people / each.joined.seconds,
        "CPU ms each": lambda each: each.joined.cpu_ms_each,
        "KiB each": lambda each: each.joined.kib_each,
        "busy: deliveries/s": lambda each: each.busy.deliveries_per_second,
        "CPU µs each": lambda each: each.busy.cpu_us_per_delivery,
        "p99 ms": lambda each: each.busy.p99_ms,
        "lost": lambda each: each.busy.lost,
        "calm: CPU µs each": lambda each: each.calm.cpu_us_per_delivery,
        "p50 ms": lambda each: each.calm.p50_ms,
        "calm p99 ms": lambda each: each.calm.p99_ms,
    }
    print(f"{'':<10}" + "".join(f"{name:>{len(name) + 3}}" for name in columns))
    for variant in VARIANTS:
        cells = [
            f"{median(of(each[variant]) for each in rounds):>{len(name) + 3},.2f}"
            for name, of in columns.items()
        ]
        print(f"{variant:<10}" + "".join(cells))
    if alone:
        print(
            f"40 messages/s: p99 {median(each.quick.p99_ms for each in alone):.1f} ms, "
            f"lost {sum(each.quick.lost for each in alone)}; one of {STALLED} reads no more: calm p99 "
            f"{median(each.with_stalled.p99_ms for each in alone):.1f} ms; half vanish and come back: all in after "
            f"{median(each.back_after for each in alone):.1f} s, {max(each.ghosts for each in alone)} ghosts"
        )


def ratios_of(people: int, rounds: list[dict[str, Result]]) -> dict[str, float]:
    """Above 1 the product is better."""
    found = {}
    for peer in VARIANTS[1:]:
        pairs = [(each["product"], each[peer]) for each in rounds]
        found[f"fanout_{people}_vs_{peer}"] = median(
            own.busy.deliveries_per_second / other.busy.deliveries_per_second for own, other in pairs
        )
        found[f"busy_cpu_{people}_vs_{peer}"] = median(
            other.busy.cpu_us_per_delivery / own.busy.cpu_us_per_delivery for own, other in pairs
        )
        found[f"calm_cpu_{people}_vs_{peer}"] = median(
            other.calm.cpu_us_per_delivery / own.calm.cpu_us_per_delivery for own, other in pairs
        )
        found[f"calm_p99_{people}_vs_{peer}"] = median(
            other.calm.p99_ms / own.calm.p99_ms for own, other in pairs
        )
        found[f"joins_{people}_vs_{peer}"] = median(
            other.joined.seconds / own.joined.seconds for own, other in pairs
        )
        found[f"memory_{people}_vs_{peer}"] = median(
            other.joined.kib_each / own.joined.kib_each for own, other in pairs
        )
    return {name: round(value, 2) for name, value in found.items()}


if __name__ == "__main__":
    main()
