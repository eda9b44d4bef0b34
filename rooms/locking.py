"""A locked room: nobody new gets in but hosts; who was inside stays, and may reconnect."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from rooms import journal
from rooms.messages import PersonRef, RoomLocked
from rooms.models.room import Presence, Room
from rooms.policy import Entry, Level

RECONNECTS_WITHIN = timedelta(minutes=10)  # who had left longer than that before the locking is new


@transaction.atomic
def set_locked(
    *, room_id: str, on: bool, now: datetime, by: PersonRef | None = None, person: int | None = None
) -> bool:
    """False when it is so already. `person` is the key of `by`."""
    changed = Room.objects.filter(pk=room_id, locked_at__isnull=on)
    if not changed.update(locked_at=now if on else None):
        return False
    event = RoomLocked(on=on, by=by, at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, person)], now=now)
    return True


def keeps_out(entry: Entry, locked_at: datetime | None) -> bool:
    """Whether this person may not enter the room, locked by a host at that time."""
    if locked_at is None or entry.level >= Level.HOST:
        return False
    return not inside({entry.room.pk: locked_at}, {entry.person.pk})


def inside(locked_at: Mapping[str, datetime], people: Collection[int]) -> set[tuple[str, int]]:
    """Room and person, of those who were in the room when it was locked, or since."""
    earliest = {room: at - RECONNECTS_WITHIN for room, at in locked_at.items()}
    rows = Presence.objects.filter(room__in=locked_at, person__in=people).filter(
        Q(left_at__isnull=True) | Q(left_at__gte=min(earliest.values()))
    )
    found = rows.values_list("room", "person", "left_at")
    return {(room, person) for room, person, left in found if left is None or left >= earliest[room]}
