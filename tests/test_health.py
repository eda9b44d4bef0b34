"""Health checks, and configurations that the service refuses to run with."""

import json
import os
import re
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from celery.signals import beat_init
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.utils import timezone

from notifications.models import Notification
from notifications.tasks import send_due
from tests import factories
from tests.small_disk import small_disk
from tests.stack import SmtpReceiver, Stack, own_database
from tools.services import free_port
from webinar_service import errors
from webinar_service.celery import app as celery_app
from webinar_service.tasks import HEARTBEAT, heartbeat

ROOT = Path(__file__).parent.parent


@pytest.fixture
def worker_alive() -> None:
    heartbeat()


def test_the_process_says_that_it_is_alive_without_asking_the_database(client: Client) -> None:
    assert client.get("/healthz").content == b"alive\n"


@pytest.mark.django_db
def test_ready_when_database_bus_and_worker_answer(client: Client, worker_alive: None) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (
        200,
        {
            "ready": True,
            "database": "ok",
            "bus": "ok",
            "worker": "ok",
            "mail": "ok",
            "push": "ok",
            "disk": "ok",
        },
    )


@pytest.mark.django_db
def test_not_ready_before_a_worker_has_shown_itself(client: Client) -> None:
    cache.delete(HEARTBEAT)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["worker"]) == (503, "no sign of life yet")


@pytest.mark.django_db
def test_a_scheduler_that_begins_asks_at_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.delete(HEARTBEAT)
    monkeypatch.setitem(celery_app.conf, "task_always_eager", True)
    beat_init.send(sender=None)
    assert client.get("/readyz").json()["worker"] == "ok"


# Reads, ends its own connection on the server's side, and reads again.
ASKED_TWICE = """
import os
import psycopg
from django.db import connection
from django.test import Client
client = Client(headers={"Host": "127.0.0.1"})
print(client.get("/readyz").content.decode())
with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
    other.execute("SELECT pg_terminate_backend(%s, 10000)", [connection.connection.info.backend_pid])
print(client.get("/readyz").content.decode())
"""


def test_not_ready_when_the_database_has_cut_the_connection(tmp_path: Path) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with own_database() as database:
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", ASKED_TWICE],
            cwd=ROOT,
            env={**kept, "DATA_DIR": str(tmp_path), "DATABASE_URL": database},
            capture_output=True,
            text=True,
            check=True,
        )
    before, after = map(json.loads, done.stdout.splitlines())
    assert before["database"] == "ok"
    assert (after["database"], after["mail"]) == (
        "no answer: OperationalError",
        "unknown without the database",
    )


@pytest.mark.django_db
def test_not_ready_when_the_worker_has_fallen_silent(client: Client) -> None:
    cache.set(HEARTBEAT, timezone.now().timestamp() - 300)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["worker"].startswith("silent for 30")


@pytest.mark.django_db
def test_not_ready_when_a_due_mail_waits(client: Client, worker_alive: None) -> None:
    now = timezone.now()
    Notification.objects.create(
        kind=Notification.Kind.CHANGE,
        person=factories.person(),
        meeting=factories.meeting(),
        dedupe_key="late",
        due_at=now - timedelta(minutes=10),
        created_at=now,
    )
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["mail"].startswith("the oldest due mail waits for 60")


@pytest.mark.django_db
def test_not_ready_while_the_mail_server_takes_nothing(
    client: Client, settings: Any, worker_alive: None
) -> None:
    """The email is put off and so not due: only the worker's own probe knows."""
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port()}"
    now = timezone.now()
    meeting = factories.meeting(starts_at=now + timedelta(days=3))
    registration = factories.registration(meeting=meeting)
    row = Notification.objects.create(
        kind=Notification.Kind.CONFIRMATION,
        person=registration.person,
        meeting=meeting,
        registration=registration,
        dedupe_key="once",
        due_at=now - timedelta(seconds=5),
        created_at=now,
    )
    send_due()
    assert client.get("/readyz").json()["mail"] == "ok"
    with time_machine.travel(now + timedelta(seconds=90)):
        heartbeat()
        send_due()
        response = client.get("/readyz")
        assert response.status_code == 503
        assert re.fullmatch(r"the mail server has taken nothing for \d\d s", response.json()["mail"])
        postbox = SmtpReceiver()
        receiver = Controller(postbox, hostname="127.0.0.1", port=free_port())
        receiver.start()
        settings.EMAIL_URL = f"smtp://127.0.0.1:{receiver.port}"
        Notification.objects.filter(pk=row.pk).update(due_at=now)
        try:
            send_due()
        finally:
            receiver.stop()
        assert client.get("/readyz").json()["mail"] == "ok"


