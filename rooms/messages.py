"""The engine's commands and events, and the base classes of every feature's.

Each feature has its messages in its own folder; docs/live-protocol.md lists them all.
"""

from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MAX_FRAME = 64 * 1024
CLOSE_BAD_FRAMES = 4400
CLOSE_NO_ENTRY = 4401
CLOSE_SIGNED_OUT = 4402
CLOSE_REMOVED = 4403
CLOSE_BREAKOUT_OVER = 4410
CLOSE_LOCKED = 4423
CLOSE_TOO_FAST = 4429
CLOSE_GOING_AWAY = 1012

PersonId = Annotated[str, StringConstraints(max_length=24, pattern=r"^[0-9a-z-]+$")]
EventSeq = Annotated[int, Field(ge=0, le=2**53)]
# Passed from browser to browser as it is.
SignallingPayload = Annotated[dict[str, Any], Field(json_schema_extra={"x-typescript": "object"})]
MAY_BE_ABSENT: dict[str, Any] = {
    "x-may-be-absent": True
}  # json_schema_extra of a field that the server may leave out
Reaction = Literal["applause", "thumbs_up", "heart", "laugh", "surprise"]
ClientId = Annotated[str, StringConstraints(min_length=8, max_length=36, pattern=r"^[0-9A-Za-z_-]+$")]


class Command(BaseModel):
    """Sent by a client; unknown fields are refused. The reply carries `id` as `re`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    id: Annotated[int, Field(ge=0, le=2**53)] | None = None


class Reply(BaseModel):
    """What the reply to a command carries besides `re` and `ok`. The tests compare each reply with it."""

    model_config = ConfigDict(extra="forbid")


class Hello(BaseModel):
    """First frame: join with a ticket. `since` asks only for events after that number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    id: int | None = None
    do: Literal["hello"]
    ticket: Annotated[str, StringConstraints(max_length=4000)]
    since: EventSeq | None = None


class Ping(Command):
    """Keeps the connection alive. The reply carries the server's time in `at`."""

    do: Literal["ping"]


class PingReply(Reply):
    """The server's time."""

    at: str


class Since(Command):
    """Durable events after `seq`, in the reply's `missed`; `complete` is false when there are more."""

    do: Literal["since"]
    seq: EventSeq


class SinceReply(Reply):
    """Durable events; `seq` is the number of the last of them, or the one that was asked for."""

    missed: list[dict[str, Any]]
    complete: bool
    seq: int


class LobbyAdmit(Command):
    """Admits `person`, everybody of a `company`, or with `all` everybody, from the waiting room. Hosts only."""

    do: Literal["lobby.admit"]
    person: Annotated[PersonId | None, Field(examples=["p17"])] = None
    company: Annotated[str, StringConstraints(min_length=1, max_length=120)] | None = None
    all: bool = False


class LobbyAdmitReply(Reply):
    """The ids of those who were admitted."""

    people: list[PersonId]


class LobbyDeny(Command):
    """Denies `person` for good. Hosts only."""

    do: Literal["lobby.deny"]
    person: PersonId


class LobbyTurnedAway(Command):
    """Who was denied or removed, by name, at most 100: the reply carries `people`. Hosts only."""

    do: Literal["lobby.turned_away"]


class LobbyReadmit(Command):
    """Lets `person`, who was denied or removed, come to this room again, as everybody else does. Hosts only."""

    do: Literal["lobby.readmit"]
    person: PersonId


class LobbySet(Command):
    """Turns the waiting room on or off: `meeting.waiting_room` follows. Hosts only."""

    do: Literal["lobby.set"]
    on: bool


class RoomLock(Command):
    """Locks the room: nobody new gets in; who was inside stays, and may reconnect. Hosts only."""

    do: Literal["room.lock"]


class RoomUnlock(Command):
    """Unlocks the room. It is unlocked by itself when the meeting ends. Hosts only."""

    do: Literal["room.unlock"]


class StageInvite(Command):
    """Brings `person` on stage: they may publish audio and video. Hosts only."""

    do: Literal["stage.invite"]
    person: PersonId


class StageLeave(Command):
    """Leaves the stage."""

    do: Literal["stage.leave"]


