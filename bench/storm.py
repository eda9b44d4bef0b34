"""2,000 people follow a reminder within 30 s: meeting page, room page, ticket, connected to the room.

`serve` with two web processes, worker and scheduler, PostgreSQL, Redis and the load client share the machine's cores.
Meanwhile 50 people in a room that was open before keep chatting, and reminders become due. Beforehand each page
alone is requested as fast as it is answered, each time by another visitor, as is a bare Django page with psycopg's
pool; the result there is time relative to time.
"""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import uvloop

from bench.crowd import Crowd, Measured, cpu_seconds
from bench.mail import sink
from bench.visitors import Step, start_visits, throughput, visit_meeting
from tools.services import free_port

ROOT = Path(__file__).resolve().parent.parent
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "2000"))
ARRIVE_WITHIN = float(os.environ.get("BENCH_SECONDS", "30"))
PAGE_SECONDS = 6.0
WEB_PROCESSES = 2
IN_ROOM, SAID_A_SECOND, TEXT = 50, 5.0, 110
MAILS, DUE_AFTER = 200, 10.0  # seconds after the first visitor
AT_ONCE = 16
STEPS = ("meeting page", "room page", "ticket", "welcome")


@dataclass(frozen=True)
class Service:
    url: str
    pids: list[int]
    log: Path

    @property
    def errors_logged(self) -> int:
        return self.log.read_bytes().count(b'"level": "error"')

    def cpu(self) -> float:
        return cpu_seconds(self.pids)


@contextlib.contextmanager
def running(command: list[str], environment: Mapping[str, str], port: int) -> Iterator[Service]:
    log = Path(tempfile.gettempdir()) / f"storm-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=output
        )
    try:
        wait_for(port, process)
        time.sleep(3)  # the other processes of `serve`
        yield Service(f"http://127.0.0.1:{port}", below(process.pid), log)
    finally:
        process.terminate()
        process.wait(30)
        log.unlink()


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    give_up = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < give_up:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.2)
    raise SystemExit("a server did not start")


def below(pid: int) -> list[int]:
    ps_output = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in ps_output.splitlines()[1:]]
    found = {pid}
    for _depth in range(4):
        found |= {child for child, parent in pairs if parent in found}
    return sorted(found)


@contextlib.contextmanager
def product() -> Iterator[Service]:
    port = free_port()
    with sink(0) as mail, tempfile.TemporaryDirectory() as folder:
        environment = {
            "SITE_URL": f"http://127.0.0.1:{port}",
            "PORT": str(port),
            "DATA_DIR": folder,
            "EMAIL_URL": f"smtp://127.0.0.1:{mail}",
            "RATE_LIMITS": "0",
            "LOG_LEVEL": "WARNING",
            "PYTHONWARNINGS": "ignore",
            "SECRET_KEY": os.environ["SECRET_KEY"],
        }
        serve = [sys.executable, "manage.py", "serve", "--workers", str(WEB_PROCESSES), "--port", str(port)]
        with running(serve, environment, port) as service:
            yield service


@contextlib.contextmanager
def bare() -> Iterator[Service]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "bench.peers.bare_django:application", "--port", str(port)]
    command += ["--workers", str(WEB_PROCESSES), "--loop", "uvloop", "--http", "httptools"]
    command += ["--no-access-log", "--log-level", "warning"]
    with running(command, {"DJANGO_SETTINGS_MODULE": ""}, port) as service:
        yield service


# ---- measurements ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rate:
    per_second: float
    cpu_ms: float  # of all processes of the service, for each request


async def rates(service: Service, paths: Mapping[str, str], sessions: Sequence[str]) -> dict[str, Rate]:
    found = {}
    for name, path in paths.items():
        await throughput(service.url, path, sessions, at_once=AT_ONCE, seconds=2)  # warm up
        cpu = service.cpu()
        rate = await throughput(service.url, path, sessions, at_once=AT_ONCE, seconds=PAGE_SECONDS)
        found[name] = Rate(rate, 1000 * (service.cpu() - cpu) / (rate * PAGE_SECONDS))
    return found


async def storm(service: Service, seed: dict[str, Any], steps: dict[str, Step]) -> Measured:
    crowd = Crowd(
        service.url.replace("http", "ws", 1) + f"/ws/rooms/{seed['quiet_room']}/", service.pids[:1], TEXT
    )
    await crowd.enter([json.dumps({"do": "hello", "ticket": each}).encode() for each in seed["tickets"]])
    sessions = seed["sessions"]

    async def visit(number: int) -> Any:
        return await visit_meeting(
            service.url, seed["meeting"], seed["room"], sessions[number], number, steps
        )

    talking = asyncio.ensure_future(crowd.calm(SAID_A_SECOND, ARRIVE_WITHIN))
    entered = await start_visits(visit, PEOPLE, ARRIVE_WITHIN)
    heard = await talking
    for each in entered:
        each.transport.disconnect()
    await crowd.leave()
    return heard


