"""One room as this process knows it: facts, who is here, what the features keep of it. Knows no model, no socket.

It is read from the database once, at one number, and every durable event after that number is applied in its order:
so a snapshot always fits the number that goes with it.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

from rooms.messages import Present, RoomState, Someone

FRAMES = 300
NAMED_UP_TO = 100  # people; a larger room is counted and paged
WAITING_SHOWN = 100
LARGEST_PAGE = 56 * 1024  # bytes of what was missed, so that a frame stays within 64 KiB
LARGEST_SNAPSHOT = 54 * 1024
LARGEST_STAGE = 28 * 1024
LARGEST_LIST = 8 * 1024


Shape = TypeVar("Shape", bound=BaseModel)
Part = TypeVar("Part")


@dataclass(frozen=True)
class Connection:
    """One socket of a person, in whichever process."""

    id: str
    process: str
    microphone: bool = False
    camera: bool = False
    screen: bool = False


@dataclass
class Occupant:
    """A person who is here or waits to be let in."""

    someone: Someone
    is_admitted: bool
    on_stage: bool
    hand_raised_at: str | None
    connections: dict[str, Connection] = field(default_factory=dict)

    def present(self) -> Present:
        sockets = self.connections.values()
        return Present(
            **self.someone.model_dump(),
            on_stage=self.on_stage,
            hand_raised_at=self.hand_raised_at,
            microphone=any(each.microphone for each in sockets),
            camera=any(each.camera for each in sockets),
            screen=any(each.screen for each in sockets),
            connections=list(self.connections),
        )


MeetingState = Literal["none", "scheduled", "live", "ended"]


@dataclass
class Scene:
    facts: RoomState
    meeting_state: MeetingState
    seq: int = 0
    opened_at_seq: int = 0  # attendees of a webinar see nothing up to here: it was practice
    frames: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=FRAMES))
    people: dict[str, Occupant] = field(default_factory=dict)
    holders: dict[str, str] = field(default_factory=dict)  # connection → person
    version: int = 0  # of everything a snapshot shows
    _parts: dict[type, Any] = field(default_factory=dict)  # of the features, by their classes

    def part(self, kind: type[Part]) -> Part:
        """What one feature knows of this room: an object of its own class, begun empty."""
        found = self._parts.get(kind)
        if found is None:
            found = self._parts[kind] = kind()
        return found

    def number(self, seq: int, frame: bytes) -> None:
        """The next durable event has come."""
        self.seq = seq
        self.version += 1
        self.frames.append((seq, frame))

    def forget_frames(self) -> None:
        """Something among them was erased; who asks for them gets them from the journal."""
        self.frames.clear()

    @property
    def is_over(self) -> bool:
        return self.facts.state == "ended"

    # ---- who is here -------------------------------------------------------------------------------------

    def enter(self, occupant: Occupant, connection: Connection) -> None:
        """A connection is new, or what is known of it has changed."""
        known = self.people.get(occupant.someone.id)
        connections = {**(known.connections if known else {}), connection.id: connection}
        self.people[occupant.someone.id] = replace(occupant, connections=connections)
        self.holders[connection.id] = occupant.someone.id
        self.version += 1

    def leave(self, connection: str) -> str | None:
        """Returns the person when this was their last connection."""
        person = self.holders.pop(connection, None)
        occupant = self.people.get(person) if person is not None else None
        if person is None or occupant is None:
            return None
        self.version += 1
        occupant.connections.pop(connection, None)
        if occupant.connections:
            return None
        del self.people[person]
        return person

    def connections_of(self, process: str) -> set[str]:
        return {
            each.id
            for occupant in self.people.values()
            for each in occupant.connections.values()
            if each.process == process
        }

    def set_media(self, connection: str, *, microphone: bool, camera: bool, screen: bool) -> Occupant | None:
        occupant = self.people.get(self.holders.get(connection, ""))
        if occupant is None or connection not in occupant.connections:
            return None
        known = occupant.connections[connection]
        occupant.connections[connection] = replace(known, microphone=microphone, camera=camera, screen=screen)
        self.version += 1
        return occupant

    def admit(self, persons: Iterable[str]) -> None:
        self.version += 1
        for person in persons:
            occupant = self.people.get(person)
            if occupant is not None:
                occupant.is_admitted = True

    def admitted(self) -> list[Occupant]:
        return [occupant for occupant in self.people.values() if occupant.is_admitted]

    def waiting(self) -> list[Someone]:
        return [each.someone for each in self.people.values() if not each.is_admitted][:WAITING_SHOWN]

    def cameras(self, without: str) -> int:
        return sum(
            each.camera or each.screen
            for occupant in self.people.values()
            for each in occupant.connections.values()
            if each.id != without
        )

    # ---- what is shown -----------------------------------------------------------------------------------

    @property
    def is_named(self) -> bool:
        return len(self.people) <= NAMED_UP_TO

    @property
    def lets_everybody_in(self) -> bool:
        """Nobody has to wait: it runs, and there is no lobby."""
        return self.meeting_state == "live" and not self.facts.lobby

    def hides_practice_from(self, *, is_attendee: bool) -> bool:
        return is_attendee and self.facts.is_webinar

    def hidden_up_to(self, *, is_attendee: bool) -> int:
        return self.opened_at_seq if self.hides_practice_from(is_attendee=is_attendee) else 0

    def missed_since(self, seq: int) -> list[bytes] | None:
        """Frames after `seq`, when all of them are still at hand."""
        if seq >= self.seq:
            return []
        if not self.frames or self.frames[0][0] > seq + 1:
            return None
        return [frame for number, frame in self.frames if number > seq]


def fitting(shapes: list[Shape], bytes_left: int) -> list[Shape]:
    """As many of the first as a frame can carry."""
    for place, shape in enumerate(shapes):
        bytes_left -= size_of(shape)
        if bytes_left < 0:
            return shapes[:place]
    return shapes


def size_of(shape: BaseModel) -> int:
    """Bytes on the wire, with the comma."""
    return len(shape.model_dump_json(by_alias=True).encode()) + 1


def page_of(frames: list[bytes]) -> list[bytes]:
    """As many of the oldest as one answer should carry, at least one."""
    size = 0
    for place, frame in enumerate(frames):
        size += len(frame)
        if place and size > LARGEST_PAGE:
            return frames[:place]
    return frames
