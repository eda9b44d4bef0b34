"""The slides on stage in the room's state."""

from dataclasses import dataclass

from engagement.slides.describing import shown_in, with_new_addresses
from engagement.slides.messages import (
    ShownSlides,
    SlidesDeck,
    SlidesHidden,
    SlidesShown,
    SlidesSnapshot,
    SlidesTurned,
)
from rooms.features import Viewer
from rooms.room_state import RoomState


@dataclass
class SlidesState:
    shown: ShownSlides | None = None


def shown_slides(state: RoomState) -> ShownSlides | None:
    return state.feature_state(SlidesState).shown


def load(state: RoomState, room_id: str) -> None:
    state.feature_state(SlidesState).shown = shown_in(room_id)


def shown(state: RoomState, event: SlidesShown) -> None:
    state.feature_state(SlidesState).shown = event.slides


def turned(state: RoomState, event: SlidesTurned) -> None:
    slides = state.feature_state(SlidesState)
    if slides.shown is not None and slides.shown.deck == event.deck:
        slides.shown = slides.shown.model_copy(update={"page": event.page})


def hidden(state: RoomState, _event: SlidesHidden) -> None:
    state.feature_state(SlidesState).shown = None


def deck_changed(state: RoomState, event: SlidesDeck) -> None:
    """A deck that is gone is not on stage."""
    slides = state.feature_state(SlidesState)
    if event.deck.state == "deleted" and slides.shown is not None and slides.shown.deck == event.deck.id:
        slides.shown = None


def snapshot(state: RoomState, _viewer: Viewer, _bytes_left: int) -> SlidesSnapshot:
    """What is on stage when a webinar starts is on stage for its attendees, too."""
    found = shown_slides(state)
    return SlidesSnapshot(slides=with_new_addresses(found) if found is not None else None)
