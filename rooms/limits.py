"""Rate limits of one connection (token buckets)."""

from dataclasses import dataclass, field


@dataclass(frozen=True, eq=False)
class RateLimit:
    """`burst` at once, then `rate` a second, for all commands together that share this object."""

    burst: float
    rate: float


TOTAL_LIMIT = RateLimit(burst=200, rate=50)  # a mesh of six sends some dozens of ICE candidates at once
REFUSAL_LIMIT = RateLimit(burst=50, rate=2)
WRITE_LIMIT = RateLimit(burst=10, rate=2)  # for commands that write to the journal
READ_LIMIT = RateLimit(burst=30, rate=5)  # for commands that read a page


@dataclass
class Bucket:
    """What is left of a limit at a time."""

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
    """The buckets of one connection."""

    _buckets: dict[RateLimit, Bucket] = field(default_factory=dict)

    def allow(self, command_limit: RateLimit | None, at: float) -> bool:
        """Counts a command; `command_limit` is its own limit, if it has one."""
        return self._take(TOTAL_LIMIT, at) and (command_limit is None or self._take(command_limit, at))

    def tolerate(self, at: float) -> bool:
        """Counts a refusal; False when there have been too many for too long."""
        return self._take(REFUSAL_LIMIT, at)

    def _take(self, limit: RateLimit, at: float) -> bool:
        bucket = self._buckets.get(limit)
        if bucket is None:
            bucket = self._buckets[limit] = Bucket(limit)
        return bucket.take(at)
