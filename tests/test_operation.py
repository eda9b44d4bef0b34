"""What the operator asks the service, and what it refuses to run with."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from notifications.models import Notification
from tests import factories
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
        {"ready": True, "database": "ok", "bus": "ok", "worker": "ok", "mail": "ok"},
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
        occasion="late",
        due_at=now - timedelta(minutes=10),
        created_at=now,
    )
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["mail"].startswith("the oldest due mail waits for 60")


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
    "DATABASE_URL": "postgres://user:secret@127.0.0.1:5432/webinar",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
}


def deploy_check(tmp_path: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**kept, "DATA_DIR": str(tmp_path), **DEPLOYED, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_full_configuration_passes_the_deployment_check(tmp_path: Path) -> None:
    done = deploy_check(tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("environment", "identity"),
    [
        ({"DEMO": "1"}, "webinar.E101"),
        ({"SITE_URL": "http://webinars.example.org"}, "webinar.E102"),
        ({"EMAIL_URL": ""}, "webinar.E103"),
        ({"SECRET_KEY": ""}, "webinar.E104"),
        ({"DATABASE_URL": ""}, "webinar.E105"),
        ({"REDIS_URL": ""}, "webinar.E106"),
        ({"MEDIA": "sfu"}, "webinar.E003"),
        ({"DEFAULT_TIMEZONE": "Mars/Olympus"}, "webinar.E001"),
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
