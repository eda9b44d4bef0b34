"""How fast one connection may speak."""

from dataclasses import dataclass, field


@dataclass(frozen=True, eq=False)
class RateLimit:
    """`burst` at once, then `rate` a second, for all commands together that name this very object."""

    burst: float
    rate: float


TOTAL_LIMIT = RateLimit(burst=200, rate=50)  # a mesh of six sends some dozens of ICE candidates at once
REFUSAL_LIMIT = RateLimit(burst=50, rate=2)
WRITE_LIMIT = RateLimit(burst=10, rate=2)  # what is kept for ever
READ_LIMIT = RateLimit(burst=30, rate=5)  # a page is at most a frame


@dataclass
class Bucket:
    """What is left of a limit."""

    limit: RateLimit
    left: float = field(init=False)
    at: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self.left = self.limit.burst

    def take(self, at: float) -> bool:
        if self.at:
            self.left = min(self.limit.burst, self.left + (at - self.at) * self.limit.rate)
        self.at = at
        if self.left < 1:
            return False
        self.left -= 1
        return True


@dataclass
class Limits:
    """Of one connection: all commands together, each command's own, and how often a refusal is overlooked."""

    _buckets: dict[RateLimit, Bucket] = field(default_factory=dict)

    def allow(self, command_limit: RateLimit | None, at: float) -> bool:
        """`command_limit` is the command's limit, if it has one."""
        return self._take(TOTAL_LIMIT, at) and (command_limit is None or self._take(command_limit, at))

    def tolerate(self, at: float) -> bool:
        """False when it has been too fast for too long."""
        return self._take(REFUSAL_LIMIT, at)

    def _take(self, limit: RateLimit, at: float) -> bool:
        bucket = self._buckets.get(limit)
        if bucket is None:
            bucket = self._buckets[limit] = Bucket(limit)
        return bucket.take(at)
