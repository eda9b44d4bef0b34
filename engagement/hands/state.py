"""Raised hands in the room's state: a field of each participant."""

from engagement.hands.messages import HandLowered, HandRaised, HandsSnapshot
from rooms.features import Viewer
from rooms.room_state import ParticipantState, RoomState, fitting


def raised(participant: ParticipantState, event: HandRaised) -> None:
    participant.hand_raised_at = event.at


def lowered(participant: ParticipantState, _event: HandLowered) -> None:
    participant.hand_raised_at = None


def snapshot(state: RoomState, _viewer: Viewer, bytes_left: int) -> HandsSnapshot:
    """In the order in which they were raised."""
    raised_hands = [each for each in state.admitted() if each.hand_raised_at]
    raised_hands.sort(key=lambda each: each.hand_raised_at or "")
    return HandsSnapshot(hands=fitting((each.info() for each in raised_hands), bytes_left))
