"""The list of people, page by page, and their roles."""

from typing import Any

from django.utils import timezone

from companies.collation import sort_key
from companies.folding import contains_words
from rooms import admission, policy
from rooms.connections import Connection
from rooms.database import in_database
from rooms.features import CommandType, Feature, SnapshotPart, Viewer
from rooms.limits import READ_LIMIT, WRITE_LIMIT
from rooms.messages import (
    PeopleAppoint,
    PeopleList,
    PeopleListReply,
    PeopleSnapshot,
    PersonChanged,
    PresenceChanged,
)
from rooms.refusals import Refused, refusing
from rooms.rights import hosts_only, readers_too
from rooms.room_session import RoomSession
from rooms.room_state import LARGEST_LIST, ParticipantState, RoomState

PAGE = 50
LONGEST_KEY = 100


async def list_people(room: RoomSession, connection: Connection, command: PeopleList) -> dict[str, Any]:
    here = _sorted(room.state.admitted(), command.query)
    start = _sort_position(command.after) if command.after else None
    following = [(key, each) for key, each in here if start is None or _sort_position(key) > start]
    page = following[:PAGE]
    shown = [each.person_ref.id for _own_key, each in page]
    countries = {"countries": await in_database(_countries, room, shown)} if connection.is_host else {}
    return {
        **countries,
        "people": [each.info().model_dump(mode="json") for _own_key, each in page],
        "total": len(here),
        "next": page[-1][0] if len(following) > PAGE else None,
    }


def _countries(room: RoomSession, shown: list[str]) -> dict[str, str]:
    people = admission.people_of(room_id=room.id, participants=shown)
    known = policy.policy_of_kind(room.state.info.kind).countries(room.id, list(people.values()))
    return {each: known[person] for each, person in people.items() if person in known}


def _sorted(participants: list[ParticipantState], wanted: str) -> list[tuple[str, ParticipantState]]:
    """In the order of English for everybody: letters with diacritics beside their base letter."""
    matching = [
        each
        for each in participants
        if contains_words(f"{each.person_ref.name} {each.person_ref.company}", wanted)
    ]
    return sorted(((_key(each), each) for each in matching), key=lambda pair: _sort_position(pair[0]))


def _key(participant: ParticipantState) -> str:
    return f"{participant.person_ref.name[:LONGEST_KEY]} {participant.person_ref.id}"


def _sort_position(key: str) -> tuple[object, str]:
    name, _space, person_id = key.rpartition(" ")
    return sort_key(name, "en"), person_id


async def appoint(room: RoomSession, connection: Connection, command: PeopleAppoint) -> None:
    participant = room.state.people.get(command.person)
    if participant is None or not participant.is_admitted:
        raise Refused("not_found")
    if command.person == connection.person:
        raise Refused("not_allowed", "hosts do not change their own role")
    await in_database(_appoint, room, connection, command)


def _appoint(room: RoomSession, connection: Connection, command: PeopleAppoint) -> None:
    person = admission.person_of(room_id=room.id, participant=command.person)
    if person is None:
        raise Refused("not_found")
    with refusing():
        policy.policy_of_kind(room.state.info.kind).appoint(
            room.id, person=person, role=command.role, by=connection.ticket.person, now=timezone.now()
        )


def snapshot(state: RoomState, _viewer: Viewer, _bytes_left: int) -> PeopleSnapshot:
    return PeopleSnapshot(count=len(state.admitted()))


FEATURE = Feature(
    name="people",
    documentation="Who is in the room, in which role.",
    commands=(
        CommandType(PeopleList, list_people, readers_too(), READ_LIMIT, reply=PeopleListReply),
        CommandType(PeopleAppoint, appoint, hosts_only(), WRITE_LIMIT, in_breakouts=False),
    ),
    ephemeral=(PresenceChanged, PersonChanged),
    snapshot=SnapshotPart(shape=PeopleSnapshot, build=snapshot, max_bytes=LARGEST_LIST),
)
