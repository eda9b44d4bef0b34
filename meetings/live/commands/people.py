"""Who is here, page by page; what was missed; and whether the room is there at all."""

from typing import Any

import orjson
from django.utils import timezone

from companies.collation import sort_key
from companies.words import holds
from meetings.live import journal
from meetings.live.callers import Caller
from meetings.live.database import in_database
from meetings.live.messages import PeopleList, Ping, Since
from meetings.live.room import OpenRoom
from meetings.live.scene import Occupant, page_of

PAGE = 50
LONGEST_KEY = 100


async def ping(room: OpenRoom, _caller: Caller, _command: Ping) -> dict[str, Any]:
    return {"at": journal.written(timezone.now())}


async def since(room: OpenRoom, caller: Caller, command: Since) -> dict[str, Any]:
    scene = room.scene
    hidden = scene.opened_at_seq if scene.hides_practice_from(is_attendee=caller.is_attendee) else 0
    start = max(command.seq, hidden)
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


async def list_people(room: OpenRoom, caller: Caller, command: PeopleList) -> dict[str, Any]:
    here = _sorted(room.scene.admitted(), command.query)
    start = _place(command.after) if command.after else None
    following = [(key, each) for key, each in here if start is None or _place(key) > start]
    page = following[:PAGE]
    return {
        "people": [each.present().model_dump(mode="json") for _key_of_it, each in page],
        "total": len(here),
        "next": page[-1][0] if len(following) > PAGE else None,
    }


def _sorted(occupants: list[Occupant], wanted: str) -> list[tuple[str, Occupant]]:
    """One order for everybody in the room: letters with marks stand with their base letter, as in English."""
    matching = [each for each in occupants if holds(f"{each.someone.name} {each.someone.company}", wanted)]
    return sorted(((_key(each), each) for each in matching), key=lambda pair: _place(pair[0]))


def _key(occupant: Occupant) -> str:
    return f"{occupant.someone.name[:LONGEST_KEY]} {occupant.someone.id}"


def _place(key: str) -> tuple[object, str]:
    name, _space, person_id = key.rpartition(" ")
    return sort_key(name, "en"), person_id
