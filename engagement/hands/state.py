"""Whose hands are up, as every process that has the room open knows them: with each person who is here."""

from engagement.hands.messages import HandLowered, HandRaised, HandsSnapshot
from rooms.features import Viewer
from rooms.room_state import NAMED_UP_TO, Occupant, Scene, fitting


def raised(occupant: Occupant, event: HandRaised) -> None:
    occupant.hand_raised_at = event.at


def lowered(occupant: Occupant, _event: HandLowered) -> None:
    occupant.hand_raised_at = None


def snapshot(scene: Scene, _viewer: Viewer, bytes_left: int) -> HandsSnapshot:
    """The first to raise it first."""
    up = [each for each in scene.admitted() if each.hand_raised_at]
    up.sort(key=lambda each: each.hand_raised_at or "")
    return HandsSnapshot(hands=fitting([each.present() for each in up[:NAMED_UP_TO]], bytes_left))
