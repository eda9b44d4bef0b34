"""Runs web, worker, media worker and scheduler in one command, and what receives replies where it is set up.

Restarts what dies, stops all together.
"""

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.urls import reverse

from companies.models import Person
from companies.signing_in import sign_in_token
from webinar_service import capacity

HTTP_PROTOCOL = "webinar_service.web.protocol:WebProtocol"
WEB_PROTOCOL = "rooms.transport:RoomProtocol"
GRACE_SECONDS = 10.0
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)
DEMO_PERSON = "demo@southern-baltic.example"


@dataclass
class Child:
    """One of our processes and when it may be restarted."""

    name: str
    command: list[str]
    process: "subprocess.Popen[bytes] | None" = None
    died: int = 0
    start_at: float = 0.0

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )


def end_with_parent() -> None:
    """On Linux a child gets SIGTERM when this process dies, even by SIGKILL."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)


class Command(BaseCommand):
    help = "Serves pages, live rooms, worker and scheduler in one command."
    children: list[Child]
    stopping = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--workers", type=int, default=1, help="number of web processes; more than one needs REDIS_URL"
        )
        parser.add_argument("--host", default=settings.HOST)
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument(
            "--only",
            choices=["web", "worker", "media", "scheduler", "replies"],
            help="run only this process",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["workers"] > 1 and not settings.REDIS_URL:
            raise CommandError(
                "Several web processes need REDIS_URL. Without it, people in one meeting would not see each other."
            )
        if options["only"] in {None, "web"}:
            check_connection_limit(options["workers"])
        raise_open_file_limit()
        self.children = [child for child in children_for(options) if options["only"] in {None, child.name}]
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.stop)
        for child in self.children:
            child.start()
        if options["only"] in {None, "web"}:
            self.print_addresses(options["host"], options["port"])
        while not self.stopping:
            self.watch()
            time.sleep(0.3)
        self.end_all()

    def print_addresses(self, host: str, port: int) -> None:
        address = f"http://{host}:{port}"
        self.stdout.write(f"{settings.SITE_NAME} is at {address}/")
        demo = Person.objects.filter(email=DEMO_PERSON).first() if settings.DEMO else None
        if demo is not None:
            link = reverse("sign_in_link", args=[sign_in_token(demo)])
            self.stdout.write(f"Sign in as {demo.name} (one-time link): {address}{link}")
            self.stdout.write(f"All emails are shown at {address}/mailbox/")
        self.stdout.flush()

    def stop(self, *_args: Any) -> None:
        self.stopping = True

    def watch(self) -> None:
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                child.died += 1
                wait = min(2.0 ** (child.died - 1) - 1, 30.0)
                child.start_at = time.monotonic() + wait
                self.stderr.write(
                    f"{child.name} ended with {child.process.returncode}; starting it again in {wait:.0f} s"
                )
                child.process = None
            if child.process is None and time.monotonic() >= child.start_at:
                child.start()

    def end_all(self) -> None:
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        give_up_at = time.monotonic() + GRACE_SECONDS
        for process in running:
            try:
                process.wait(max(0.0, give_up_at - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def raise_open_file_limit() -> None:
    """Shells often limit a process to 1,024 open files, fewer than the people in one large room."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def check_connection_limit(web_processes: int) -> None:
    """Raises CommandError; SQLite has no limit."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('max_connections')::int"
            " - current_setting('superuser_reserved_connections')::int"
        )
        allowed = cursor.fetchone()[0]
    connection.close()
    if shortage := capacity.shortage(web_processes=web_processes, allowed=allowed):
        raise CommandError(str(shortage))


def children_for(options: dict[str, Any]) -> list[Child]:
    python = sys.executable
    web = [
        *(python, "-m", "uvicorn", "webinar_service.asgi:application"),
        *("--host", options["host"], "--port", str(options["port"]), "--workers", str(options["workers"])),
        *("--loop", "uvloop", "--http", HTTP_PROTOCOL, "--ws", WEB_PROTOCOL, "--ws-max-size", "65536"),
        # A dead connection is noticed within 20 s; compression costs more than it saves (docs/architecture.md).
        *("--ws-ping-interval", "10", "--ws-ping-timeout", "10", "--ws-per-message-deflate", "false"),
        *(
            "--no-access-log",
            "--no-server-header",
            "--log-level",
            "warning",
            "--timeout-graceful-shutdown",
            "5",
        ),
    ]
    # Trials often run as root, of which Celery warns at length.
    silence = ["-W", "ignore::UserWarning:celery.platforms"] if settings.DEMO else []
    celery = [python, *silence, "-m", "celery", "-A", "webinar_service", "--quiet"]
    quiet = ["--loglevel", "warning"]
    # One process is enough for a trial; with PostgreSQL and Redis there can be one for each core.
    pool = ("prefork", str(capacity.WORKER_PROCESSES)) if settings.REDIS_URL else ("threads", "4")
    worker = [
        *(*celery, "worker", *quiet, "--queues", "celery", "--pool", pool[0], "--concurrency", pool[1]),
        *("--without-gossip", "--without-mingle", "--hostname", f"worker-{os.getpid()}@%h"),
    ]
    # A thread is enough: it waits for a child process, which does the work within limits.
    media = [
        *(*celery, "worker", *quiet, "--queues", "media", "--pool", "threads", "--concurrency", "1"),
        *("--without-gossip", "--without-mingle", "--hostname", f"media-{os.getpid()}@%h"),
    ]
    scheduler = [*celery, "beat", *quiet, "--pidfile", ""]
    children = [
        Child("web", web),
        Child("worker", worker),
        Child("media", media),
        Child("scheduler", scheduler),
    ]
    if settings.INBOUND_EMAIL_ADDRESS:
        children.append(Child("replies", [python, str(settings.BASE_DIR / "manage.py"), "receive_mail"]))
    return children
