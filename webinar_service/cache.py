"""The cache: in Redis, or in this process alone while Redis is away; no page depends on it."""

from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import RedisError

from api import circuit_breaker
from api.rate_limits import REDIS_OPTIONS


class RedisWithMemoryFallback(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, {**params, "OPTIONS": {**REDIS_OPTIONS, **params.get("OPTIONS", {})}})
        self.fallback = LocMemCache("while-redis-is-away", params)

    def _call_with_fallback(self, method: str, *arguments: Any, **options: Any) -> Any:
        in_redis, in_memory = getattr(super(), method), getattr(self.fallback, method)
        return circuit_breaker.redis.call(
            lambda: in_redis(*arguments, **options),
            lambda: in_memory(*arguments, **options),
            RedisError,
            OSError,
        )

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
