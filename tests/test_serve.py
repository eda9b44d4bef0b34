"""`manage.py serve`: one loaded process, of which the others are forks."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rooms import bus
from tools.services import free_port

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT = 60.0  # seconds, for a busy machine
SERVE = """
import os, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webinar_service.settings")
django.setup()
from django.core.management import call_command
from webinar_service.management.commands import serve
serve.HUNG_AFTER = 10.0
call_command("serve", only="web")
"""


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[tuple[int, int]]:
    """The process id and the port of a `serve` with one web process, which counts as hung after ten seconds."""
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with subprocess.Popen(
        [sys.executable, "-c", SERVE],
        cwd=ROOT,
        env={**kept, "DATA_DIR": str(folder), "PORT": str(port), "HOST": "127.0.0.1"},
    ) as process:
        try:
            until(lambda: answers(port), what="an answer")
            yield process.pid, port
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def until(holds: Callable[[], bool], *, what: str) -> None:
    give_up = time.monotonic() + TIMEOUT
    while not holds():
        assert time.monotonic() < give_up, f"waited {TIMEOUT} s for {what}"
        time.sleep(0.1)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    with serving(tmp_path_factory.mktemp("served")) as started:
        yield started


def test_its_processes_are_forks_with_names_of_their_own(served: tuple[int, int]) -> None:
    pid, _port = served
    (web,) = children(pid)
    assert Path(f"/proc/{web}/comm").read_text() == "web\n"
    assert Path(f"/proc/{web}/cmdline").read_bytes() == Path(f"/proc/{pid}/cmdline").read_bytes()
    # A thread would not be in the forks, and what it held would stay held in them.
    assert [task.name for task in Path(f"/proc/{pid}/task").iterdir()] == [str(pid)]


def test_who_asks_while_a_killed_process_is_replaced_is_answered(served: tuple[int, int]) -> None:
    pid, port = served
    (web,) = children(pid)
    os.kill(web, signal.SIGKILL)
    assert answers(port)
    assert children(pid) != [web]


def test_a_process_that_hangs_is_replaced(served: tuple[int, int]) -> None:
    pid, port = served
    until(lambda: answers(port), what="an answer")
    (web,) = children(pid)
    os.kill(web, signal.SIGSTOP)
    until(lambda: web not in children(pid), what="the end of a process that hangs")
    until(lambda: answers(port), what="an answer of another one")


def test_a_port_that_is_taken_is_said_at_once(served: tuple[int, int], tmp_path: Path) -> None:
    _pid, port = served
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env={**kept, "DATA_DIR": str(tmp_path), "PORT": str(port), "HOST": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )
    assert done.returncode == 1
    said = f"CommandError: Nothing can be served at 127.0.0.1, port {port}: Address already in use"
    assert done.stderr.startswith(said)


def test_each_process_says_in_the_rooms_who_it_is() -> None:
    """By its name a process knows what it has itself sent."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the tests have threads, `serve` has none
        fork = os.fork()
    if fork == 0:
        os.write(writing, bus.PROCESS.encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(fork, 0)
    with os.fdopen(reading, encoding="ascii") as name:
        assert name.read() not in {bus.PROCESS, ""}
