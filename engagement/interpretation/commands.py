"""Handlers of the commands, and what follows from a role or a place on stage that somebody loses."""

from collections.abc import Iterable

from django.utils import timezone

from companies import languages
from engagement.interpretation import interpreting
from engagement.interpretation.messages import (
    InterpretationAccept,
    InterpretationAssign,
    InterpretationClose,
    InterpretationLeave,
    InterpretationOffer,
    InterpretationOpen,
    InterpretationTake,
)
from engagement.interpretation.reading import ROLE
from engagement.interpretation.state import interpretation_in
from rooms.connections import Connection
from rooms.database import in_database
from rooms.messages import PersonRef
from rooms.refusals import Refused
from rooms.room_session import RoomSession

# ---- hosts -----------------------------------------------------------------------------------------------


async def open_channel(room: RoomSession, connection: Connection, command: InterpretationOpen) -> None:
    if command.language not in languages.codes():
        raise Refused("bad_field", f"language: one of {', '.join(languages.codes())}")
    await in_database(
        interpreting.open_channel,
        room_id=room.id,
        meeting=_meeting(room),
        language=command.language,
        by_ref=connection.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def close_channel(room: RoomSession, connection: Connection, command: InterpretationClose) -> None:
    people = await in_database(
        interpreting.close_channel,
        room_id=room.id,
        meeting=_meeting(room),
        language=command.language,
        by_ref=connection.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )
    await _set_publishing(room, people, in_channel=False)


async def assign(room: RoomSession, connection: Connection, command: InterpretationAssign) -> None:
    if command.language is None:
        await in_database(
            interpreting.remove,
            room_id=room.id,
            person_ref=PersonRef(id=command.person, name=""),  # perhaps of somebody who has left the room
            by_ref=connection.person_ref,
            by=connection.ticket.person,
            now=timezone.now(),
        )
        await _set_publishing(room, [command.person], in_channel=False)
        return
    participant = room.state.people.get(command.person)
    if participant is None or not participant.is_admitted:
        raise Refused("not_found")
    if participant.person_ref.role != ROLE or not participant.on_stage:
        raise Refused("not_now", "not an interpreter on stage")
    await _take(room, connection, command.language, participant.person_ref)


# ---- interpreters ----------------------------------------------------------------------------------------


async def take(room: RoomSession, connection: Connection, command: InterpretationTake) -> None:
    await _take(room, connection, command.language, connection.person_ref)


async def _take(room: RoomSession, connection: Connection, language: str, person_ref: PersonRef) -> None:
    await in_database(
        interpreting.take,
        room_id=room.id,
        meeting=_meeting(room),
        language=language,
        person_ref=person_ref,
        present=[each.person_ref.id for each in room.state.admitted()],
        by_ref=connection.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )
    await _set_publishing(room, [person_ref.id], in_channel=True)


async def offer(room: RoomSession, connection: Connection, command: InterpretationOffer) -> None:
    other = room.state.people.get(command.person) if command.person is not None else None
    if command.person is not None and other is None:
        raise Refused("not_found")
    await in_database(
        interpreting.offer,
        room_id=room.id,
        person_ref=connection.person_ref,
        to=other.person_ref if other is not None else None,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def accept(room: RoomSession, connection: Connection, _command: InterpretationAccept) -> None:
    await in_database(
        interpreting.accept,
        room_id=room.id,
        person_ref=connection.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def leave(room: RoomSession, connection: Connection, _command: InterpretationLeave) -> None:
    await in_database(
        interpreting.remove,
        room_id=room.id,
        person_ref=connection.person_ref,
        by_ref=connection.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )
    await _set_publishing(room, [connection.person], in_channel=False)


# ---- what they share -------------------------------------------------------------------------------------


def _meeting(room: RoomSession) -> str:
    return room.state.info.meeting or ""


async def _set_publishing(room: RoomSession, people: Iterable[str], *, in_channel: bool) -> None:
    for person in people:
        participant = room.state.people.get(person)
        may_publish = participant is not None and participant.on_stage
        await room.set_publishing(person, may_publish=may_publish, in_channel=in_channel)


def access_changed(room: RoomSession, connection: Connection) -> None:
    """Whose role of an interpreter is taken is no longer heard in a channel."""
    if connection.role != ROLE and interpretation_in(room.state).channel_of(connection.person) is not None:
        room.spawn(_drop(room, connection))


async def _drop(room: RoomSession, connection: Connection) -> None:
    dropped = await in_database(
        interpreting.drop,
        room_id=room.id,
        person_ref=connection.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )
    if dropped:
        await _set_publishing(room, [connection.person], in_channel=False)
