"""The durable events of a room: numbered without gaps in the flow's transaction, published after its commit."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

import orjson
from django.db import connection, transaction

from companies.models import Person
from rooms import audience, bus
from rooms.audience import Audience, DurableFrame
from rooms.features import registry
from rooms.messages import Event, message_name
from rooms.models.room import Room, RoomEvent

MOST_MISSED = 500


class NewEvent(NamedTuple):
    """An event to be written, the key of its person, and who gets it: without an audience everybody."""

    event: Event
    person: int | None = None
    audience: Audience | None = None


def write(*, room: Room, event: Event, now: datetime, person: Person | None = None) -> int:
    """Writes `event` with the room's next number and returns the number. Locks the room's row until the commit.

    Raises UnknownEvent for an event that no feature declares as durable.
    """
    return write_many(room_id=room.pk, events=[NewEvent(event, person.pk if person else None)], now=now)[0]


def write_many(*, room_id: str, events: Sequence[NewEvent], now: datetime) -> list[int]:
    """The same for several events of one room, in their order."""
    for new in events:
        registry.check_durable(new.event)
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an event is written inside its flow's transaction")
    last = _allocate_seqs(room_id, len(events))
    rows = [
        _row(room_id, last - len(events) + position, new, now) for position, new in enumerate(events, start=1)
    ]
    RoomEvent.objects.bulk_create(rows)
    for row in rows:
        published = partial(bus.publish_durable, room_id, row.seq, frame_of(row), row.audience)
        transaction.on_commit(published, robust=True)
    return [row.seq for row in rows]


def _allocate_seqs(room_id: str, count: int) -> int:
    table = connection.ops.quote_name(Room._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET last_seq = last_seq + %s WHERE id = %s RETURNING last_seq",  # noqa: S608 - a name of ours
            [count, room_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise Room.DoesNotExist(room_id)
    return int(row[0])


def _row(room_id: str, seq: int, new: NewEvent, now: datetime) -> RoomEvent:
    return RoomEvent(
        room_id=room_id,
        seq=seq,
        ev=message_name(type(new.event)),
        payload=new.event.payload(seq),
        audience=new.audience.as_json() if new.audience is not None else None,
        person_id=new.person,
        at=now,
        client_id=new.event.idempotency_key,
    )


def frame_of(row: RoomEvent) -> bytes:
    return orjson.dumps({"seq": row.seq, "ev": row.ev, **row.payload})


def events_after(room_id: str, seq: int, limit: int = MOST_MISSED) -> list[DurableFrame]:
    """Those after `seq`, oldest first."""
    rows = RoomEvent.objects.filter(room_id=room_id, seq__gt=seq).order_by("seq")[:limit]
    return [DurableFrame(row.seq, frame_of(row), audience.from_json(row.audience)) for row in rows]


def seqs_by_client_id(room_id: str, client_ids: Sequence[str]) -> dict[tuple[int | None, str], int]:
    """Numbers of the events with these client ids, by person and client id."""
    rows = RoomEvent.objects.filter(room=room_id, client_id__in=client_ids)
    return {(row.person_id, row.client_id): row.seq for row in rows.only("person_id", "client_id", "seq")}


def protocol_time(moment: datetime) -> str:
    """RFC 3339 in UTC, with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def last_seqs(room_ids: Sequence[str]) -> dict[str, int]:
    return dict(Room.objects.filter(pk__in=room_ids).values_list("pk", "last_seq"))
