"""Which recordings of past meetings somebody may watch: answered by the app that keeps recordings."""

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from meetings.access import Visitor


class WatchableRecording(Protocol):
    """A published recording."""

    pk: str
    duration_seconds: float | None


RecordingFinder = Callable[[Visitor, Collection[str]], Mapping[str, WatchableRecording]]
_finders: list[RecordingFinder] = []


def register(find: RecordingFinder) -> None:
    """`find` gets who asks and ids of meetings, and answers by meeting."""
    _finders.append(find)


def recordings_of(visitor: Visitor, meetings: Collection[str]) -> dict[str, WatchableRecording]:
    """By meeting, of those that have a published recording which the visitor may watch."""
    found: dict[str, WatchableRecording] = {}
    if meetings:
        for find in _finders:
            found |= find(visitor, meetings)
    return found
