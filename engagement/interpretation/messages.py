"""Commands and events of interpretation."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from rooms.messages import Command, Event, PersonId, PersonRef

MOST_INTERPRETERS = 4  # of one channel

Language = Annotated[
    str,
    StringConstraints(min_length=2, max_length=8, pattern=r"^[a-z-]+$"),
    Field(examples=["sv"]),
]


class InterpretationOpen(Command):
    """Opens the channel of a language; one that is open stays open. Hosts only."""

    do: Literal["interpretation.open"]
    language: Language


class InterpretationClose(Command):
    """Closes the channel of a language: its interpreters are no longer heard. Hosts only."""

    do: Literal["interpretation.close"]
    language: Language


class InterpretationAssign(Command):
    """Gives an interpreter a channel, or with `language` null takes theirs. Hosts only.

    They are on air if nobody else of the channel is. `not_now`: the person has not the role of an interpreter, or the
    channel has four interpreters who are all in the room.
    """

    do: Literal["interpretation.assign"]
    person: PersonId
    language: Language | None


class InterpretationTake(Command):
    """Takes a channel, leaving another: on air if nobody else of the channel is, or who is has left the room.

    Interpreters only, on stage.
    """

    do: Literal["interpretation.take"]
    language: Language


class InterpretationOffer(Command):
    """Asks another interpreter of the channel to take over; null takes the question back. Who is on air only."""

    do: Literal["interpretation.offer"]
    person: PersonId | None


class InterpretationAccept(Command):
    """Takes over, when asked to: from this moment the sender is heard, and who was on air is not."""

    do: Literal["interpretation.accept"]


class InterpretationLeave(Command):
    """Leaves the channel: the microphone is heard by everybody again, once it is turned on."""

    do: Literal["interpretation.leave"]


# ---- shapes inside events --------------------------------------------------------------------------------


class InterpretationChannelInfo(BaseModel):
    """A channel. `on_air` is the interpreter who is heard, `offered_to` the one whom they ask to take over."""

    language: Language
    interpreters: list[PersonRef]
    on_air: PersonId | None
    offered_to: Annotated[PersonId | None, Field(examples=[None])]


# ---- events ----------------------------------------------------------------------------------------------


class InterpretationOpened(Event):
    """The channel of this language is open. `by` is null if the meeting was announced with it."""

    ev: Literal["interpretation.opened"] = "interpretation.opened"
    meeting: str
    language: Language
    by: PersonRef | None
    at: str


class InterpretationClosed(Event):
    """The channel of this language is closed, and nobody interprets in it."""

    ev: Literal["interpretation.closed"] = "interpretation.closed"
    meeting: str
    language: Language
    by: PersonRef | None
    at: str


class InterpretationChanged(Event):
    """Who interprets in a channel, who of them is on air, or who is asked to take over: all of it anew.

    A client plays the `interpretation` track of `on_air` to those who listen to the channel, no other, and of no
    interpreter of a channel the `microphone`.
    """

    ev: Literal["interpretation.changed"] = "interpretation.changed"
    meeting: str
    channel: InterpretationChannelInfo
    by: PersonRef | None
    at: str


class Interpretation(Event):
    """All channels anew: the room has another meeting now."""

    ev: Literal["interpretation"] = "interpretation"
    interpretation: list[InterpretationChannelInfo]


class InterpretationSnapshot(BaseModel):
    """The open channels of the present meeting, in the order of their codes."""

    interpretation: list[InterpretationChannelInfo]
