"""The cache in Redis, and in this process alone while Redis is away: no page depends on it."""

from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from api import circuit_breaker
from api.rate_limits import SECONDS_TO_ANSWER


class RedisWithMemoryFallback(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        timeouts = {
            "socket_timeout": SECONDS_TO_ANSWER,
            "socket_connect_timeout": SECONDS_TO_ANSWER,
            "retry": Retry(NoBackoff(), 0),
        }
        super().__init__(server, {**params, "OPTIONS": {**timeouts, **params.get("OPTIONS", {})}})
        self.fallback = LocMemCache("while-redis-is-away", params)

    def _call_with_fallback(self, method: str, *arguments: Any, **options: Any) -> Any:
        if circuit_breaker.redis.allows():
            in_redis: Callable[..., Any] = getattr(super(), method)
            try:
                answer = in_redis(*arguments, **options)
            except (RedisError, OSError) as problem:
                circuit_breaker.redis.failed(problem)
            else:
                circuit_breaker.redis.succeeded()
                return answer
        return getattr(self.fallback, method)(*arguments, **options)

    def add(self, *arguments: Any, **options: Any) -> bool:
        return bool(self._call_with_fallback("add", *arguments, **options))

    def get(self, *arguments: Any, **options: Any) -> Any:
        return self._call_with_fallback("get", *arguments, **options)

    def set(self, *arguments: Any, **options: Any) -> None:
        self._call_with_fallback("set", *arguments, **options)

    def touch(self, *arguments: Any, **options: Any) -> bool:
        return bool(self._call_with_fallback("touch", *arguments, **options))

    def delete(self, *arguments: Any, **options: Any) -> bool:
        return bool(self._call_with_fallback("delete", *arguments, **options))

    def get_many(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        return dict(self._call_with_fallback("get_many", *arguments, **options))

    def has_key(self, *arguments: Any, **options: Any) -> bool:
        return bool(self._call_with_fallback("has_key", *arguments, **options))

    def incr(self, *arguments: Any, **options: Any) -> int:
        return int(self._call_with_fallback("incr", *arguments, **options))

    def set_many(self, *arguments: Any, **options: Any) -> list[str]:
        return list(self._call_with_fallback("set_many", *arguments, **options))

    def delete_many(self, *arguments: Any, **options: Any) -> None:
        self._call_with_fallback("delete_many", *arguments, **options)

    def clear(self) -> None:
        self._call_with_fallback("clear")
