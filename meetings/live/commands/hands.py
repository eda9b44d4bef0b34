"""Raised hands."""

from django.utils import timezone

from meetings import hands
from meetings.live.callers import Caller
from meetings.live.database import in_database
from meetings.live.messages import HandLower, HandRaise
from meetings.live.refusals import Refused
from meetings.live.room import OpenRoom


async def raise_hand(room: OpenRoom, caller: Caller, _command: HandRaise) -> None:
    """Raised already is as good as raised."""
    await in_database(
        hands.raise_hand,
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
        hands.lower_hand,
        room_id=room.id,
        someone=occupant.someone,
        by=caller.ticket.person,
        now=timezone.now(),
    )
