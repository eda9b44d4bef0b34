"""One's own connection: whether it lives, what it missed, what its person may."""

from typing import Any

import orjson
from django.utils import timezone

from rooms import journal
from rooms.connections import Caller
from rooms.database import in_database
from rooms.features import CommandType, Feature
from rooms.limits import READ
from rooms.messages import Admitted, GoingAway, Ping, Resync, Since, Welcome, YouChanged
from rooms.rights import Rule
from rooms.room_session import OpenRoom
from rooms.room_state import page_of


async def ping(_room: OpenRoom, _caller: Caller, _command: Ping) -> dict[str, Any]:
    return {"at": journal.written(timezone.now())}


async def since(room: OpenRoom, caller: Caller, command: Since) -> dict[str, Any]:
    scene = room.scene
    start = max(command.seq, scene.hidden_up_to(is_attendee=caller.is_attendee))
    frames = scene.missed_since(start)
    complete = True
    if frames is None:
        rows = await in_database(journal.after, room.id, start)
        frames = [frame for _seq, frame in rows]
        complete = len(rows) < journal.MOST_MISSED
    page = page_of(frames)
    missed = [orjson.loads(frame) for frame in page]
    complete = complete and len(page) == len(frames)
    return {"missed": missed, "complete": complete, "seq": missed[-1]["seq"] if missed else command.seq}


FEATURE = Feature(
    name="connection",
    documentation="Entering, staying connected, and hearing what was missed.",
    commands=(
        CommandType(Ping, ping, Rule(to_waiting=True)),
        CommandType(Since, since, limit=READ),
    ),
    ephemeral=(Welcome, Admitted, YouChanged, Resync, GoingAway),
)
