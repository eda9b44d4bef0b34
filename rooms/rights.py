"""To whom a command is open, and when: the server's check and the list a client is given follow from the same rule."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from rooms.policy import Level
from rooms.room_state import RoomState


@dataclass(frozen=True)
class ParticipantContext:
    """How one connection stands in its room."""

    level: Level
    is_admitted: bool
    on_stage: bool


When = Callable[[ParticipantContext, RoomState], bool]


def always(_context: ParticipantContext, _state: RoomState) -> bool:
    return True


def while_open(context: ParticipantContext, state: RoomState) -> bool:
    """Until the end; before the start of a webinar for those who practise, not for attendees."""
    if state.info.state == "waiting":
        return context.level >= Level.SPEAK or not state.info.is_webinar
    return state.info.state == "live"


@dataclass(frozen=True)
class Rule:
    """Everybody who is in may, unless it says more."""

    level: Level = Level.ENTER
    when: When = always
    open_to_waiting: bool = False
    only_on_stage: bool = False

    def refusal(self, context: ParticipantContext, state: RoomState) -> str | None:
        """The error code that the command gets now, or None when it is open."""
        if context.level < self.level or not (context.is_admitted or self.open_to_waiting):
            return "not_allowed"
        if not self.when(context, state):
            return "not_now"
        if self.only_on_stage and not context.on_stage:
            return "not_allowed"
        return None


hosts_only = partial(Rule, Level.HOST)
