"""New messages in the journal: written once however often they are sent, and in slow mode not too fast."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, DataError, IntegrityError, transaction
from django.db.models import Max

from engagement.chat.messages import ChatMessage
from engagement.chat.reading import message_rows
from rooms import journal
from rooms.messages import PersonRef
from rooms.models import Room
from rooms.refusals import Refused

SLOWEST = timedelta(seconds=60)

Outcome = int | Exception


@dataclass(frozen=True)
class PendingMessage:
    """`slow_seconds`: how long its author has to wait after their last message."""

    room_id: str
    text: str
    person_ref: PersonRef
    person: int
    client_id: str | None = None
    to: PersonRef | str | None = None
    also: tuple[str, ...] = ()
    reply_to: int | None = None
    held: bool = False
    slow_seconds: int = 0


def write_messages(pending: Sequence[PendingMessage], now: datetime) -> list[Outcome]:
    """The number of each message, or the exception. Those of a room are written together, each room for itself."""
    outcome: dict[int, Outcome] = {}
    for room_id in {each.room_id for each in pending}:
        positions = [position for position, each in enumerate(pending) if each.room_id == room_id]
        written = _write_together(room_id, [pending[position] for position in positions], now)
        outcome.update(zip(positions, written, strict=True))
    return [outcome[position] for position in range(len(pending))]


def _write_together(room_id: str, pending: list[PendingMessage], now: datetime) -> list[Outcome]:
    """What the database refuses together is written one by one: the message that it cannot take fails alone."""
    try:
        return _write_once(room_id, pending, now)
    except (IntegrityError, DataError) as problem:
        if len(pending) == 1:
            return [problem]
        return [outcome for each in pending for outcome in _write_together(room_id, [each], now)]
    except (DatabaseError, Room.DoesNotExist) as problem:
        return [problem] * len(pending)


def _write_once(room_id: str, pending: list[PendingMessage], now: datetime) -> list[Outcome]:
    try:
        if any(each.slow_seconds for each in pending):
            return _write_to_room(room_id, pending, now)
        return [*journal.write_alone(room_id=room_id, events=_new_events(pending, now), now=now)]
    except IntegrityError:  # one of them was written before, perhaps by another process: now it is found
        return _write_to_room(room_id, pending, now)


@transaction.atomic
def _write_to_room(room_id: str, pending: list[PendingMessage], now: datetime) -> list[Outcome]:
    """A message that was written before keeps its number."""
    client_ids = [each.client_id for each in pending if each.client_id]
    outcome: dict[tuple[int | None, str], Outcome] = {}
    outcome |= journal.seqs_by_client_id(room_id, client_ids) if client_ids else {}
    keyed = [(_key(position, each), each) for position, each in enumerate(pending)]
    new = {key: each for key, each in keyed if key not in outcome}
    too_fast = _refused_as_too_fast(room_id, new, now)
    outcome |= too_fast
    new = {key: each for key, each in new.items() if key not in too_fast}
    if new:
        events = _new_events(list(new.values()), now)
        written = journal.write_many(room_id=room_id, events=events, now=now)
        outcome |= dict(zip(new, written, strict=True))
    return [outcome[key] for key, _each in keyed]


def _key(position: int, message: PendingMessage) -> tuple[int | None, str]:
    """Person and client id; without one each message is new."""
    return (message.person, message.client_id) if message.client_id else (None, str(position))


def _refused_as_too_fast(
    room_id: str, new: dict[tuple[int | None, str], PendingMessage], now: datetime
) -> dict[tuple[int | None, str], Outcome]:
    """Of each person in slow mode only one message, and that only some time after their last one."""
    slow = {key: each for key, each in new.items() if each.slow_seconds}
    if not slow:
        return {}
    # Another process may be writing one of the same person: it goes first.
    Room.objects.select_for_update().filter(pk=room_id).first()
    people = {each.person for each in slow.values()}
    rows = message_rows(room_id).filter(person__in=people, at__gt=now - SLOWEST)
    rows = rows.exclude(payload__has_key="approved_from").order_by()
    last: dict[int, datetime] = dict(rows.values_list("person").annotate(Max("at")))
    refused: dict[tuple[int | None, str], Outcome] = {}
    for key, each in slow.items():
        wait = _seconds_to_wait(last.get(each.person), each.slow_seconds, now)
        if wait > 0:
            refused[key] = Refused("too_fast", str(wait))
        else:
            last[each.person] = now
    return refused


def _seconds_to_wait(last: datetime | None, slow_seconds: int, now: datetime) -> int:
    return math.ceil(slow_seconds - (now - last).total_seconds()) if last is not None else 0


def _new_events(messages: Sequence[PendingMessage], now: datetime) -> list[journal.NewEvent]:
    return [_new_event(each, now) for each in messages]


def _new_event(message: PendingMessage, now: datetime) -> journal.NewEvent:
    """The journal sets the id: it is the event's number."""
    event = ChatMessage.model_validate(
        {
            "id": 0,
            "from": message.person_ref,
            "text": message.text,
            "at": journal.protocol_time(now),
            "client_id": message.client_id,
            "to": message.to,
            "also": list(message.also),
            "reply_to": message.reply_to,
            "held": message.held,
        }
    )
    return journal.NewEvent(event, message.person, event.audience())
