"""The whole product as processes, on PostgreSQL, Redis and a real SMTP server, for black-box tests."""

import contextlib
import email
import email.policy
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.console import Console
from tests.migrated import template as template_of
from tools import services

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT = 60  # seconds, for a busy machine


class SmtpReceiver:
    """An SMTP server that stores what it gets. `refuse` may answer a recipient with a line like `451 later`."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuse: Callable[[str], str] = lambda _address: ""
        self.before_accepting: Callable[[], None] = lambda: None
        self._new = threading.Condition()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.refuse(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.before_accepting()
        raw = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        with self._new:
            self.mails.append(mail)
            self._new.notify_all()
        return "250 kept"

    def to(self, address: str, subject: str = "") -> list[EmailMessage]:
        return [
            mail
            for mail in list(self.mails)
            if address in str(mail["To"]) and subject in str(mail["Subject"])
        ]

    def wait_for(
        self, address: str, subject: str = "", *, count: int = 1, seconds: float = TIMEOUT
    ) -> EmailMessage:
        """The newest of at least `count` emails to this address; fails with what has arrived."""
        with self._new:
            found = self._new.wait_for(lambda: len(self.to(address, subject)) >= count, seconds)
        came = [f"{mail['To']}: {mail['Subject']}" for mail in self.mails]
        assert found, f"no {count} mails “{subject}” to {address} within {seconds} s; came: {came}"
        return self.to(address, subject)[-1]


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def calendar_of(mail: EmailMessage) -> str:
    return next(str(part.get_content()) for part in mail.walk() if part.get_content_type() == "text/calendar")


def links_in(mail: EmailMessage) -> list[str]:
    return re.findall(r"https?://[^\s<>\"]+", text_of(mail))


@dataclass
class Stack:
    """`serve` with its child processes; all get this `environment`."""

    environment: dict[str, str]
    postbox: SmtpReceiver
    folder: Path
    process: "subprocess.Popen[bytes] | None" = None
    console: Console | None = None
    made: int = 1
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.folder / "serve.log"

    @property
    def url(self) -> str:
        return self.environment["SITE_URL"]

    def manage(self, *arguments: str, **environment: str) -> str:
        self.console = self.console or Console(self.environment)
        done = self.console.run(list(arguments), **environment)
        assert done.returncode == 0, f"manage.py {' '.join(arguments)}:\n{done.stderr[-3000:]}"
        return done.stdout.strip()

    def python(self, code: str) -> str:
        """Runs a few lines inside the product, on its own database."""
        self.made += 1000
        return self.manage("shell", "-v", "0", "-c", code, FACTORIES_FROM=str(self.made))

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as connection:
            return connection.execute(query, values).fetchall()

    def start(self, workers: int = 2) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--workers", str(workers)],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait_until(lambda: self.get("/readyz")[0] == 200, what="the product to be ready")

    def stop(self) -> None:
        if self.console is not None:
            self.console.close()
            self.console = None
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            raise
        finally:
            self.process = None

    def children(self, name: str) -> list[int]:
        """Processes below `serve` that it has given this name."""
        assert self.process is not None
        ps_output = subprocess.run(
            ["ps", "-eo", "pid,ppid,comm"], capture_output=True, text=True, check=True
        ).stdout
        rows = [line.split(None, 2) for line in ps_output.splitlines()[1:]]
        below, found = {self.process.pid}, []
        for _depth in range(4):
            below |= {int(pid) for pid, parent, _name in rows if int(parent) in below}
        for pid, _parent, called in rows:
            if int(pid) in below and int(pid) != self.process.pid and called == name:
                found.append(int(pid))
        return found

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=TIMEOUT) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def api(self, token: str, method: str, path: str, body: Any = None) -> Any:
        """The response's JSON; an HTTP error fails with its body."""
        request = urllib.request.Request(
            f"{self.url}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
                return json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error

    def wait_until(self, holds: Callable[[], bool], *, seconds: float = TIMEOUT, what: str = "it") -> None:
        give_up = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > give_up or (self.process is not None and self.process.poll() is not None):
                raise AssertionError(
                    f"waited {seconds} s for {what}; the log ends:\n{self.log.read_text()[-3000:]}"
                )
            time.sleep(0.1)


@contextlib.contextmanager
def running(folder: Path, *, workers: int = 2, **environment: str) -> Iterator[Stack]:
    """A product of its own: a database without rows in the test server, its own Redis, its own postbox."""
    postbox = SmtpReceiver()
    receiver = Controller(postbox, hostname="127.0.0.1", port=services.free_port())
    receiver.start()
    port = services.free_port()
    try:
        with own_database(migrated=True) as database, services.redis() as redis:
            stack = Stack(
                environment={
                    **{name: value for name, value in os.environ.items() if name not in {"MEDIA", "DEMO"}},
                    "DATABASE_URL": database,
                    "REDIS_URL": redis["REDIS_URL"],
                    "EMAIL_URL": f"smtp://127.0.0.1:{receiver.port}",
                    "DATA_DIR": str(folder / "data"),
                    "HOST": "127.0.0.1",
                    "PORT": str(port),
                    "SITE_URL": f"http://127.0.0.1:{port}",
                    "RATE_LIMITS": "0",
                    "PYTHONWARNINGS": "default",
                    **environment,
                },
                postbox=postbox,
                folder=folder,
            )
            try:
                stack.start(workers)
                yield stack
            finally:
                stack.stop()
    finally:
        receiver.stop()


@contextlib.contextmanager
def own_database(*, migrated: bool = False) -> Iterator[str]:
    """A database beside the one of the test run, empty or without rows; needs its PostgreSQL in DATABASE_URL."""
    server = os.environ["DATABASE_URL"]
    name = f"stack_{uuid.uuid4().hex[:12]}"
    template = template_of(server) if migrated else "template1"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