class StageMute(Command):
    """Mutes `person`, or with `all` everybody but the hosts. Their clients do it without asking. Hosts only."""

    do: Literal["stage.mute"]
    person: Annotated[PersonId | None, Field(examples=["p17"])] = None
    all: bool = False


class StageRemove(Command):
    """Removes `person` from the stage, or with `from_room` from the room for good. Hosts only."""

    do: Literal["stage.remove"]
    person: PersonId
    from_room: bool = False


class StageSpotlight(Command):
    """Shows `person`, who is on stage, large to everybody, or with null nobody any more. Hosts only."""

    do: Literal["stage.spotlight"]
    person: PersonId | None


class StageMove(Command):
    """Puts `person` at this place on the stage, counted from 0: everybody sees the people in this order. Hosts only.

    Who comes on stage later comes last.
    """

    do: Literal["stage.move"]
    person: PersonId
    place: Annotated[int, Field(ge=0, le=1000)]


class SignalSend(Command):
    """Mesh: sends an SDP description or ICE candidate (RFC 8829, RFC 8839) to the connection `to`."""

    do: Literal["signal.send"]
    to: Annotated[str, StringConstraints(max_length=32), Field(examples=["k3x9w2"])]
    description: Annotated[SignallingPayload | None, Field(examples=[{"type": "offer", "sdp": "v=0…"}])] = (
        None
    )
    candidate: SignallingPayload | None = None


class MediaState(Command):
    """Announces what this client publishes now, so that others can show it."""

    do: Literal["media.state"]
    microphone: bool
    camera: bool
    screen: bool = False


class MediaToken(Command):
    """SFU: the reply carries `url` and `token` for the media server."""

    do: Literal["media.token"]


class MediaTokenReply(Reply):
    """The media server's address, and a token for this connection."""

    url: Annotated[str, Field(examples=["wss://media.example.org"])]
    token: Annotated[str, Field(examples=["eyJhbGciOiJIUzI1NiJ9…"])]


Sum = Annotated[int, Field(ge=0, le=10**9)]
Milliseconds = Annotated[int, Field(ge=0, le=60_000)]
PartOfReport = Annotated[int, Field(ge=0, le=120)]  # seconds


class MediaReport(Command):
    """How media arrived in the last `seconds`, a minute or so: packets, bytes, and the longest jitter and round trip.

    Of these seconds, `weak_seconds` and `poor_seconds` were rated so, `far_seconds` had a long round trip, in
    `missing_seconds` nothing arrived of a microphone, camera or screen that was on, and in `away_seconds` the media
    server did not answer. `relayed`: whether a relay was needed (null: not known). Kept in summary for each connection;
    nothing of the content.
    """

    do: Literal["media.report"]
    seconds: Annotated[int, Field(ge=1, le=120)]
    received: Sum
    lost: Sum
    bytes_received: Sum
    jitter_ms: Milliseconds
    round_trip_ms: Milliseconds
    weak_seconds: PartOfReport = 0
    poor_seconds: PartOfReport = 0
    far_seconds: PartOfReport = 0
    missing_seconds: PartOfReport = 0
    away_seconds: PartOfReport = 0
    relayed: Annotated[bool | None, Field(examples=[False])] = None


class PeopleList(Command):
    """A page of 50 people in the room, by name; the reply carries `people`, `total` and `next` (or null).

    For hosts also `countries`: by person, the ISO 3166 code where it is known.
    """

    do: Literal["people.list"]
    after: Annotated[str, StringConstraints(max_length=200)] | None = None
    query: Annotated[str, StringConstraints(max_length=100)] = ""


class PeopleAppoint(Command):
    """Gives `person` this role in the meeting, or with `attendee` takes their role back. Hosts only.

    It counts at once and after a break. `not_now` with `no_account` in `detail`: a co-host needs an account.
    """

    do: Literal["people.appoint"]
    person: PersonId
    role: Annotated[
        Literal["co_host", "speaker", "interpreter", "captioner", "attendee"], Field(examples=["speaker"])
    ]


# ---- shapes inside events --------------------------------------------------------------------------------


class PersonRef(BaseModel):
    """A person as others see them. `id` is stable within the room."""

    id: PersonId
    name: str
    company: str = ""
    role: Literal["host", "co_host", "speaker", "interpreter", "captioner", "attendee"] = "attendee"


