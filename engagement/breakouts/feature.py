"""The feature, as the engine knows it."""

from engagement.breakouts import commands, messages, state, words
from rooms.features import CommandType, DurableEvent, Feature, SnapshotPart
from rooms.limits import READ_LIMIT, RateLimit
from rooms.rights import ParticipantContext, Rule, hosts_only, readers_too, while_open
from rooms.room_state import RoomState

HOST_LIMIT = RateLimit(burst=60, rate=5)  # a host assigns many people in a row
JOIN_LIMIT = RateLimit(burst=10, rate=1)


def while_live(_context: ParticipantContext, room: RoomState) -> bool:
    """A webinar's practice session has no breakout rooms: attendees would get nothing of them."""
    return room.info.state == "live"


BREAKOUTS = Feature(
    name="breakouts",
    documentation="Breakout rooms: people go to rooms of their own in groups, and come back.",
    commands=(
        CommandType(messages.BreakoutPrepare, commands.prepare, hosts_only(when=while_open), HOST_LIMIT),
        CommandType(messages.BreakoutOpen, commands.open_rooms, hosts_only(when=while_live), HOST_LIMIT),
        CommandType(messages.BreakoutMove, commands.move, hosts_only(when=while_open), HOST_LIMIT),
        CommandType(messages.BreakoutRename, commands.rename, hosts_only(when=while_open), HOST_LIMIT),
        CommandType(messages.BreakoutExtend, commands.extend, hosts_only(when=while_live), HOST_LIMIT),
        CommandType(messages.BreakoutClose, commands.close, hosts_only(when=while_open), HOST_LIMIT),
        CommandType(messages.BreakoutAnnounce, commands.announce, hosts_only(when=while_live), HOST_LIMIT),
        CommandType(
            messages.BreakoutJoin,
            commands.join,
            readers_too(when=while_live),
            JOIN_LIMIT,
            messages.BreakoutJoinReply,
        ),
        CommandType(messages.BreakoutLeave, commands.leave, readers_too(when=while_live), JOIN_LIMIT),
        CommandType(
            messages.BreakoutPeople,
            commands.list_people,
            readers_too(when=while_open),
            READ_LIMIT,
            messages.BreakoutPeopleReply,
        ),
        CommandType(messages.BreakoutHelp, commands.ask_help, Rule(when=while_live), JOIN_LIMIT),
    ),
    durable=(
        DurableEvent(shape=messages.BreakoutsPrepared, apply=state.put),
        DurableEvent(shape=messages.BreakoutsOpened, apply=state.put),
        DurableEvent(shape=messages.BreakoutsMoved, apply=state.moved),
        DurableEvent(shape=messages.BreakoutRenamed, apply=state.renamed),
        DurableEvent(shape=messages.BreakoutsExtended, apply=state.extended),
        DurableEvent(shape=messages.BreakoutsClosed, apply=state.closed, after=commands.after_close),
        DurableEvent(shape=messages.BreakoutAnnounced, apply=state.announced),
        DurableEvent(shape=messages.BreakoutHelpChanged, apply=state.help_changed),
    ),
    snapshot=SnapshotPart(
        shape=messages.BreakoutsSnapshot, build=state.snapshot, max_bytes=state.LARGEST_PART
    ),
    load=state.load,
    watch=commands.watch,
    in_breakouts=False,
    words=words.words,
    plurals=words.plurals,
)
