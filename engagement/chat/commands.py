"""Handlers of the commands."""

from typing import Any

from django.utils import timezone

from companies.text import cleaned
from engagement.chat import configuring, moderating, reacting, reading, saying, state
from engagement.chat.messages import (
    ChatApprove,
    ChatConfigure,
    ChatDelete,
    ChatEdit,
    ChatList,
    ChatPin,
    ChatReact,
    ChatReacted,
    ChatSearch,
    ChatSend,
    ChatSwitches,
    Message,
    ReactionTally,
)
from engagement.chat.reacting import PendingReaction
from engagement.chat.reading import Reader
from engagement.chat.saying import PendingMessage
from engagement.chat.state import ChatState
from rooms.admission import participant_pk
from rooms.connections import Connection
from rooms.database import Batch, in_database
from rooms.messages import PersonRef
from rooms.refusals import Refused
from rooms.room_session import RoomSession
from rooms.room_state import LARGEST_PAGE, fitting

PAGE = 50
HOST_ROLES = {"host", "co_host"}

# Messages sent during a write are written together by the next one.
_writing: Batch[PendingMessage, int] = Batch(lambda pending: saying.write_messages(pending, timezone.now()))
# Reactions within a tick are written together.
_reactions: Batch[PendingReaction, ReactionTally | None] = Batch(
    reacting.write_reactions, min_interval=state.TELL_EVERY
)


async def send(room: RoomSession, connection: Connection, command: ChatSend) -> dict[str, Any]:
    text = _cleaned(command.text)
    switches = _writable(room, connection)
    to = _recipient(room, connection, command.to, switches)
    also: tuple[str, ...] = ()
    if command.reply_to is not None:
        reader = _reader(room, connection)
        also = await in_database(_reply_receivers, room.id, command.reply_to, to=to, reader=reader)
    message = PendingMessage(
        room.id,
        text,
        connection.person_ref,
        connection.ticket.person,
        command.client_id,
        to=to,
        also=also,
        reply_to=command.reply_to,
        held=switches.moderated and to is None and not connection.is_host,
        slow_seconds=0 if connection.is_host else switches.slow_seconds,
    )
    return {"message": await _writing.add(message)}


def _cleaned(text: str) -> str:
    text = cleaned(text).strip()
    if not text:
        raise Refused("bad_field", "text: empty once cleaned")
    return text


def _writable(room: RoomSession, connection: Connection) -> ChatSwitches:
    switches = room.state.feature_state(ChatState).switches
    if not switches.on and not connection.is_host:
        raise Refused("not_now", "the chat is off")
    return switches


def _recipient(
    room: RoomSession, connection: Connection, to: str, switches: ChatSwitches
) -> PersonRef | str | None:
    """None is everybody. Raises Refused."""
    if to == "everybody":
        return None
    if to == "hosts":
        return to
    participant = room.state.people.get(to)
    if participant is None or not participant.is_admitted or to == connection.person:
        raise Refused("not_found")
    is_with_host = connection.is_host or participant.person_ref.role in HOST_ROLES
    if switches.private == "nobody" or (switches.private == "hosts" and not is_with_host):
        raise Refused("not_allowed")
    return participant.person_ref


def _reply_receivers(
    room_id: str, number: int, *, to: PersonRef | str | None, reader: Reader
) -> tuple[str, ...]:
    """Who gets a reply to the hosts besides them. Nobody gets to know of a message that they do not see.

    Raises Refused.
    """
    row = reading.message_rows(room_id).filter(seq=number, seq__gt=reader.hidden_up_to).first()
    if row is None or row.payload.get("deleted") or not reading.may_see(row, reader):
        raise Refused("not_found")
    if row.payload.get("held"):
        raise Refused("not_now", "not approved yet")
    if row.audience is None:
        return ()
    people = set(row.audience["people"])
    if row.audience["hosts"]:
        if to == "hosts":
            return tuple(sorted(people))
    elif isinstance(to, PersonRef) and {reader.person, to.id} == people:
        return ()
    raise Refused("bad_field", "reply_to: goes to the same people")


def _reader(room: RoomSession, connection: Connection) -> Reader:
    hidden = room.state.hidden_up_to(is_attendee=connection.is_attendee)
    return Reader(connection.person, connection.is_host, hidden)


