"""The connection itself: ping, missed events, own rights."""

from typing import Any

import orjson
from django.utils import timezone

from rooms import journal
from rooms.connections import Connection
from rooms.database import in_database
from rooms.features import CommandType, Feature
from rooms.limits import READ_LIMIT
from rooms.messages import (
    Admitted,
    GoingAway,
    Ping,
    PingReply,
    Resync,
    Since,
    SinceReply,
    Welcome,
    Withheld,
    YouChanged,
)
from rooms.rights import readers_too
from rooms.room_session import RoomSession
from rooms.room_state import page_of


async def ping(_room: RoomSession, _connection: Connection, _command: Ping) -> dict[str, Any]:
    return {"at": journal.protocol_time(timezone.now())}


async def since(room: RoomSession, connection: Connection, command: Since) -> dict[str, Any]:
    state = room.state
    start = max(command.seq, state.hidden_up_to(is_attendee=connection.is_attendee))
    frames = state.missed_since(start)
    complete = True
    if frames is None:
        rows = await in_database(journal.events_after, room.id, start)
        frames = rows
        complete = len(rows) < journal.MOST_MISSED
    page = page_of([each.seen_by(connection) for each in frames])
    missed = [orjson.loads(frame) for frame in page]
    complete = complete and len(page) == len(frames)
    return {"missed": missed, "complete": complete, "seq": missed[-1]["seq"] if missed else command.seq}


FEATURE = Feature(
    name="connection",
    documentation="Joining, staying connected, and catching up on missed events.",
    commands=(
        CommandType(Ping, ping, readers_too(open_to_waiting=True), reply=PingReply),
        CommandType(Since, since, readers_too(), READ_LIMIT, reply=SinceReply),
    ),
    ephemeral=(Welcome, Admitted, YouChanged, Withheld, Resync, GoingAway),
)