@pytest.mark.django_db
def test_not_ready_when_the_disk_is_nearly_full(client: Client, settings: Any, worker_alive: None) -> None:
    settings.MIN_FREE_BYTES = 10**18
    response = client.get("/readyz")
    assert response.status_code == 503
    assert re.fullmatch(r"only \d+ MiB free in DATA_DIR", response.json()["disk"])


@pytest.mark.django_db
def test_not_ready_where_no_more_files_can_be_made(
    client: Client, settings: Any, worker_alive: None, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", size=1024**2, files=3) as disk:
        settings.MIN_FREE_BYTES, settings.MEDIA_ROOT = 0, disk
        assert client.get("/readyz").json()["disk"] == "ok"
        (disk / "one").touch()
        (disk / "two").touch()
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["disk"] == "no more files can be made in STORAGE_URL: no inodes are left"


@pytest.mark.django_db
def test_not_ready_where_uploads_cannot_be_written(client: Client, settings: Any, worker_alive: None) -> None:
    settings.MIN_FREE_BYTES, settings.MEDIA_ROOT = 0, Path("/proc/sys/kernel")
    assert "STORAGE_URL" in client.get("/readyz").json()["disk"]


def test_an_idle_service_says_nothing_in_its_log(tmp_path: Path) -> None:
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "DATA_DIR": str(tmp_path),
        "PORT": str(free_port()),
    }
    stack = Stack(
        environment={**environment, "SITE_URL": f"http://127.0.0.1:{environment['PORT']}"},
        postbox=SmtpReceiver(),
        folder=tmp_path,
    )
    stack.manage("migrate", "--verbosity", "0")
    try:
        stack.start(workers=1)
        before = stack.log.read_text().splitlines()
        time.sleep(8)  # four ticks of the outbox, and one of nearly every other task
        assert stack.get("/healthz") == (200, "alive\n")
        assert stack.log.read_text().splitlines()[len(before) :] == []
    finally:
        stack.stop()


@pytest.mark.django_db
def test_numbers_are_for_allowed_addresses_only(client: Client) -> None:
    factories.meeting()
    assert (
        'webinar_meetings{state="scheduled"} 1.0'
        in client.get("/metrics", REMOTE_ADDR="127.0.0.1").content.decode()
    )
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.7").status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status"), [("10.1.2.3", 200), ("11.1.2.3", 403), ("2001:db8::5", 200), ("", 403)]
)
def test_numbers_are_shown_to_an_allowed_network(
    client: Client, settings: Any, address: str, status: int
) -> None:
    settings.METRICS_ALLOWED = ["10.0.0.0/8", "2001:db8::/32"]
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == status


@pytest.mark.django_db
def test_several_web_processes_are_refused_without_a_bus(settings: object) -> None:
    settings.REDIS_URL = ""  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="REDIS_URL"):
        call_command("serve", workers=2)


DEPLOYED = {
    "SITE_URL": "https://webinars.example.org",
    "SECRET_KEY": "n0t-a-real-one-but-long-enough-for-the-check-of-django-which-wants-fifty-characters",
    "EMAIL_URL": "smtp://127.0.0.1:2525",
    "CONTACT_EMAIL": "secretariat@example.org",
    "DATABASE_URL": "postgres://user:secret@127.0.0.1:5432/webinar",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
}

MEDIA_SERVER = {
    "MEDIA": "sfu",
    "LIVEKIT_URL": "wss://webinars.example.org:7443",
    "LIVEKIT_API_KEY": "key",
    "LIVEKIT_API_SECRET": "s" * 32,
}


