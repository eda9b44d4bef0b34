"""The feature, as the engine knows it."""

from functools import partial

from engagement.resources import commands, state, words
from engagement.resources.messages import (
    ResourceChanged,
    ResourceRemove,
    ResourceRemoved,
    Resources,
    ResourceShare,
    ResourceShared,
    ResourceShareReply,
    ResourcesSnapshot,
)
from rooms.features import CommandType, DurableEvent, Feature, SnapshotPart
from rooms.limits import WRITE_LIMIT
from rooms.policy import Level
from rooms.rights import Rule, while_open

presenters_only = partial(Rule, Level.SPEAK)

RESOURCES = Feature(
    name="resources",
    documentation="Links and documents that are given to everybody, and stay on the meeting's page.",
    commands=(
        CommandType(
            ResourceShare, commands.share, presenters_only(when=while_open), WRITE_LIMIT, ResourceShareReply
        ),
        CommandType(ResourceRemove, commands.remove, presenters_only(), WRITE_LIMIT),
    ),
    durable=(
        DurableEvent(shape=ResourceShared, apply=state.shared),
        DurableEvent(shape=ResourceChanged, apply=state.changed),
        DurableEvent(shape=ResourceRemoved, apply=state.removed),
    ),
    ephemeral=(Resources,),
    snapshot=SnapshotPart(shape=ResourcesSnapshot, build=state.snapshot, max_bytes=state.LARGEST_PART),
    load=state.load,
    watch=state.watch,
    in_breakouts=False,
    words=words.words,
)
