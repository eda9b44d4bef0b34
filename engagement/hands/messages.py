"""Commands and events of raised hands."""

from typing import Literal

from pydantic import BaseModel

from rooms.messages import Command, Event, ParticipantInfo, PersonId, PersonRef


class HandRaise(Command):
    """Raises the own hand."""

    do: Literal["hand.raise"]


class HandLower(Command):
    """Lowers the own hand, or for a host that of `person`."""

    do: Literal["hand.lower"]
    person: PersonId | None = None


class HandGiveFloor(Command):
    """Gives `person` the floor: lowers their hand, in a webinar brings them on stage, and asks them to speak.

    Nobody's microphone is turned on from afar. Hosts only.
    """

    do: Literal["hand.give_floor"]
    person: PersonId


class FloorGiven(Event):
    """To one person: a host has given them the floor."""

    ev: Literal["floor.given"] = "floor.given"
    by: PersonRef


class HandRaised(Event):
    """`person` has raised their hand."""

    ev: Literal["hand.raised"] = "hand.raised"
    person: PersonRef
    at: str


class HandLowered(Event):
    """The hand of `person` is lowered."""

    ev: Literal["hand.lowered"] = "hand.lowered"
    person: PersonRef
    at: str


class HandsSnapshot(BaseModel):
    """The people with a raised hand, in the order in which they raised it."""

    hands: list[ParticipantInfo]
