"""Handlers of the commands."""

from django.utils import timezone

from companies.text import cleaned
from engagement.timer import timing
from engagement.timer.messages import TimerStart, TimerStop
from engagement.timer.state import TimerState
from rooms.connections import Connection
from rooms.database import in_database
from rooms.refusals import Refused
from rooms.room_session import RoomSession


async def start(room: RoomSession, connection: Connection, command: TimerStart) -> None:
    participant = room.state.people.get(command.person) if command.person is not None else None
    if command.person is not None and (participant is None or not participant.is_admitted):
        raise Refused("not_found")
    await in_database(
        timing.start,
        room_id=room.id,
        seconds=command.seconds,
        label=cleaned(command.label, one_line=True).strip(),
        person=participant.person_ref if participant is not None else None,
        by_ref=connection.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def stop(room: RoomSession, connection: Connection, _command: TimerStop) -> None:
    if room.state.feature_state(TimerState).timer is None:
        raise Refused("not_now", "there is no timer")
    await in_database(
        timing.stop,
        room_id=room.id,
        by_ref=connection.person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )
