"""Messages in the journal: written once however often they are sent, erased when deleted, read page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import QuerySet

from engagement.chat.messages import ChatDeleted, ChatMessage, Message
from rooms import journal
from rooms.json_patch import Patched
from rooms.messages import PersonRef, message_name
from rooms.models import Room, RoomEvent
from rooms.refusals import Refused

MESSAGE = message_name(ChatMessage)


@dataclass(frozen=True)
class PendingMessage:
    room_id: str
    text: str
    person_ref: PersonRef
    person: int
    client_id: str | None = None


def write_messages(pending: Sequence[PendingMessage], now: datetime) -> list[int | Exception]:
    """The number of each message, or the exception. Each room has its own transaction, which may fail alone."""
    outcome: dict[int, int | Exception] = {}
    for room_id in {each.room_id for each in pending}:
        positions = [position for position, each in enumerate(pending) if each.room_id == room_id]
        try:
            numbers = _write_once(room_id, [pending[position] for position in positions], now)
        except (DatabaseError, Room.DoesNotExist) as problem:
            outcome.update(dict.fromkeys(positions, problem))
        else:
            outcome.update(zip(positions, numbers, strict=True))
    return [outcome[position] for position in range(len(pending))]


def _write_once(room_id: str, pending: list[PendingMessage], now: datetime) -> list[int]:
    try:
        return _write_to_room(room_id, pending, now)
    except IntegrityError:  # another process has just written one of these messages: now it is found
        return _write_to_room(room_id, pending, now)


@transaction.atomic
def _write_to_room(room_id: str, pending: list[PendingMessage], now: datetime) -> list[int]:
    """A message that was written before keeps its number."""
    client_ids = [each.client_id for each in pending if each.client_id]
    numbers = journal.seqs_by_client_id(room_id, client_ids) if client_ids else {}
    keyed = [(_key(position, each), each) for position, each in enumerate(pending)]
    new = {key: each for key, each in keyed if key not in numbers}
    if new:
        events = [journal.NewEvent(_event(each, now), each.person) for each in new.values()]
        written = journal.write_many(room_id=room_id, events=events, now=now)
        numbers |= dict(zip(new, written, strict=True))
    return [numbers[key] for key, _each in keyed]


def _key(position: int, message: PendingMessage) -> tuple[int | None, str]:
    """Person and client id; without one each message is new."""
    return (message.person, message.client_id) if message.client_id else (None, str(position))


def _event(message: PendingMessage, now: datetime) -> ChatMessage:
    """The journal sets the id: it is the event's number."""
    return ChatMessage(
        id=0,
        sender=message.person_ref,
        text=message.text,
        at=journal.protocol_time(now),
        client_id=message.client_id,
    )


@transaction.atomic
def delete_message(
    *, room_id: str, number: int, by: PersonRef, person: int, is_host: bool, now: datetime
) -> None:
    """Erases the text for good. Raises Refused."""
    message = _message_rows(room_id).select_for_update().filter(seq=number).first()
    if message is None:
        raise Refused("not_found")
    if not is_host and message.person_id != person:
        raise Refused("not_allowed")
    if not erase(message):
        raise Refused("not_found")
    event = ChatDeleted(message=number, by=by, at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, person)], now=now)


def erase(message: RoomEvent) -> bool:
    """Erases the text. False when it was erased before."""
    if message.payload.get("deleted"):
        return False
    message.payload = {**message.payload, "text": "", "deleted": True}
    message.save(update_fields=["payload"])
    return True


def erase_all(messages: QuerySet[RoomEvent]) -> None:
    """The texts of all these messages, and their authors' names."""
    nobody = {"name": "", "company": ""}
    messages.update(payload=Patched("payload", text="", deleted=True, **{"from": nobody}))


def messages_before(room_id: str, before: int, *, limit: int, hidden_up_to: int = 0) -> list[Message]:
    """Messages with numbers between `hidden_up_to` and `before`, newest first, without deleted ones."""
    rows = _message_rows(room_id).filter(seq__lt=before, seq__gt=hidden_up_to)
    return [_message(row) for row in rows.exclude(payload__has_key="deleted").order_by("-seq")[:limit]]


def _message_rows(room_id: str) -> QuerySet[RoomEvent]:
    return RoomEvent.objects.filter(room=room_id, ev=MESSAGE)


def _message(row: RoomEvent) -> Message:
    return Message.model_validate({**row.payload, "id": row.seq})
