"""How often one address on the net, or one mail address, may ask for a seat."""

from functools import cache
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter

# A whole company may sit behind one address on the net; nobody asks for many seats with one mail address.
PER_NETWORK_ADDRESS = parse("60/10 minutes")
PER_MAIL_ADDRESS = parse("20/hour")
_log = structlog.get_logger(__name__)


class TooOften(Exception):
    """Nothing was done; it may be tried again in a while."""


def allow_registering(request: HttpRequest, email: str) -> None:
    """Counts one more try. Raises TooOften. When the counters cannot be reached, people may register."""
    if not settings.RATE_LIMITS:
        return
    try:
        _count(PER_NETWORK_ADDRESS, "registering", "network", request.META.get("REMOTE_ADDR", ""))
        _count(PER_MAIL_ADDRESS, "registering", "mail", email.strip().lower())
    except StorageError as error:
        _log.warning("rate_limits_not_counted", error=str(error.storage_error))


def _count(limit: RateLimitItem, *key: str) -> None:
    if not limiter().hit(limit, *key):
        raise TooOften


@cache
def limiter() -> MovingWindowRateLimiter:
    """Counted in Redis where there is one, else in this process."""
    return MovingWindowRateLimiter(_counters())


def _counters() -> Storage:
    if not settings.REDIS_URL:
        return MemoryStorage()
    in_time: dict[str, Any] = {
        "socket_timeout": 1.0,
        "socket_connect_timeout": 1.0,
    }  # one that hangs holds nobody up
    return RedisStorage(settings.REDIS_URL, wrap_exceptions=True, **in_time)
