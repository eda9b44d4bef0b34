"""The breakout rooms in the main room's state; a breakout room's own state knows only whether it is over."""

from dataclasses import dataclass, replace
from datetime import datetime

from engagement.breakouts import reading
from engagement.breakouts.messages import (
    BreakoutAnnounced,
    BreakoutAssigned,
    BreakoutHelpChanged,
    BreakoutRenamed,
    BreakoutRoom,
    Breakouts,
    BreakoutsClosed,
    BreakoutsExtended,
    BreakoutsMoved,
    BreakoutsOpened,
    BreakoutsPrepared,
    BreakoutsSnapshot,
    HelpRequest,
)
from rooms.features import Viewer
from rooms.room_state import RoomState, size_of

LARGEST_PART = 16 * 1024  # bytes of the snapshot


@dataclass
class BreakoutsState:
    breakouts: Breakouts | None = None
    is_closing: bool = False  # this process waits for the end

    @property
    def opened(self) -> Breakouts | None:
        found = self.breakouts
        return found if found is not None and found.state == "open" else None

    def room(self, room_id: str) -> BreakoutRoom | None:
        rooms = self.breakouts.rooms if self.breakouts is not None else []
        return next((each for each in rooms if each.id == room_id), None)

    def room_of(self, person: str) -> str | None:
        rooms = self.breakouts.rooms if self.breakouts is not None else []
        return next((each.id for each in rooms if person in each.people), None)

    def rooms_by_person(self) -> dict[str, str]:
        rooms = self.breakouts.rooms if self.breakouts is not None else []
        return {person: each.id for each in rooms for person in each.people}

    def change(self, **fields: object) -> None:
        if self.breakouts is not None:
            self.breakouts = self.breakouts.model_copy(update=fields)


def breakouts_in(state: RoomState) -> BreakoutsState:
    return state.feature_state(BreakoutsState)


def load(state: RoomState, room_id: str) -> None:
    row = reading.current_round(room_id) if state.info.kind != "breakout" else None
    breakouts_in(state).breakouts = reading.breakouts_of(row) if row is not None else None


# ---- reducers ------------------------------------------------------------------------------------------------


def put(state: RoomState, event: BreakoutsPrepared | BreakoutsOpened) -> None:
    breakouts_in(state).breakouts = event.breakouts


def moved(state: RoomState, event: BreakoutsMoved) -> None:
    breakouts = breakouts_in(state)
    if breakouts.breakouts is not None:
        breakouts.change(rooms=_with_moves(breakouts.breakouts.rooms, event.moves))


def _with_moves(rooms: list[BreakoutRoom], moves: list[BreakoutAssigned]) -> list[BreakoutRoom]:
    gone = {each.person for each in moves}
    came: dict[str | None, list[str]] = {}
    for each in moves:
        came.setdefault(each.room, []).append(each.person)
    return [
        room.model_copy(
            update={"people": [one for one in room.people if one not in gone] + came.get(room.id, [])}
        )
        for room in rooms
    ]


def renamed(state: RoomState, event: BreakoutRenamed) -> None:
    breakouts = breakouts_in(state)
    if breakouts.breakouts is not None:
        rooms = breakouts.breakouts.rooms
        breakouts.change(
            rooms=[
                each.model_copy(update={"name": event.name}) if each.id == event.room else each
                for each in rooms
            ]
        )


def extended(state: RoomState, event: BreakoutsExtended) -> None:
    breakouts_in(state).change(ends_at=event.ends_at)


def closed(state: RoomState, _event: BreakoutsClosed) -> None:
    breakouts_in(state).breakouts = None
    if state.info.kind == "breakout":
        state.info = state.info.model_copy(update={"state": "ended"})
    for participant in state.people.values():
        participant.connections = {
            name: replace(each, breakout=None) for name, each in participant.connections.items()
        }


def announced(_state: RoomState, _event: BreakoutAnnounced) -> None:
    """It is shown, and kept in the journal."""


def help_changed(state: RoomState, event: BreakoutHelpChanged) -> None:
    breakouts = breakouts_in(state)
    if breakouts.breakouts is None:
        return
    others = [each for each in breakouts.breakouts.help if each.person.id != event.person.id]
    asked = [HelpRequest(person=event.person, room=event.room, at=event.at)] if event.on else []
    breakouts.change(help=[*others, *asked])


# ---- what is shown -------------------------------------------------------------------------------------------


def snapshot(state: RoomState, viewer: Viewer, bytes_left: int) -> BreakoutsSnapshot:
    found = breakouts_in(state).breakouts
    if found is None or (found.state == "prepared" and not viewer.is_host):
        return BreakoutsSnapshot(breakouts=None)
    shown = BreakoutsSnapshot(breakouts=found if viewer.is_host else found.model_copy(update={"help": []}))
    return shown if size_of(shown) <= bytes_left else _without_people(found)


def _without_people(found: Breakouts) -> BreakoutsSnapshot:
    rooms = [each.model_copy(update={"people": []}) for each in found.rooms]
    return BreakoutsSnapshot(breakouts=found.model_copy(update={"rooms": rooms, "help": []}))


def seconds_left(state: RoomState, now: datetime) -> float | None:
    """Until the breakout rooms close by themselves, seen from the main room or from one of them; None for never."""
    opened = breakouts_in(state).opened
    ends_at = state.info.ends_at if state.info.kind == "breakout" else opened and opened.ends_at
    if not ends_at or state.is_over:
        return None
    return (datetime.fromisoformat(ends_at) - now).total_seconds()
