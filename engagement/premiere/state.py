"""The film on the stage in the room's state."""

from dataclasses import dataclass

from engagement.premiere import playing
from engagement.premiere.messages import Premiere, PremiereChanged, PremiereSnapshot, PremiereStopped
from rooms.features import Viewer
from rooms.room_state import RoomState


@dataclass
class PremiereState:
    premiere: Premiere | None = None


def premiere_of(state: RoomState) -> Premiere | None:
    return state.feature_state(PremiereState).premiere


def load(state: RoomState, room_id: str) -> None:
    state.feature_state(PremiereState).premiere = playing.on_stage(room_id, state.seq)


def changed(state: RoomState, event: PremiereChanged) -> None:
    state.feature_state(PremiereState).premiere = event.premiere


def stopped(state: RoomState, _event: PremiereStopped) -> None:
    state.feature_state(PremiereState).premiere = None


def snapshot(state: RoomState, _viewer: Viewer, _bytes_left: int) -> PremiereSnapshot:
    """What is on stage when a webinar starts is on stage for its attendees, too."""
    return PremiereSnapshot(premiere=premiere_of(state))
