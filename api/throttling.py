"""Requests per token and time."""

from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItem, parse
from ninja.throttling import BaseThrottle

from api import rate_limits
from api.models import ApiToken


class TokenThrottle(BaseThrottle):
    """Keeps no state of a request, so that one instance serves all threads."""

    def __init__(self, rate: str) -> None:
        self.limit: RateLimitItem = parse(rate)

    def allow_request(self, request: HttpRequest) -> bool:
        token = getattr(request, "auth", None)
        if not isinstance(token, ApiToken) or not settings.RATE_LIMITS:
            return True
        return rate_limits.hit(self.limit, "api", token.key_hash)

    def wait(self) -> float | None:
        """The longest possible wait: the framework does not say for which request it asks."""
        return float(self.limit.get_expiry())
