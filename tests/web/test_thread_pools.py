"""Thread pools: bounded, fair between addresses, and without lost requests."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from webinar_service.web.thread_pools import PoolFull, ThreadPool


class Gate:
    """Work that blocks until it is released, and records the order in which it began."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.open = threading.Event()

    def work(self, name: str) -> Callable[[], str]:
        def hold() -> str:
            self.begun.append(name)
            self.open.wait(10)
            return name

        return hold


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - a thread does not call back
            await asyncio.sleep(0.01)


async def test_no_more_run_at_once_than_there_are_threads() -> None:
    pool, gate = ThreadPool("test", threads=2, waiting=10), Gate()
    asked = [asyncio.ensure_future(pool.run(f"10.0.0.{n}", gate.work(str(n)))) for n in range(5)]
    await until(lambda: len(gate.begun) == 2 and pool.queued == 3)
    await asyncio.sleep(0.1)
    assert (len(gate.begun), pool.running) == (2, 2)
    gate.open.set()
    assert await asyncio.gather(*asked) == ["0", "1", "2", "3", "4"]
    assert (pool.running, pool.queued) == (0, 0)


async def test_the_last_threads_are_not_for_an_address_that_has_the_others() -> None:
    pool, gate = ThreadPool("test", threads=3, waiting=10, reserved=1), Gate()
    many = [asyncio.ensure_future(pool.run("10.0.0.1", gate.work("many"))) for _ in range(4)]
    await until(lambda: pool.queued == 2)
    other = asyncio.ensure_future(pool.run("10.0.0.2", gate.work("other")))
    await until(lambda: "other" in gate.begun)
    gate.open.set()
    await asyncio.gather(*many, other)


async def test_turns_go_round_between_addresses() -> None:
    pool, first, gate = ThreadPool("test", threads=1, waiting=20), Gate(), Gate()
    gate.open.set()
    running = asyncio.ensure_future(pool.run("10.0.0.9", first.work("first")))
    many = [asyncio.ensure_future(pool.run("10.0.0.1", gate.work(f"many {n}"))) for n in range(5)]
    await until(lambda: pool.queued == 5)
    one = asyncio.ensure_future(pool.run("10.0.0.2", gate.work("one")))
    await until(lambda: pool.queued == 6)
    first.open.set()
    await asyncio.gather(running, *many, one)
    assert gate.begun.index("one") == 1


async def test_a_full_queue_refuses_and_one_address_may_fill_only_half_of_it() -> None:
    pool, gate = ThreadPool("test", threads=1, waiting=4), Gate()
    asked = [asyncio.ensure_future(pool.run("10.0.0.1", gate.work("one"))) for _ in range(3)]
    await until(lambda: pool.queued == 2)
    with pytest.raises(PoolFull):
        await pool.run("10.0.0.1", gate.work("one too many"))
    asked += [asyncio.ensure_future(pool.run("10.0.0.2", gate.work("another"))) for _ in range(2)]
    await until(lambda: pool.queued == 4)
    with pytest.raises(PoolFull):
        await pool.run("10.0.0.3", gate.work("the queue is full"))
    gate.open.set()
    await asyncio.gather(*asked)


async def test_nobody_waits_longer_than_the_limit() -> None:
    pool, gate = ThreadPool("test", threads=1, waiting=4, max_wait=0.1), Gate()
    running = asyncio.ensure_future(pool.run("10.0.0.1", gate.work("long")))
    await until(lambda: gate.begun == ["long"])
    async with asyncio.timeout(3):
        with pytest.raises(PoolFull):
            await pool.run("10.0.0.1", gate.work("late"))
    assert pool.queued == 0
    gate.open.set()
    await running
    assert gate.begun == ["long"]


async def test_who_leaves_the_queue_takes_no_turn() -> None:
    pool, gate = ThreadPool("test", threads=1, waiting=4), Gate()
    asked = [asyncio.ensure_future(pool.run("10.0.0.1", gate.work(str(n)))) for n in range(3)]
    await until(lambda: pool.queued == 2)
    asked[1].cancel()
    await until(lambda: pool.queued == 1)
    gate.open.set()
    assert await asyncio.gather(asked[0], asked[2]) == ["0", "2"]
    assert (gate.begun, pool.running) == (["0", "2"], 0)


async def test_a_thread_given_to_a_request_that_just_gave_up_goes_to_the_next() -> None:
    pool, gate = ThreadPool("test", threads=1, waiting=4), Gate()
    asked = [asyncio.ensure_future(pool.run("10.0.0.1", gate.work(str(n)))) for n in range(3)]
    await until(lambda: pool.queued == 2)
    turn = pool._queues["10.0.0.1"][0]
    gate.open.set()
    while not turn.done():  # noqa: ASYNC110 - each step of the loop counts
        await asyncio.sleep(0)
    asked[1].cancel()
    async with asyncio.timeout(3):
        assert await asked[2] == "2"
    await asyncio.gather(*asked, return_exceptions=True)
    assert (asked[1].cancelled(), gate.begun, pool.running) == (True, ["0", "2"], 0)


async def test_work_whose_client_has_gone_keeps_its_thread_until_it_ends() -> None:
    pool, gate = ThreadPool("test", threads=1, waiting=4), Gate()
    gone = asyncio.ensure_future(pool.run("10.0.0.1", gate.work("gone")))
    await until(lambda: gate.begun == ["gone"])
    gone.cancel()
    waiting = asyncio.ensure_future(pool.run("10.0.0.2", gate.work("next")))
    await asyncio.sleep(0.1)
    assert (gate.begun, pool.running, pool.queued) == (["gone"], 1, 1)
    gate.open.set()
    assert await waiting == "next"
    assert pool.running == 0
