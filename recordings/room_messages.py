"""Commands and events of a recording in the room."""

from typing import Literal

from rooms.messages import Command, Event, Reply


class RecordingStart(Command):
    """Starts a recording in this browser; the reply carries `recording` and `upload` (a tus URL). Hosts only."""

    do: Literal["recording.start"]


class RecordingStartReply(Reply):
    """The recording, and the address to which its parts are uploaded."""

    recording: str
    upload: str


class RecordingStop(Command):
    """Stops the recording of this room. Hosts only."""

    do: Literal["recording.stop"]


class RecordingSkip(Command):
    """The announced recording is not made: it is not planned any more. Hosts only."""

    do: Literal["recording.skip"]


class RecordingStarted(Event):
    """The room is being recorded."""

    ev: Literal["recording.started"] = "recording.started"
    recording: str
    at: str


class RecordingStopped(Event):
    """The recording has stopped."""

    ev: Literal["recording.stopped"] = "recording.stopped"
    recording: str
    at: str


class RecordingSkipped(Event):
    """`meeting` is not going to be recorded, although that was announced."""

    ev: Literal["recording.skipped"] = "recording.skipped"
    meeting: str
    at: str
