"""The lobby: who waits is let in or turned away by a host."""

from typing import Any

from rooms import admission
from rooms.connections import Caller
from rooms.database import in_database
from rooms.features import CommandType, Feature, SnapshotPart, Viewer
from rooms.messages import LobbyAdmit, LobbyChanged, LobbyDeny, LobbySnapshot
from rooms.models.room import Participant
from rooms.refusals import Refused
from rooms.rights import hosts_only
from rooms.room_session import OpenRoom
from rooms.room_state import LARGEST_LIST, Scene, fitting


async def admit(room: OpenRoom, _caller: Caller, command: LobbyAdmit) -> dict[str, Any]:
    if (command.person is None) is not command.all:
        raise Refused("bad_field", "name one person, or all")
    named = None
    if command.person is not None:
        key = admission.key_of(command.person)
        named = [key] if key is not None else []
    admitted = await in_database(admission.admit, room_id=room.id, participants=named)
    if named is not None and not admitted:
        raise Refused("not_found", "nobody of that name waits")
    people = [admission.public_id(each) for each in admitted]
    room.bus.send(room.id, {"k": "admitted", "people": people})
    return {"people": people}


async def deny(room: OpenRoom, _caller: Caller, command: LobbyDeny) -> None:
    await turn_away(room, command.person, Participant.Admission.DENIED)


async def turn_away(room: OpenRoom, person: str, outcome: Participant.Admission) -> None:
    key = admission.key_of(person)
    if key is None:
        raise Refused("not_found")
    gone = await in_database(admission.turn_away, room_id=room.id, participant=key, admission=outcome)
    if gone is None:
        raise Refused("not_found")
    room.bus.send(room.id, {"k": "turned_away", "people": [person]})


def snapshot(scene: Scene, viewer: Viewer, bytes_left: int) -> LobbySnapshot:
    return LobbySnapshot(waiting=fitting(scene.waiting() if viewer.is_host else [], bytes_left))


FEATURE = Feature(
    name="lobby",
    documentation="Letting in who waits.",
    commands=(CommandType(LobbyAdmit, admit, hosts_only()), CommandType(LobbyDeny, deny, hosts_only())),
    ephemeral=(LobbyChanged,),
    snapshot=SnapshotPart(shape=LobbySnapshot, build=snapshot, largest=LARGEST_LIST),
)
