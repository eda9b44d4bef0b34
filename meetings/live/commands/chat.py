"""Chat: kept for ever, unless its author or a host takes it back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from companies.text import cleaned
from meetings.live import journal
from meetings.live.callers import Caller
from meetings.live.database import Batch, in_database
from meetings.live.messages import ChatDelete, ChatDeleted, ChatList, ChatMessage, ChatSend, Someone
from meetings.live.refusals import Refused
from meetings.live.room import OpenRoom
from meetings.live.scene import LARGEST_PAGE, fitting
from meetings.models.room import Room, RoomEvent

PAGE = 50


@dataclass(frozen=True)
class Said:
    room_id: str
    text: str
    someone: Someone
    person: int
    client_id: str | None = None


def write_said(said: list[Said]) -> list[int | Exception]:
    """All that was said while the last write was under way: one transaction for each room, which may fail alone."""
    now = timezone.now()
    outcome: dict[int, int | Exception] = {}
    for room_id in {each.room_id for each in said}:
        places = [place for place, each in enumerate(said) if each.room_id == room_id]
        try:
            numbers = _write_once(room_id, [said[place] for place in places], now)
        except (DatabaseError, Room.DoesNotExist) as problem:
            outcome.update(dict.fromkeys(places, problem))
        else:
            outcome.update(zip(places, numbers, strict=True))
    return [outcome[place] for place in range(len(said))]


def _write_once(room_id: str, said: list[Said], now: datetime) -> list[int]:
    try:
        return _write_to_room(room_id, said, now)
    except IntegrityError:  # another process wrote one of these messages after we looked: now it is found
        return _write_to_room(room_id, said, now)


@transaction.atomic
def _write_to_room(room_id: str, said: list[Said], now: datetime) -> list[int]:
    """The number of each; what its client has said already keeps its first number."""
    client_ids = [each.client_id for each in said if each.client_id]
    numbers = journal.numbers_of(room_id, client_ids) if client_ids else {}
    new = {_key(place, each): each for place, each in enumerate(said) if _key(place, each) not in numbers}
    if new:
        events = [(_message(each, journal.written(now)), each.person) for each in new.values()]
        written = journal.write_many(room_id=room_id, events=events, now=now)
        numbers |= dict(zip(new, written, strict=True))
    return [numbers[_key(place, each)] for place, each in enumerate(said)]


def _key(place: int, said: Said) -> tuple[int | None, str]:
    """Without a client id each is a message of its own."""
    return (said.person, said.client_id) if said.client_id else (None, str(place))


def _message(said: Said, at: str) -> ChatMessage:
    return ChatMessage(id=0, sender=said.someone, text=said.text, at=at, client_id=said.client_id)


_saying: Batch[Said, int] = Batch(write_said)


async def send(room: OpenRoom, caller: Caller, command: ChatSend) -> dict[str, Any]:
    text = cleaned(command.text).strip()
    if not text:
        raise Refused("bad_field", "text: nothing is left of it")
    said = Said(room.id, text, caller.someone, caller.ticket.person, command.client_id)
    return {"message": await _saying.add(said)}


async def list_earlier(room: OpenRoom, caller: Caller, command: ChatList) -> dict[str, Any]:
    hidden = room.scene.hidden_up_to(is_attendee=caller.is_attendee)
    rows = await in_database(
        journal.messages_before, room.id, command.before, limit=PAGE + 1, hidden_up_to=hidden
    )
    page = fitting(rows[:PAGE], LARGEST_PAGE)
    return {
        "messages": [each.model_dump(mode="json", by_alias=True) for each in reversed(page)],
        "next": page[-1].id if len(page) < len(rows) else None,
    }


async def delete(room: OpenRoom, caller: Caller, command: ChatDelete) -> None:
    await in_database(_delete, room.id, caller, command.message)


@transaction.atomic
def _delete(room_id: str, caller: Caller, number: int) -> None:
    now = timezone.now()
    message = RoomEvent.objects.filter(room=room_id, seq=number, ev="chat.message").first()
    if message is None:
        raise Refused("not_found")
    if not caller.is_host and message.person_id != caller.ticket.person:
        raise Refused("not_allowed")
    if not journal.erase_message(room_id=room_id, seq=number):
        raise Refused("not_found")
    event = ChatDeleted(message=number, by=caller.someone, at=journal.written(now))
    journal.write_many(room_id=room_id, events=[(event, caller.ticket.person)], now=now)
