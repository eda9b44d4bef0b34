"""Which command is open to whom and when: the server's check and the list a client is given are the same table."""

from collections.abc import Callable
from dataclasses import dataclass

from meetings.live.policy import Level
from meetings.live.scene import Scene


@dataclass(frozen=True)
class Standing:
    """How one connection stands in its room."""

    level: Level
    is_admitted: bool
    on_stage: bool


When = Callable[[Standing, Scene], bool]


def _always(_standing: Standing, _scene: Scene) -> bool:
    return True


def _open(standing: Standing, scene: Scene) -> bool:
    """Until the end; before the start of a webinar for those who practise, not for attendees."""
    if scene.facts.state == "waiting":
        return standing.level >= Level.SPEAK or not scene.facts.is_webinar
    return scene.facts.state == "live"


def _may_start(_standing: Standing, scene: Scene) -> bool:
    return scene.meeting_state == "scheduled"


def _runs(_standing: Standing, scene: Scene) -> bool:
    return scene.meeting_state == "live"


def _may_record(_standing: Standing, scene: Scene) -> bool:
    return scene.meeting_state == "live" and not scene.facts.recording


def _is_recorded(_standing: Standing, scene: Scene) -> bool:
    return scene.facts.recording


@dataclass(frozen=True)
class Rule:
    level: Level = Level.ENTER
    when: When = _always
    to_waiting: bool = False
    only_on_stage: bool = False


RULES: dict[str, Rule] = {
    "ping": Rule(to_waiting=True),
    "since": Rule(),
    "chat.send": Rule(when=_open),
    "chat.list": Rule(),
    "chat.delete": Rule(),
    "hand.raise": Rule(when=_open),
    "hand.lower": Rule(when=_open),
    "reaction.send": Rule(when=_open),
    "lobby.admit": Rule(Level.HOST),
    "lobby.deny": Rule(Level.HOST),
    "stage.invite": Rule(Level.HOST, when=_open),
    "stage.leave": Rule(only_on_stage=True),
    "stage.mute": Rule(Level.HOST),
    "stage.remove": Rule(Level.HOST),
    "signal.send": Rule(when=_open),
    "media.state": Rule(when=_open, only_on_stage=True),
    "media.token": Rule(when=_open),
    "people.list": Rule(),
    "meeting.start": Rule(Level.HOST, when=_may_start),
    "meeting.end": Rule(Level.HOST, when=_runs),
    "meeting.extend": Rule(Level.HOST, when=_runs),
    "recording.start": Rule(Level.HOST, when=_may_record),
    "recording.stop": Rule(Level.HOST, when=_is_recorded),
}


def refusal(command: str, standing: Standing, scene: Scene) -> str | None:
    """The error code that the command gets now, or None when it is open."""
    rule = RULES[command]
    if standing.level < rule.level or not (standing.is_admitted or rule.to_waiting):
        return "not_allowed"
    if not rule.when(standing, scene):
        return "not_now"
    if rule.only_on_stage and not standing.on_stage:
        return "not_allowed"
    return None


def may(standing: Standing, scene: Scene) -> list[str]:
    return [command for command in RULES if refusal(command, standing, scene) is None]