class Connections(threading.Thread):
    """The most that were open at the same time."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most, self.over = 0, threading.Event()

    def run(self) -> None:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            while not self.over.wait(0.2):
                row = connection.execute(
                    "SELECT count(*) - 1 FROM pg_stat_activity WHERE datname = current_database()"
                )
                self.most = max(self.most, row.fetchall()[0][0])


def mail_delay(meeting: str) -> tuple[int, float]:
    """How many reminders were sent, and how long after their due time the last one was."""
    asked = (
        "SELECT count(*), coalesce(max(extract(epoch FROM sent_at - due_at)), 0) FROM notifications_notification"
        " WHERE meeting_id = %s AND state = 'sent'"
    )
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        sent, delay = connection.execute(asked, [meeting]).fetchall()[0]
    return int(sent), float(delay)


# ---- one run ---------------------------------------------------------------------------------------------


def seeded() -> dict[str, Any]:
    arguments = [str(PEOPLE), str(IN_ROOM), str(MAILS), str(DUE_AFTER)]
    done = subprocess.run(
        [sys.executable, "-m", "bench.storm_seed", *arguments],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    if not os.environ.get("REDIS_URL"):
        raise SystemExit("The storm needs PostgreSQL and Redis: run it with `make bench NAME=storm`.")
    os.environ.setdefault("SECRET_KEY", "so that seed and service sign alike")
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True)
    with bare() as service:
        peer = uvloop.run(rates(service, {"bare": "/"}, [""]))["bare"]
    with product() as service:
        first = seeded()
        paths = {
            "home": "/",
            "schedule": "/schedule/",
            "meeting": f"/meetings/{first['meeting']}/",
            "room": f"/rooms/{first['room']}/",
        }
        page_rates = uvloop.run(rates(service, paths, first["sessions"]))
        print(f"{'page':<14}{'requests/s':>12}{'CPU ms each':>13}")
        for name, rate in {**page_rates, "bare Django": peer}.items():
            print(f"{name:<14}{rate.per_second:>12,.0f}{rate.cpu_ms:>13.1f}", flush=True)
        ratios = {
            f"{name}_vs_bare": round(peer.per_second / rate.per_second, 2)
            for name, rate in page_rates.items()
        }
        show(*one_storm(service), ratios)


def one_storm(service: Service) -> tuple[dict[str, Step], Measured, dict[str, float]]:
    seed, steps, connections = seeded(), defaultdict(Step), Connections()
    connections.start()
    began, web, own = time.monotonic(), service.cpu(), time.process_time()
    heard = uvloop.run(storm(service, seed, steps))
    took = time.monotonic() - began
    connections.over.set()
    connections.join()
    sent, delay = mail_delay(seed["reminded"])
    return (
        steps,
        heard,
        {
            "took s": took,
            "service CPU s": service.cpu() - web,
            "client CPU s": time.process_time() - own,
            "database connections": connections.most,
            "errors logged": service.errors_logged,
            "reminders sent": sent,
            "last reminder s late": delay,
        },
    )


def show(
    steps: dict[str, Step], heard: Measured, figures: dict[str, float], ratios: dict[str, float]
) -> None:
    print(f"\n{PEOPLE} people within {ARRIVE_WITHIN:.0f} s, {WEB_PROCESSES} web processes")
    print(f"{'step':<14}{'done':>8}{'errors':>8}{'p50 ms':>10}{'p95 ms':>10}{'p99 ms':>10}")
    for name in STEPS:
        step = steps[name]
        failed = sum(step.problems.values())
        print(
            f"{name:<14}{len(step.took):>8}{failed:>8}{step.p(50):>10,.0f}{step.p(95):>10,.0f}{step.p(99):>10,.0f}"
        )
        for problem, count in step.problems.items():
            print(f"    {count} × {problem}")
    print(
        f"chat in a room of {IN_ROOM}: p50 {heard.p50_ms:,.0f} ms, p99 {heard.p99_ms:,.0f} ms, lost {heard.lost}"
    )
    print(", ".join(f"{name} {value:,.1f}" for name, value in figures.items()))
    ratios |= {
        "errors": sum(sum(step.problems.values()) for step in steps.values()),
        "p95_ms": round(max(steps[name].p(95) for name in STEPS)),
        "chat_p99_ms": round(heard.p99_ms),
        "chat_lost": heard.lost,
        "last_reminder_s": round(figures["last reminder s late"], 1),
    }
    print(json.dumps({"bench": "storm", "ratios": ratios}))


if __name__ == "__main__":
    main()
