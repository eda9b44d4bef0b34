"""How fast one connection may speak."""

from dataclasses import dataclass, field


@dataclass
class Bucket:
    """`burst` at once, then `rate` a second."""

    burst: float
    rate: float
    left: float = field(init=False)
    at: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self.left = self.burst

    def take(self, at: float) -> bool:
        if self.at:
            self.left = min(self.burst, self.left + (at - self.at) * self.rate)
        self.at = at
        if self.left < 1:
            return False
        self.left -= 1
        return True


def _any() -> Bucket:
    return Bucket(burst=200, rate=50)  # a mesh of six sends some dozens of ICE candidates at once


def _spoken() -> Bucket:
    return Bucket(burst=10, rate=2)


def _reactions() -> Bucket:
    return Bucket(burst=10, rate=5)


def _read() -> Bucket:
    return Bucket(burst=30, rate=5)  # a page is at most a frame


def _patience() -> Bucket:
    return Bucket(burst=50, rate=2)


@dataclass
class Limits:
    """All commands together, those that are kept for ever, reactions, pages of what was missed; and how often a
    refusal is overlooked.
    """

    everything: Bucket = field(default_factory=_any)
    spoken: Bucket = field(default_factory=_spoken)
    reactions: Bucket = field(default_factory=_reactions)
    read: Bucket = field(default_factory=_read)
    patience: Bucket = field(default_factory=_patience)

    def allow(self, command: str | None, at: float) -> bool:
        """None is a command that does not exist."""
        if not self.everything.take(at):
            return False
        if command in {"chat.send", "hand.raise", "hand.lower"}:
            return self.spoken.take(at)
        if command in {"since", "chat.list"}:
            return self.read.take(at)
        return command != "reaction.send" or self.reactions.take(at)

    def bear(self, at: float) -> bool:
        """False when it has been too fast for too long."""
        return self.patience.take(at)
