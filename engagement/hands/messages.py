"""What a client sends and hears of raised hands."""

from typing import Literal

from pydantic import BaseModel

from rooms.messages import Command, Event, ParticipantInfo, PersonId, PersonRef


class HandRaise(Command):
    """Asks for the floor."""

    do: Literal["hand.raise"]


class HandLower(Command):
    """Takes the own hand down, or for a host that of `person`."""

    do: Literal["hand.lower"]
    person: PersonId | None = None


class HandRaised(Event):
    """`person` asks for the floor."""

    ev: Literal["hand.raised"] = "hand.raised"
    person: PersonRef
    at: str


class HandLowered(Event):
    """The hand of `person` is down."""

    ev: Literal["hand.lowered"] = "hand.lowered"
    person: PersonRef
    at: str


class HandsSnapshot(BaseModel):
    """Whose hands are up, the first to raise it first."""

    hands: list[ParticipantInfo]
