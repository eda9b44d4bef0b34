"""The feature, as the engine knows it."""

from engagement.realtime_text import commands, drafts, state, words
from engagement.realtime_text.messages import (
    RttCommit,
    RttCommitReply,
    RttCommitted,
    RttCorrect,
    RttCorrected,
    RttDelete,
    RttDeleted,
    RttList,
    RttListReply,
    RttSnapshot,
    RttType,
    RttTyping,
)
from rooms.features import CommandType, DurableEvent, Feature, SnapshotPart
from rooms.limits import READ_LIMIT, WRITE_LIMIT, RateLimit
from rooms.rights import Rule, readers_too, while_open
from rooms.room_state import LARGEST_LIST

TYPING_LIMIT = RateLimit(burst=20, rate=6)  # a client that gathers for 250 ms sends four a second
AS_VOICE = Rule(when=while_open, only_on_stage=True, off_stage=drafts.OFF_STAGE)
CAPTIONERS = Rule(when=while_open, roles=drafts.OFF_STAGE)

REALTIME_TEXT = Feature(
    name="realtime_text",
    documentation="Real-time text beside voice, and captions by a captioner: read while typed, and kept line by line.",
    commands=(
        CommandType(RttType, commands.type_text, AS_VOICE, TYPING_LIMIT),
        CommandType(RttCommit, commands.commit, AS_VOICE, WRITE_LIMIT, RttCommitReply),
        CommandType(RttCorrect, commands.correct, CAPTIONERS, WRITE_LIMIT),
        CommandType(RttDelete, commands.delete, limit=WRITE_LIMIT),
        CommandType(RttList, commands.list_earlier, readers_too(), READ_LIMIT, reply=RttListReply),
    ),
    durable=(
        DurableEvent(shape=RttCommitted, apply=state.committed),
        DurableEvent(shape=RttCorrected, apply=state.corrected),
        DurableEvent(shape=RttDeleted, apply=state.deleted),
    ),
    ephemeral=(RttTyping,),
    snapshot=SnapshotPart(shape=RttSnapshot, build=state.snapshot, max_bytes=LARGEST_LIST),
    load=state.load,
    bus_handlers={drafts.BUS_KIND: drafts.receive, drafts.ALL_OF_A_PROCESS: drafts.receive_all},
    publish=drafts.publish,
    watch=drafts.refresh,
    words=words.words,
)