def deploy_check(tmp_path: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING", *arguments],
        cwd=ROOT,
        env={**kept, "DATA_DIR": str(tmp_path), **DEPLOYED, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {**MEDIA_SERVER, "LIVEKIT_NODE_IP": "203.0.113.10"},
        {**MEDIA_SERVER, "LIVEKIT_NODE_IP": "127.0.0.1", "SITE_URL": "https://localhost"},
    ],
)
def test_a_full_configuration_passes_the_deployment_check(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    done = deploy_check(tmp_path, **environment)
    assert done.returncode == 0, done.stderr
    assert "webinar.I101" in done.stdout + done.stderr  # without a virus scanner


def test_the_deployment_check_sends_a_test_mail(tmp_path: Path) -> None:
    postbox = SmtpReceiver()
    receiver = Controller(postbox, hostname="127.0.0.1", port=free_port())
    receiver.start()
    try:
        done = deploy_check(
            tmp_path,
            "--mail-to",
            "operator@example.org",
            EMAIL_URL=f"smtp://127.0.0.1:{receiver.port}",
            EMAIL_FROM="Žalia, AB <no-reply@example.org>",
        )
    finally:
        receiver.stop()
    assert done.returncode == 0, done.stderr
    assert "The test email to operator@example.org was handed to the mail server." in done.stdout
    (mail,) = postbox.to("operator@example.org")
    assert mail["Subject"] == "Test mail from Southern Baltic Cleantech"
    assert mail["From"].addresses[0].addr_spec == "no-reply@example.org"


@pytest.mark.parametrize(
    ("address", "server", "said"),
    [
        ("operator@example.org", "smtp://127.0.0.1:1", "The mail server cannot be reached"),
        ("operator", "smtp://127.0.0.1:2525", "--mail-to is not an address"),
    ],
)
def test_a_test_mail_that_was_not_sent_is_said(tmp_path: Path, address: str, server: str, said: str) -> None:
    done = deploy_check(tmp_path, "--mail-to", address, EMAIL_URL=server)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


HOSTS = ("127.0.0.1:8000", "localhost", "[::1]:8000", "webinars.example.org")
PATHS = ("/healthz", "/readyz")


@pytest.fixture(scope="module")
def health_told_to(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], str]:
    """The status of each path for each host, from a process that allows another host."""
    script = (
        "from django.test import Client\n"
        f"for path in {PATHS!r}:\n"
        f"    for host in {HOSTS!r}:\n"
        "        print(path, host, Client().get(path, headers={'Host': host}).status_code)"
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", script],
        cwd=ROOT,
        env={
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "DATA_DIR": str(tmp_path_factory.mktemp("health")),
            "SITE_URL": "https://webinars.example.org",
            "ALLOWED_HOSTS": "www.example.org",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    lines = (line.split() for line in done.stdout.splitlines())
    return {(path, host): status for path, host, status in lines}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", HOSTS)
def test_health_is_told_to_this_machine_whatever_hosts_the_operator_allows(
    health_told_to: dict[tuple[str, str], str], path: str, host: str
) -> None:
    assert health_told_to[path, host] in {"200", "503"}


@pytest.mark.parametrize(
    ("environment", "identity"),
    [
        ({"DEMO": "1"}, "webinar.E101"),
        ({"SITE_URL": "http://webinars.example.org"}, "webinar.E102"),
        ({"EMAIL_URL": ""}, "webinar.E103"),
        ({"SECRET_KEY": ""}, "webinar.E104"),
        ({"DATABASE_URL": ""}, "webinar.E105"),
        ({"REDIS_URL": ""}, "webinar.E106"),
        ({"INBOUND_EMAIL_URL": "lmtp://127.0.0.1:2424"}, "webinar.E111"),
        ({"SITE_URL": "https://127.0.0.1"}, "webinar.E107"),
        ({"EMAIL_URL": "smtp://user:secret@mail.example.org"}, "webinar.E108"),
        ({"CONTACT_EMAIL": ""}, "webinar.E110"),
        ({**MEDIA_SERVER, "LIVEKIT_NODE_IP": "127.0.0.1"}, "webinar.E109"),
    ],
)
def test_what_is_unfit_to_deploy_is_named(tmp_path: Path, environment: dict[str, str], identity: str) -> None:
    done = deploy_check(tmp_path, **environment)
    assert done.returncode != 0
    assert identity in done.stderr


def test_logs_are_json_with_the_request_id(tmp_path: Path) -> None:
    script = (
        "import logging, structlog; structlog.contextvars.bind_contextvars(request_id='r-1'); "
        "logging.getLogger('x').warning('seen')"
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", script],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(tmp_path), "LOG_JSON": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    line = json.loads(done.stderr.strip().splitlines()[-1])
    assert (line["event"], line["request_id"], line["level"]) == ("seen", "r-1", "warning")


def test_a_page_whose_database_has_gone_asks_to_wait(rf: RequestFactory) -> None:
    try:
        raise OperationalError("server closed the connection unexpectedly")
    except OperationalError:
        answer = errors.server_error(rf.get("/"))
    assert answer.status_code == 503
    assert answer["Retry-After"].isdigit()
