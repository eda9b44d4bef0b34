"""Commands and events of reactions."""

from typing import Literal

from rooms.messages import Command, Event, Reaction


class ReactionSend(Command):
    """Sends a reaction."""

    do: Literal["reaction.send"]
    reaction: Reaction


class Reactions(Event):
    """How many of each reaction were sent since the last such event; at most one event a second."""

    ev: Literal["reactions"] = "reactions"
    counts: dict[str, int]
