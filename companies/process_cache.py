"""Bounded caches in this process, for values that are expensive to make and the same for everybody."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from companies.content_versions import content_version

Value = TypeVar("Value")
MAX_CACHED_READS = 500
MAX_AGE = 60.0  # seconds
_all_caches: list["ProcessCache"] = []  # type: ignore[type-arg]


class ProcessCache(Generic[Value]):
    """Least recently used entries are evicted first. Thread-safe."""

    def __init__(self, max_entries: int) -> None:
        self._max_entries = max_entries
        self._entries: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = threading.Lock()
        _all_caches.append(self)

    def get(self, key: Hashable) -> Value | None:
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
            return self._entries.get(key)

    def set(self, key: Hashable, thing: Value) -> None:
        with self._lock:
            self._entries[key] = thing
            self._entries.move_to_end(key)
            while len(self._entries) > self._max_entries:
                self._entries.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def __len__(self) -> int:
        return len(self._entries)


class CachedRead(Generic[Value]):
    """Rows of watched tables, read once for each version of the content and shared: callers must not change them.

    Also read again after a minute, which bounds staleness should a trigger be missing.
    """

    def __init__(self, max_entries: int = MAX_CACHED_READS) -> None:
        self._cache: ProcessCache[tuple[Value, float]] = ProcessCache(max_entries)  # with the time of reading

    def get_or_read(self, key: Hashable, read: Callable[[], Value]) -> Value:
        wanted = (key, content_version())
        now = time.monotonic()
        found = self._cache.get(wanted)
        if found is None or now - found[1] >= MAX_AGE:
            found = (read(), now)
            self._cache.set(wanted, found)
        return found[0]


def clear_all() -> None:
    for cache in _all_caches:
        cache.clear()