class ParticipantInfo(PersonRef):
    """A person in the room, with what they publish. `connections` are those that `signal.send` may address.

    `breakout` is the breakout room that they have gone to; the connection to this room stays.
    """

    on_stage: bool = False
    hand_raised_at: str | None = None
    microphone: bool = False
    camera: bool = False
    screen: bool = False
    connections: list[str] = []
    breakout: str | None = None


class You(ParticipantInfo):
    """The receiver. `connection` is the id of this connection; `may` lists the commands that it may send now."""

    connection: str
    admission: Literal["waiting", "admitted"]
    may: list[str]


class RoomInfo(BaseModel):
    """The room: its meeting and state, whether it is recorded, and how audio and video are sent.

    `ends_at` is the planned end, or the later one to which a host has extended the meeting. `closes_at` is when a live
    meeting ends by itself; it also ends ten minutes after everybody has left. `recording_planned`: a recording was
    announced and has not been started; `recording` alone says whether the room is being recorded. `locked`: nobody new
    gets in but hosts. `parent` is the room of which this one is a breakout room.
    """

    id: str
    kind: Literal["meeting", "project", "breakout"]
    parent: str | None = None
    title: dict[str, str]
    state: Literal["waiting", "live", "ended"]
    meeting: str | None
    starts_at: str | None
    ends_at: str | None
    started_at: str | None
    closes_at: str | None = None
    is_webinar: bool
    lobby: bool
    locked: bool = False
    recording: bool
    recording_planned: bool = False
    media: Literal["mesh", "sfu"]
    ice_servers: Annotated[
        list[dict[str, Any]], Field(json_schema_extra={"x-typescript": "RTCIceServer[]"})
    ] = []


class Snapshot(BaseModel):
    """The present state of the room. Each feature adds its fields."""


class Own(BaseModel):
    """What only the receiver sees. Each feature that has something adds its fields."""


class PeopleSnapshot(BaseModel):
    """The number of people in the room."""

    count: int


class LobbySnapshot(BaseModel):
    """Who is in the waiting room: hosts get the list, others an empty one."""

    waiting: list[PersonRef]


class StageSnapshot(BaseModel):
    """The people on stage, their order, and whom a host has put in the spotlight.

    `stage_order` is empty until a host chooses an order. Who is not in it comes after those who are, in the order of
    the numbers in the ids.
    """

    stage: list[ParticipantInfo]
    stage_order: list[PersonId]
    spotlight: PersonId | None


class PeopleListReply(Reply):
    """A page of people; `next` is the `after` of the next one, or null."""

    people: list[ParticipantInfo]
    total: int
    next: str | None
    countries: Annotated[
        dict[PersonId, str],
        Field(exclude_if=lambda value: not value, json_schema_extra=MAY_BE_ABSENT, examples=[{"p17": "LT"}]),
    ] = {}


class LobbyTurnedAwayReply(Reply):
    """Who was denied or removed."""

    people: list[PersonRef]


# ---- events ----------------------------------------------------------------------------------------------


class Event(BaseModel):
    """Durable or ephemeral: the feature declares which."""

    model_config = ConfigDict(populate_by_name=True)

    numbered: ClassVar[str] = ""  # the field that carries the event's own number

    def payload(self) -> dict[str, Any]:
        """The content that the journal keeps; it sets the field `numbered`."""
        return self.model_dump(mode="json", by_alias=True, exclude={"ev"})

    @property
    def idempotency_key(self) -> str:
        """An id made by the client: the journal writes one of a person only once in a room. Empty for none."""
        return ""


class Welcome(Event):
    """Reply to `hello`: the present state of the room, and with `since` also the events that were `missed`.

    In the waiting room `snapshot`, `own` and `missed` are null and `seq` is 0. Without `since` there is no `missed`.
    With it, `missed` is null when more was missed than fits into a frame, or when `since` is ahead of the room: then
    the snapshot replaces everything. `at` is the server's time: the clock of a device may be minutes wrong.
    """

    ev: Literal["welcome"] = "welcome"
    at: str
    you: You
    room: RoomInfo
    seq: int
    snapshot: Snapshot | None
    own: Own | None
    missed: list[dict[str, Any]] | None = Field(
        default=None, json_schema_extra={**MAY_BE_ABSENT, "x-typescript": "DurableEvent[] | null"}
    )


