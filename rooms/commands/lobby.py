"""The waiting room (`lobby` in the protocol): hosts admit or deny people."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from rooms import admission, policy
from rooms.connections import Connection
from rooms.database import in_database
from rooms.features import CommandType, Feature, SnapshotPart, Viewer
from rooms.limits import READ_LIMIT, WRITE_LIMIT
from rooms.messages import (
    LobbyAdmit,
    LobbyAdmitReply,
    LobbyChanged,
    LobbyDeny,
    LobbyReadmit,
    LobbySet,
    LobbySnapshot,
    LobbyTurnedAway,
    LobbyTurnedAwayReply,
    PersonRef,
)
from rooms.models.room import Participant
from rooms.refusals import Refused, refusing
from rooms.rights import hosts_only, while_open
from rooms.room_session import RoomSession
from rooms.room_state import LARGEST_LIST, LARGEST_PAGE, RoomState, fitting

READMITTED = "readmitted"  # kind of the message between processes


async def admit(room: RoomSession, _connection: Connection, command: LobbyAdmit) -> dict[str, Any]:
    if (command.person is not None) + (command.company is not None) + command.all != 1:
        raise Refused("bad_field", "give one of person, company, all")
    named = None
    if command.person is not None:
        key = admission.participant_pk(command.person)
        named = [key] if key is not None else []
    admitted = await in_database(
        admission.admit, room_id=room.id, participants=named, company=command.company
    )
    if not (admitted or command.all):
        raise Refused("not_found", "nobody of that name is in the waiting room")
    people = [admission.public_id(each) for each in admitted]
    room.bus.send(room.id, {"k": "admitted", "people": people})
    return {"people": people}


async def set_waiting_room(room: RoomSession, connection: Connection, command: LobbySet) -> None:
    await in_database(_set_waiting_room, room, connection, command)


def _set_waiting_room(room: RoomSession, connection: Connection, command: LobbySet) -> None:
    with refusing():
        policy.policy_of_kind(room.state.info.kind).set_waiting_room(
            room.id, on=command.on, by=connection.ticket.person, now=timezone.now()
        )


async def deny(room: RoomSession, _connection: Connection, command: LobbyDeny) -> None:
    await turn_away(room, command.person, Participant.AdmissionStatus.DENIED)


async def turn_away(room: RoomSession, person: str, outcome: Participant.AdmissionStatus) -> None:
    key = admission.participant_pk(person)
    if key is None:
        raise Refused("not_found")
    gone = await in_database(admission.turn_away, room_id=room.id, participant=key, admission=outcome)
    if gone is None:
        raise Refused("not_found")
    room.bus.send(room.id, {"k": "turned_away", "people": [person]})


async def list_turned_away(
    room: RoomSession, _connection: Connection, _command: LobbyTurnedAway
) -> dict[str, Any]:
    found = await in_database(admission.turned_away_from, room.id)
    people = [
        PersonRef(id=admission.public_id(each.pk), name=each.name, company=each.company_name)
        for each in found
    ]
    return {"people": [each.model_dump(mode="json") for each in fitting(people, LARGEST_PAGE)]}


async def readmit(room: RoomSession, _connection: Connection, command: LobbyReadmit) -> None:
    key = admission.participant_pk(command.person)
    if key is None or not await in_database(admission.readmit, room_id=room.id, participant=key):
        raise Refused("not_found", "this person was not denied or removed")
    room.bus.send(room.id, {"k": READMITTED, "people": [command.person]})


def readmitted(room: RoomSession, header: Mapping[str, Any], _payload: bytes) -> None:
    room.forget_decisions(header["people"])


def snapshot(state: RoomState, viewer: Viewer, bytes_left: int) -> LobbySnapshot:
    return LobbySnapshot(waiting=fitting(state.waiting() if viewer.is_host else [], bytes_left))


FEATURE = Feature(
    name="lobby",
    documentation="The waiting room.",
    commands=(
        CommandType(LobbyAdmit, admit, hosts_only(), reply=LobbyAdmitReply),
        CommandType(LobbyDeny, deny, hosts_only()),
        CommandType(LobbySet, set_waiting_room, hosts_only(when=while_open), WRITE_LIMIT),
        CommandType(LobbyTurnedAway, list_turned_away, hosts_only(), READ_LIMIT, LobbyTurnedAwayReply),
        CommandType(LobbyReadmit, readmit, hosts_only()),
    ),
    bus_handlers={READMITTED: readmitted},
    ephemeral=(LobbyChanged,),
    snapshot=SnapshotPart(shape=LobbySnapshot, build=snapshot, max_bytes=LARGEST_LIST),
    in_breakouts=False,
)
