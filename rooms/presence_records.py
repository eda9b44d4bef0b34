"""Presence intervals, one per connection; they survive a killed process."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Greatest

from rooms.models.room import Presence

SILENT_FOR = timedelta(seconds=30)


@dataclass(frozen=True)
class ConnectionRef:
    """A connection, its person, and the process that holds it."""

    room_id: str
    person_id: int
    connection: str
    process: str


@transaction.atomic
def begin(*, connections: Sequence[ConnectionRef], now: datetime) -> None:
    """Begins the presences of these connections; those already begun stay as they are."""
    rows = [
        Presence(
            room_id=each.room_id,
            person_id=each.person_id,
            connection=each.connection,
            process=each.process,
            joined_at=now,
            seen_at=now,
        )
        for each in connections
    ]
    if rows:
        Presence.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def leave(*, connections: Iterable[str], now: datetime) -> int:
    """Ends the presences of these connections; those already ended stay as they are."""
    # A clock that was set back would violate the constraint and fail the whole batch.
    ended = Greatest(F("joined_at"), Value(now))
    return (
        Presence.objects.filter(connection__in=list(connections))
        .present()
        .update(left_at=ended, seen_at=ended)
    )


@transaction.atomic
def keep_alive(*, process: str, connections: Sequence[str], now: datetime) -> int:
    """Renews the open presences of a process; reopens one that was closed although its connection is open."""
    of_process = Presence.objects.filter(process=process).present()
    kept = of_process.update(seen_at=now)
    if kept < len(connections):
        lost = Presence.objects.filter(connection__in=connections, left_at__isnull=False)
        kept += lost.update(left_at=None, seen_at=now)
    elif kept > len(connections):
        # Their end could not be written when their sockets closed. Those that may be joining right now are spared.
        gone = of_process.filter(joined_at__lt=now - SILENT_FOR).exclude(connection__in=connections)
        kept -= gone.update(left_at=now)
    return kept


@transaction.atomic
def close_lost(*, now: datetime, silent_for: timedelta = SILENT_FOR) -> int:
    """Ends presences that were not renewed, at the time they were last seen."""
    return Presence.objects.present().filter(seen_at__lt=now - silent_for).update(left_at=F("seen_at"))


def recorded(
    *, room_id: str, since: datetime | None = None, until: datetime | None = None
) -> QuerySet[Presence]:
    """What is on record of a room and its breakout rooms, to be anonymised; with bounds only what overlaps them."""
    rows = Presence.objects.in_rooms([room_id])
    if since is not None:
        rows = rows.filter(Q(left_at__isnull=True) | Q(left_at__gt=since))
    return rows if until is None else rows.filter(joined_at__lt=until)
