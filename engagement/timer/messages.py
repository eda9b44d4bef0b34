"""Commands and events of the speaker's timer."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from rooms.messages import Command, Event, PersonId, PersonRef

LONGEST = 4 * 60 * 60  # seconds


class TimerStart(Command):
    """Starts a timer that everybody sees, perhaps of `person`; it replaces one that runs. Hosts only."""

    do: Literal["timer.start"]
    seconds: Annotated[int, Field(ge=5, le=LONGEST)]
    label: Annotated[str, StringConstraints(max_length=80)] = ""
    person: PersonId | None = None


class TimerStop(Command):
    """Takes the timer away. Hosts only."""

    do: Literal["timer.stop"]


class TimerStarted(Event):
    """A timer runs until `ends_at`, by the server's time; `person` is whose it is, or null."""

    ev: Literal["timer.started"] = "timer.started"
    seconds: int
    ends_at: str
    label: str
    person: PersonRef | None
    by: PersonRef
    at: str


class TimerStopped(Event):
    """There is no timer any more."""

    ev: Literal["timer.stopped"] = "timer.stopped"
    by: PersonRef
    at: str


class Timer(BaseModel):
    """A timer. Once `ends_at` has passed, the time is up."""

    seconds: int
    ends_at: str
    label: str
    person: PersonRef | None


class TimerSnapshot(BaseModel):
    """The timer that a host has started and nobody has stopped, or null."""

    timer: Timer | None
