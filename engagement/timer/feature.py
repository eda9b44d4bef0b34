"""The feature, as the engine knows it."""

from engagement.timer import commands, state, words
from engagement.timer.messages import TimerSnapshot, TimerStart, TimerStarted, TimerStop, TimerStopped
from rooms.features import CommandType, DurableEvent, Feature, SnapshotPart
from rooms.limits import WRITE_LIMIT
from rooms.rights import hosts_only, while_open
from rooms.room_state import LARGEST_LIST

TIMER = Feature(
    name="timer",
    documentation="A speaker's timer, counted down by the server's time.",
    commands=(
        CommandType(TimerStart, commands.start, hosts_only(when=while_open), WRITE_LIMIT),
        CommandType(TimerStop, commands.stop, hosts_only(), WRITE_LIMIT),
    ),
    durable=(
        DurableEvent(shape=TimerStarted, apply=state.started),
        DurableEvent(shape=TimerStopped, apply=state.stopped),
    ),
    snapshot=SnapshotPart(shape=TimerSnapshot, build=state.snapshot, max_bytes=LARGEST_LIST),
    load=state.load,
    words=words.words,
)
