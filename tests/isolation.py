"""Isolates test processes: each worker of pytest-xdist has its own Redis database and DATA_DIR.

Loaded before the settings are read (`-p tests.isolation`); the database of each worker is pytest-django's work. It
also says in which order files run.
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

# What waits for servers begins, while LiveKit is built and the tests that look from outside run; what computes keeps
# all processors busy to the end. Measured, each the longest first; what is not named takes less.
WAITING = (
    "tests/rooms/test_processes.py",
    "tests/engagement/questions/test_questions.py",
    "tests/test_health.py",
    "tests/rooms/test_entering.py",
    "tests/engagement/polls/test_polls.py",
    "tests/rooms/test_stage.py",
    "tests/engagement/realtime_text/test_realtime_text.py",
    "tests/test_tls.py",
    "tests/rooms/test_speaking.py",
    "tests/engagement/agenda/test_agenda.py",
    "tests/engagement/breakouts/test_breakouts.py",
    "tests/engagement/chat/test_reacting.py",
    "tests/engagement/interpretation/test_interpretation.py",
    "tests/engagement/slides/test_slides.py",
    "tests/notifications/inbound/test_imap.py",
    "tests/live_machine/test_live_machine.py",
)
WAITING_FOLDERS = ("tests/engagement/", "tests/rooms/")
FOR_LIVEKIT = "tests/rooms/test_losses.py"
COMPUTING = (
    "tests/test_permission_matrix.py",
    "tests/test_demo.py",
    "tests/test_growth.py",
    "tests/portal/test_public_pages.py",
    "tests/api/test_meetings.py",
    "tests/api/test_any_input.py",
    "tests/notifications/test_calendar_histories.py",
    "tests/meetings/test_calendar.py",
    "tests/notifications/test_series.py",
    "tests/recordings/test_recording.py",
    "tests/portal/test_shared_lists.py",
    "tests/notifications/test_dispatching.py",
    "tests/notifications/test_rendering.py",
    "tests/companies/test_exporting.py",
    "tests/recordings/test_media_files.py",
    "tests/test_environment.py",
    "tests/test_expressions.py",
    "tests/test_matrix_actions.py",
    "tests/companies/test_administration.py",
    "tests/api/test_strict_requests.py",
)
# These wait for LiveKit too, among the tests in browsers.
LAST = (
    "tests/browser/test_interpretation.py",
    "tests/browser/test_relay.py",
    "tests/browser/test_media_server.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: turn(item.nodeid.partition("::")[0]))


def turn(file: str) -> tuple[int, int]:
    if file in WAITING:
        return 0, WAITING.index(file)
    if file == FOR_LIVEKIT:
        return 2, 0
    if file.startswith(WAITING_FOLDERS):
        return 1, 0
    if file in COMPUTING:
        return 3, COMPUTING.index(file)
    return (5, 0) if file in LAST else (4, 0)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Thousands of tests stay to the end: no collection of garbage needs to look at them, and few are needed."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # a twentieth of the time of page tests, for 40 MB
