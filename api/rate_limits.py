"""Where tries are counted: in Redis for all processes; where it is not there, or away, in each process by itself.

Counted alone, a process lets through no more than the limit; all together, at most the limit times their number.
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

# One that hangs holds up one page for this long, and then nobody for a while.
SECONDS_TO_ANSWER = 1.0
_memory_lock = Lock()


def hit(limit: RateLimitItem, *key: str) -> bool:
    """Counts one more try. False when it is one too many, and was not counted."""
    if settings.REDIS_URL and circuit_breaker.redis.allows():
        try:
            allowed = redis_limiter().hit(limit, *key)
        except StorageError as error:
            circuit_breaker.redis.failed(error)
        else:
            circuit_breaker.redis.succeeded()
            return allowed
    with _memory_lock:  # the storage makes its own lock for a key only when the first two are there already
        return memory_limiter().hit(limit, *key)


@cache
def redis_limiter() -> MovingWindowRateLimiter:
    timeouts: dict[str, Any] = {
        "socket_timeout": SECONDS_TO_ANSWER,
        "socket_connect_timeout": SECONDS_TO_ANSWER,
        "retry": Retry(NoBackoff(), 0),
    }
    return MovingWindowRateLimiter(RedisStorage(settings.REDIS_URL, wrap_exceptions=True, **timeouts))


@cache
def memory_limiter() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())
