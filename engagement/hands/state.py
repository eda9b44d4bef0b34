"""Whose hands are up, as every process that has the room open knows them: with each person who is here."""

from engagement.hands.messages import HandLowered, HandRaised, HandsSnapshot
from rooms.features import Viewer
from rooms.room_state import MAX_NAMED, ParticipantState, RoomState, fitting


def raised(participant: ParticipantState, event: HandRaised) -> None:
    participant.hand_raised_at = event.at


def lowered(participant: ParticipantState, _event: HandLowered) -> None:
    participant.hand_raised_at = None


def snapshot(state: RoomState, _viewer: Viewer, bytes_left: int) -> HandsSnapshot:
    """The first to raise it first."""
    up = [each for each in state.admitted() if each.hand_raised_at]
    up.sort(key=lambda each: each.hand_raised_at or "")
    return HandsSnapshot(hands=fitting([each.info() for each in up[:MAX_NAMED]], bytes_left))
