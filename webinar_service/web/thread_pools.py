"""A thread pool with a bounded queue that is fair between client addresses."""

import asyncio
import contextvars
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

R = TypeVar("R")


class PoolFull(Exception):
    """The queue is full, or the request has waited too long."""


class ThreadPool:
    """Each thread keeps one database connection, so that `threads` bounds the connections as well.

    One address never takes the last `reserved` threads nor more than half of the queue, and addresses take turns:
    somebody who sends a hundred requests waits only for their own.
    """

    def __init__(
        self, name: str, *, threads: int, waiting: int, max_wait: float = 20.0, reserved: int = 0
    ) -> None:
        self.threads, self.waiting, self.max_wait = threads, waiting, max_wait
        self._most_of_one = threads - reserved
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._running: Counter[str] = Counter()
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def queued(self) -> int:
        return sum(len(queue) for queue in self._queues.values())

    @property
    def running(self) -> int:
        return self._running.total()

    def may_run(self, address: str) -> bool:
        return self.running < self.threads and self._running[address] < self._most_of_one

    async def run(self, address: str, function: Callable[[], R]) -> R:
        """Raises PoolFull. Cancelling ends the wait; work that has begun keeps its thread until it ends."""
        if self.may_run(address):
            self._running[address] += 1
        else:
            await self._wait(address)
        context = contextvars.copy_context()
        work = asyncio.get_running_loop().run_in_executor(self._executor, context.run, function)
        work.add_done_callback(lambda _work: self._release(address))
        return await asyncio.shield(work)

    async def _wait(self, address: str) -> None:
        queue = self._queues.get(address, deque())
        if self.queued >= self.waiting or len(queue) >= self.waiting // 2:
            raise PoolFull
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        self._queues[address] = queue
        try:
            async with asyncio.timeout(self.max_wait):
                await turn
        except BaseException as problem:
            self._leave(address, turn)
            if isinstance(problem, TimeoutError):
                raise PoolFull from problem
            raise

    def _leave(self, address: str, turn: "asyncio.Future[None]") -> None:
        if turn.done() and not turn.cancelled():
            self._release(address)  # it was given a thread at the moment in which it gave up
            return
        queue = self._queues.get(address, deque())
        if turn in queue:
            queue.remove(turn)
        if not queue:
            self._queues.pop(address, None)

    def _release(self, address: str) -> None:
        self._running[address] -= 1
        if not self._running[address]:
            del self._running[address]
        while (following := next((each for each in self._queues if self.may_run(each)), None)) is not None:
            self._give_turn(following)

    def _give_turn(self, address: str) -> None:
        queue = self._queues[address]
        turn = queue.popleft()
        if queue:
            self._queues.move_to_end(address)
        else:
            del self._queues[address]
        if not turn.done():
            self._running[address] += 1
            turn.set_result(None)
