"""Calls a function at most once in an interval: soon after the first change, then for all further ones together."""

import asyncio
from collections.abc import Callable

EVERY = 1.0
SOON = 0.05  # seconds, so that people who join together are announced together


class Throttle:
    """Calls `act` `soon` seconds after `wake`, and not again within `every` seconds."""

    def __init__(self, act: Callable[[], None], *, every: float = EVERY, soon: float = SOON) -> None:
        self._act = act
        self._every = every
        self._soon = soon
        self._timer: asyncio.TimerHandle | None = None
        self._last = -every

    def wake(self) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            delay = max(self._soon, self._last + self._every - loop.time())
            self._timer = loop.call_later(delay, self._run)

    def _run(self) -> None:
        self._timer = None
        self._last = asyncio.get_running_loop().time()
        self._act()
