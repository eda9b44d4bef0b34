"""Rate limits, counted in Redis for all processes, or in each process when there is no Redis or it is away.

In-process limits add up: N processes together let through at most N times the limit.
"""

from functools import cache
from threading import Lock
from typing import Any

from django.conf import settings
from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.backoff import NoBackoff
from redis.retry import Retry

from api import circuit_breaker

# A server that hangs delays one request by this long, and then none for a while.
REDIS_OPTIONS: dict[str, Any] = {
    "socket_timeout": 1.0,  # seconds
    "socket_connect_timeout": 1.0,
    "retry": Retry(NoBackoff(), 0),
}
_memory_lock = Lock()


def hit(limit: RateLimitItem, *key: str) -> bool:
    """Counts one more attempt. False when the limit is reached; such an attempt is not counted."""

    def in_memory() -> bool:
        with _memory_lock:  # the storage does not create its per-key locks thread-safely
            return memory_limiter().hit(limit, *key)

    if not settings.REDIS_URL:
        return in_memory()
    return circuit_breaker.redis.call(
        lambda: redis_limiter(settings.REDIS_URL).hit(limit, *key), in_memory, StorageError
    )


@cache
def redis_limiter(url: str) -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(RedisStorage(url, wrap_exceptions=True, **REDIS_OPTIONS))


@cache
def memory_limiter() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())
