"""The durable events of a room: numbered without gaps in the flow's transaction, published after its commit."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import orjson
from django.db import connection, transaction

from companies.models import Person
from rooms import bus
from rooms.features import registry
from rooms.messages import Event, message_name
from rooms.models.room import Room, RoomEvent

MOST_MISSED = 500


def write(*, room: Room, event: Event, now: datetime, person: Person | None = None) -> int:
    """Writes `event` with the room's next number and returns the number. Locks the room's row until the commit.

    Raises UnknownEvent for an event that no feature declares as durable.
    """
    return write_many(room_id=room.pk, events=[(event, person.pk if person else None)], now=now)[0]


def write_many(*, room_id: str, events: Sequence[tuple[Event, int | None]], now: datetime) -> list[int]:
    """The same for several events of one room, in their order, each with the key of its person."""
    for event, _person in events:
        registry.check_durable(event)
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an event is written inside its flow's transaction")
    last = _allocate_seqs(room_id, len(events))
    rows = [
        _row(room_id, last - len(events) + position, event, person_id, now)
        for position, (event, person_id) in enumerate(events, start=1)
    ]
    RoomEvent.objects.bulk_create(rows)
    for row in rows:
        transaction.on_commit(partial(bus.publish_durable, room_id, row.seq, frame_of(row)), robust=True)
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


def _row(room_id: str, seq: int, event: Event, person_id: int | None, now: datetime) -> RoomEvent:
    return RoomEvent(
        room_id=room_id,
        seq=seq,
        ev=message_name(type(event)),
        payload=event.payload(seq),
        person_id=person_id,
        at=now,
        client_id=event.idempotency_key,
    )


def frame_of(row: RoomEvent) -> bytes:
    return orjson.dumps({"seq": row.seq, "ev": row.ev, **row.payload})


def events_after(room_id: str, seq: int, limit: int = MOST_MISSED) -> list[tuple[int, bytes]]:
    """Numbers and frames after `seq`, oldest first."""
    rows = RoomEvent.objects.filter(room_id=room_id, seq__gt=seq).order_by("seq")[:limit]
    return [(row.seq, frame_of(row)) for row in rows]


def seqs_by_client_id(room_id: str, client_ids: Sequence[str]) -> dict[tuple[int | None, str], int]:
    """Numbers of the events with these client ids, by person and client id."""
    rows = RoomEvent.objects.filter(room=room_id, client_id__in=client_ids)
    return {(row.person_id, row.client_id): row.seq for row in rows.only("person_id", "client_id", "seq")}


def protocol_time(moment: datetime) -> str:
    """RFC 3339 in UTC, with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def last_seqs(room_ids: Sequence[str]) -> dict[str, int]:
    return dict(Room.objects.filter(pk__in=room_ids).values_list("pk", "last_seq"))
