"""The stage: who is on it may publish sound and picture."""

from django.utils import timezone

from meetings.live import stage
from meetings.live.callers import Caller
from meetings.live.commands.lobby import turn_away
from meetings.live.database import in_database
from meetings.live.messages import MuteRequested, Someone, StageInvite, StageLeave, StageMute, StageRemove
from meetings.live.refusals import Refused
from meetings.models.room import Participant


async def invite(caller: Caller, command: StageInvite) -> None:
    someone = _somebody(caller, command.person)
    await in_database(
        stage.bring_on_stage,
        room_id=caller.room.id,
        someone=someone,
        by=caller.ticket.person,
        now=timezone.now(),
    )
    await caller.room.tell_media_server(someone.id, may_publish=True)


async def leave(caller: Caller, _command: StageLeave) -> None:
    await _step_down(caller, caller.someone)


async def mute(caller: Caller, command: StageMute) -> None:
    """Asks: a microphone is only ever turned off by the one whose it is, and never on from afar."""
    someone = _somebody(caller, command.person)
    caller.room.tell_person(someone.id, MuteRequested(by=caller.someone))


async def remove(caller: Caller, command: StageRemove) -> None:
    if not command.from_room:
        await _step_down(caller, _somebody(caller, command.person))
        return
    if command.person == caller.person:
        raise Refused("not_allowed", "a host cannot remove themselves")
    if _is_the_host(caller, command.person):
        raise Refused("not_allowed", "whose meeting it is stays")
    await turn_away(caller, command.person, Participant.Admission.REMOVED)


async def _step_down(caller: Caller, someone: Someone) -> None:
    done = await in_database(
        stage.take_off_stage,
        room_id=caller.room.id,
        someone=someone,
        by=caller.ticket.person,
        now=timezone.now(),
    )
    if not done:
        raise Refused("not_found", "not on the stage")
    await caller.room.tell_media_server(someone.id, may_publish=False)


def _is_the_host(caller: Caller, person: str) -> bool:
    occupant = caller.room.scene.people.get(person)
    return occupant is not None and occupant.someone.role == "host"


def _somebody(caller: Caller, person: str) -> Someone:
    occupant = caller.room.scene.people.get(person)
    if occupant is None or not occupant.is_admitted:
        raise Refused("not_found")
    return occupant.someone
