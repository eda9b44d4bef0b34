"""Which recordings of past meetings somebody may watch: answered by the app that keeps recordings."""

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from meetings.access import Visitor


class Watchable(Protocol):
    """A published recording."""

    pk: str
    duration_seconds: float | None


Find = Callable[[Visitor, Collection[str]], Mapping[str, Watchable]]
_find: list[Find] = []


def register(find: Find) -> None:
    """`find` gets who asks and ids of meetings, and answers by meeting."""
    _find.append(find)


def recordings_of(visitor: Visitor, meetings: Collection[str]) -> dict[str, Watchable]:
    """By meeting, of those that have a published recording which the visitor may watch."""
    found: dict[str, Watchable] = {}
    if meetings:
        for find in _find:
            found |= find(visitor, meetings)
    return found
