"""Without Redis visitors still get pages, and rate limits still count."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.test import Client
from limits import parse
from redis import Redis

from api import circuit_breaker, rate_limits
from companies.models import Person
from notifications import receivers
from tests import factories
from tools import services

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail_dir(settings: Any, tmp_path: Path) -> Path:
    settings.EMAIL_URL, settings.MAIL_DIR = "", tmp_path / "mail"
    return tmp_path / "mail"


@pytest.fixture
def own_redis(settings: Any) -> Iterator[int]:
    """A Redis of this test's own, used by the product; returns its process id."""
    with services.redis() as started:
        settings.REDIS_URL = started["REDIS_URL"]
        settings.RATE_LIMITS = True
        settings.ACCOUNT_RATE_LIMITS = {}
        settings.CACHES = {
            "default": {
                "BACKEND": "webinar_service.cache.RedisWithMemoryFallback",
                "LOCATION": started["REDIS_URL"],
                "KEY_PREFIX": "webinar",
            }
        }
        forget()
        with Redis.from_url(started["REDIS_URL"]) as redis:
            yield int(redis.info("server")["process_id"])
        forget()


def forget() -> None:
    rate_limits.memory_limiter.cache_clear()
    rate_limits.redis_limiter.cache_clear()
    circuit_breaker.redis.succeeded()
    LocMemCache("while-redis-is-away", {}).clear()
    receivers._next_wake_up = 0.0


@pytest.fixture(params=[signal.SIGKILL, signal.SIGSTOP], ids=["stopped", "frozen"])
def redis_away(request: pytest.FixtureRequest, own_redis: int) -> Iterator[None]:
    os.kill(own_redis, request.param)
    yield
    if request.param == signal.SIGSTOP:
        os.kill(own_redis, signal.SIGCONT)


@pytest.mark.usefixtures("redis_away", "mail_dir")
def test_signing_in_and_registering_answer_with_a_page() -> None:
    person = factories.member()
    meeting = factories.meeting()
    client = Client()
    began = time.monotonic()
    asked = client.post("/account/login/", {"login": person.email})
    assert (asked.status_code, asked["Location"]) == (302, "/account/login/code/confirm/")
    new = Client().post("/account/signup/", {"email": "new@example.org", "name": "New", "language": "en"})
    assert new.status_code == 302
    assert Person.objects.filter(email="new@example.org").exists()
    guest = {"email": "guest@example.org", "name": "Guest", "company": "", "language": "en"}
    assert Client().post(f"/meetings/{meeting.pk}/register/", guest).status_code == 302
    assert meeting.registrations.count() == 1
    for path in ("/", "/schedule/", "/account/login/", "/companies/"):
        assert Client().get(path).status_code == 200
    # One page waits a second for a frozen Redis, the others do not wait.
    assert time.monotonic() - began < 12


@pytest.mark.usefixtures("redis_away", "mail_dir")
def test_signing_in_is_limited_while_redis_is_away() -> None:
    person = factories.member()
    answers = [Client().post("/account/login/", {"login": person.email}).status_code for _try in range(5)]
    # Beyond the limit the form says so.
    assert answers == [302, 302, 302, 200, 200]


def test_tries_are_counted_for_all_processes_together_while_redis_answers(own_redis: int) -> None:
    limit, allowed = parse("3/minute"), []
    for _process in range(2):  # each of which has a memory of its own
        rate_limits.memory_limiter.cache_clear()
        rate_limits.redis_limiter.cache_clear()
        allowed += [rate_limits.hit(limit, "together") for _try in range(2)]
    assert allowed == [True, True, True, False]


def test_counting_goes_on_while_redis_is_away_and_returns_to_it(own_redis: int) -> None:
    limit = parse("3/minute")
    assert rate_limits.hit(limit, "before")
    os.kill(own_redis, signal.SIGSTOP)
    began = time.monotonic()
    assert [rate_limits.hit(limit, "away") for _try in range(5)] == [True, True, True, False, False]
    assert time.monotonic() - began < 3
    os.kill(own_redis, signal.SIGCONT)
    circuit_breaker.redis._try_again_at = 0.0
    assert [rate_limits.hit(limit, "before") for _try in range(3)] == [True, True, False]
    assert circuit_breaker.redis.allows()


def test_a_frozen_redis_is_waited_for_once_and_not_by_every_page(own_redis: int) -> None:
    os.kill(own_redis, signal.SIGSTOP)
    try:
        began = time.monotonic()
        for number in range(50):
            cache.set(f"key-{number}", number)
        assert cache.get_many(["key-1", "key-2"]) == {"key-1": 1, "key-2": 2}
        assert cache.add("key-1", 5) is False
        assert cache.incr("key-1") == 2
        assert cache.delete("key-1")
        assert time.monotonic() - began < 3
    finally:
        os.kill(own_redis, signal.SIGCONT)


def test_the_cache_is_shared_while_redis_answers(own_redis: int, settings: Any) -> None:
    cache.set("shared", 7)
    with Redis.from_url(settings.REDIS_URL) as redis:
        assert redis.get("webinar:1:shared") == b"7"


@pytest.mark.usefixtures("redis_away")
def test_readiness_names_redis_and_nothing_raises() -> None:
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["bus"].startswith("no answer")


@pytest.mark.usefixtures("redis_away")
def test_a_profile_and_signing_out_need_no_redis() -> None:
    person = factories.member()
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/profile/").status_code == 200
    assert client.post("/account/logout/").status_code == 302
    assert Person.objects.filter(pk=person.pk).exists()
