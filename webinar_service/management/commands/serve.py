"""Runs web, worker, media worker and scheduler in one command, and what is set up besides: push, speech, replies.

Loads the service once and forks the processes, which share its memory. Restarts what dies, stops all together.
"""

import ctypes
import gc
import mmap
import multiprocessing
import os
import resource
import signal
import socket
import sys
import time
import warnings
from argparse import ArgumentParser
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from multiprocessing.context import ForkProcess
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.urls import reverse

from companies.models import Person
from companies.signing_in import sign_in_token
from notifications import push_keys, push_service
from rooms.transport import RoomProtocol
from webinar_service import capacity
from webinar_service.celery import app as celery_app
from webinar_service.web.protocol import WebProtocol

# What the processes load by its name. Loaded before they are forked, it is loaded once.
SHARED = (
    *("celery.apps.beat", "celery.apps.worker", "celery.bin.celery"),
    *("celery.concurrency.prefork", "celery.concurrency.thread"),
    *("rooms.routing", "uvloop", "webinar_service.urls", "webinar_service.web.pages"),
)
GRACE_SECONDS = 10.0
HUNG_AFTER = 30.0  # seconds without a turn of the loop of a web process, which no request may hold up
BACKLOG = 2048
STEADY_AFTER = 60.0  # seconds after which a death has nothing to do with those before
STOPPING = (signal.SIGINT, signal.SIGTERM)
DIE_WITH_PARENT, SET_NAME = 1, 15  # PR_SET_PDEATHSIG and PR_SET_NAME of prctl(2)
DEMO_PERSON = "demo@southern-baltic.example"
FORK = multiprocessing.get_context("fork")


