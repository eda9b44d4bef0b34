"""Chat: kept for ever, unless its author or a host takes it back."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone

from meetings.live import journal
from meetings.live.callers import Caller
from meetings.live.database import Batch, in_database
from meetings.live.messages import ChatDelete, ChatDeleted, ChatMessage, ChatSend, Someone
from meetings.live.refusals import Refused
from meetings.models import Room, RoomEvent

# No line of text needs them, PostgreSQL refuses the first of them, and terminals obey others.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Said:
    room_id: str
    text: str
    someone: Someone
    person: int


def write_said(said: list[Said]) -> list[int | Exception]:
    """All that was said while the last write was under way: one transaction for each room, which may fail alone."""
    now = timezone.now()
    outcome: dict[int, int | Exception] = {}
    for room_id in {each.room_id for each in said}:
        places = [place for place, each in enumerate(said) if each.room_id == room_id]
        try:
            numbers = _write_to_room(room_id, [said[place] for place in places], now)
        except (DatabaseError, Room.DoesNotExist) as problem:
            outcome.update(dict.fromkeys(places, problem))
        else:
            outcome.update(zip(places, numbers, strict=True))
    return [outcome[place] for place in range(len(said))]


@transaction.atomic
def _write_to_room(room_id: str, said: list[Said], now: datetime) -> list[int]:
    events = [(_message(each, journal.written(now)), each.person) for each in said]
    return journal.write_many(room_id=room_id, events=events, now=now)


def _message(said: Said, at: str) -> ChatMessage:
    return ChatMessage(id=0, sender=said.someone, text=said.text, at=at)


_saying: Batch[Said, int] = Batch(write_said)


async def send(caller: Caller, command: ChatSend) -> dict[str, Any]:
    text = CONTROL.sub("", command.text.replace("\r\n", "\n")).strip()
    if not text:
        raise Refused("bad_field", "text: nothing is left of it")
    number = await _saying.add(Said(caller.room.id, text, caller.someone, caller.ticket.person))
    return {"message": number}


async def delete(caller: Caller, command: ChatDelete) -> None:
    await in_database(_delete, caller, command.message)


@transaction.atomic
def _delete(caller: Caller, number: int) -> None:
    room_id, now = caller.room.id, timezone.now()
    message = RoomEvent.objects.filter(room=room_id, seq=number, ev="chat.message").first()
    if message is None:
        raise Refused("not_found")
    if not caller.is_host and message.person_id != caller.ticket.person:
        raise Refused("not_allowed")
    if not journal.erase_message(room_id=room_id, seq=number):
        raise Refused("not_found")
    event = ChatDeleted(message=number, by=caller.someone, at=journal.written(now))
    journal.write_many(room_id=room_id, events=[(event, caller.ticket.person)], now=now)
