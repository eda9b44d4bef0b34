"""The addresses that replies and returned emails come to: signed, so that nobody can guess one.

`replies+m-<meeting>-<person>-<signature>@…` stands as ORGANIZER in a person's calendar. It is the same for a person and
a meeting for life, because calendar programs take another organizer for another event. `replies+n-<notification>-…` is
the sender of one email's envelope, where mail servers return it to. `replies+t-<thread>-<person>-…` takes a person's
answers in a discussion of a project. All of it survives a change to lower case.
"""

import base64
import hmac
import re
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.utils.crypto import salted_hmac

SIGNATURE_BYTES = 10
ADDRESS = re.compile(
    r"(?P<name>[^@+]{1,64})\+(?P<signed>[a-z0-9-]{1,40})-(?P<signature>[a-z2-7]{16})@(?P<domain>[^@]{1,255})"
)
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class NotOurs(Exception):
    """Not signed by this service, or not in its form."""


@dataclass(frozen=True)
class OfMeeting:
    meeting_id: str
    person_id: int


@dataclass(frozen=True)
class OfNotification:
    notification_id: int


@dataclass(frozen=True)
class OfThread:
    thread_id: str
    person_id: int


Target = OfMeeting | OfNotification | OfThread


def are_read() -> bool:
    return bool(settings.INBOUND_EMAIL_ADDRESS)


def reply_address(meeting_id: str, person_id: int) -> str:
    return _signed(f"m-{meeting_id}-{_in_base_36(person_id)}")


def post_address(thread_id: str, person_id: int) -> str:
    return _signed(f"t-{thread_id}-{_in_base_36(person_id)}")


def return_address(notification_id: int) -> str:
    return _signed(f"n-{_in_base_36(notification_id)}")


def is_own(address: str) -> bool:
    """One that this service sends from or receives at: what comes from there is a loop."""
    name, _at, domain = settings.INBOUND_EMAIL_ADDRESS.lower().rpartition("@")
    local, _at, of_domain = address.strip().lower().rpartition("@")
    sends_from = parseaddr(settings.EMAIL_FROM)[1].lower()
    return address.strip().lower() == sends_from or (local.partition("+")[0], of_domain) == (name, domain)


def is_untagged(address: str) -> bool:
    """The address itself, which providers may send complaints to."""
    return are_read() and address.strip().lower() == settings.INBOUND_EMAIL_ADDRESS.lower()


def resolve(address: str) -> Target:
    """Raises NotOurs."""
    found = ADDRESS.fullmatch(address.strip().lower())
    name, _at, domain = settings.INBOUND_EMAIL_ADDRESS.lower().rpartition("@")
    if found is None or (found["name"], found["domain"]) != (name, domain):
        raise NotOurs
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(hmac.compare_digest(found["signature"], _signature(found["signed"], key)) for key in keys):
        raise NotOurs
    match found["signed"].split("-"):
        case ["m", meeting_id, person_id]:
            return OfMeeting(meeting_id, int(person_id, 36))
        case ["t", thread_id, person_id]:
            return OfThread(thread_id, int(person_id, 36))
        case ["n", notification_id]:
            return OfNotification(int(notification_id, 36))
    raise NotOurs


def _signed(text: str) -> str:
    name, _at, domain = settings.INBOUND_EMAIL_ADDRESS.rpartition("@")
    return f"{name}+{text}-{_signature(text, settings.SECRET_KEY)}@{domain}"


def _signature(text: str, key: str) -> str:
    digest = salted_hmac("notifications.reply_addresses", text, secret=key, algorithm="sha256").digest()
    return base64.b32encode(digest[:SIGNATURE_BYTES]).decode("ascii").lower()


def _in_base_36(number: int) -> str:
    digits = ""
    while number:
        number, last = divmod(number, 36)
        digits = DIGITS[last] + digits
    return digits or "0"
