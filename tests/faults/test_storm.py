"""Many simultaneous requests: pages answer or ask to retry, connections stay within their limit, email is sent."""

import asyncio
import contextlib
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import psycopg
import pytest

from tests import stack as product
from tests.journeys.conftest import Host, make_host
from tests.stack import Stack
from tools.services import free_port
from webinar_service import capacity

CROWD = 300
WITHIN = 60.0  # seconds for one response, as long as a browser waits


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with product.running(tmp_path_factory.mktemp("storm"), workers=2) as running:
        yield running


@pytest.fixture(scope="module")
def host(stack: Stack) -> Host:
    return make_host(stack, "host@example.org")


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    seconds: float


async def ask(url: str, path: str, source: str = "127.0.0.1") -> Answer:
    """One request on a connection of its own; status 0 without a response."""
    place, began = urlsplit(url), time.monotonic()
    try:
        async with asyncio.timeout(WITHIN):
            reader, writer = await asyncio.open_connection(place.hostname, place.port, local_addr=(source, 0))
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\nConnection: close\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            await reader.read()
            writer.close()
    except (OSError, asyncio.IncompleteReadError, TimeoutError):
        return Answer(0, {}, time.monotonic() - began)
    pairs = (line.split(": ", 1) for line in head[1:] if ": " in line)
    headers = {name.lower(): value for name, value in pairs}
    return Answer(int(head[0].split()[1]), headers, time.monotonic() - began)


async def all_at_once(url: str, path: str, count: int) -> list[Answer]:
    return list(await asyncio.gather(*(ask(url, path) for _ in range(count))))


@dataclass
class Watch:
    """Polls readiness and counts the database's connections while the block runs."""

    stack: Stack
    readiness: list[int] = field(default_factory=list)
    connections: list[int] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._threads = [threading.Thread(target=each) for each in (self._ready, self._count)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ready(self) -> None:
        while not self._over.wait(0.3):
            self.readiness.append(self.stack.get("/readyz")[0])

    def _count(self) -> None:
        with psycopg.connect(self.stack.environment["DATABASE_URL"], autocommit=True) as connection:
            while not self._over.wait(0.1):
                self.connections.append(open_connections(connection))


def open_connections(connection: "psycopg.Connection[tuple[int]]") -> int:
    counted = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    ).fetchone()
    assert counted is not None
    return counted[0]


def fall_due(stack: Stack, address: str) -> None:
    rows = stack.sql(
        "UPDATE notifications_notification SET due_at = now() + interval '1 second' WHERE id = ("
        "SELECT n.id FROM notifications_notification n JOIN companies_person p ON p.id = n.person_id"
        " WHERE p.email = %s AND n.kind = 'reminder' AND n.state = 'waiting' ORDER BY n.due_at LIMIT 1)"
        " RETURNING id",
        address,
    )
    assert rows


def test_three_hundred_at_once_are_answered_and_nothing_else_suffers(
    stack: Stack, host: Host, record_property: Callable[[str, object], None]
) -> None:
    meeting = host.schedule()["id"]
    host.register(meeting, "punctual@example.org")
    stack.postbox.wait_for("punctual@example.org", count=1)
    fall_due(stack, "punctual@example.org")
    with Watch(stack) as watch:
        answers = asyncio.run(all_at_once(stack.url, "/", CROWD))
        stack.postbox.wait_for("punctual@example.org", count=2, seconds=15)
    statuses = Counter(answer.status for answer in answers)
    record_property("answers", dict(statuses))
    record_property("slowest", round(max(answer.seconds for answer in answers), 1))
    record_property("connections at most", max(watch.connections))
    assert set(statuses) <= {200, 503}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers if answer.status == 503)
    assert set(watch.readiness) == {200}
    budget = capacity.connections(web_processes=2)
    assert max(watch.connections) <= budget
    assert "too many clients" not in stack.log.read_text()
    assert len(stack.sql("SELECT 1 FROM pg_stat_activity WHERE datname = current_database()")) - 1 <= budget


def test_connections_that_the_database_has_cut_are_made_anew_without_an_error(stack: Stack) -> None:
    """As after a restart of PostgreSQL: every thread still has a dead connection."""
    asyncio.run(all_at_once(stack.url, "/", 40))
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"
    with psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as connection:
        assert len(connection.execute(cut, [connection.info.backend_pid]).fetchall()) > 3
    answers = asyncio.run(all_at_once(stack.url, "/", 40))
    assert {answer.status for answer in answers} == {200}
    assert stack.get("/readyz")[0] == 200


def test_who_asks_and_leaves_is_not_waited_for(stack: Stack) -> None:
    async def ask_and_leave(count: int) -> float:
        place = urlsplit(stack.url)
        for _ in range(count):
            _reader, writer = await asyncio.open_connection(place.hostname, place.port)
            writer.write(f"GET /schedule/ HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
            await writer.drain()
            writer.close()
        return (await ask(stack.url, "/schedule/")).seconds

    alone = asyncio.run(ask_and_leave(0))
    assert asyncio.run(ask_and_leave(400)) < max(20 * alone, 5.0)


def test_more_web_processes_than_the_database_has_connections_for_are_refused(stack: Stack) -> None:
    refused = subprocess.run(
        [sys.executable, "manage.py", "serve", "--only", "web", "--workers", "50"],
        cwd=product.ROOT,
        env={**stack.environment, "PORT": str(free_port())},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode != 0
    assert f"50 web processes of {capacity.PER_WEB_PROCESS} connections each" in refused.stderr
    assert "PostgreSQL allows 197" in refused.stderr


def holding(stack: Stack, path: Path) -> int:
    """How often the web processes have this file open."""
    found = 0
    for pid in stack.children("web"):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                found += descriptor.readlink() == path
    return found


def test_who_reads_a_long_file_slowly_holds_no_thread_and_no_connection(stack: Stack) -> None:
    made = stack.python(
        "from pathlib import Path\nfrom tests.recordings.test_recording_files import published\n"
        "found = published()\n"
        "path = Path(found.files.get(role='main').file.path)\n"
        "path.write_bytes(bytes(64 * 1024**2))\n"
        "print(found.pk, path)"
    )
    recording, path = made.splitlines()[-1].split(" ", 1)
    readers = 40  # more than there are threads in both processes

    async def read_slowly() -> tuple[list[int], int]:
        place = urlsplit(stack.url)
        opened = [
            await asyncio.open_connection(place.hostname, place.port, limit=1024) for _ in range(readers)
        ]
        for _reader, writer in opened:
            writer.write(
                f"GET /recordings/{recording}/file/ HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode()
            )
        heads = await asyncio.gather(*(reader.readuntil(b"\r\n\r\n") for reader, _writer in opened))
        assert all(head.startswith(b"HTTP/1.1 200") for head in heads)
        others, held = [(await ask(stack.url, "/")).status for _ in range(5)], holding(stack, Path(path))
        for _reader, writer in opened:
            writer.transport.abort()
        return others, held

    others, held = asyncio.run(read_slowly())
    assert (others, held) == ([200] * 5, readers)
    stack.wait_until(lambda: holding(stack, Path(path)) == 0, seconds=20, what="the files to be closed")
