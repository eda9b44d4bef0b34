"""The feature, as the engine knows it."""

from engagement.hands import commands, raising, state
from engagement.hands.messages import (
    FloorGiven,
    HandGiveFloor,
    HandLower,
    HandLowered,
    HandRaise,
    HandRaised,
    HandsSnapshot,
)
from rooms.features import CommandType, DurableEvent, Feature, SnapshotPart
from rooms.limits import WRITE_LIMIT
from rooms.rights import Rule, hosts_only, while_open
from rooms.room_state import LARGEST_LIST

HANDS = Feature(
    name="hands",
    documentation="Raised hands. Coming on stage lowers the hand.",
    commands=(
        CommandType(HandRaise, commands.raise_hand, Rule(when=while_open), WRITE_LIMIT),
        CommandType(HandLower, commands.lower_hand, Rule(when=while_open), WRITE_LIMIT),
        CommandType(HandGiveFloor, commands.give_floor, hosts_only(when=while_open), WRITE_LIMIT),
    ),
    durable=(
        DurableEvent(shape=HandRaised, apply_to_person=state.raised),
        DurableEvent(shape=HandLowered, apply_to_person=state.lowered),
    ),
    ephemeral=(FloorGiven,),
    snapshot=SnapshotPart(shape=HandsSnapshot, build=state.snapshot, max_bytes=LARGEST_LIST),
    on_stage_joined=raising.lower_hand,
)
