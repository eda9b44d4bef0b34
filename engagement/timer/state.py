"""The timer in the room's state."""

from dataclasses import dataclass

from engagement.timer import timing
from engagement.timer.messages import Timer, TimerSnapshot, TimerStarted, TimerStopped
from rooms.features import Viewer
from rooms.room_state import RoomState


@dataclass
class TimerState:
    timer: Timer | None = None
    seq: int = 0  # of the event that started it


def load(state: RoomState, room_id: str) -> None:
    row = timing.last_started(room_id, state.seq)
    if row is not None:
        timer = state.feature_state(TimerState)
        timer.timer, timer.seq = Timer.model_validate(row.payload), row.seq


def started(state: RoomState, event: TimerStarted) -> None:
    timer = state.feature_state(TimerState)
    timer.timer, timer.seq = Timer.model_validate(event.model_dump()), state.seq


def stopped(state: RoomState, _event: TimerStopped) -> None:
    state.feature_state(TimerState).timer = None


def snapshot(state: RoomState, viewer: Viewer, _bytes_left: int) -> TimerSnapshot:
    """Attendees of a webinar see none of the practice session."""
    found = state.feature_state(TimerState)
    is_hidden = found.seq <= state.hidden_up_to(is_attendee=viewer.is_attendee)
    return TimerSnapshot(timer=None if is_hidden else found.timer)
