"""What the server does with the hands' commands."""

from django.utils import timezone

from engagement.hands import raising
from engagement.hands.messages import HandLower, HandRaise
from rooms.connections import Caller
from rooms.database import in_database
from rooms.refusals import Refused
from rooms.room_session import OpenRoom


async def raise_hand(room: OpenRoom, caller: Caller, _command: HandRaise) -> None:
    """Raised already is as good as raised."""
    await in_database(
        raising.raise_hand,
        room_id=room.id,
        someone=caller.someone,
        by=caller.ticket.person,
        now=timezone.now(),
    )


async def lower_hand(room: OpenRoom, caller: Caller, command: HandLower) -> None:
    person = command.person or caller.person
    if person != caller.person and not caller.is_host:
        raise Refused("not_allowed")
    occupant = room.scene.people.get(person)
    if occupant is None or not occupant.is_admitted:
        raise Refused("not_found")
    await in_database(
        raising.lower_hand,
        room_id=room.id,
        someone=occupant.someone,
        by=caller.ticket.person,
        now=timezone.now(),
    )
