"""What a client sends and hears of the meeting that a room is about."""

from typing import Literal

from rooms.messages import Command, Event


class MeetingStart(Command):
    """Opens the meeting: those in the waiting room come in. Hosts only."""

    do: Literal["meeting.start"]


class MeetingEnd(Command):
    """Ends the meeting for everybody. Hosts only."""

    do: Literal["meeting.end"]


class MeetingExtend(Command):
    """Lets the meeting run on for so many minutes more, before it ends by itself. Hosts only."""

    do: Literal["meeting.extend"]
    minutes: Literal[15, 30, 60]


class MeetingStarted(Event):
    """The meeting is live; those who waited are in. Unless extended, it ends by itself at `closes_at`."""

    ev: Literal["meeting.started"] = "meeting.started"
    meeting: str
    closes_at: str | None = None
    at: str


class MeetingEnded(Event):
    """The meeting is over; the room of a webinar closes after this."""

    ev: Literal["meeting.ended"] = "meeting.ended"
    meeting: str
    at: str


class MeetingExtended(Event):
    """A host lets the meeting run on `until` then. Unless extended again, it ends by itself at `closes_at`."""

    ev: Literal["meeting.extended"] = "meeting.extended"
    meeting: str
    until: str
    closes_at: str
    at: str


class MeetingMoved(Event):
    """The meeting has other hours now."""

    ev: Literal["meeting.moved"] = "meeting.moved"
    meeting: str
    starts_at: str
    ends_at: str
    at: str


class MeetingCancelled(Event):
    """The meeting will not take place."""

    ev: Literal["meeting.cancelled"] = "meeting.cancelled"
    meeting: str
    reason: str
    at: str


class MeetingClosing(Event):
    """To hosts: the meeting ends by itself at `closes_at`, soon; `meeting.extend` lets it run on."""

    ev: Literal["meeting.closing"] = "meeting.closing"
    closes_at: str