async def list_earlier(room: RoomSession, connection: Connection, command: ChatList) -> dict[str, Any]:
    reader = _reader(room, connection)
    found = await in_database(reading.messages_before, room.id, command.before, limit=PAGE + 1, reader=reader)
    page = fitting(found[:PAGE], LARGEST_PAGE)
    return {
        **await _with_own_reactions(room, connection, page[::-1]),
        "next": page[-1].id if len(page) < len(found) else None,
    }


async def search(room: RoomSession, connection: Connection, command: ChatSearch) -> dict[str, Any]:
    found = await in_database(
        reading.messages_with, room.id, command.query, command.before, reader=_reader(room, connection)
    )
    page = fitting(found.messages, LARGEST_PAGE)
    return {
        **await _with_own_reactions(room, connection, page),
        "next": page[-1].id if len(page) < len(found.messages) else found.next,
    }


async def _with_own_reactions(
    room: RoomSession, connection: Connection, messages: list[Message]
) -> dict[str, Any]:
    numbers = [each.id for each in messages if each.reactions is not None]
    participant = _participant(connection)
    own = await in_database(reacting.own_reactions, room.id, numbers, participant) if numbers else {}
    dumped = [each.model_dump(mode="json", by_alias=True) for each in messages]
    return {"messages": dumped, "own_reactions": own}


def _participant(connection: Connection) -> int:
    participant = participant_pk(connection.person)
    if participant is None:
        raise Refused("not_found")
    return participant


async def edit(room: RoomSession, connection: Connection, command: ChatEdit) -> None:
    text = _cleaned(command.text)
    if _writable(room, connection).moderated and not connection.is_host:
        raise Refused("not_now", "messages are approved as they are")
    await in_database(
        moderating.edit_message,
        room_id=room.id,
        number=command.message,
        text=text,
        person=connection.ticket.person,
        reader=_reader(room, connection),
        not_before=room.state.info.started_at if room.state.info.kind == "project" else None,
        now=timezone.now(),
    )


async def delete(room: RoomSession, connection: Connection, command: ChatDelete) -> None:
    await in_database(
        moderating.delete_message,
        room_id=room.id,
        number=command.message,
        by=connection.person_ref,
        person=connection.ticket.person,
        reader=_reader(room, connection),
        now=timezone.now(),
    )


async def approve(room: RoomSession, connection: Connection, command: ChatApprove) -> dict[str, Any]:
    number = await in_database(
        moderating.approve_message,
        room_id=room.id,
        number=command.message,
        reader=_reader(room, connection),
        now=timezone.now(),
    )
    return {"message": number}


async def pin(room: RoomSession, connection: Connection, command: ChatPin) -> None:
    if command.on:
        await in_database(
            moderating.pin_message,
            room_id=room.id,
            number=command.message,
            by=connection.person_ref,
            person=connection.ticket.person,
            reader=_reader(room, connection),
            now=timezone.now(),
        )
    else:
        await in_database(
            moderating.unpin_message,
            room_id=room.id,
            number=command.message,
            by=connection.person_ref,
            person=connection.ticket.person,
            now=timezone.now(),
        )


async def react(room: RoomSession, connection: Connection, command: ChatReact) -> None:
    _writable(room, connection)
    pending = PendingReaction(
        room.id,
        command.message,
        _participant(connection),
        command.reaction,
        is_on=command.on,
        reader=_reader(room, connection),
    )
    if command.message <= room.state.hidden_up_to(is_attendee=True) and not connection.is_attendee:
        raise Refused("not_now", "attendees do not see it")
    tally = await _reactions.add(pending)
    state.count_reaction(room, (command.message, command.reaction, connection.person, command.on), tally)
    told = ChatReacted(message=command.message, reaction=command.reaction, on=command.on)
    room.send_to_person(connection.person, told)


async def configure(room: RoomSession, connection: Connection, command: ChatConfigure) -> None:
    given = command.model_dump(exclude={"id", "do"}, exclude_none=True)
    await in_database(
        configuring.configure,
        room_id=room.id,
        changes=given,
        by=connection.person_ref,
        person=connection.ticket.person,
        now=timezone.now(),
    )
