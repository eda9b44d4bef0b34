"""Fan-out, coalescing and back-pressure, with sockets that only count."""

import asyncio
import json

from hypothesis import given
from hypothesis import strategies as st

from rooms.broadcaster import GATHER, HARD, SOFT, Fanout, Member, Outgoing
from rooms.messages import MAX_FRAME
from rooms.transport import Frame
from tests import exercised


class Paper:
    """A wire that keeps what is written."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.waits = 0
        self.code = 0

    def write(self, frame: Frame) -> None:
        self.frames.append(frame)

    def backlog(self) -> int:
        return self.waits

    def close(self, code: int) -> None:
        self.code = code

    @property
    def events(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for frame in self.frames:
            content = json.loads(frame.payload)
            found += content if isinstance(content, list) else [content]
        for event in found:
            exercised.event(str(event["ev"]))
        return found


def member(number: int, **fields: object) -> tuple[Member, Paper]:
    paper = Paper()
    return Member(f"c{number}", f"p{number}", paper, is_holding=False, **fields), paper  # type: ignore[arg-type]


def durable(seq: int) -> Outgoing:
    return Outgoing(seq, b'{"seq":%d,"ev":"chat.message"}' % seq)


PASSING = Outgoing(None, b'{"ev":"presence"}')


async def test_an_idle_room_sends_at_once_and_a_busy_one_gathers() -> None:
    fanout, (someone, paper) = Fanout(), member(1)
    fanout.add(someone)
    for seq in range(1, 6):
        fanout.broadcast(durable(seq))
    assert len(paper.frames) == 1
    await asyncio.sleep(GATHER * 2)
    assert len(paper.frames) == 2
    assert [event["seq"] for event in paper.events] == [1, 2, 3, 4, 5]
    assert someone.seq == 5


async def test_everybody_gets_the_very_same_frame() -> None:
    fanout = Fanout()
    papers = []
    for number in range(3):
        someone, paper = member(number)
        fanout.add(someone)
        papers.append(paper)
    fanout.broadcast(durable(1))
    assert papers[0].frames[0] is papers[1].frames[0] is papers[2].frames[0]


async def test_a_slow_reader_misses_what_passes_and_is_told_to_resync() -> None:
    fanout, (slow, paper) = Fanout(), member(1)
    fanout.add(slow)
    paper.waits = SOFT + 1
    fanout.broadcast(PASSING)
    await asyncio.sleep(GATHER * 2)
    fanout.broadcast(durable(1))
    await asyncio.sleep(GATHER * 2)
    assert [event["ev"] for event in paper.events] == ["chat.message"]
    paper.waits = 0
    fanout.broadcast(durable(2))
    assert [event["ev"] for event in paper.events] == ["chat.message", "chat.message", "resync"]
    assert paper.events[-1]["seq"] == 2


async def test_who_does_not_read_at_all_is_cut_off_and_delays_nobody() -> None:
    fanout, (stuck, stuck_paper), (well, paper) = Fanout(), member(1), member(2)
    fanout.add(stuck)
    fanout.add(well)
    stuck_paper.waits = HARD + 1
    fanout.broadcast(durable(1))
    assert stuck_paper.code == 1013
    assert [event["seq"] for event in paper.events] == [1]


async def test_who_waits_hears_only_what_is_for_those_who_wait() -> None:
    fanout, (waiting, paper) = Fanout(), member(1, is_admitted=False)
    fanout.add(waiting)
    fanout.broadcast(durable(1))
    fanout.broadcast(PASSING)
    fanout.broadcast(Outgoing(2, b'{"seq":2,"ev":"meeting.started"}', to_waiting=True))
    await asyncio.sleep(GATHER * 2)
    assert [event["ev"] for event in paper.events] == ["meeting.started"]


async def test_nobody_hears_a_number_twice() -> None:
    fanout, (newcomer, paper) = Fanout(), member(1, seq=2)
    fanout.add(newcomer)
    for seq in range(1, 5):
        fanout.broadcast(durable(seq))
    await asyncio.sleep(GATHER * 2)
    assert [event["seq"] for event in paper.events] == [3, 4]


async def test_an_array_stays_within_the_size_of_a_frame() -> None:
    fanout, (someone, paper) = Fanout(), member(1)
    fanout.add(someone)
    long = b'{"ev":"chat.message","text":"%s"}' % (b"x" * 8000)
    for _ in range(20):
        fanout.broadcast(Outgoing(None, long))
    await asyncio.sleep(GATHER * 2)
    assert len(paper.events) == 20
    assert max(len(frame.payload) for frame in paper.frames) <= MAX_FRAME


@given(st.binary(max_size=70_000))
def test_a_frame_is_what_rfc_6455_says(payload: bytes) -> None:
    framed = Frame(payload).framed
    assert framed[0] == 0x81
    length = framed[1]
    if length == 126:
        head, length = 4, int.from_bytes(framed[2:4], "big")
    elif length == 127:
        head, length = 10, int.from_bytes(framed[2:10], "big")
    else:
        head = 2
    assert (length, framed[head:]) == (len(payload), payload)
