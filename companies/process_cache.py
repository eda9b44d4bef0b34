"""What is the same for everybody and costs time to make: kept in this process, so many things of each kind."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from companies.content_versions import content_version

Kept = TypeVar("Kept")
MOST_READ = 500
_all: list["Shelf"] = []  # type: ignore[type-arg]


class Shelf(Generic[Kept]):
    """So many things, those not asked for the longest go first. Safe among threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = threading.Lock()
        _all.append(self)

    def get(self, key: Hashable) -> Kept | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: Hashable, thing: Kept) -> None:
        with self._lock:
            self._kept[key] = thing
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)


class Read(Generic[Kept]):
    """Rows of watched tables, read once for each version of the content and handed to all who ask: never to be changed.

    Read anew each minute too, as shared pages are: should triggers ever be missing, nothing is older than that.
    """

    def __init__(self, most: int = MOST_READ) -> None:
        self._shelf: Shelf[tuple[Kept]] = Shelf(most)  # in a tuple: None may be what was read

    def once(self, key: Hashable, read: Callable[[], Kept]) -> Kept:
        wanted = (key, content_version(), int(time.monotonic() // 60))
        found = self._shelf.get(wanted)
        if found is None:
            found = (read(),)
            self._shelf.keep(wanted, found)
        return found[0]


def forget_everything() -> None:
    for shelf in _all:
        shelf.clear()
