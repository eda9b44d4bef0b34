"""Every command and every event of the live room, typed: the protocol's one source, also of docs/live-protocol.md.

Frames are JSON text, at most 64 KiB. A client sends `{"id": 7, "do": "chat.send", …}` and gets
`{"re": 7, "ok": true, …}` or `{"re": 7, "error": "code", "detail": "…"}`. Events are `{"seq": 41, "ev": "…", …}`;
only durable ones carry `seq`. Several events may come in one frame as a JSON array.
Times are RFC 3339 in UTC; people are `{"id", "name", "company", "role"}`.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MAX_FRAME = 64 * 1024
CLOSE_BAD_FRAMES = 4400
CLOSE_NO_ENTRY = 4401
CLOSE_SIGNED_OUT = 4402
CLOSE_REMOVED = 4403
CLOSE_TOO_FAST = 4429
CLOSE_GOING_AWAY = 1012

PersonId = Annotated[str, StringConstraints(max_length=24, pattern=r"^[0-9a-z-]+$")]
EventSeq = Annotated[int, Field(ge=0, le=2**53)]
ClientId = Annotated[str, StringConstraints(min_length=8, max_length=36, pattern=r"^[0-9A-Za-z_-]+$")]


class Command(BaseModel):
    """What a client asks; unknown fields are refused. The reply carries `id` as `re`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    id: Annotated[int, Field(ge=0, le=2**53)] | None = None


class Hello(BaseModel):
    """First frame: enter with a ticket. `since` asks only for what was missed after that number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    id: int | None = None
    do: Literal["hello"]
    ticket: Annotated[str, StringConstraints(max_length=4000)]
    since: EventSeq | None = None


class Ping(Command):
    """Answered at once; keeps the connection known as alive. The reply carries the server's time in `at`."""

    do: Literal["ping"]


class Since(Command):
    """Durable events after `seq`, in the reply's `missed`; `complete` is false when there are more."""

    do: Literal["since"]
    seq: EventSeq


class ChatSend(Command):
    """Says something to everybody in the room; the reply carries the message's id in `message`.

    `client_id` is made by the client, once for each message, and comes back in `chat.message`: sent again with the
    same one after a break, the message is not said twice, and the reply is that of the first time. The text is cleaned
    (control characters removed, white space around it stripped), so what comes back may differ from what was sent.
    """

    do: Literal["chat.send"]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    client_id: ClientId | None = None


class ChatList(Command):
    """A page of earlier messages: the newest that came `before` this id, oldest first, in the reply's `messages`.

    `next` is the `before` of the page that precedes it, or null at the beginning. Deleted messages are left out.
    """

    do: Literal["chat.list"]
    before: EventSeq


class ChatDelete(Command):
    """Takes a message back: its author's own, or any for a host. `message` is its id."""

    do: Literal["chat.delete"]
    message: EventSeq


class HandRaise(Command):
    """Asks for the floor."""

    do: Literal["hand.raise"]


class HandLower(Command):
    """Takes the own hand down, or for a host that of `person`."""

    do: Literal["hand.lower"]
    person: PersonId | None = None


class ReactionSend(Command):
    """A passing sign; summed per tick, kept nowhere."""

    do: Literal["reaction.send"]
    reaction: Literal["applause", "thumbs_up", "heart", "laugh", "surprise"]


class LobbyAdmit(Command):
    """Lets `person`, or with `all` everybody, in from the lobby. Hosts only."""

    do: Literal["lobby.admit"]
    person: PersonId | None = None
    all: bool = False


class LobbyDeny(Command):
    """Turns `person` away for good. Hosts only."""

    do: Literal["lobby.deny"]
    person: PersonId


class StageInvite(Command):
    """Brings `person` onto the stage: they may publish sound and picture. Hosts only."""

    do: Literal["stage.invite"]
    person: PersonId


class StageLeave(Command):
    """Steps down from the stage."""

    do: Literal["stage.leave"]


class StageMute(Command):
    """Asks the client of `person` to mute its microphone. Hosts only."""

    do: Literal["stage.mute"]
    person: PersonId


class StageRemove(Command):
    """Takes `person` off the stage, or with `from_room` out of the room for good. Hosts only."""

    do: Literal["stage.remove"]
    person: PersonId
    from_room: bool = False


