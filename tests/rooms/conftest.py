"""A live server on the test's database, with and without Redis, and meetings."""

import asyncio
import contextlib
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.utils import timezone

from companies.models import Person
from meetings.models import Meeting, Registration
from rooms import database
from rooms.models import Room
from tests import factories
from tests.rooms.people import RoomClient, enter
from tests.rooms.server import Server, serving
from tools import services

if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # The server is another process: it cannot see a database that lies in this one's memory.
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(
        Path(tempfile.mkdtemp(prefix="webinar-test-")) / "test.sqlite3"
    )


# For tests that do not depend on the bus.
IN_ONE_FORM = pytest.mark.parametrize("server", ["alone"], indirect=True)
WITH_REDIS = pytest.mark.parametrize("server", ["redis"], indirect=True)


@pytest.fixture(params=["alone", "redis"])
def server(request: pytest.FixtureRequest) -> Server:
    """One web process, without Redis and with it."""
    started: Server = request.getfixturevalue(f"server_{request.param}")
    return started


@pytest.fixture
def own_server(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts a web process that the test may kill."""
    with contextlib.ExitStack() as stack:
        yield lambda **options: stack.enter_context(serving(tmp_path / "own", **options))


@pytest.fixture
def own_redis() -> Iterator[Callable[..., str]]:
    """Starts a Redis that the test may kill; the second call with the first one's port brings it back."""
    with contextlib.ExitStack() as stack:

        def start(port: int | None = None) -> tuple[str, Callable[[], None]]:
            inner = contextlib.ExitStack()
            url = inner.enter_context(services.redis(port))["REDIS_URL"]
            stack.callback(inner.close)
            return url, inner.close

        yield start  # type: ignore[misc]


@pytest.fixture
def live_webinar(transactional_db: None) -> Meeting:
    now = timezone.now()
    return factories.meeting(state=Meeting.State.LIVE, starts_at=now, started_at=now)


@pytest.fixture
def scheduled_webinar(transactional_db: None) -> Meeting:
    return factories.meeting(starts_at=timezone.now())


@pytest.fixture
def live_meeting(transactional_db: None) -> Meeting:
    """A meeting: everybody is on stage."""
    now = timezone.now()
    kind = Meeting.Kind.PROJECT_MEETING
    return factories.meeting(kind=kind, state=Meeting.State.LIVE, starts_at=now, started_at=now)


def guest_of(meeting: Meeting, **fields: Any) -> Registration:
    return factories.registration(meeting=meeting, **fields)


Join = Callable[..., Awaitable[RoomClient]]


@pytest.fixture
async def join(transactional_db: None, server: Server) -> AsyncIterator[Join]:
    """`await join(meeting, person)`: a client in the room, closed at the end. Without a person, a new guest."""
    visitors: list[RoomClient] = []

    async def join_room(place: Meeting | Room, person: Person | None = None, **options: Any) -> RoomClient:
        if person is None:
            seat = await sync_to_async(guest_of)(place)
            person, options = seat.person, {"seat": seat, **options}
        visitor = await enter(options.pop("server", server), place, person, **options)
        visitors.append(visitor)
        return visitor

    yield join_room
    await asyncio.gather(*(visitor.close() for visitor in visitors))


@pytest.fixture
def connections_of_threads() -> Iterator[None]:
    """Those of the rooms' own threads are closed, so that the tests' database can be taken away."""
    yield
    together = threading.Barrier(database.THREADS)

    def close(_thread: int) -> None:
        together.wait(10)
        connections.close_all()

    list(database._pool.map(close, range(database.THREADS)))