@dataclass
class Child:
    """One of our processes, and when it may be restarted."""

    name: str
    run: Callable[[], int | None]
    unused: socket.socket | None = None
    beat: "ctypes.c_double | None" = None  # when it last said that it does not hang
    process: ForkProcess | None = None
    died: int = 0
    started_at: float = 0.0
    start_at: float = 0.0

    def start(self) -> None:
        connections.close_all()
        self.started_at = time.monotonic()
        self.process = FORK.Process(target=self.begin, name=self.name)
        # What tells this process to stop must not be taken by a child that does not listen yet.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        self.process.start()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)

    def begin(self) -> None:
        """In the child."""
        os.setsid()
        if sys.platform == "linux":
            libc = ctypes.CDLL(None)
            libc.prctl(DIE_WITH_PARENT, signal.SIGTERM)  # even if this one dies by SIGKILL
            libc.prctl(SET_NAME, self.name.encode())
        sys.argv = [sys.argv[0], "serve", "--only", self.name]
        if self.unused is not None:
            self.unused.close()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
        sys.exit(self.run())

    def hangs(self) -> bool:
        alive_at = max(self.started_at, self.beat.value) if self.beat else time.monotonic()
        return time.monotonic() - alive_at > HUNG_AFTER


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
            choices=["web", "worker", "media", "scheduler", "push", "speech", "replies"],
            help="run only this process",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["workers"] > 1 and not settings.REDIS_URL:
            raise CommandError(
                "Several web processes need REDIS_URL. Without it, people in one meeting would not see each other."
            )
        serves_pages = options["only"] in {None, "web"}
        if serves_pages:
            check_connection_limit(options["workers"])
        if options["only"] is None:
            have_push_key()
        raise_open_file_limit()
        listener = listen(options["host"], options["port"]) if serves_pages else None
        self.children = children_for(options, listener)
        for number in STOPPING:
            signal.signal(number, self.stop)
        for module in SHARED:
            import_module(module)
        gc.freeze()
        try:
            for child in self.children:
                child.start()
            if serves_pages:
                self.print_addresses(options["host"], options["port"])
            while not self.stopping:
                self.watch()
                time.sleep(0.3)
        finally:
            if listener is not None:
                listener.close()
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
            if child.process is not None and child.hangs():
                self.stderr.write(f"{child.name} has hung for {HUNG_AFTER:.0f} s")
                end_group(child.process)
            if child.process is not None and child.process.exitcode is not None:
                lived = time.monotonic() - child.started_at
                child.died = 1 if lived > STEADY_AFTER else child.died + 1
                wait = min(2.0 ** (child.died - 1) - 1, 30.0)
                child.start_at = time.monotonic() + wait
                self.stderr.write(
                    f"{child.name} ended with {child.process.exitcode}; starting it again in {wait:.0f} s"
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
            process.join(max(0.0, give_up_at - time.monotonic()))
            if process.exitcode is None:
                end_group(process)


def end_group(process: ForkProcess) -> None:
    if process.pid is not None:
        os.killpg(process.pid, signal.SIGKILL)
        process.join()


def have_push_key() -> None:
    """The forks have the settings of this process, which were read before there was a key."""
    settings.VAPID_PRIVATE_KEY = settings.VAPID_PRIVATE_KEY or push_keys.kept_key(
        settings.DATA_DIR / "vapid_key"
    )


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
    if shortage := capacity.shortage(web_processes=web_processes, allowed=allowed):
        raise CommandError(str(shortage))


def listen(host: str, port: int) -> socket.socket:
    """Shared by all web processes: while one is replaced, connections wait. Raises CommandError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as problem:
        raise CommandError(f"Nothing can be served at {host}, port {port}: {problem.strerror}") from problem


def children_for(options: dict[str, Any], listener: socket.socket | None = None) -> list[Child]:
    def aside(name: str, run: Callable[..., Any], *arguments: str) -> Child:
        return Child(name, partial(run, *arguments), unused=listener)

    quiet = ("--loglevel", "warning")
    # One process is enough for a trial; with PostgreSQL and Redis there can be one for each core.
    pool = ("prefork", str(capacity.WORKER_PROCESSES)) if settings.REDIS_URL else ("threads", "4")

    def worker(name: str, queue: str, pool: str, concurrency: str) -> Child:
        options = ("--queues", queue, "--pool", pool, "--concurrency", concurrency)
        named = ("--hostname", f"{name}-{os.getpid()}@%h")
        alone = ("--without-gossip", "--without-mingle")
        return aside(name, run_celery, "worker", *quiet, *alone, *options, *named)

    children = [
        *(web(listener) for _ in range(options["workers"]) if listener is not None),
        worker("worker", "celery", *pool),
        # A thread is enough: it waits for a child process, which does the work within limits.
        worker("media", "media", "threads", "1"),
        aside("scheduler", run_celery, "beat", *quiet, "--pidfile", ""),
    ]
    if push_service.is_on():
        children.append(aside("push", call_command, "send_pushes"))
    if settings.TRANSCRIPTION_URL:
        children.append(worker("speech", "speech", "threads", "1"))
    if settings.INBOUND_EMAIL_ADDRESS:
        children.append(aside("replies", call_command, "receive_mail"))
    return [child for child in children if options["only"] in {None, child.name}]


def web(listener: socket.socket) -> Child:
    beat = ctypes.c_double.from_buffer(mmap.mmap(-1, ctypes.sizeof(ctypes.c_double)))

    async def still_here() -> None:
        beat.value = time.monotonic()

    return Child("web", partial(run_web, listener, still_here), beat=beat)


def run_web(listener: socket.socket, still_here: Callable[[], Awaitable[None]]) -> None:
    config = uvicorn.Config(
        "webinar_service.asgi:application",
        loop="uvloop",
        http=WebProtocol,
        ws=RoomProtocol,
        ws_max_size=65536,
        # A dead connection is noticed within 20 s; compression costs more than it saves (docs/architecture.md).
        ws_ping_interval=10,
        ws_ping_timeout=10,
        ws_per_message_deflate=False,
        access_log=False,
        server_header=False,
        log_level="warning",
        workers=1,
        timeout_graceful_shutdown=5,
        callback_notify=still_here,
        timeout_notify=1,
    )
    uvicorn.Server(config).run(sockets=[listener])


def run_celery(*arguments: str) -> int:
    if settings.DEMO:  # trials often run as root, of which Celery warns at length
        warnings.filterwarnings("ignore", category=UserWarning, module=r"celery\.platforms")
    return int(celery_app.start(["--quiet", *arguments]) or 0)