class SignalSend(Command):
    """Mesh: hands an SDP description or ICE candidate (RFC 8829, RFC 8839) to one connection `to` in the room."""

    do: Literal["signal.send"]
    to: Annotated[str, StringConstraints(max_length=32)]
    description: dict[str, Any] | None = None
    candidate: dict[str, Any] | None = None


class MediaState(Command):
    """Tells what one publishes now, so that others can show it in words."""

    do: Literal["media.state"]
    microphone: bool
    camera: bool
    screen: bool = False


class MediaToken(Command):
    """SFU: the reply carries `url` and `token` for the media server."""

    do: Literal["media.token"]


class PeopleList(Command):
    """A page of who is here, 50 at a time, by name; the reply carries `people`, `total` and `next` (or null)."""

    do: Literal["people.list"]
    after: Annotated[str, StringConstraints(max_length=200)] | None = None
    query: Annotated[str, StringConstraints(max_length=100)] = ""


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


class RecordingStart(Command):
    """Begins a recording in this browser; the reply carries `recording` and `upload` (a tus address). Hosts only."""

    do: Literal["recording.start"]


class RecordingStop(Command):
    """The recording that this room makes is over. Hosts only."""

    do: Literal["recording.stop"]


AnyCommand = Annotated[
    Ping
    | Since
    | ChatSend
    | ChatList
    | ChatDelete
    | HandRaise
    | HandLower
    | ReactionSend
    | LobbyAdmit
    | LobbyDeny
    | StageInvite
    | StageLeave
    | StageMute
    | StageRemove
    | SignalSend
    | MediaState
    | MediaToken
    | PeopleList
    | MeetingStart
    | MeetingEnd
    | MeetingExtend
    | RecordingStart
    | RecordingStop,
    Field(discriminator="do"),
]


# ---- shapes inside events --------------------------------------------------------------------------------


class Someone(BaseModel):
    """A person as others see them. `id` is stable within the room, `connections` are those that may be signalled."""

    id: PersonId
    name: str
    company: str = ""
    role: Literal["host", "co_host", "speaker", "interpreter", "attendee"] = "attendee"


class Present(Someone):
    """A person who is here now, with what they publish."""

    on_stage: bool = False
    hand_raised_at: str | None = None
    microphone: bool = False
    camera: bool = False
    screen: bool = False
    connections: list[str] = []


class You(Present):
    """The receiver. `connection` is this socket; `may` lists the commands that the server will accept of it."""

    connection: str
    admission: Literal["waiting", "admitted"]
    may: list[str]


class Message(BaseModel):
    """What somebody said; `id` is the number of its event, `client_id` what its sender's client called it."""

    id: int
    sender: Someone = Field(serialization_alias="from")
    text: str
    at: str
    client_id: str | None = None


class RoomState(BaseModel):
    """The room as it is: which meeting, whether it runs, is recorded, and by which media people see each other.

    `ends_at` is the planned end, or a later one to which a host has extended the meeting. `closes_at` is when a live
    meeting ends by itself. One that everybody has left ends ten minutes later.
    """

    id: str
    kind: Literal["meeting", "project"]
    title: dict[str, str]
    state: Literal["waiting", "live", "ended"]
    meeting: str | None
    starts_at: str | None
    ends_at: str | None
    started_at: str | None
    closes_at: str | None = None
    is_webinar: bool
    lobby: bool
    recording: bool
    media: Literal["mesh", "sfu"]
    ice_servers: list[dict[str, Any]] = []


class Snapshot(BaseModel):
    """What a newcomer needs: the newest messages, the stage, raised hands, and how many are here."""

    messages: list[Message]
    earlier: bool  # there are older messages than these
    stage: list[Present]
    hands: list[Present]
    waiting: list[Someone]  # hosts only, else empty
    count: int


# ---- events ----------------------------------------------------------------------------------------------


class Event(BaseModel):
    """Ephemeral unless it stands among DURABLE."""


class Welcome(Event):
    """Answer to hello: the room as it is, and for one who asked since a number also what they `missed`.

    Who waits gets neither snapshot nor `missed` (null) and `seq` 0. Who asked no `since` gets a snapshot alone. With
    `since`, `missed` is null when more was missed than a frame carries, or when `since` is ahead of the room: then
    the snapshot replaces everything. `at` is the server's time: a device's own clock may be minutes wrong.
    """

    ev: Literal["welcome"] = "welcome"
    at: str
    you: You
    room: RoomState
    seq: int
    snapshot: Snapshot | None
    missed: list[dict[str, Any]] | None = None


