"""The feature, as the engine knows it."""

from engagement.reactions import commands, state
from engagement.reactions.messages import Reactions, ReactionSend
from rooms.features import CommandType, Feature
from rooms.limits import RateLimit
from rooms.rights import Rule, while_open

REACTIONS = Feature(
    name="reactions",
    documentation="Reactions: counted, broadcast once a second, not stored.",
    commands=(CommandType(ReactionSend, commands.send, Rule(when=while_open), RateLimit(burst=10, rate=5)),),
    ephemeral=(Reactions,),
    bus_handlers={state.BUS_KIND: state.count_remote},
)
