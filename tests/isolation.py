"""Isolates test processes: each worker of pytest-xdist has its own Redis database and DATA_DIR.

Loaded before the settings are read (`-p tests.isolation`); the database of each worker is pytest-django's work. What
takes longest begins first, so that at the end no worker is left alone with it.
"""

import gc
import os
import tempfile

import pytest

REDIS_DATABASES = 16  # the default of Redis

worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if worker:
    number = int(worker.removeprefix("gw"))
    if address := os.environ.get("REDIS_URL"):
        server, _slash, _database = address.rpartition("/")
        os.environ["REDIS_URL"] = f"{server}/{(number + 1) % REDIS_DATABASES}"
    # Deleted at the end of the process, with the last reference.
    folder = tempfile.TemporaryDirectory(prefix=f"webinar-tests-{worker}-")
    os.environ["DATA_DIR"] = folder.name

# Measured, the longest first; what is not named here takes less. Those that wait alternate with those that compute.
FIRST = (
    "tests/rooms/test_processes.py",
    "tests/test_permission_matrix.py",
    "tests/test_health.py",
    "tests/test_demo.py",
    "tests/rooms/test_entering.py",
    "tests/test_growth.py",
    "tests/test_tls.py",
    "tests/portal/test_public_pages.py",
    "tests/rooms/test_speaking.py",
    "tests/api/test_meetings.py",
    "tests/recordings/test_disk_full.py",
    "tests/api/test_any_input.py",
    "tests/recordings/test_media_files.py",
    "tests/meetings/test_hosting.py",
    "tests/test_environment.py",
    "tests/portal/test_shared_lists.py",
    "tests/rooms/test_stage.py",
    "tests/test_expressions.py",
    "tests/notifications/test_dispatching.py",
    "tests/test_matrix_actions.py",
    "tests/rooms/test_reauthorization.py",
    "tests/companies/test_administration.py",
    "tests/api/test_strict_requests.py",
    "tests/recordings/test_recording_files.py",
)
# These wait for LiveKit, which in a new checkout is built meanwhile.
LAST = ("tests/rooms/test_losses.py", "tests/browser/test_media_server.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: turn(item.nodeid.partition("::")[0]))


def turn(file: str) -> int:
    if file in LAST:
        return len(FIRST) + 1
    return FIRST.index(file) if file in FIRST else len(FIRST)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Thousands of tests stay to the end: no collection of garbage needs to look at them."""
    gc.collect()
    gc.freeze()