class ChatMessage(Event):
    """Somebody said something; `id` equals `seq`, `client_id` is the one that `chat.send` carried."""

    ev: Literal["chat.message"] = "chat.message"
    id: int
    sender: Someone = Field(serialization_alias="from")
    text: str
    at: str
    client_id: str | None = None


class ChatDeleted(Event):
    """The message with id `message` is gone; its text is erased from the journal, too."""

    ev: Literal["chat.deleted"] = "chat.deleted"
    message: int
    by: Someone
    at: str


class HandRaised(Event):
    """`person` asks for the floor."""

    ev: Literal["hand.raised"] = "hand.raised"
    person: Someone
    at: str


class HandLowered(Event):
    """The hand of `person` is down."""

    ev: Literal["hand.lowered"] = "hand.lowered"
    person: Someone
    at: str


class StageJoined(Event):
    """`person` is on the stage."""

    ev: Literal["stage.joined"] = "stage.joined"
    person: Someone
    at: str


class StageLeft(Event):
    """`person` is off the stage."""

    ev: Literal["stage.left"] = "stage.left"
    person: Someone
    at: str


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


class PresenceChanged(Event):
    """At most once a second: how many are here, and, in rooms of up to 100, who came and who left."""

    ev: Literal["presence"] = "presence"
    count: int
    joined: list[Present] = []
    left: list[PersonId] = []


class PersonChanged(Event):
    """What `person` publishes, or which connections they have, is now so. Sent for people on the stage."""

    ev: Literal["person"] = "person"
    person: Present


class Reactions(Event):
    """How many of each reaction came since the last tick."""

    ev: Literal["reactions"] = "reactions"
    counts: dict[str, int]


class LobbyChanged(Event):
    """To hosts: who waits to be let in."""

    ev: Literal["lobby"] = "lobby"
    waiting: list[Someone]


class Admitted(Event):
    """To one who waited: in, with the snapshot that was held back."""

    ev: Literal["admitted"] = "admitted"
    you: You
    room: RoomState
    seq: int
    snapshot: Snapshot


class YouChanged(Event):
    """To one person: their role, place on the stage or rights are now so."""

    ev: Literal["you"] = "you"
    you: You


class MeetingClosing(Event):
    """To hosts: the meeting ends by itself at `closes_at`, soon; `meeting.extend` lets it run on."""

    ev: Literal["meeting.closing"] = "meeting.closing"
    closes_at: str


class MuteRequested(Event):
    """To one person: a host asks them to mute."""

    ev: Literal["mute.requested"] = "mute.requested"
    by: Someone


class Signal(Event):
    """Mesh: an SDP description or ICE candidate from the connection `sender`."""

    ev: Literal["signal"] = "signal"
    sender: str = Field(serialization_alias="from")
    person: PersonId
    description: dict[str, Any] | None = None
    candidate: dict[str, Any] | None = None


class Resync(Event):
    """This connection was too slow and missed ephemeral events: ask `since`, and read the room's state anew."""

    ev: Literal["resync"] = "resync"
    seq: int


class GoingAway(Event):
    """The server stops; come back after `retry_after_ms`."""

    ev: Literal["going_away"] = "going_away"
    retry_after_ms: int


DURABLE: tuple[type[Event], ...] = (
    ChatMessage,
    ChatDeleted,
    HandRaised,
    HandLowered,
    StageJoined,
    StageLeft,
    MeetingStarted,
    MeetingEnded,
    MeetingExtended,
    MeetingMoved,
    MeetingCancelled,
    RecordingStarted,
    RecordingStopped,
)
EPHEMERAL: tuple[type[Event], ...] = (
    Welcome,
    PresenceChanged,
    PersonChanged,
    Reactions,
    LobbyChanged,
    Admitted,
    YouChanged,
    MeetingClosing,
    MuteRequested,
    Signal,
    Resync,
    GoingAway,
)

# Why a command may be refused: every `error` code that a reply can carry.
ERRORS = {
    "bad_frame": "The frame is not a JSON object of the protocol.",
    "unknown_command": "There is no such command.",
    "bad_field": "A field is missing, unknown or out of bounds; `detail` names it.",
    "not_allowed": "Your role does not allow this.",
    "not_found": "What the command names is not there.",
    "not_now": "Not in the present state of the meeting.",
    "too_fast": "More than the room allows in this time; try again in a moment.",
    "unavailable": "The service could not do this now; nothing was changed.",
}
