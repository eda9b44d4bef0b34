"""Why a command was not done: the code that the reply carries."""

from rooms.messages import ERRORS


class Refused(Exception):
    """`code` is one of messages.ERRORS; `detail` is for the program's author."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail or ERRORS[code]
