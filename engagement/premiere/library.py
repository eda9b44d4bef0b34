"""Where films come from: the app that has them registers itself here."""

from typing import Protocol

from engagement.premiere.messages import CaptionsAddress, Film


class Library(Protocol):
    def films(self, meeting: str) -> list[Film]:
        """Those that hosts have chosen for this meeting and that can be played, by title."""
        ...

    def address(self, film: Film, ticket: str) -> str: ...

    def captions(self, film: Film, ticket: str) -> list[CaptionsAddress]: ...


_registered: list[Library] = []


def register(library: Library) -> None:
    """Called in `AppConfig.ready`."""
    _registered.append(library)


def library() -> Library:
    [registered] = _registered
    return registered
