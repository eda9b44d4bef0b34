"""Stops calling a server that does not answer, so that not every request waits for it."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import structlog

_log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")
PAUSE = 5.0  # seconds until one caller tries again


class CircuitBreaker:
    """Shared by all threads of a process. While open, one caller in `pause` seconds is let through to try."""

    def __init__(self, name: str, *, pause: float = PAUSE) -> None:
        self.name = name
        self.pause = pause
        self._lock = threading.Lock()
        self._is_open = False
        self._try_again_at = 0.0

    def call(
        self, attempt: Callable[[], Answer], otherwise: Callable[[], Answer], *failures: type[Exception]
    ) -> Answer:
        """`attempt()`; `otherwise()` while the server is away, or when the attempt raises one of `failures`."""
        if self.allows():
            try:
                answer = attempt()
            except failures as problem:
                self.failed(problem)
            else:
                self.succeeded()
                return answer
        return otherwise()

    def allows(self) -> bool:
        if not self._is_open:
            return True
        with self._lock:
            if time.monotonic() < self._try_again_at:
                return False
            self._try_again_at = time.monotonic() + self.pause
            return True

    def failed(self, problem: Exception) -> None:
        with self._lock:
            was_open, self._is_open = self._is_open, True
            self._try_again_at = time.monotonic() + self.pause
        if not was_open:
            _log.warning("server_away", server=self.name, error=type(problem).__name__)

    def succeeded(self) -> None:
        if self._is_open:
            with self._lock:
                self._is_open = False
            _log.warning("server_back", server=self.name)


redis = CircuitBreaker("redis")
