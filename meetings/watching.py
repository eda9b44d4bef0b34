"""Recordings of meetings that a visitor may watch, found by the app of recordings."""

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
    """`find` gets the visitor and ids of meetings, and returns recordings by meeting."""
    _finders.append(find)


def recordings_of(visitor: Visitor, meetings: Collection[str]) -> dict[str, WatchableRecording]:
    """By meeting, of those with a published recording that the visitor may watch."""
    found: dict[str, WatchableRecording] = {}
    if meetings:
        for find in _finders:
            found |= find(visitor, meetings)
    return found
