"""Unreadable messages are put aside, and the worker continues with the next."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection, Exchange, Queue
from kombu.exceptions import ChannelError, OperationalError
from redis import Redis

from webinar_service import broker

ROOT = Path(__file__).parent.parent
QUEUE = Queue("celery", Exchange("celery", type="direct"), routing_key="celery")
BROKEN = [
    b"",
    b"{",
    b"null",
    b"[1, 2]",
    b'"text"',
    b"{}",
    b'{"properties": {}}',
    b'{"properties": {"delivery_tag": "1", "delivery_info": null}, "headers": {}}',
    b'{"body": "%%%", "properties": {"delivery_tag": "1", "delivery_info": {}, "body_encoding": "base64"}}',
    b"\xff\xfe\x00",
    b"[" * 100_000,
]


@contextmanager
def files(folder: Path) -> Iterator[Connection]:
    for name in ("messages", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    options = {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.01,
    }
    with Connection("filesystem://localhost/", transport_options=options) as connection:
        yield connection


def put(connection: Connection, body: dict[str, Any]) -> None:
    connection.Producer().publish(body, exchange=QUEUE.exchange, routing_key="celery", declare=[QUEUE])


def received(connection: Connection, count: int) -> list[Any]:
    """What a consumer gets until it has `count` messages, or no more arrive."""
    bodies: list[Any] = []

    def keep(body: Any, message: Any) -> None:
        bodies.append(body)
        message.ack()

    with connection.Consumer([QUEUE], callbacks=[keep]):
        give_up = time.monotonic() + 10
        while len(bodies) < count and time.monotonic() < give_up:
            try:
                connection.drain_events(timeout=0.5)
            except TimeoutError:
                break
    return bodies


def test_what_is_put_into_the_files_comes_out_in_order(tmp_path: Path) -> None:
    with files(tmp_path) as connection:
        for number in range(5):
            put(connection, {"number": number})
        assert received(connection, 5) == [{"number": number} for number in range(5)]
    assert list((tmp_path / "messages").iterdir()) == []


@pytest.mark.parametrize("content", BROKEN, ids=lambda content: repr(content[:30]))
def test_a_broken_file_is_set_aside_and_the_next_message_is_read(
    tmp_path: Path, content: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    with files(tmp_path) as connection:
        (tmp_path / "messages" / "0_broken.celery.msg").write_bytes(content)
        put(connection, {"good": True})
        assert received(connection, 1) == [{"good": True}]
    assert [file.read_bytes() for file in (tmp_path / "broken").iterdir()] == [content]
    assert list((tmp_path / "messages").iterdir()) == []


def test_only_so_many_broken_files_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "MOST_KEPT", 3)
    with files(tmp_path) as connection:
        for number in range(6):
            (tmp_path / "messages" / f"{number}_x.celery.msg").touch()
        assert received(connection, 1) == []
    assert sorted(file.name for file in (tmp_path / "broken").iterdir()) == [
        f"{number}_x.celery.msg" for number in (3, 4, 5)
    ]


def test_a_broken_table_of_queues_is_made_anew(tmp_path: Path) -> None:
    with files(tmp_path) as connection:
        (tmp_path / "control" / "celery.exchange").touch()
        put(connection, {"good": True})
        assert received(connection, 1) == [{"good": True}]


def test_a_full_disk_refuses_the_message_and_leaves_no_part_of_it(tmp_path: Path) -> None:
    """A limit on file size simulates it: the kernel writes what fits and refuses the rest."""
    with files(tmp_path) as connection:
        put(connection, {"first": True})
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, before[1]))
        try:
            with pytest.raises((OperationalError, ChannelError)):
                put(connection, {"second": "x" * 8000})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        put(connection, {"third": True})
        assert received(connection, 2) == [{"first": True}, {"third": True}]
    assert list((tmp_path / "messages").iterdir()) == []


@pytest.mark.parametrize("content", BROKEN, ids=lambda content: repr(content[:30]))
def test_a_broken_message_in_redis_is_set_aside(redis_url: str, content: bytes) -> None:
    database = f"{redis_url.rpartition('/')[0]}/9"
    with Redis.from_url(database) as redis, Connection(database) as connection:
        redis.flushdb()
        put(connection, {"good": True})
        redis.rpush("celery", content)  # read first
        assert received(connection, 1) == [{"good": True}]
        assert redis.llen(broker.BROKEN) == 1
        redis.flushdb()


@pytest.mark.parametrize("content", [b"", b"{}"], ids=["empty", "no message"])
def test_a_worker_outlives_a_broken_file(tmp_path: Path, content: bytes) -> None:
    """End to end: Celery's worker, as `serve` starts it, without Redis."""
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "DATA_DIR": str(tmp_path),
        "LOG_JSON": "1",
    }
    script = "from webinar_service.tasks import heartbeat; heartbeat.delay()"
    log = tmp_path / "worker.log"
    (tmp_path / "queue/messages").mkdir(parents=True)
    (tmp_path / "queue/messages/0_broken.celery.msg").write_bytes(content)
    with log.open("wb") as output:
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "webinar_service", "worker", "--pool", "solo"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        subprocess.run(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", script],
            cwd=ROOT,
            env=environment,
            check=True,
        )
        give_up = time.monotonic() + 60
        while not list((tmp_path / "cache").glob("*")) and time.monotonic() < give_up:
            assert worker.poll() is None, log.read_text()
            time.sleep(0.2)
        assert list((tmp_path / "cache").glob("*")), log.read_text()
        assert worker.poll() is None
    finally:
        worker.terminate()
        worker.wait(30)
    said = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert [line["file"] for line in said if line["event"] == "broken_message_set_aside"] == [
        "0_broken.celery.msg"
    ]
