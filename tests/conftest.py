"""What `make test` started around these tests, for those that speak to it directly."""

import os
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase
from django.utils import timezone, translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from companies import process_cache
from tests import migrated
from tests.emptying import emptied
from tools import services

# How fast examples come says how busy the machine is, not whether the code is right.
hypothesis_settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def quickly_emptied() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "postgresql":
            patch.setattr(TransactionTestCase, "_fixture_teardown", emptied)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The test database begins as a copy of one that is migrated; pytest-django asks for this before it makes it."""
    server = os.environ.get("DATABASE_URL", "")
    if connection.vendor == "postgresql" and server:
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated.template(server)


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
    """No sandbox, for CI runs as root; a camera and a microphone that need neither hardware nor a click."""
    return [
        "--no-sandbox",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]


@pytest.fixture(autouse=True)
def nothing_of_other_tests() -> None:
    """Settings are no part of what a kept page depends on, and a request leaves its language and time zone active."""
    process_cache.clear_all()
    translation.deactivate()
    timezone.deactivate()
