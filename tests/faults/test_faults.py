"""Processes killed with SIGKILL lose nothing durable; the tests record how long recovery took."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from redis import Redis

from tests import stack as product
from tests.journeys.conftest import Host, make_host
from tests.journeys.test_room import guest, live_meeting
from tests.stack import Stack
from tools import services


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with product.running(tmp_path_factory.mktemp("faults")) as running:
        yield running


@pytest.fixture(scope="module")
def host(stack: Stack) -> Host:
    return make_host(stack, "host@example.org")


def state_of(stack: Stack, address: str, kind: str) -> str:
    rows = stack.sql(
        "SELECT n.state FROM notifications_notification n JOIN companies_person p ON p.id = n.person_id"
        " WHERE p.email = %s AND n.kind = %s",
        address,
        kind,
    )
    assert len(rows) == 1
    return str(rows[0][0])


def seconds_until(stack: Stack, holds: Callable[[], bool], *, within: float, what: str) -> float:
    began = time.monotonic()
    stack.wait_until(holds, seconds=within, what=what)
    return time.monotonic() - began


def test_a_worker_killed_while_it_sends_loses_no_confirmation(
    stack: Stack, host: Host, record_property: Callable[[str, object], None]
) -> None:
    in_delivery, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        in_delivery.set()
        go_on.wait(20)

    stack.postbox.before_accepting = hold
    meeting = host.schedule()["id"]
    host.register(meeting, "interrupted@example.org")
    assert in_delivery.wait(20)
    for pid in stack.children("worker"):
        os.kill(pid, signal.SIGKILL)
    stack.postbox.before_accepting = lambda: None
    go_on.set()
    took = seconds_until(
        stack,
        lambda: state_of(stack, "interrupted@example.org", "confirmation") == "sent",
        within=120,
        what="the confirmation",
    )
    assert 1 <= len(stack.postbox.to("interrupted@example.org")) <= 2
    record_property("seconds until the interrupted confirmation was sent", round(took, 1))


def test_redis_killed_with_a_room_open_loses_no_message_and_no_mail(
    stack: Stack, host: Host, record_property: Callable[[str, object], None]
) -> None:
    port = int(stack.environment["REDIS_URL"].rsplit(":", 1)[1].split("/")[0])
    meeting, room = live_meeting(host)
    people = [guest(stack, host, meeting, room, f"r{number}") for number in range(4)]  # of both web processes
    for each in people:
        each.enter()
    with Redis.from_url(stack.environment["REDIS_URL"]) as redis:
        os.kill(redis.info()["process_id"], signal.SIGKILL)
    assert people[0].do("chat.send", text="while Redis is dead")["ok"]
    host.register(meeting, "redis-dead@example.org")
    for each in people:
        each.wait_for("chat.message", text="while Redis is dead")
    with ExitStack() as again:
        again.enter_context(services.redis(port))
        took = seconds_until(
            stack,
            lambda: bool(stack.postbox.to("redis-dead@example.org")),
            within=60,
            what="the mail that was due",
        )
        assert people[1].do("chat.send", text="Redis is back")["ok"]
        for each in people:
            each.wait_for("chat.message", text="Redis is back")
        for each in people:
            seqs = each.numbers()
            assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
            each.leave()
        stack.wait_until(lambda: stack.get("/readyz")[0] == 200, seconds=60, what="readiness")
        record_property("seconds from Redis back to the due mail", round(took, 1))
        stack.stop()
