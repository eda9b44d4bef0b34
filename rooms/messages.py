"""The engine's own commands and events, and what those of every feature are made of.

Each feature has its messages in its own folder; docs/live-protocol.md shows them all.
"""

from typing import Annotated, Any, Literal, get_args

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
# What the server hands on and does not look into.
SignallingPayload = Annotated[dict[str, Any], Field(json_schema_extra={"x-typescript": "object"})]
MAY_BE_ABSENT: dict[str, Any] = {"x-may-be-absent": True}  # of a field that the server does not always send
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
    description: SignallingPayload | None = None
    candidate: SignallingPayload | None = None


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


# ---- shapes inside events --------------------------------------------------------------------------------


class PersonRef(BaseModel):
    """A person as others see them. `id` is stable within the room, `connections` are those that may be signalled."""

    id: PersonId
    name: str
    company: str = ""
    role: Literal["host", "co_host", "speaker", "interpreter", "attendee"] = "attendee"


class ParticipantInfo(PersonRef):
    """A person who is here now, with what they publish."""

    on_stage: bool = False
    hand_raised_at: str | None = None
    microphone: bool = False
    camera: bool = False
    screen: bool = False
    connections: list[str] = []


class You(ParticipantInfo):
    """The receiver. `connection` is this socket; `may` lists the commands that the server will accept of it."""

    connection: str
    admission: Literal["waiting", "admitted"]
    may: list[str]


class RoomInfo(BaseModel):
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
    ice_servers: Annotated[
        list[dict[str, Any]], Field(json_schema_extra={"x-typescript": "RTCIceServer[]"})
    ] = []


class Snapshot(BaseModel):
    """What a newcomer needs: the newest messages, the stage, raised hands, and how many are here.

    The features add their parts.
    """


class PeopleSnapshot(BaseModel):
    """How many are here."""

    count: int


class LobbySnapshot(BaseModel):
    """Who waits to be let in: hosts are told, others get an empty list."""

    waiting: list[PersonRef]


class StageSnapshot(BaseModel):
    """Who is on the stage."""

    stage: list[ParticipantInfo]


# ---- events ----------------------------------------------------------------------------------------------


class Event(BaseModel):
    """Durable or ephemeral, as the feature that declares it says."""

    model_config = ConfigDict(populate_by_name=True)

    def payload(self, _seq: int) -> dict[str, Any]:
        """What the journal keeps of it under this number."""
        return self.model_dump(mode="json", by_alias=True, exclude={"ev"})

    @property
    def idempotency_key(self) -> str:
        """What its client called it; the journal takes one only once of each person in a room. Empty: any number."""
        return ""


class Welcome(Event):
    """Answer to hello: the room as it is, and for one who asked since a number also what they `missed`.

    Who waits gets neither snapshot nor `missed` (null) and `seq` 0. Who asked no `since` gets a snapshot alone. With
    `since`, `missed` is null when more was missed than a frame carries, or when `since` is ahead of the room: then
    the snapshot replaces everything. `at` is the server's time: a device's own clock may be minutes wrong.
    """

    ev: Literal["welcome"] = "welcome"
    at: str
    you: You
    room: RoomInfo
    seq: int
    snapshot: Snapshot | None
    missed: list[dict[str, Any]] | None = Field(
        default=None, json_schema_extra={**MAY_BE_ABSENT, "x-typescript": "DurableEvent[] | null"}
    )


class StageJoined(Event):
    """`person` is on the stage."""

    ev: Literal["stage.joined"] = "stage.joined"
    person: PersonRef
    at: str


class StageLeft(Event):
    """`person` is off the stage."""

    ev: Literal["stage.left"] = "stage.left"
    person: PersonRef
    at: str


class PresenceChanged(Event):
    """At most once a second: how many are here, and, in rooms of up to 100, who came and who left."""

    ev: Literal["presence"] = "presence"
    count: int
    joined: list[ParticipantInfo] = []
    left: list[PersonId] = []


class PersonChanged(Event):
    """What `person` publishes, or which connections they have, is now so. Sent for people on the stage."""

    ev: Literal["person"] = "person"
    person: ParticipantInfo


class LobbyChanged(Event):
    """To hosts: who waits to be let in."""

    ev: Literal["lobby"] = "lobby"
    waiting: list[PersonRef]


class Admitted(Event):
    """To one who waited: in, with the snapshot that was held back."""

    ev: Literal["admitted"] = "admitted"
    you: You
    room: RoomInfo
    seq: int
    snapshot: Snapshot


class YouChanged(Event):
    """To one person: their role, place on the stage or rights are now so."""

    ev: Literal["you"] = "you"
    you: You


class MuteRequested(Event):
    """To one person: a host asks them to mute."""

    ev: Literal["mute.requested"] = "mute.requested"
    by: PersonRef


class Signal(Event):
    """Mesh: an SDP description or ICE candidate from the connection `sender`."""

    ev: Literal["signal"] = "signal"
    sender: str = Field(alias="from")
    person: PersonId
    description: SignallingPayload | None = None
    candidate: SignallingPayload | None = None


class Resync(Event):
    """This connection was too slow and missed ephemeral events: ask `since`, and read the room's state anew."""

    ev: Literal["resync"] = "resync"
    seq: int


class GoingAway(Event):
    """The server stops; come back after `retry_after_ms`."""

    ev: Literal["going_away"] = "going_away"
    retry_after_ms: int


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


def message_name(shape: type[BaseModel]) -> str:
    """A message's name on the wire: what its `do` or `ev` says."""
    field = shape.model_fields.get("do") or shape.model_fields["ev"]
    return str(get_args(field.annotation)[0])
