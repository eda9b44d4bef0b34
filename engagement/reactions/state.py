"""Reactions since the last tick, and how a room, which several processes may hold, is told their sum."""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

from engagement.reactions.messages import Reactions
from rooms.room_session import OpenRoom
from rooms.throttle import Tick

FROM_ELSEWHERE = "reactions"  # between the processes of one room


class ReactionCounter:
    """Those given here, and those that other processes told of."""

    def __init__(self) -> None:
        self.here: Counter[str] = Counter()
        self.elsewhere: Counter[str] = Counter()
        self.tick: Tick | None = None

    def wake(self, room: OpenRoom) -> None:
        if self.tick is None:
            self.tick = Tick(partial(tell, room))
        self.tick.wake()

    def take(self) -> tuple[dict[str, int], dict[str, int]]:
        """All, and those of here alone, which the other processes are still to hear of."""
        here, both = dict(self.here), dict(self.here + self.elsewhere)
        self.here.clear()
        self.elsewhere.clear()
        return both, here


def count(room: OpenRoom, reaction: str) -> None:
    counter = room.scene.part(ReactionCounter)
    counter.here[reaction] += 1
    counter.wake(room)


def count_elsewhere(room: OpenRoom, header: Mapping[str, Any], _payload: bytes) -> None:
    counter = room.scene.part(ReactionCounter)
    counter.elsewhere.update(header["counts"])
    counter.wake(room)


def tell(room: OpenRoom) -> None:
    counts, here = room.scene.part(ReactionCounter).take()
    if here:
        room.bus.send_elsewhere(room.id, {"k": FROM_ELSEWHERE, "counts": here})
    if counts:
        room.tell_all(Reactions(counts=counts))
