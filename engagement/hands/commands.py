"""Handlers of the commands."""

from django.utils import timezone

from engagement.hands import raising
from engagement.hands.messages import FloorGiven, HandGiveFloor, HandLower, HandRaise
from rooms.connections import Connection
from rooms.database import in_database
from rooms.refusals import Refused
from rooms.room_session import RoomSession


async def raise_hand(room: RoomSession, connection: Connection, _command: HandRaise) -> None:
    """A hand that is raised already stays raised: that is no error."""
    await in_database(
        raising.raise_hand,
        room_id=room.id,
        person_ref=connection.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def lower_hand(room: RoomSession, connection: Connection, command: HandLower) -> None:
    person = command.person or connection.person
    if person != connection.person and not connection.is_host:
        raise Refused("not_allowed")
    participant = room.state.people.get(person)
    if participant is None or not participant.is_admitted:
        raise Refused("not_found")
    await in_database(
        raising.lower_hand,
        room_id=room.id,
        person_ref=participant.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def give_floor(room: RoomSession, connection: Connection, command: HandGiveFloor) -> None:
    participant = room.state.people.get(command.person)
    if participant is None or not participant.is_admitted:
        raise Refused("not_found")
    is_webinar = room.state.info.is_webinar
    await in_database(
        raising.give_floor,
        room_id=room.id,
        person_ref=participant.person_ref,
        by=connection.ticket.person,
        on_stage=is_webinar,
        now=timezone.now(),
    )
    if is_webinar:
        await room.set_publishing(command.person, may_publish=True)
    room.send_to_person(command.person, FloorGiven(by=connection.person_ref))
