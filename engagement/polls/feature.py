"""The feature, as the engine knows it."""

from engagement.polls import commands, state, tallies, words
from engagement.polls.messages import (
    OwnBallots,
    PollClose,
    PollClosed,
    PollCounted,
    PollCreate,
    PollCreateReply,
    PollDelete,
    PollDeleted,
    PollEdit,
    PollList,
    PollListReply,
    PollOpen,
    PollOpened,
    PollPrepared,
    Polls,
    PollShare,
    PollShared,
    PollsSnapshot,
    PollTally,
    PollTurnout,
    PollVote,
    PollVoted,
)
from rooms.features import CommandType, DurableEvent, Feature, OwnPart, SnapshotPart
from rooms.limits import READ_LIMIT, RateLimit
from rooms.rights import ParticipantContext, Rule, hosts_only, readers_too, while_open
from rooms.room_state import RoomState

VOTE_LIMIT = RateLimit(burst=10, rate=2)  # of its own: who writes much in the chat can vote all the same
HOST_LIMIT = RateLimit(burst=30, rate=2)


def while_everybody_is_here(context: ParticipantContext, state: RoomState) -> bool:
    """Not in the practice session: attendees would get nothing of the poll."""
    return while_open(context, state) and not (state.info.is_webinar and state.info.state == "waiting")


POLLS = Feature(
    name="polls",
    documentation="Polls: prepared or made on the spot, voted in once, counted live, shared by a host.",
    commands=(
        CommandType(PollCreate, commands.create, hosts_only(when=while_open), HOST_LIMIT, PollCreateReply),
        CommandType(PollEdit, commands.edit, hosts_only(when=while_open), HOST_LIMIT),
        CommandType(PollDelete, commands.delete, hosts_only(when=while_open), HOST_LIMIT),
        CommandType(PollOpen, commands.open_poll, hosts_only(when=while_everybody_is_here), HOST_LIMIT),
        CommandType(PollClose, commands.close, hosts_only(when=while_open), HOST_LIMIT),
        CommandType(PollShare, commands.share, hosts_only(when=while_open), HOST_LIMIT),
        CommandType(PollVote, commands.vote, Rule(), VOTE_LIMIT),
        CommandType(PollList, commands.list_polls, readers_too(), READ_LIMIT, reply=PollListReply),
    ),
    durable=(
        DurableEvent(shape=PollPrepared, apply=state.prepared),
        DurableEvent(shape=PollDeleted, apply=state.deleted),
        DurableEvent(shape=PollOpened, apply=state.opened),
        DurableEvent(shape=PollClosed, apply=state.closed),
        DurableEvent(shape=PollCounted, apply=state.counted),
        DurableEvent(shape=PollShared, apply=state.shared),
    ),
    ephemeral=(PollTally, PollTurnout, PollVoted, Polls),
    snapshot=SnapshotPart(shape=PollsSnapshot, build=state.snapshot, max_bytes=state.LARGEST_PART),
    own=OwnPart(shape=OwnBallots, build=state.own),
    load=state.load,
    bus_handlers={tallies.BUS_KIND: tallies.count_remote},
    watch=tallies.watch,
    in_breakouts=False,
    words=words.words,
    plurals=words.plurals,
)
