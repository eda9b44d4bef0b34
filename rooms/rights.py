"""To whom a command is open, and when: the server's check and the list a client is given follow from the same rule."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from rooms.policy import Level
from rooms.room_state import Scene


@dataclass(frozen=True)
class Standing:
    """How one connection stands in its room."""

    level: Level
    is_admitted: bool
    on_stage: bool


When = Callable[[Standing, Scene], bool]


def always(_standing: Standing, _scene: Scene) -> bool:
    return True


def while_open(standing: Standing, scene: Scene) -> bool:
    """Until the end; before the start of a webinar for those who practise, not for attendees."""
    if scene.facts.state == "waiting":
        return standing.level >= Level.SPEAK or not scene.facts.is_webinar
    return scene.facts.state == "live"


@dataclass(frozen=True)
class Rule:
    """Everybody who is in may, unless it says more."""

    level: Level = Level.ENTER
    when: When = always
    to_waiting: bool = False
    only_on_stage: bool = False

    def refusal(self, standing: Standing, scene: Scene) -> str | None:
        """The error code that the command gets now, or None when it is open."""
        if standing.level < self.level or not (standing.is_admitted or self.to_waiting):
            return "not_allowed"
        if not self.when(standing, scene):
            return "not_now"
        if self.only_on_stage and not standing.on_stage:
            return "not_allowed"
        return None


hosts_only = partial(Rule, Level.HOST)
