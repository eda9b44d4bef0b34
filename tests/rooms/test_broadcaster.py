"""Broadcasting, coalescing and back-pressure, with transports in memory."""

import asyncio
import json

from hypothesis import given
from hypothesis import strategies as st

from rooms.broadcaster import COALESCE_FOR, HARD_LIMIT, SOFT_LIMIT, Broadcaster, Outgoing, Subscriber
from rooms.messages import MAX_FRAME
from rooms.transport import Frame
from tests import protocol_coverage


class MemoryTransport:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.unread = 0
        self.code = 0

    def write(self, frame: Frame) -> None:
        self.frames.append(frame)

    def backlog(self) -> int:
        return self.unread

    def close(self, code: int) -> None:
        self.code = code

    @property
    def events(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for frame in self.frames:
            content = json.loads(frame.payload)
            found += content if isinstance(content, list) else [content]
        for event in found:
            protocol_coverage.event(str(event["ev"]))
        return found


def new_subscriber(number: int, **fields: object) -> tuple[Subscriber, MemoryTransport]:
    transport = MemoryTransport()
    return Subscriber(f"c{number}", f"p{number}", transport, awaiting_welcome=False, **fields), transport  # type: ignore[arg-type]


def durable(seq: int) -> Outgoing:
    return Outgoing(seq, b'{"seq":%d,"ev":"chat.message"}' % seq)


PASSING = Outgoing(None, b'{"ev":"presence"}')


async def test_an_idle_room_sends_at_once_and_a_busy_one_gathers() -> None:
    broadcaster, (subscriber, transport) = Broadcaster(), new_subscriber(1)
    broadcaster.add(subscriber)
    for seq in range(1, 6):
        broadcaster.broadcast(durable(seq))
    assert len(transport.frames) == 1
    await asyncio.sleep(COALESCE_FOR * 2)
    assert len(transport.frames) == 2
    assert [event["seq"] for event in transport.events] == [1, 2, 3, 4, 5]
    assert subscriber.seq == 5


async def test_everybody_gets_the_very_same_frame() -> None:
    broadcaster = Broadcaster()
    transports = []
    for number in range(3):
        subscriber, transport = new_subscriber(number)
        broadcaster.add(subscriber)
        transports.append(transport)
    broadcaster.broadcast(durable(1))
    assert transports[0].frames[0] is transports[1].frames[0] is transports[2].frames[0]


async def test_a_slow_client_misses_ephemeral_events_and_gets_resync() -> None:
    broadcaster, (slow, transport) = Broadcaster(), new_subscriber(1)
    broadcaster.add(slow)
    transport.unread = SOFT_LIMIT + 1
    broadcaster.broadcast(PASSING)
    await asyncio.sleep(COALESCE_FOR * 2)
    broadcaster.broadcast(durable(1))
    await asyncio.sleep(COALESCE_FOR * 2)
    assert [event["ev"] for event in transport.events] == ["chat.message"]
    transport.unread = 0
    broadcaster.broadcast(durable(2))
    assert [event["ev"] for event in transport.events] == ["chat.message", "chat.message", "resync"]
    assert transport.events[-1]["seq"] == 2


async def test_a_client_that_does_not_read_is_closed_and_delays_nobody() -> None:
    broadcaster, (stuck, stuck_transport), (well, transport) = (
        Broadcaster(),
        new_subscriber(1),
        new_subscriber(2),
    )
    broadcaster.add(stuck)
    broadcaster.add(well)
    stuck_transport.unread = HARD_LIMIT + 1
    broadcaster.broadcast(durable(1))
    assert stuck_transport.code == 1013
    assert [event["seq"] for event in transport.events] == [1]


async def test_people_who_wait_get_only_events_for_them() -> None:
    broadcaster, (waiting, transport) = Broadcaster(), new_subscriber(1, is_admitted=False)
    broadcaster.add(waiting)
    broadcaster.broadcast(durable(1))
    broadcaster.broadcast(PASSING)
    broadcaster.broadcast(Outgoing(2, b'{"seq":2,"ev":"meeting.started"}', to_waiting=True))
    await asyncio.sleep(COALESCE_FOR * 2)
    assert [event["ev"] for event in transport.events] == ["meeting.started"]


async def test_nobody_gets_an_event_twice() -> None:
    broadcaster, (newcomer, transport) = Broadcaster(), new_subscriber(1, seq=2)
    broadcaster.add(newcomer)
    for seq in range(1, 5):
        broadcaster.broadcast(durable(seq))
    await asyncio.sleep(COALESCE_FOR * 2)
    assert [event["seq"] for event in transport.events] == [3, 4]


async def test_an_array_stays_within_the_size_of_a_frame() -> None:
    broadcaster, (subscriber, transport) = Broadcaster(), new_subscriber(1)
    broadcaster.add(subscriber)
    long = b'{"ev":"chat.message","text":"%s"}' % (b"x" * 8000)
    for _ in range(20):
        broadcaster.broadcast(Outgoing(None, long))
    await asyncio.sleep(COALESCE_FOR * 2)
    assert len(transport.events) == 20
    assert max(len(frame.payload) for frame in transport.frames) <= MAX_FRAME


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
