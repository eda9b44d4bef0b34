"""What a client sends and hears of a recording that is made in the room."""

from typing import Literal

from rooms.messages import Command, Event


class RecordingStart(Command):
    """Begins a recording in this browser; the reply carries `recording` and `upload` (a tus address). Hosts only."""

    do: Literal["recording.start"]


class RecordingStop(Command):
    """The recording that this room makes is over. Hosts only."""

    do: Literal["recording.stop"]


class RecordingStarted(Event):
    """From now on the room is recorded."""

    ev: Literal["recording.started"] = "recording.started"
    recording: str
    at: str


class RecordingStopped(Event):
    """The room is not recorded any more."""

    ev: Literal["recording.stopped"] = "recording.stopped"
    recording: str
    at: str
