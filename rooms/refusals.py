"""Why a command was not run, and why a connection could not join."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import PermissionDenied
from django.http import Http404

from companies.refusals import Refusal
from rooms.messages import ERRORS


class Refused(Refusal):
    """The error reply to a command: `code` is one of ERRORS, `message` is for developers and not translated."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail or ERRORS[code])


@contextmanager
def refusing() -> Iterator[None]:
    """What a policy raises becomes the reply to a command; a flow's own Refusal stays."""
    try:
        yield
    except Http404 as problem:
        raise Refused("not_found") from problem
    except PermissionDenied as problem:
        raise Refused("not_allowed") from problem


class UnableToJoin(Refusal):
    """`code` is "bad_ticket", "no_room", "removed" (denied or removed by a host), "no_seat" (no access any more),
    "locked" (by a host), or "used" (the ticket has opened a connection before). The client gets a close code only.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code, code)
