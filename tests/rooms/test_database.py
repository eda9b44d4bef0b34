"""Batches of database writes."""

import asyncio

from rooms.database import LARGEST_BATCH, Batch

MIN_INTERVAL = 0.2


async def test_items_added_soon_after_a_write_are_written_together() -> None:
    written: list[list[int]] = []

    def write(items: list[int]) -> list[int]:
        written.append(items)
        return [item * 10 for item in items]

    batch: Batch[int, int] = Batch(write, min_interval=MIN_INTERVAL)
    loop = asyncio.get_running_loop()
    assert await batch.add(1) == 10
    began = loop.time()
    first, *others = [asyncio.create_task(batch.add(number)) for number in (2, 3)]
    await asyncio.sleep(MIN_INTERVAL / 4)
    others.append(asyncio.create_task(batch.add(4)))
    assert await asyncio.gather(first, *others) == [20, 30, 40]
    assert written == [[1], [2, 3, 4]]
    assert loop.time() - began > MIN_INTERVAL / 2


async def test_a_full_batch_does_not_wait() -> None:
    written: list[int] = []

    def write(items: list[int]) -> list[int]:
        written.append(len(items))
        return items

    batch: Batch[int, int] = Batch(write, min_interval=60)
    await batch.add(0)
    adding = [asyncio.create_task(batch.add(number)) for number in range(LARGEST_BATCH // 2)]
    await asyncio.sleep(0.05)
    assert written == [1]
    rest = range(LARGEST_BATCH // 2, 2 * LARGEST_BATCH)
    async with asyncio.timeout(20):
        await asyncio.gather(*adding, *(batch.add(number) for number in rest))
    assert written == [1, LARGEST_BATCH, LARGEST_BATCH]


async def test_the_more_wait_the_sooner_they_are_written() -> None:
    written: list[int] = []

    def write(items: list[int]) -> list[int]:
        written.append(len(items))
        return items

    batch: Batch[int, int] = Batch(write, min_interval=60, many=20)
    await batch.add(0)
    few = [asyncio.create_task(batch.add(number)) for number in range(10)]
    await asyncio.sleep(0.05)
    assert written == [1]
    async with asyncio.timeout(20):
        await asyncio.gather(*few, *(batch.add(number) for number in range(10)))
    assert written == [1, 20]


async def test_a_failure_is_raised_for_each_item_and_the_next_batch_is_written() -> None:
    def write(items: list[str]) -> list[str | Exception]:
        if "all" in items:
            raise OSError
        return [ValueError() if item == "this" else item for item in items]

    batch: Batch[str, str] = Batch(write)
    outcome = await asyncio.gather(*(batch.add(item) for item in ("this", "that")), return_exceptions=True)
    assert [type(each) for each in outcome] == [ValueError, str]
    assert [type(each) for each in await asyncio.gather(batch.add("all"), return_exceptions=True)] == [
        OSError
    ]
    assert await batch.add("that") == "that"
