"""Who may send a command, and when: both the server's check and the client's list `may` follow from its rule."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from rooms.policy import Level
from rooms.room_state import RoomState


@dataclass(frozen=True)
class ParticipantContext:
    """What a rule needs to know of a connection."""

    level: Level
    is_admitted: bool
    on_stage: bool
    role: str = "attendee"


When = Callable[[ParticipantContext, RoomState], bool]


def always(_context: ParticipantContext, _state: RoomState) -> bool:
    return True


def while_open(context: ParticipantContext, state: RoomState) -> bool:
    """Until the meeting ends; before a webinar starts only for speakers and hosts."""
    if state.info.state == "waiting":
        return context.level >= Level.SPEAK or not state.info.is_webinar
    return state.info.state == "live"


@dataclass(frozen=True)
class Rule:
    """Without arguments: everybody who is admitted, at any time.

    With `only_on_stage` also people with one of the `off_stage` roles. With `roles` only people with one of them.
    """

    level: Level = Level.ENTER
    when: When = always
    open_to_waiting: bool = False
    only_on_stage: bool = False
    off_stage: frozenset[str] = frozenset()
    roles: frozenset[str] | None = None

    def refusal(self, context: ParticipantContext, state: RoomState) -> str | None:
        """The error code that the command would get now, or None when it is allowed."""
        if context.level < self.level or not (context.is_admitted or self.open_to_waiting):
            return "not_allowed"
        if self.roles is not None and context.role not in self.roles:
            return "not_allowed"
        if not self.when(context, state):
            return "not_now"
        if self.only_on_stage and not (context.on_stage or context.role in self.off_stage):
            return "not_allowed"
        return None


hosts_only = partial(Rule, Level.HOST)
readers_too = partial(Rule, Level.READ)  # for what writes nothing
