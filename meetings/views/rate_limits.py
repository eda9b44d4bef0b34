"""How often one address on the net, or one mail address, may ask for a seat."""

from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItem, parse

from companies import addresses, rate_limits

# A whole company may sit behind one address on the net; nobody asks for many seats with one mail address.
PER_NETWORK_ADDRESS = parse("60/10 minutes")
PER_MAIL_ADDRESS = parse("20/hour")


class TooOften(Exception):
    """Nothing was done; it may be tried again in a while."""


def allow_registering(request: HttpRequest, email: str) -> None:
    """Counts one more try. Raises TooOften."""
    if not settings.RATE_LIMITS:
        return
    _count(PER_NETWORK_ADDRESS, "registering", "network", request.META.get("REMOTE_ADDR", ""))
    _count(PER_MAIL_ADDRESS, "registering", "mail", addresses.normal(email))


def _count(limit: RateLimitItem, *key: str) -> None:
    if not rate_limits.hit(limit, *key):
        raise TooOften
