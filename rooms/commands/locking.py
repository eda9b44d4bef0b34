"""Hosts lock the room and unlock it."""

from django.utils import timezone

from rooms import locking
from rooms.connections import Connection
from rooms.database import in_database
from rooms.features import CommandType, DurableEvent, Feature
from rooms.limits import WRITE_LIMIT
from rooms.messages import RoomLock, RoomLocked, RoomUnlock
from rooms.rights import hosts_only, while_open
from rooms.room_session import RoomSession
from rooms.room_state import RoomState


async def lock(room: RoomSession, connection: Connection, _command: RoomLock) -> None:
    await _set(room, connection, on=True)


async def unlock(room: RoomSession, connection: Connection, _command: RoomUnlock) -> None:
    await _set(room, connection, on=False)


async def _set(room: RoomSession, connection: Connection, *, on: bool) -> None:
    """Twice is no error."""
    await in_database(
        locking.set_locked,
        room_id=room.id,
        on=on,
        by=connection.person_ref,
        person=connection.ticket.person,
        now=timezone.now(),
    )


def locked(state: RoomState, event: RoomLocked) -> None:
    state.info = state.info.model_copy(update={"locked": event.on})


def after_lock(room: RoomSession, event: RoomLocked) -> None:
    """Who came to wait although there is no waiting room is let in once the room is unlocked."""
    if not event.on and room.state.admits_everybody:
        room.admit_everybody(timezone.now())


FEATURE = Feature(
    name="locking",
    documentation="A locked room: nobody new gets in.",
    commands=(
        CommandType(RoomLock, lock, hosts_only(when=while_open), WRITE_LIMIT),
        CommandType(RoomUnlock, unlock, hosts_only(when=while_open), WRITE_LIMIT),
    ),
    durable=(DurableEvent(shape=RoomLocked, apply=locked, after=after_lock, to_waiting=True),),
    in_breakouts=False,
)
