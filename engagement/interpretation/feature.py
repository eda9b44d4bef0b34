"""The feature, as the engine knows it."""

from engagement.interpretation import commands, interpreting, reading, state, words
from engagement.interpretation.messages import (
    Interpretation,
    InterpretationAccept,
    InterpretationAssign,
    InterpretationChanged,
    InterpretationClose,
    InterpretationClosed,
    InterpretationLeave,
    InterpretationOffer,
    InterpretationOpen,
    InterpretationOpened,
    InterpretationSnapshot,
    InterpretationTake,
)
from rooms.features import CommandType, DurableEvent, Feature, SnapshotPart
from rooms.limits import WRITE_LIMIT
from rooms.rights import Rule, hosts_only, while_open

INTERPRETERS = frozenset({reading.ROLE})
ON_STAGE = Rule(when=while_open, only_on_stage=True, roles=INTERPRETERS)
HAVE_ROLE = Rule(roles=INTERPRETERS)

INTERPRETATION = Feature(
    name="interpretation",
    documentation="Interpretation: a channel for each language, its interpreters, and who of them is on air.",
    commands=(
        CommandType(InterpretationOpen, commands.open_channel, hosts_only(when=while_open), WRITE_LIMIT),
        CommandType(InterpretationClose, commands.close_channel, hosts_only(), WRITE_LIMIT),
        CommandType(InterpretationAssign, commands.assign, hosts_only(when=while_open), WRITE_LIMIT),
        CommandType(InterpretationTake, commands.take, ON_STAGE, WRITE_LIMIT),
        CommandType(InterpretationOffer, commands.offer, ON_STAGE, WRITE_LIMIT),
        CommandType(InterpretationAccept, commands.accept, ON_STAGE, WRITE_LIMIT),
        CommandType(InterpretationLeave, commands.leave, HAVE_ROLE, WRITE_LIMIT),
    ),
    durable=(
        DurableEvent(shape=InterpretationOpened, apply=state.opened),
        DurableEvent(shape=InterpretationClosed, apply=state.closed),
        DurableEvent(shape=InterpretationChanged, apply=state.changed),
    ),
    ephemeral=(Interpretation,),
    snapshot=SnapshotPart(shape=InterpretationSnapshot, build=state.snapshot, max_bytes=state.LARGEST_PART),
    load=state.load,
    watch=state.watch,
    on_stage_left=interpreting.drop,
    on_access_changed=commands.access_changed,
    speaks_in_channel=state.speaks_in_channel,
    speakers_in_channels=reading.speakers_in_channels,
    in_breakouts=False,
    words=words.words,
)
