"""Counts reactions and broadcasts the sums once a second, over all processes of the room."""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

from engagement.reactions.messages import Reactions
from rooms.room_session import RoomSession
from rooms.throttle import Throttle

BUS_KIND = "reactions"  # of messages between processes


class ReactionCounter:
    """`local` are those sent in this process, `remote` those of other processes."""

    def __init__(self) -> None:
        self.local: Counter[str] = Counter()
        self.remote: Counter[str] = Counter()
        self.throttle: Throttle | None = None

    def wake(self, room: RoomSession) -> None:
        if self.throttle is None:
            self.throttle = Throttle(partial(broadcast_counts, room))
        self.throttle.wake()

    def drain(self) -> tuple[dict[str, int], dict[str, int]]:
        """The total, and the local counts, which go to the other processes. Resets both."""
        local, total = dict(self.local), dict(self.local + self.remote)
        self.local.clear()
        self.remote.clear()
        return total, local


def count(room: RoomSession, reaction: str) -> None:
    counter = room.state.feature_state(ReactionCounter)
    counter.local[reaction] += 1
    counter.wake(room)


def count_remote(room: RoomSession, header: Mapping[str, Any], _payload: bytes) -> None:
    counter = room.state.feature_state(ReactionCounter)
    counter.remote.update(header["counts"])
    counter.wake(room)


def broadcast_counts(room: RoomSession) -> None:
    counts, local = room.state.feature_state(ReactionCounter).drain()
    if local:
        room.bus.send_to_other_processes(room.id, {"k": BUS_KIND, "counts": local})
    if counts:
        room.broadcast(Reactions(counts=counts))
