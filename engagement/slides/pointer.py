"""The speaker's pointer: broadcast some times a second, over all processes of the room, not stored."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from engagement.slides.messages import SlidesPointed
from rooms.room_session import RoomSession
from rooms.throttle import Throttle

BUS_KIND = "slides_pointer"
EVERY = 0.08  # seconds


class Pointer:
    """`place` is the newest; None when it is gone."""

    def __init__(self) -> None:
        self.place: tuple[float, float] | None = None
        self.is_local = False
        self.throttle: Throttle | None = None

    def move(self, room: RoomSession, place: tuple[float, float] | None, *, is_local: bool) -> None:
        self.place = place
        self.is_local = is_local
        if self.throttle is None:
            self.throttle = Throttle(partial(broadcast, room), every=EVERY, soon=0.0)
        self.throttle.wake()


def move(room: RoomSession, place: tuple[float, float] | None) -> None:
    room.state.feature_state(Pointer).move(room, place, is_local=True)


def move_remote(room: RoomSession, header: Mapping[str, Any], _payload: bytes) -> None:
    place = header["place"]
    room.state.feature_state(Pointer).move(room, tuple(place) if place else None, is_local=False)


def broadcast(room: RoomSession) -> None:
    pointer = room.state.feature_state(Pointer)
    if pointer.is_local:
        room.bus.send_to_other_processes(room.id, {"k": BUS_KIND, "place": pointer.place})
    x, y = pointer.place or (None, None)
    room.broadcast(SlidesPointed(x=x, y=y))
