"""The stage: people on it may publish audio and video."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from rooms import stage
from rooms.admission import participant_pk
from rooms.commands.lobby import turn_away
from rooms.connections import Connection
from rooms.database import in_database
from rooms.features import CommandType, DurableEvent, Feature, SnapshotPart, Viewer, registry
from rooms.limits import WRITE_LIMIT, RateLimit
from rooms.messages import (
    MuteRequested,
    PersonRef,
    StageInvite,
    StageJoined,
    StageLeave,
    StageLeft,
    StageMove,
    StageMute,
    StageOrdered,
    StageRemove,
    StageSnapshot,
    StageSpotlight,
    StageSpotlighted,
)
from rooms.models.room import Participant
from rooms.refusals import Refused
from rooms.rights import hosts_only, readers_too, while_open
from rooms.room_session import RoomSession
from rooms.room_state import LARGEST_STAGE, ParticipantState, RoomState, fitting

MUTE_ALL = "mute_all"  # kind of the message between processes
MUTE_LIMIT = RateLimit(burst=30, rate=2)
MOVE_LIMIT = RateLimit(burst=30, rate=5)


async def invite(room: RoomSession, connection: Connection, command: StageInvite) -> None:
    person_ref = _admitted_person(room, command.person)
    await in_database(
        stage.bring_on_stage,
        room_id=room.id,
        person_ref=person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )
    await room.set_publishing(person_ref.id, may_publish=True)


async def leave(room: RoomSession, connection: Connection, _command: StageLeave) -> None:
    await _step_down(room, connection, connection.person_ref)


async def mute(room: RoomSession, connection: Connection, command: StageMute) -> None:
    """The client turns its microphone off. Nobody but its owner turns it on again."""
    if (command.person is None) is not command.all:
        raise Refused("bad_field", "either person or all")
    event = MuteRequested(by=connection.person_ref)
    if command.person is not None:
        room.send_to_person(_admitted_person(room, command.person).id, event)
    else:
        room.bus.send(room.id, {"k": MUTE_ALL}, registry.frame_of(event))


def mute_all(room: RoomSession, _header: Mapping[str, Any], frame: bytes) -> None:
    """In every process: everybody but the hosts, and people in the waiting room."""
    room.broadcaster.send_where(frame, lambda each: each.is_admitted and not each.is_host)


async def remove(room: RoomSession, connection: Connection, command: StageRemove) -> None:
    if not command.from_room:
        await _step_down(room, connection, _admitted_person(room, command.person))
        return
    if command.person == connection.person:
        raise Refused("not_allowed", "a host cannot remove themselves")
    if _is_the_host(room, command.person):
        raise Refused("not_allowed", "the host of the meeting cannot be removed")
    await turn_away(room, command.person, Participant.AdmissionStatus.REMOVED)


async def spotlight(room: RoomSession, connection: Connection, command: StageSpotlight) -> None:
    person_ref = _admitted_person(room, command.person) if command.person is not None else None
    await in_database(
        stage.set_spotlight,
        room_id=room.id,
        person_ref=person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def move(room: RoomSession, connection: Connection, command: StageMove) -> None:
    person_ref = _admitted_person(room, command.person)
    present = [participant_pk(each.person_ref.id) or 0 for each in room.state.admitted() if each.on_stage]
    await in_database(
        stage.move,
        room_id=room.id,
        person_ref=person_ref,
        place=command.place,
        present=present,
        by=connection.ticket.person,
        now=timezone.now(),
    )


async def _step_down(room: RoomSession, connection: Connection, person_ref: PersonRef) -> None:
    done = await in_database(
        stage.take_off_stage,
        room_id=room.id,
        person_ref=person_ref,
        by=connection.ticket.person,
        now=timezone.now(),
    )
    if not done:
        raise Refused("not_found", "not on the stage")
    await room.set_publishing(person_ref.id, may_publish=False)


def _is_the_host(room: RoomSession, person: str) -> bool:
    participant = room.state.people.get(person)
    return participant is not None and participant.person_ref.role == "host"


def _admitted_person(room: RoomSession, person: str) -> PersonRef:
    participant = room.state.people.get(person)
    if participant is None or not participant.is_admitted:
        raise Refused("not_found")
    return participant.person_ref


# ---- events ------------------------------------------------------------------------------------------------


def joined(participant: ParticipantState, _event: StageJoined) -> None:
    participant.on_stage = True


def left(participant: ParticipantState, _event: StageLeft) -> None:
    participant.on_stage = False


def joined_last(state: RoomState, event: StageJoined) -> None:
    """In an order that a host has chosen."""
    if state.stage_order:
        others = [each for each in state.stage_order if each != event.person.id]
        state.stage_order = [*others, event.person.id][: stage.MOST_ORDERED]


def ordered(state: RoomState, event: StageOrdered) -> None:
    state.stage_order = event.people


def left_stage(state: RoomState, event: StageLeft) -> None:
    state.stage_order = [each for each in state.stage_order if each != event.person.id]
    if state.spotlight == event.person.id:
        state.spotlight = None


def spotlighted(state: RoomState, event: StageSpotlighted) -> None:
    state.spotlight = event.person.id if event.person is not None else None


def send_rights(room: RoomSession, event: StageJoined | StageLeft) -> None:
    room.send_you_changed([event.person.id])


def snapshot(state: RoomState, _viewer: Viewer, bytes_left: int) -> StageSnapshot:
    on_stage = (each.info() for each in state.admitted() if each.on_stage)
    bytes_left -= sum(len(each) + 3 for each in state.stage_order)
    return StageSnapshot(
        stage=fitting(on_stage, bytes_left),
        stage_order=state.stage_order,  # also those whose connection is broken at the moment
        spotlight=state.spotlight,
    )


FEATURE = Feature(
    name="stage",
    documentation="Who may publish audio and video.",
    commands=(
        CommandType(StageInvite, invite, hosts_only(when=while_open)),
        CommandType(StageLeave, leave, readers_too(only_on_stage=True)),
        CommandType(StageMute, mute, hosts_only(), MUTE_LIMIT),
        CommandType(StageRemove, remove, hosts_only(), in_breakouts=False),
        CommandType(StageSpotlight, spotlight, hosts_only(when=while_open), WRITE_LIMIT),
        CommandType(StageMove, move, hosts_only(when=while_open), MOVE_LIMIT),
    ),
    durable=(
        DurableEvent(shape=StageJoined, apply=joined_last, apply_to_person=joined, after=send_rights),
        DurableEvent(shape=StageOrdered, apply=ordered),
        DurableEvent(shape=StageLeft, apply=left_stage, apply_to_person=left, after=send_rights),
        DurableEvent(shape=StageSpotlighted, apply=spotlighted),
    ),
    ephemeral=(MuteRequested,),
    bus_handlers={MUTE_ALL: mute_all},
    snapshot=SnapshotPart(shape=StageSnapshot, build=snapshot, max_bytes=LARGEST_STAGE),
)
