"""What a client sends and hears of reactions."""

from typing import Literal

from rooms.messages import Command, Event


class ReactionSend(Command):
    """A passing sign; summed per tick, kept nowhere."""

    do: Literal["reaction.send"]
    reaction: Literal["applause", "thumbs_up", "heart", "laugh", "surprise"]


class Reactions(Event):
    """How many of each reaction came since the last tick."""

    ev: Literal["reactions"] = "reactions"
    counts: dict[str, int]
