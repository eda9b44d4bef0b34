"""Commands and events of the meeting in its room."""

from typing import Literal

from rooms.messages import Command, Event, PersonId


class MeetingStart(Command):
    """Starts the meeting. Hosts only."""

    do: Literal["meeting.start"]


class MeetingEnd(Command):
    """Ends the meeting for everybody. Hosts only."""

    do: Literal["meeting.end"]


class MeetingExtend(Command):
    """Extends the meeting, before it ends by itself. Hosts only."""

    do: Literal["meeting.extend"]
    minutes: Literal[15, 30, 60]


class MeetingHandOver(Command):
    """Makes `person`, who needs an account, the host; who was it becomes a co-host. The host alone, or the secretariat.

    `not_now` with `no_account` in `detail` for somebody without an account.
    """

    do: Literal["meeting.hand_over"]
    person: PersonId


class MeetingStarted(Event):
    """The meeting is live. Unless extended, it ends by itself at `closes_at`."""

    ev: Literal["meeting.started"] = "meeting.started"
    meeting: str
    closes_at: str | None = None
    at: str


class MeetingEnded(Event):
    """The meeting has ended. A project room stays open."""

    ev: Literal["meeting.ended"] = "meeting.ended"
    meeting: str
    at: str


class MeetingExtended(Event):
    """A host has extended the meeting `until` then. Unless extended again, it ends by itself at `closes_at`."""

    ev: Literal["meeting.extended"] = "meeting.extended"
    meeting: str
    until: str
    closes_at: str
    at: str


class MeetingMoved(Event):
    """The meeting was rescheduled."""

    ev: Literal["meeting.moved"] = "meeting.moved"
    meeting: str
    starts_at: str
    ends_at: str
    at: str


class MeetingWaitingRoom(Event):
    """A host turned the waiting room on or off; when off, whoever waits in a live meeting is let in."""

    ev: Literal["meeting.waiting_room"] = "meeting.waiting_room"
    meeting: str
    on: bool
    at: str


class MeetingCancelled(Event):
    """The meeting is cancelled."""

    ev: Literal["meeting.cancelled"] = "meeting.cancelled"
    meeting: str
    reason: str
    at: str


class MeetingClosing(Event):
    """To hosts: the meeting will end by itself at `closes_at`; `meeting.extend` prevents it."""

    ev: Literal["meeting.closing"] = "meeting.closing"
    closes_at: str
