"""Database calls from the event loop: threads of our own, and many small writes combined into one."""

import asyncio
import contextvars
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, ParamSpec, TypeVar

from django.conf import settings
from django.db import close_old_connections

P = ParamSpec("P")
R = TypeVar("R")
Item = TypeVar("Item")
Result = TypeVar("Result")

# SQLite has one writer: more threads would only wait for its lock, by polling.
THREADS = 1 if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") else 4
LARGEST_BATCH = 256  # a power of two: queries for so many are composed once (see ComposedQuery)
LOOK_EVERY = 0.02  # seconds, how many wait
_pool = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="live-database")


async def in_database(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Runs a flow or a query in a thread of the pool."""

    def run() -> R:
        close_old_connections()
        return function(*args, **kwargs)

    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(_pool, context.run, run)


class Batch(Generic[Item, Result]):
    """Writes items in batches: those added during a write are written together by the next one.

    `write` returns a result for each item; an exception among them is raised for that item alone. Writes begin
    `min_interval` seconds after each other, for ten items take little longer than one. A full batch does not wait for
    that; with `many` neither do so many items, and fewer wait so much the less.
    """

    def __init__(
        self,
        write: Callable[[list[Item]], Sequence[Result | Exception]],
        *,
        min_interval: float = 0.0,
        many: int | None = None,
    ) -> None:
        self._write = write
        self._min_interval = min_interval
        self._many = many
        self._not_before = 0.0
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._task: asyncio.Task[None] | None = None

    async def add(self, item: Item) -> Result:
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            await self._until_due()
            self._not_before = loop.time() + self._min_interval
            batch, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
            await self._write_batch(batch)

    async def _until_due(self) -> None:
        loop = asyncio.get_running_loop()
        while (left := self._due_at() - loop.time()) > 0:  # noqa: ASYNC110 - an event for each item would cost more
            await asyncio.sleep(min(left, LOOK_EVERY))

    def _due_at(self) -> float:
        waiting = len(self._waiting)
        if waiting >= LARGEST_BATCH:
            return 0.0
        return self._not_before - (self._min_interval * waiting / self._many if self._many else 0.0)

    async def _write_batch(self, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        outcome: list[Any]
        try:
            outcome = list(await in_database(self._write, [item for item, _future in batch]))
        except Exception as problem:  # noqa: BLE001 - raised for every item
            outcome = [problem] * len(batch)
        for (_item, future), result in zip(batch, outcome, strict=True):
            if future.done():
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)
