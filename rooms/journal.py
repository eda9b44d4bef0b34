"""The durable events of a room: numbered without gaps in the flow's transaction, published after its commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

import orjson
from django.db import connection, transaction

from companies.models import Person
from companies.text import cleaned_within
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
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an event is written inside its flow's transaction")
    return _write(room_id, events, now)


def write_alone(*, room_id: str, events: Sequence[NewEvent], now: datetime) -> list[int]:
    """Writes events of one room that belong to no other change, in a transaction of their own."""
    if _in_one_statement() and not connection.in_atomic_block:
        return _write(room_id, events, now)
    with transaction.atomic():
        return _write(room_id, events, now)


@dataclass(frozen=True)
class _Entry:
    """An event as the journal keeps it."""

    ev: str
    payload: dict[str, Any]
    numbered: str  # the field of the payload that carries the event's number, or empty
    audience: dict[str, Any] | None
    person: int | None
    client_id: str

    def payload_at(self, seq: int) -> dict[str, Any]:
        return {**self.payload, self.numbered: seq} if self.numbered else self.payload


def _write(room_id: str, events: Sequence[NewEvent], now: datetime) -> list[int]:
    for new in events:
        registry.check_durable(new.event)
    entries = [_entry_of(new) for new in events]
    insert = _insert_in_one_statement if _in_one_statement() else _insert_in_two_statements
    last = insert(room_id, entries, now)
    if last is None:
        raise Room.DoesNotExist(room_id)
    numbers = list(range(last - len(entries) + 1, last + 1))
    for seq, entry in zip(numbers, entries, strict=True):
        frame = _frame(seq, entry.ev, entry.payload_at(seq))
        published = partial(bus.publish_durable, room_id, seq, frame, entry.audience)
        transaction.on_commit(published, robust=True)
    return numbers


def _entry_of(new: NewEvent) -> _Entry:
    return _Entry(
        ev=message_name(type(new.event)),
        payload=cleaned_within(new.event.payload()),
        numbered=new.event.numbered,
        audience=new.audience.as_json() if new.audience is not None else None,
        person=new.person,
        client_id=new.event.idempotency_key,
    )


def _in_one_statement() -> bool:
    return connection.vendor == "postgresql"


def _insert_in_one_statement(room_id: str, entries: Sequence[_Entry], now: datetime) -> int | None:
    """The last number, None without the room. One round trip to the database, for it is what a chat message costs."""
    rooms, events = (connection.ops.quote_name(each._meta.db_table) for each in (Room, RoomEvent))
    rows = ", ".join(["(%s, %s, %s::jsonb, %s, %s::jsonb, %s::bigint, %s)"] * len(entries))
    sql = f"""
        WITH counter AS (
            UPDATE {rooms} SET last_seq = last_seq + %s WHERE id = %s RETURNING last_seq - %s AS before
        )
        INSERT INTO {events} (room_id, at, seq, ev, payload, audience, person_id, client_id)
        SELECT %s, %s, before + position, ev,
            CASE numbered WHEN '' THEN payload ELSE payload || jsonb_build_object(numbered, before + position) END,
            audience, person, client_id
        FROM counter, (VALUES {rows}) AS new (position, ev, payload, numbered, audience, person, client_id)
        RETURNING seq
    """  # noqa: S608 - names of ours
    values: list[int | str | datetime | None] = [len(entries), room_id, len(entries), room_id, now]
    for position, entry in enumerate(entries, start=1):
        audience_json = _json(entry.audience) if entry.audience is not None else None
        values += [position, entry.ev, _json(entry.payload), entry.numbered, audience_json]
        values += [entry.person, entry.client_id]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return max((int(row[0]) for row in cursor.fetchall()), default=None)


def _insert_in_two_statements(room_id: str, entries: Sequence[_Entry], now: datetime) -> int | None:
    """The same on SQLite, whose transaction is the lock."""
    table = connection.ops.quote_name(Room._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET last_seq = last_seq + %s WHERE id = %s RETURNING last_seq",  # noqa: S608 - a name of ours
            [len(entries), room_id],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    last = int(row[0])
    RoomEvent.objects.bulk_create(
        RoomEvent(
            room_id=room_id,
            seq=seq,
            ev=entry.ev,
            payload=entry.payload_at(seq),
            audience=entry.audience,
            person_id=entry.person,
            at=now,
            client_id=entry.client_id,
        )
        for seq, entry in enumerate(entries, start=last - len(entries) + 1)
    )
    return last


def _json(value: dict[str, Any]) -> str:
    return orjson.dumps(value).decode()


def _frame(seq: int, ev: str, payload: dict[str, Any]) -> bytes:
    return orjson.dumps({"seq": seq, "ev": ev, **payload})


def events_after(room_id: str, seq: int, limit: int = MOST_MISSED) -> list[DurableFrame]:
    """Those after `seq`, oldest first."""
    rows = RoomEvent.objects.filter(room_id=room_id, seq__gt=seq).order_by("seq")[:limit]
    return [
        DurableFrame(row.seq, _frame(row.seq, row.ev, row.payload), audience.from_json(row.audience))
        for row in rows
    ]


def seqs_by_client_id(room_id: str, client_ids: Sequence[str]) -> dict[tuple[int | None, str], int]:
    """Numbers of the events with these client ids, by person and client id."""
    rows = RoomEvent.objects.filter(room=room_id, client_id__in=client_ids)
    return {(row.person_id, row.client_id): row.seq for row in rows.only("person_id", "client_id", "seq")}


def protocol_time(moment: datetime) -> str:
    """RFC 3339 in UTC, with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def last_seqs(room_ids: Sequence[str]) -> dict[str, int]:
    return dict(Room.objects.filter(pk__in=room_ids).values_list("pk", "last_seq"))
