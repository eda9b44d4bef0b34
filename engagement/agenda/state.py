"""The agenda of the present meeting in the room's state."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from engagement.agenda.describing import info_of, items_of
from engagement.agenda.messages import Agenda, AgendaChanged, AgendaItemInfo, AgendaMoved, AgendaSnapshot
from rooms.features import Viewer
from rooms.following_meeting import follow_meeting
from rooms.room_session import RoomSession
from rooms.room_state import RoomState, fitting

LARGEST_PART = 12 * 1024  # bytes of the snapshot; agenda_input bounds the texts


@dataclass
class AgendaState:
    meeting: str = ""
    items: list[AgendaItemInfo] = field(default_factory=list)


def agenda_in(state: RoomState) -> AgendaState:
    return state.feature_state(AgendaState)


def load(state: RoomState, _room_id: str) -> None:
    agenda = agenda_in(state)
    agenda.meeting = state.info.meeting or ""
    agenda.items = read(agenda.meeting)


def read(meeting: str) -> list[AgendaItemInfo]:
    return [info_of(item) for item in items_of(meeting)] if meeting else []


# ---- reducers ------------------------------------------------------------------------------------------------


def changed(state: RoomState, event: AgendaChanged) -> None:
    agenda = agenda_in(state)
    if event.meeting == agenda.meeting:
        agenda.items = event.items


def moved(state: RoomState, event: AgendaMoved) -> None:
    agenda = agenda_in(state)
    if event.meeting == agenda.meeting:
        agenda.items = [_after_move(item, event) for item in agenda.items]


def _after_move(item: AgendaItemInfo, event: AgendaMoved) -> AgendaItemInfo:
    if item.id == event.item:
        return item.model_copy(update={"started_at": event.at, "ended_at": None})
    if item.started_at is not None and item.ended_at is None:
        return item.model_copy(update={"ended_at": event.at})
    return item


# ---- what is shown -------------------------------------------------------------------------------------------


def shown(state: RoomState) -> Iterable[AgendaItemInfo]:
    """None of another meeting: the next check reads this one's."""
    agenda = agenda_in(state)
    return agenda.items if agenda.meeting == (state.info.meeting or "") else []


def snapshot(state: RoomState, _viewer: Viewer, bytes_left: int) -> AgendaSnapshot:
    return AgendaSnapshot(agenda=fitting(shown(state), bytes_left))


def for_waiting(state: RoomState) -> Agenda:
    """What is planned, as on the meeting's page; how far the meeting has come is for those inside."""
    planned = {"started_at": None, "ended_at": None}
    return Agenda(agenda=[item.model_copy(update=planned) for item in shown(state)])


def tell_waiting(room: RoomSession, event: AgendaChanged) -> None:
    if event.meeting == agenda_in(room.state).meeting:
        room.send_to_waiting(for_waiting(room.state))


# ---- every few seconds ---------------------------------------------------------------------------------------


def watch(room: RoomSession, _now: datetime) -> None:
    follow_meeting(room, known=agenda_in(room.state).meeting, read=read, use=partial(_use, room))


def _use(room: RoomSession, meeting: str, items: list[AgendaItemInfo]) -> None:
    agenda = agenda_in(room.state)
    agenda.meeting, agenda.items = meeting, items
    room.broadcast(Agenda(agenda=items))
    room.send_to_waiting(for_waiting(room.state))
