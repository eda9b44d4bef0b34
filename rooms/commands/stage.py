"""The stage: who is on it may publish sound and picture."""

from django.utils import timezone

from rooms import stage
from rooms.commands.lobby import turn_away
from rooms.connections import Caller
from rooms.database import in_database
from rooms.features import CommandType, DurableEvent, Feature, SnapshotPart, Viewer
from rooms.messages import (
    MuteRequested,
    Someone,
    StageInvite,
    StageJoined,
    StageLeave,
    StageLeft,
    StageMute,
    StageRemove,
    StageSnapshot,
)
from rooms.models.room import Participant
from rooms.refusals import Refused
from rooms.rights import Rule, hosts_only, while_open
from rooms.room_session import OpenRoom
from rooms.room_state import LARGEST_STAGE, NAMED_UP_TO, Occupant, Scene, fitting


async def invite(room: OpenRoom, caller: Caller, command: StageInvite) -> None:
    someone = _somebody(room, command.person)
    await in_database(
        stage.bring_on_stage,
        room_id=room.id,
        someone=someone,
        by=caller.ticket.person,
        now=timezone.now(),
    )
    await room.tell_media_server(someone.id, may_publish=True)


async def leave(room: OpenRoom, caller: Caller, _command: StageLeave) -> None:
    await _step_down(room, caller, caller.someone)


async def mute(room: OpenRoom, caller: Caller, command: StageMute) -> None:
    """Asks: a microphone is only ever turned off by the one whose it is, and never on from afar."""
    someone = _somebody(room, command.person)
    room.tell_person(someone.id, MuteRequested(by=caller.someone))


async def remove(room: OpenRoom, caller: Caller, command: StageRemove) -> None:
    if not command.from_room:
        await _step_down(room, caller, _somebody(room, command.person))
        return
    if command.person == caller.person:
        raise Refused("not_allowed", "a host cannot remove themselves")
    if _is_the_host(room, command.person):
        raise Refused("not_allowed", "whose meeting it is stays")
    await turn_away(room, command.person, Participant.Admission.REMOVED)


async def _step_down(room: OpenRoom, caller: Caller, someone: Someone) -> None:
    done = await in_database(
        stage.take_off_stage,
        room_id=room.id,
        someone=someone,
        by=caller.ticket.person,
        now=timezone.now(),
    )
    if not done:
        raise Refused("not_found", "not on the stage")
    await room.tell_media_server(someone.id, may_publish=False)


def _is_the_host(room: OpenRoom, person: str) -> bool:
    occupant = room.scene.people.get(person)
    return occupant is not None and occupant.someone.role == "host"


def _somebody(room: OpenRoom, person: str) -> Someone:
    occupant = room.scene.people.get(person)
    if occupant is None or not occupant.is_admitted:
        raise Refused("not_found")
    return occupant.someone


# ---- what everybody hears ------------------------------------------------------------------------------------


def joined(occupant: Occupant, _event: StageJoined) -> None:
    occupant.on_stage = True


def left(occupant: Occupant, _event: StageLeft) -> None:
    occupant.on_stage = False


def tell_rights(room: OpenRoom, event: StageJoined | StageLeft) -> None:
    room.tell_you([event.person.id])


def snapshot(scene: Scene, _viewer: Viewer, bytes_left: int) -> StageSnapshot:
    on_stage = [each.present() for each in scene.admitted() if each.on_stage]
    return StageSnapshot(stage=fitting(on_stage[:NAMED_UP_TO], bytes_left))


FEATURE = Feature(
    name="stage",
    documentation="Who may publish audio and video.",
    commands=(
        CommandType(StageInvite, invite, hosts_only(when=while_open)),
        CommandType(StageLeave, leave, Rule(only_on_stage=True)),
        CommandType(StageMute, mute, hosts_only()),
        CommandType(StageRemove, remove, hosts_only()),
    ),
    durable=(
        DurableEvent(shape=StageJoined, apply_to_person=joined, after=tell_rights),
        DurableEvent(shape=StageLeft, apply_to_person=left, after=tell_rights),
    ),
    ephemeral=(MuteRequested,),
    snapshot=SnapshotPart(shape=StageSnapshot, build=snapshot, largest=LARGEST_STAGE),
)
