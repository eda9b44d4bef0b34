"""Handlers of the commands."""

from typing import Any

from django.utils import timezone

from companies.text import cleaned
from engagement.chat import saying
from engagement.chat.messages import ChatDelete, ChatList, ChatSend
from engagement.chat.saying import PendingMessage
from rooms.connections import Connection
from rooms.database import Batch, in_database
from rooms.refusals import Refused
from rooms.room_session import RoomSession
from rooms.room_state import LARGEST_PAGE, fitting

PAGE = 50

# Messages sent during a write are written together by the next one.
_writing: Batch[PendingMessage, int] = Batch(lambda pending: saying.write_messages(pending, timezone.now()))


async def send(room: RoomSession, connection: Connection, command: ChatSend) -> dict[str, Any]:
    text = cleaned(command.text).strip()
    if not text:
        raise Refused("bad_field", "text: empty once cleaned")
    message = PendingMessage(
        room.id, text, connection.person_ref, connection.ticket.person, command.client_id
    )
    return {"message": await _writing.add(message)}


async def list_earlier(room: RoomSession, connection: Connection, command: ChatList) -> dict[str, Any]:
    hidden = room.state.hidden_up_to(is_attendee=connection.is_attendee)
    found = await in_database(
        saying.messages_before, room.id, command.before, limit=PAGE + 1, hidden_up_to=hidden
    )
    page = fitting(found[:PAGE], LARGEST_PAGE)
    return {
        "messages": [each.model_dump(mode="json", by_alias=True) for each in reversed(page)],
        "next": page[-1].id if len(page) < len(found) else None,
    }


async def delete(room: RoomSession, connection: Connection, command: ChatDelete) -> None:
    await in_database(
        saying.delete_message,
        room_id=room.id,
        number=command.message,
        by=connection.person_ref,
        person=connection.ticket.person,
        is_host=connection.is_host,
        now=timezone.now(),
    )
