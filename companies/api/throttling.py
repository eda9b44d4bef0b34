"""So many requests for each token, counted under a lock: in Redis where there is one, else in this process."""

from functools import cache
from threading import Lock
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from ninja.throttling import BaseThrottle

from companies.models import ApiToken

_log = structlog.get_logger(__name__)
_IN_TIME: dict[str, Any] = {
    "socket_timeout": 1.0,
    "socket_connect_timeout": 1.0,
}  # one that hangs holds nobody up

_in_turn = Lock()


class TokenThrottle(BaseThrottle):
    """Keeps nothing of a request in itself: one throttle serves all threads."""

    def __init__(self, rate: str) -> None:
        self.limit: RateLimitItem = parse(rate)

    def allow_request(self, request: HttpRequest) -> bool:
        token = getattr(request, "auth", None)
        if not isinstance(token, ApiToken) or not settings.RATE_LIMITS:
            return True
        try:
            return self.hit(token.key_hash)
        except StorageError as error:
            _log.warning("rate_limits_not_counted", error=str(error.storage_error))
            return True

    def hit(self, key: str) -> bool:
        if settings.REDIS_URL:
            return counters().hit(self.limit, "api", key)
        with _in_turn:  # the storage makes its own lock for a key only when the first two are there already
            return counters().hit(self.limit, "api", key)

    def wait(self) -> float | None:
        """The longest that anybody has to wait: the framework asks without saying for whom."""
        return float(self.limit.get_expiry())


@cache
def counters() -> MovingWindowRateLimiter:
    if not settings.REDIS_URL:
        return MovingWindowRateLimiter(MemoryStorage())
    return MovingWindowRateLimiter(RedisStorage(settings.REDIS_URL, wrap_exceptions=True, **_IN_TIME))
