"""The state of one room in this process: info, participants, state of the features. No database, no socket.

It is loaded once, consistent at one event number, and every later durable event is applied in order: so a snapshot
always fits the number that goes with it.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

from rooms.audience import DurableFrame
from rooms.messages import ParticipantInfo, PersonRef, RoomInfo

FRAMES = 300  # newest durable events kept in memory
MAX_NAMED = 100  # people; larger rooms get a count, and pages on request
WAITING_SHOWN = 100
LARGEST_PAGE = 56 * 1024  # bytes, so that the frame stays within 64 KiB
LARGEST_SNAPSHOT = 54 * 1024
LARGEST_STAGE = 28 * 1024
LARGEST_LIST = 8 * 1024


Shape = TypeVar("Shape", bound=BaseModel)
FeatureState = TypeVar("FeatureState")
Built = TypeVar("Built")


@dataclass(frozen=True)
class ConnectionState:
    """One connection of a person, and the process that holds it."""

    id: str
    process: str
    microphone: bool = False
    camera: bool = False
    screen: bool = False
    breakout: str | None = None  # the breakout room that it belongs to while its person is there


@dataclass
class ParticipantState:
    """A person in the room or in the waiting room."""

    person_ref: PersonRef
    is_admitted: bool
    on_stage: bool
    hand_raised_at: str | None
    connections: dict[str, ConnectionState] = field(default_factory=dict)

    def info(self) -> ParticipantInfo:
        sockets = self.connections.values()
        return ParticipantInfo(
            **self.person_ref.model_dump(),
            on_stage=self.on_stage,
            hand_raised_at=self.hand_raised_at,
            microphone=any(each.microphone for each in sockets),
            camera=any(each.camera for each in sockets),
            screen=any(each.screen for each in sockets),
            connections=list(self.connections),
            breakout=next((each.breakout for each in sockets if each.breakout is not None), None),
        )


MeetingState = Literal["none", "scheduled", "live", "ended"]


def nobody_waits(info: RoomInfo, meeting_state: MeetingState) -> bool:
    return meeting_state == "live" and not info.lobby and not info.locked


@dataclass
class RoomState:
    info: RoomInfo
    meeting_state: MeetingState
    seq: int = 0
    spotlight: str | None = None  # a person
    stage_order: list[str] = field(default_factory=list)  # people
    practice_until_seq: int = 0  # attendees of a webinar get nothing up to this number
    frames: deque[DurableFrame] = field(default_factory=lambda: deque(maxlen=FRAMES))
    people: dict[str, ParticipantState] = field(default_factory=dict)
    person_by_connection: dict[str, str] = field(default_factory=dict)
    version: int = 0  # grows with every change of what a snapshot shows
    _feature_states: dict[type, Any] = field(default_factory=dict)  # by class
    _built: dict[Hashable, Any] = field(default_factory=dict)
    _built_version: int = -1

    def feature_state(self, kind: type[FeatureState]) -> FeatureState:
        """The state of one feature: an instance of its own class, created at the first call."""
        found = self._feature_states.get(kind)
        if found is None:
            found = self._feature_states[kind] = kind()
        return found

    def once(self, key: Hashable, build: Callable[[], Built]) -> Built:
        """What `build` returns, built once for each version of the state."""
        if self._built_version != self.version:
            self._built_version = self.version
            self._built.clear()
        if key not in self._built:
            self._built[key] = build()
        found: Built = self._built[key]
        return found

    def append_event(self, event: DurableFrame) -> None:
        self.seq = event.seq
        self.version += 1
        self.frames.append(event)

    def clear_frames(self) -> None:
        """After the erasure of an event's content: missed events are read from the journal again."""
        self.frames.clear()

    def change_frames(self, change: Callable[[bytes], bytes]) -> None:
        """After the content of some events was replaced in the journal."""
        self.frames = deque((replace(each, frame=change(each.frame)) for each in self.frames), maxlen=FRAMES)

    @property
    def is_over(self) -> bool:
        return self.info.state == "ended"

    # ---- participants ------------------------------------------------------------------------------------

    def enter(self, participant: ParticipantState, connection: ConnectionState) -> None:
        """Adds the connection, or replaces its state."""
        known = self.people.get(participant.person_ref.id)
        connections = {**(known.connections if known else {}), connection.id: connection}
        self.people[participant.person_ref.id] = replace(participant, connections=connections)
        self.person_by_connection[connection.id] = participant.person_ref.id
        self.version += 1

    def leave(self, connection: str) -> str | None:
        """Returns the person if this was their last connection."""
        person = self.person_by_connection.pop(connection, None)
        participant = self.people.get(person) if person is not None else None
        if person is None or participant is None:
            return None
        self.version += 1
        participant.connections.pop(connection, None)
        if participant.connections:
            return None
        del self.people[person]
        return person

    def connections_of(self, process: str) -> set[str]:
        return {
            each.id
            for participant in self.people.values()
            for each in participant.connections.values()
            if each.process == process
        }

    def set_media(
        self, connection: str, *, microphone: bool, camera: bool, screen: bool
    ) -> ParticipantState | None:
        participant = self.people.get(self.person_by_connection.get(connection, ""))
        if participant is None or connection not in participant.connections:
            return None
        known = participant.connections[connection]
        participant.connections[connection] = replace(
            known, microphone=microphone, camera=camera, screen=screen
        )
        self.version += 1
        return participant

    def set_breakout(self, connection: str, breakout: str | None) -> ParticipantState | None:
        """Returns the person if that changes anything."""
        participant = self.people.get(self.person_by_connection.get(connection, ""))
        if participant is None or participant.connections[connection].breakout == breakout:
            return None
        known = participant.connections[connection]
        participant.connections[connection] = replace(known, breakout=breakout)
        self.version += 1
        return participant

    def admit(self, persons: Iterable[str]) -> None:
        self.version += 1
        for person in persons:
            participant = self.people.get(person)
            if participant is not None:
                participant.is_admitted = True
                participant.on_stage = participant.on_stage or self.everybody_speaks

    def admitted(self) -> list[ParticipantState]:
        return [participant for participant in self.people.values() if participant.is_admitted]

    def waiting(self) -> list[PersonRef]:
        """The first of them, as many as fit into a frame."""
        people = [each.person_ref for each in self.people.values() if not each.is_admitted]
        return fitting(people[:WAITING_SHOWN], LARGEST_PAGE)

    def cameras(self, without: str) -> int:
        return sum(
            each.camera or each.screen
            for participant in self.people.values()
            for each in participant.connections.values()
            if each.id != without
        )

    # ---- what is shown -----------------------------------------------------------------------------------

    @property
    def is_small(self) -> bool:
        return len(self.people) <= MAX_NAMED

    @property
    def admits_everybody(self) -> bool:
        """Nobody has to wait: the meeting is live, without a waiting room, and the room is not locked."""
        return nobody_waits(self.info, self.meeting_state)

    @property
    def everybody_speaks(self) -> bool:
        """As in RoomDescription: a meeting has everybody on stage who is admitted."""
        return self.info.meeting is not None and not self.info.is_webinar

    def hides_practice_from(self, *, is_attendee: bool) -> bool:
        return is_attendee and self.info.is_webinar

    def hidden_up_to(self, *, is_attendee: bool) -> int:
        return self.practice_until_seq if self.hides_practice_from(is_attendee=is_attendee) else 0

    def missed_since(self, seq: int) -> list[DurableFrame] | None:
        """Those after `seq`; None when some of them are not in memory any more."""
        if seq >= self.seq:
            return []
        if not self.frames or self.frames[0].seq > seq + 1:
            return None
        return [each for each in self.frames if each.seq > seq]


def fitting(shapes: Iterable[Shape], bytes_left: int) -> list[Shape]:
    """As many of the first as fit; the rest is not even built."""
    found = []
    for shape in shapes:
        bytes_left -= size_of(shape)
        if bytes_left < 0:
            break
        found.append(shape)
    return found


def size_of(shape: BaseModel) -> int:
    """Bytes of JSON, with the comma."""
    return len(shape.model_dump_json(by_alias=True).encode()) + 1


def page_of(frames: list[bytes]) -> list[bytes]:
    """As many of the oldest as fit into one reply, at least one."""
    size = 0
    for position, frame in enumerate(frames):
        size += len(frame)
        if position and size > LARGEST_PAGE:
            return frames[:position]
    return frames
