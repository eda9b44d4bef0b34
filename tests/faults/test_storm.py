"""Everybody clicks at once: pages answer or ask to come back, connections stay within their budget, mail leaves."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

import psycopg
import pytest

from tests import stack as product
from tests.journeys.conftest import Host, make_host
from tests.stack import Stack
from webinar_service import capacity

CROWD = 300
WITHIN = 60.0  # seconds for one answer, the browser's patience


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
    """One request on a connection of its own; status 0 when no answer came."""
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
    """Asks for readiness and counts the database's connections for as long as the block lasts."""

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
