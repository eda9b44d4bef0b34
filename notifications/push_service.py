"""Hands one notification to a browser's push service: encrypted for that browser alone (RFC 8030, 8291, 8292)."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from api.circuit_breaker import CircuitBreaker
from rooms.media.loading import Lazily

if TYPE_CHECKING:
    import pywebpush
    import requests
else:
    pywebpush, requests = Lazily("pywebpush"), Lazily("requests")

LONGEST_WAIT = 3600  # seconds, whatever a push service asks for
TIMEOUT = (5, 10)  # seconds, to connect and to read
PAUSE = 60  # seconds in which a push service that did not answer is asked once
GONE = (404, 410)
OTHER_KEY = (401, 403)
LATER = (408, 425, 429)
HOST_AND_PORT = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?")  # no user, no IPv6 address, nothing odd


class UnableToPush(Exception):
    """Not accepted."""


class Gone(UnableToPush):
    """The browser does not want them any more, is no more (RFC 8030, 7.3), or knows this service by a former key."""


class TryLater(UnableToPush):
    def __init__(self, reason: str, *, after: int = 0) -> None:
        super().__init__(reason)
        self.after = after  # seconds, where the push service says so


class Refused(UnableToPush):
    """Will not be accepted later either."""


@dataclass(frozen=True)
class Target:
    endpoint: str
    p256dh: str
    auth: str


def is_on() -> bool:
    return bool(settings.VAPID_PRIVATE_KEY)


def is_known_service(endpoint: str) -> bool:
    """Whether a request to it goes below one of PUSH_SERVICES: anything else could lead into our own network.

    Asks who will send it: others end the host of `https://localhost\\.push.apple.com/` elsewhere.
    """
    try:
        asked = urlsplit(requests.Request("POST", endpoint).prepare().url or "")
        port = asked.port
    except ValueError:
        return False
    if not HOST_AND_PORT.fullmatch(asked.netloc):
        return False
    host = asked.hostname or ""
    for known in map(urlsplit, settings.PUSH_SERVICES):
        is_below = host == known.hostname or host.endswith(f".{known.hostname}")
        if is_below and (asked.scheme, port) == (known.scheme, known.port):
            return True
    return False


class PushService:
    """One for all threads of a process: whose push service does not answer keeps nobody else waiting for long."""

    def __init__(self) -> None:
        self._away: dict[str, CircuitBreaker] = {}

    def deliver(self, target: Target, content: str, *, lasts: int, topic: str) -> None:
        """`lasts` in seconds: then the push service drops it. Raises UnableToPush."""
        if not is_known_service(target.endpoint):
            raise Gone("not a known push service")
        host = urlsplit(target.endpoint).netloc
        away = self._away.setdefault(host, CircuitBreaker(host, pause=PAUSE))
        if not away.allows():
            raise TryLater("did not answer others")
        session = requests.Session()
        session.max_redirects = 0  # a redirect could lead anywhere
        keys = {"p256dh": target.p256dh, "auth": target.auth}
        try:
            pywebpush.webpush(
                {"endpoint": target.endpoint, "keys": keys},
                content,
                vapid_private_key=settings.VAPID_PRIVATE_KEY,
                vapid_claims={"sub": f"mailto:{settings.CONTACT_EMAIL}"},
                ttl=lasts,
                timeout=TIMEOUT,
                headers={"Urgency": "high", "Topic": topic},
                requests_session=session,
            )
        except pywebpush.WebPushException as error:
            away.succeeded()
            raise _problem(error.response) from error
        except requests.TooManyRedirects as error:
            away.succeeded()
            raise Refused("redirected") from error
        except requests.RequestException as error:
            away.failed(error)
            raise TryLater(type(error).__name__) from error
        else:
            away.succeeded()
        finally:
            session.close()


def _problem(response: object) -> UnableToPush:
    status = int(getattr(response, "status_code", 0) or 0)
    if status in GONE:
        return Gone(str(status))
    if status in OTHER_KEY:
        return Gone(f"{status}: turned on for another key")
    if status in LATER or status >= 500:
        return TryLater(str(status), after=_seconds(getattr(response, "headers", {}).get("Retry-After", "")))
    return Refused(str(status or "no answer"))


def _seconds(retry_after: str) -> int:
    """0 where it is a date: our own pause is then long enough."""
    known = retry_after.isascii() and retry_after.isdigit()
    return min(int(retry_after[:9]), LONGEST_WAIT) if known else 0
