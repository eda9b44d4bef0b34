"""Limits on registering: by client address, by email address, and by network for guests."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from limits import RateLimitItem, parse

from api import rate_limits
from companies import email_addresses
from companies.refusals import Refusal

# A whole company may share one client address; nobody needs many registrations with one email address.
PER_CLIENT_ADDRESS = parse("60/10 minutes")
PER_EMAIL_ADDRESS = parse("20/hour")
# Guests of one network in one meeting. Who is signed in has proved the email address and is not counted here.
PER_NETWORK_AND_MEETING = parse("25/10 minutes")
IPV4_NETWORK, IPV6_NETWORK = 24, 48  # prefix lengths that one customer of a provider commonly controls

# Messages of the contact page: by client address, and by the address that was typed.
MESSAGES_PER_CLIENT_ADDRESS = parse("10/10 minutes")
MESSAGES_PER_EMAIL_ADDRESS = parse("10/hour")

# Requests for the newsletter: by client address, and by the address that was typed.
REQUESTS_PER_CLIENT_ADDRESS = parse("20/10 minutes")
REQUESTS_PER_EMAIL_ADDRESS = parse("5/hour")


class RateLimited(Refusal):
    """Nothing was done; it may be tried again later."""


def allow_registering(request: HttpRequest, email: str) -> None:
    """Counts one attempt. Raises RateLimited."""
    message = _(
        "Too many registrations in a short time. Nothing you entered is lost. Please try again later."
    )
    _count_sender(request, email, message, "registering", (PER_CLIENT_ADDRESS, PER_EMAIL_ADDRESS))


def allow_guest_from_network(request: HttpRequest, about: str) -> None:
    """Counts one attempt of a guest at `about`, the id of a meeting or series. Raises RateLimited."""
    message = _(
        "Many people on your network have just registered. Nothing you entered is lost. Sign in to "
        "register now, or try again in ten minutes."
    )
    if settings.RATE_LIMITS:
        network = network_of(request.META.get("REMOTE_ADDR", ""))
        _count(message, PER_NETWORK_AND_MEETING, "registering", about, network)


def allow_contacting(request: HttpRequest, email: str, doing: str = "contacting") -> None:
    """Counts one message of the contact page, or of another page on which anybody may write. Raises RateLimited."""
    message = _("Too many messages in a short time. Nothing you entered is lost. Please try again later.")
    limits = (MESSAGES_PER_CLIENT_ADDRESS, MESSAGES_PER_EMAIL_ADDRESS)
    _count_sender(request, email, message, doing, limits)


def allow_subscribing(request: HttpRequest, email: str) -> None:
    """Counts one request for the newsletter. Raises RateLimited."""
    message = _("Too many requests in a short time. Nothing you entered is lost. Please try again later.")
    limits = (REQUESTS_PER_CLIENT_ADDRESS, REQUESTS_PER_EMAIL_ADDRESS)
    _count_sender(request, email, message, "subscribing", limits)


def allow_resending(request: HttpRequest, email: str, meeting_id: str) -> None:
    """Counts one request for a lost confirmation, within the limits of registering. Raises RateLimited."""
    message = _("Too many requests in a short time. Nothing you entered is lost. Please try again later.")
    _count_sender(request, email, message, "resending", (PER_CLIENT_ADDRESS, PER_EMAIL_ADDRESS))
    if settings.RATE_LIMITS:
        network = network_of(request.META.get("REMOTE_ADDR", ""))
        _count(message, PER_NETWORK_AND_MEETING, "resending", meeting_id, network)


def _count_sender(
    request: HttpRequest, email: str, message: str, doing: str, limits: tuple[RateLimitItem, RateLimitItem]
) -> None:
    """By the address of the client, then by the email address that was typed."""
    if not settings.RATE_LIMITS:
        return
    per_client, per_email = limits
    _count(message, per_client, doing, "network", request.META.get("REMOTE_ADDR", ""))
    _count(message, per_email, doing, "mail", email_addresses.normalized(email))


def network_of(address: str) -> str:
    """The /24 or /48 that an address belongs to; the text itself where it is not an IP address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    length = IPV4_NETWORK if parsed.version == 4 else IPV6_NETWORK
    return str(ipaddress.ip_network((parsed, length), strict=False))


def _count(message: str, limit: RateLimitItem, *key: str) -> None:
    if not rate_limits.hit(limit, *key):
        raise RateLimited("too_often", message)
