"""Reactions, as they are registered with the rooms."""

from engagement.reactions import commands, state
from engagement.reactions.messages import Reactions, ReactionSend
from rooms.features import CommandType, Feature
from rooms.limits import RateLimit
from rooms.rights import Rule, while_open

REACTIONS = Feature(
    name="reactions",
    documentation="Passing signs: summed, told once a second, kept nowhere.",
    commands=(CommandType(ReactionSend, commands.send, Rule(when=while_open), RateLimit(burst=10, rate=5)),),
    ephemeral=(Reactions,),
    bus_handlers={state.BUS_KIND: state.count_remote},
)
