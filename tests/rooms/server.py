"""The product as a process: uvicorn with the flags of `serve`, on the test's database."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from tools import services

ROOT = Path(__file__).resolve().parents[2]
APPLICATION = "webinar_service.asgi:application"


def database_url() -> str:
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    place = f"{given['HOST'] or 'localhost'}:{given['PORT'] or 5432}"
    return f"postgres://{quote(given['USER'])}:{quote(given['PASSWORD'])}@{place}/{given['NAME']}"


def end_with_the_tests() -> None:
    """On Linux the server gets SIGTERM when the tests are killed the hard way."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


@dataclass
class Server:
    """One web process. `redis_url` is empty for a bus within the process."""

    folder: Path
    redis_url: str = ""
    port: int = field(default_factory=services.free_port)
    application: str = APPLICATION
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            self.application,
            "--port",
            str(self.port),
        ]
        command += ["--ws", "rooms.transport:RoomProtocol", "--loop", "uvloop", "--ws-max-size", "65536"]
        command += ["--ws-per-message-deflate", "false", "--log-level", "warning"]
        command += ["--timeout-graceful-shutdown", "5"]
        environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "REDIS_URL": self.redis_url,
            "DATA_DIR": str(self.folder),
            "SECRET_KEY": settings.SECRET_KEY,
            "PORT": str(self.port),
        }
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=end_with_the_tests,
            )
        self._wait()

    @property
    def log(self) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f"server-{self.port}.log"

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2).close()
                return
            time.sleep(0.1)
        raise AssertionError(f"the server does not answer:\n{self.log.read_text()[-3000:]}")

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.process = None

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(15)
            self.process = None


@contextlib.contextmanager
def serving(
    folder: Path, redis_url: str = "", port: int | None = None, application: str = APPLICATION
) -> Iterator[Server]:
    server = Server(folder, redis_url, port or services.free_port(), application)
    server.start()
    try:
        yield server
    finally:
        server.stop()


# ---- those that the tests of this process share: a fixture with a parameter would start anew in each file --------


@pytest.fixture(scope="session")
def server_alone(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Without Redis."""
    with django_db_blocker.unblock(), serving(tmp_path_factory.mktemp("alone")) as started:
        yield started


@pytest.fixture(scope="session")
def server_redis(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    with django_db_blocker.unblock(), serving(tmp_path_factory.mktemp("redis"), redis_url) as started:
        yield started


@pytest.fixture(scope="session")
def two_servers(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Server, Server]]:
    """Two web processes on one Redis."""
    with django_db_blocker.unblock(), contextlib.ExitStack() as stack:
        first, second = (
            stack.enter_context(serving(tmp_path_factory.mktemp(name), redis_url))
            for name in ("first", "second")
        )
        yield first, second
