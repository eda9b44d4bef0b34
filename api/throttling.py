"""So many requests for each token."""

from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItem, parse
from ninja.throttling import BaseThrottle

from api import rate_limits
from api.models import ApiToken


class TokenThrottle(BaseThrottle):
    """Keeps nothing of a request in itself: one throttle serves all threads."""

    def __init__(self, rate: str) -> None:
        self.limit: RateLimitItem = parse(rate)

    def allow_request(self, request: HttpRequest) -> bool:
        token = getattr(request, "auth", None)
        if not isinstance(token, ApiToken) or not settings.RATE_LIMITS:
            return True
        return rate_limits.hit(self.limit, "api", token.key_hash)

    def wait(self) -> float | None:
        """The longest that anybody has to wait: the framework asks without saying for whom."""
        return float(self.limit.get_expiry())
