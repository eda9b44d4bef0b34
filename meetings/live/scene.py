"""One room as this process knows it: facts, newest messages, who is here and on the stage. Knows no model, no socket.

It is read from the database once, at one number, and every durable event after that number is applied in its order:
so a snapshot always fits the number that goes with it.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

import orjson
from pydantic import BaseModel

from meetings.live.messages import Message, Present, RoomState, Snapshot, Someone

MESSAGES = 50
FRAMES = 300
NAMED_UP_TO = 100  # people; a larger room is counted and paged
WAITING_SHOWN = 100
LARGEST_PAGE = 56 * 1024  # bytes of what was missed, so that a frame stays within 64 KiB
LARGEST_SNAPSHOT = 54 * 1024
LARGEST_STAGE = 28 * 1024
LARGEST_LIST = 8 * 1024


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
    messages: deque[Message] = field(default_factory=lambda: deque(maxlen=MESSAGES))
    has_earlier: bool = False
    frames: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=FRAMES))
    people: dict[str, Occupant] = field(default_factory=dict)
    holders: dict[str, str] = field(default_factory=dict)  # connection → person
    version: int = 0  # of everything a snapshot shows

    # ---- durable events ----------------------------------------------------------------------------------

    def apply(self, event: dict[str, Any], frame: bytes) -> None:
        self.seq = event["seq"]
        self.version += 1
        self.frames.append((self.seq, frame))
        change = getattr(self, "_on_" + str(event["ev"]).replace(".", "_"), None)
        if change is not None:
            change(event)

    def _on_chat_message(self, event: dict[str, Any]) -> None:
        if event.get("deleted"):
            return
        self.has_earlier = self.has_earlier or len(self.messages) == MESSAGES
        self.messages.append(
            Message(
                id=event["id"],
                sender=Someone(**event["from"]),
                text=event["text"],
                at=event["at"],
                client_id=event.get("client_id"),
            )
        )

    def _on_chat_deleted(self, event: dict[str, Any]) -> None:
        kept = [message for message in self.messages if message.id != event["message"]]
        self.messages = deque(kept, maxlen=MESSAGES)
        self.frames.clear()  # the text is among them

    def _on_hand_raised(self, event: dict[str, Any]) -> None:
        self._change(event["person"]["id"], hand_raised_at=event["at"])

    def _on_hand_lowered(self, event: dict[str, Any]) -> None:
        self._change(event["person"]["id"], hand_raised_at=None)

    def _on_stage_joined(self, event: dict[str, Any]) -> None:
        self._change(event["person"]["id"], on_stage=True)

    def _on_stage_left(self, event: dict[str, Any]) -> None:
        self._change(event["person"]["id"], on_stage=False)

    def _on_meeting_started(self, event: dict[str, Any]) -> None:
        self.meeting_state = "live"
        self.facts = self.facts.model_copy(
            update={
                "state": "live",
                "meeting": event["meeting"],
                "started_at": event["at"],
                "closes_at": event.get("closes_at"),
            }
        )
        if self.facts.is_webinar:
            self.opened_at_seq = self.seq

    def _on_meeting_ended(self, _event: dict[str, Any]) -> None:
        self.meeting_state = "ended"
        if self.facts.kind == "meeting":
            self.facts = self.facts.model_copy(update={"state": "ended", "recording": False})

    def _on_meeting_extended(self, event: dict[str, Any]) -> None:
        if event["meeting"] == self.facts.meeting:
            hours = {"ends_at": event["until"], "closes_at": event["closes_at"]}
            self.facts = self.facts.model_copy(update=hours)

    def _on_meeting_moved(self, event: dict[str, Any]) -> None:
        if event["meeting"] == self.facts.meeting:
            hours = {"starts_at": event["starts_at"], "ends_at": event["ends_at"]}
            self.facts = self.facts.model_copy(update=hours)

    def _on_meeting_cancelled(self, event: dict[str, Any]) -> None:
        if event["meeting"] == self.facts.meeting:
            self._on_meeting_ended(event)

    def _on_recording_started(self, _event: dict[str, Any]) -> None:
        self.facts = self.facts.model_copy(update={"recording": True})

    def _on_recording_stopped(self, _event: dict[str, Any]) -> None:
        self.facts = self.facts.model_copy(update={"recording": False})

    def _change(self, person: str, **fields: Any) -> None:
        occupant = self.people.get(person)
        if occupant is not None:
            self.people[person] = replace(occupant, **fields)

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
            self._change(person, is_admitted=True)

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

    def up_to_date(self, occupant: Occupant, seq: int) -> Occupant:
        """With what happened to this person after `seq`, while the database was asked about them."""
        for number, frame in self.frames:
            if number > seq and (b'"ev":"stage.' in frame or b'"ev":"hand.' in frame):
                event = orjson.loads(frame)
                if event["person"]["id"] == occupant.someone.id:
                    _apply_to(occupant, event)
        return occupant

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

    def snapshot(self, *, is_attendee: bool, is_host: bool, within: int = LARGEST_SNAPSHOT) -> Snapshot:
        """`within` so many bytes: the stage and raised hands first, then of what was said the newest that fit."""
        from_seq = self.hidden_up_to(is_attendee=is_attendee)
        visible = [message for message in self.messages if message.id > from_seq]
        here = self.admitted()
        raised = sorted(
            (each for each in here if each.hand_raised_at), key=lambda each: each.hand_raised_at or ""
        )
        stage = fitting([each.present() for each in here if each.on_stage][:NAMED_UP_TO], LARGEST_STAGE)
        hands = fitting([each.present() for each in raised[:NAMED_UP_TO]], LARGEST_LIST)
        waiting = fitting(self.waiting() if is_host else [], LARGEST_LIST)
        room_left = within - sum(map(_size, [*stage, *hands, *waiting]))
        shown = fitting(visible[::-1], room_left)[::-1]
        return Snapshot(
            messages=shown,
            earlier=len(shown) < len(visible) or (self.has_earlier and len(shown) == len(self.messages)),
            stage=stage,
            hands=hands,
            waiting=waiting,
            count=len(here),
        )

    def missed_since(self, seq: int) -> list[bytes] | None:
        """Frames after `seq`, when all of them are still at hand."""
        if seq >= self.seq:
            return []
        if not self.frames or self.frames[0][0] > seq + 1:
            return None
        return [frame for number, frame in self.frames if number > seq]


Shape = TypeVar("Shape", bound=BaseModel)


def fitting(shapes: list[Shape], bytes_left: int) -> list[Shape]:
    """As many of the first as a frame can carry."""
    for place, shape in enumerate(shapes):
        bytes_left -= _size(shape)
        if bytes_left < 0:
            return shapes[:place]
    return shapes


def _size(shape: BaseModel) -> int:
    return len(shape.model_dump_json(by_alias=True).encode()) + 1


def page_of(frames: list[bytes]) -> list[bytes]:
    """As many of the oldest as one answer should carry, at least one."""
    size = 0
    for place, frame in enumerate(frames):
        size += len(frame)
        if place and size > LARGEST_PAGE:
            return frames[:place]
    return frames


def _apply_to(occupant: Occupant, event: dict[str, Any]) -> None:
    kind, _dot, what = str(event["ev"]).partition(".")
    if kind == "stage":
        occupant.on_stage = what == "joined"
    else:
        occupant.hand_raised_at = event["at"] if what == "raised" else None