class StageJoined(Event):
    """`person` is on stage."""

    ev: Literal["stage.joined"] = "stage.joined"
    person: PersonRef
    at: str


class StageLeft(Event):
    """`person` is no longer on stage."""

    ev: Literal["stage.left"] = "stage.left"
    person: PersonRef
    at: str


class StageSpotlighted(Event):
    """`person` is shown large to everybody; with null nobody is any more. It ends when they leave the stage."""

    ev: Literal["stage.spotlighted"] = "stage.spotlighted"
    person: PersonRef | None
    at: str


class StageOrdered(Event):
    """A host has changed the order of the people on stage; `stage.joined` adds to its end, `stage.left` takes out."""

    ev: Literal["stage.ordered"] = "stage.ordered"
    people: list[PersonId]
    at: str


class RoomLocked(Event):
    """The room was locked, or with `on` false unlocked; `by` is null when the end of the meeting unlocked it."""

    ev: Literal["room.locked"] = "room.locked"
    on: bool
    by: PersonRef | None
    at: str


class PresenceChanged(Event):
    """At most once a second: the number of people and, in rooms of up to 100, who joined and who left."""

    ev: Literal["presence"] = "presence"
    count: int
    joined: list[ParticipantInfo] = []
    left: list[PersonId] = []


class PersonChanged(Event):
    """What `person` publishes has changed, or their connections. In rooms of more than 100 only for people on stage."""

    ev: Literal["person"] = "person"
    person: ParticipantInfo


class LobbyChanged(Event):
    """To hosts: who is in the waiting room."""

    ev: Literal["lobby"] = "lobby"
    waiting: list[PersonRef]


class Admitted(Event):
    """To a person who is let in from the waiting room, or has become or ceased to be a host: a new snapshot."""

    ev: Literal["admitted"] = "admitted"
    you: You
    room: RoomInfo
    seq: int
    snapshot: Snapshot
    own: Own


class YouChanged(Event):
    """To one person: their role, rights, or being on stage have changed."""

    ev: Literal["you"] = "you"
    you: You


class MuteRequested(Event):
    """A host mutes the receiver: the client turns its microphone off. Only its owner turns it on again."""

    ev: Literal["mute.requested"] = "mute.requested"
    by: PersonRef


class Signal(Event):
    """Mesh: an SDP description or ICE candidate from the connection `sender`."""

    ev: Literal["signal"] = "signal"
    sender: str = Field(alias="from", examples=["k3x9w2"])
    person: PersonId
    description: SignallingPayload | None = None
    candidate: SignallingPayload | None = None


class Withheld(Event):
    """In the place of a durable event that is not for the receiver, so that the numbers have no gap."""

    ev: Literal["withheld"] = "withheld"
    seq: int


class Resync(Event):
    """This connection was too slow and missed ephemeral events: send `since` and reload lists of people."""

    ev: Literal["resync"] = "resync"
    seq: int


class GoingAway(Event):
    """The server stops; reconnect after `retry_after_ms`."""

    ev: Literal["going_away"] = "going_away"
    retry_after_ms: int


# Why a command may be refused: every `error` code that a reply can carry.
ERRORS = {
    "bad_frame": "The frame is not a JSON object of the protocol.",
    "unknown_command": "There is no such command.",
    "bad_field": "A field is missing, unknown or out of bounds; `detail` names it.",
    "not_allowed": "Your role does not allow this.",
    "not_found": "What the command refers to does not exist.",
    "not_now": "Not possible in the present state; `detail` may say why.",
    "already_voted": "You have voted before.",
    "closed": "The voting has ended.",
    "too_fast": "More than the room allows in this time; try again in a moment.",
    "unavailable": "The service could not do this now; nothing was changed.",
}


def message_name(shape: type[BaseModel]) -> str:
    """A message's name in the protocol: the value of its `do` or `ev`."""
    field = shape.model_fields.get("do") or shape.model_fields["ev"]
    return str(get_args(field.annotation)[0])
