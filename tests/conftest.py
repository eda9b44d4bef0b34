"""What `make test` started around these tests, for those that speak to it directly."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import SyncToAsync
from django.conf import settings
from django.db import connection, connections, reset_queries
from django.test import TransactionTestCase
from django.utils import timezone, translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from whitenoise.base import WhiteNoise

from api import circuit_breaker, rate_limits
from companies import process_cache
from tests import migrated
from tests.emptying import emptied
from tests.rooms.server import server_alone, server_redis, two_servers
from tools import services

__all__ = ["server_alone", "server_redis", "two_servers"]  # fixtures

# How fast examples come says how busy the machine is, not whether the code is right. The same code gets the same
# examples, so that who changes something is not told of another fault; `EXPLORE=1` looks for new ones.
hypothesis_settings.register_profile(
    "untimed",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="EXPLORE" not in os.environ,
)
hypothesis_settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def quickly_emptied() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "postgresql":
            patch.setattr(TransactionTestCase, "_fixture_teardown", emptied)
        yield


@pytest.fixture(scope="session", autouse=True)
def static_files_listed_once() -> Iterator[None]:
    """Each `Client` loads the middleware anew: listing some hundred files took a third of the time of page tests."""
    list_files = WhiteNoise.update_files_dictionary
    listed: dict[tuple[str, str], dict[str, Any]] = {}

    def update_files_dictionary(self: WhiteNoise, root: str, prefix: str) -> None:
        if (root, prefix) not in listed:
            list_files(self, root, prefix)
            listed[root, prefix] = dict(self.files)
        self.files.update(listed[root, prefix])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", update_files_dictionary)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The test database begins as a copy of one that is migrated; pytest-django asks for this before it makes it."""
    server = os.environ.get("DATABASE_URL", "")
    if connection.vendor == "postgresql" and server:
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated.template(server)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Asynchronous tests query in a thread that stays; PostgreSQL waits five seconds for its connection to go."""
    yield
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The Redis of `make test`, or one of this run's own."""
    if os.environ.get("REDIS_URL"):
        yield os.environ["REDIS_URL"]
        return
    with services.redis() as started:
        yield started["REDIS_URL"]


@pytest.fixture(scope="session")
def chromium_path() -> Iterator[str]:
    """The browser of this machine, for Playwright's `executable_path`."""
    with services.chromium() as found:
        yield found["CHROMIUM"]


@pytest.fixture(scope="session")
def browser_arguments() -> list[str]:
    """No sandbox, for CI runs as root; a camera and a microphone that need neither hardware nor a click.

    Every picture of the camera is encoded, decoded and drawn by the processor: five a second show that it moves. Where
    there is no loudspeaker, playing to it takes more than half a core; what a page plays is the same when it is muted.
    """
    return [
        "--no-sandbox",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream=fps=5",
        "--mute-audio",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]


@pytest.fixture(autouse=True)
def nothing_of_other_tests() -> None:
    """Settings are no part of what a kept page depends on, and a request leaves its language and time zone active.

    Attempts are counted by the clock, which stands still in many tests, so that those of one count in the next. A
    connection remembers nine thousand queries: beyond them, a test that counts its own would count none.
    """
    reset_queries()
    process_cache.clear_all()
    rate_limits.memory_limiter.cache_clear()
    circuit_breaker.redis.succeeded()
    if settings.REDIS_URL:
        rate_limits.redis_limiter(settings.REDIS_URL).storage.reset()
    translation.deactivate()
    timezone.deactivate()
