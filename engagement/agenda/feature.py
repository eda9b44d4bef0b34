"""The feature, as the engine knows it."""

from engagement.agenda import commands, state, words
from engagement.agenda.messages import (
    Agenda,
    AgendaAdd,
    AgendaAddReply,
    AgendaChange,
    AgendaChanged,
    AgendaEnd,
    AgendaGoto,
    AgendaMoved,
    AgendaNext,
    AgendaRemove,
    AgendaReorder,
    AgendaSnapshot,
)
from rooms.features import CommandType, DurableEvent, Feature, SnapshotPart
from rooms.limits import WRITE_LIMIT
from rooms.rights import ParticipantContext, hosts_only
from rooms.room_state import RoomState


def while_live(_context: ParticipantContext, room: RoomState) -> bool:
    """Not in the practice session, whose events attendees do not get; nor between a project room's meetings."""
    return room.meeting_state == "live"


def while_planned(_context: ParticipantContext, room: RoomState) -> bool:
    """Also before the start, and until the meeting is over."""
    return room.meeting_state in {"scheduled", "live"}


AGENDA = Feature(
    name="agenda",
    documentation="The agenda: which item is current, for how long, and what comes next.",
    commands=(
        CommandType(AgendaGoto, commands.goto, hosts_only(when=while_live), WRITE_LIMIT),
        CommandType(AgendaNext, commands.go_on, hosts_only(when=while_live), WRITE_LIMIT),
        CommandType(AgendaEnd, commands.end, hosts_only(when=while_live), WRITE_LIMIT),
        CommandType(AgendaAdd, commands.add, hosts_only(when=while_planned), WRITE_LIMIT, AgendaAddReply),
        CommandType(AgendaChange, commands.change, hosts_only(when=while_planned), WRITE_LIMIT),
        CommandType(AgendaReorder, commands.reorder, hosts_only(when=while_planned), WRITE_LIMIT),
        CommandType(AgendaRemove, commands.remove, hosts_only(when=while_planned), WRITE_LIMIT),
    ),
    durable=(
        DurableEvent(shape=AgendaChanged, apply=state.changed, after=state.tell_waiting),
        DurableEvent(shape=AgendaMoved, apply=state.moved),
    ),
    ephemeral=(Agenda,),
    snapshot=SnapshotPart(shape=AgendaSnapshot, build=state.snapshot, max_bytes=state.LARGEST_PART),
    load=state.load,
    watch=state.watch,
    for_waiting=state.for_waiting,
    in_breakouts=False,
    words=words.words,
    plurals=words.plurals,
)
