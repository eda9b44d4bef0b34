"""Why a command was not run, and why a connection could not join."""

from companies.refusals import Refusal
from rooms.messages import ERRORS


class Refused(Refusal):
    """The error reply to a command: `code` is one of ERRORS, `message` is for developers and not translated."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail or ERRORS[code])


class UnableToJoin(Refusal):
    """`code` is "bad_ticket", "no_room", "removed" (denied or removed by a host), "no_seat" (no access any more), or
    "used" (the ticket has opened a connection before). The client gets a close code only.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code, code)
