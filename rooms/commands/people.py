"""Who is here, page by page."""

from typing import Any

from companies.collation import sort_key
from companies.folding import holds
from rooms.connections import Caller
from rooms.features import CommandType, Feature, SnapshotPart, Viewer
from rooms.messages import PeopleList, PeopleSnapshot, PersonChanged, PresenceChanged
from rooms.room_session import OpenRoom
from rooms.room_state import LARGEST_LIST, Occupant, Scene

PAGE = 50
LONGEST_KEY = 100


async def list_people(room: OpenRoom, _caller: Caller, command: PeopleList) -> dict[str, Any]:
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


def snapshot(scene: Scene, _viewer: Viewer, _bytes_left: int) -> PeopleSnapshot:
    return PeopleSnapshot(count=len(scene.admitted()))


FEATURE = Feature(
    name="people",
    documentation="Who is in the room.",
    commands=(CommandType(PeopleList, list_people),),
    ephemeral=(PresenceChanged, PersonChanged),
    snapshot=SnapshotPart(shape=PeopleSnapshot, build=snapshot, largest=LARGEST_LIST),
)
