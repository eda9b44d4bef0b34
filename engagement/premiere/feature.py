"""The feature, as the engine knows it."""

from engagement.premiere import commands, state, words
from engagement.premiere.messages import (
    PremiereChanged,
    PremiereFile,
    PremiereFileReply,
    PremiereFilms,
    PremiereFilmsReply,
    PremierePause,
    PremierePlay,
    PremiereSnapshot,
    PremiereStart,
    PremiereStop,
    PremiereStopped,
)
from rooms.features import CommandType, DurableEvent, Feature, SnapshotPart
from rooms.limits import READ_LIMIT, WRITE_LIMIT
from rooms.rights import Rule, hosts_only, while_open
from rooms.room_state import LARGEST_LIST

PREMIERE = Feature(
    name="premiere",
    documentation="A film that everybody sees in step, by the server's time.",
    commands=(
        CommandType(PremiereFilms, commands.films, hosts_only(), READ_LIMIT, PremiereFilmsReply),
        CommandType(PremiereStart, commands.start, hosts_only(when=while_open), WRITE_LIMIT),
        CommandType(PremierePlay, commands.play, hosts_only(when=while_open), WRITE_LIMIT),
        CommandType(PremierePause, commands.pause, hosts_only(when=while_open), WRITE_LIMIT),
        CommandType(PremiereStop, commands.stop, hosts_only(), WRITE_LIMIT),
        CommandType(PremiereFile, commands.file, Rule(), READ_LIMIT, PremiereFileReply),
    ),
    durable=(
        DurableEvent(shape=PremiereChanged, apply=state.changed),
        DurableEvent(shape=PremiereStopped, apply=state.stopped),
    ),
    snapshot=SnapshotPart(shape=PremiereSnapshot, build=state.snapshot, max_bytes=LARGEST_LIST),
    load=state.load,
    in_breakouts=False,
    words=words.words,
)
