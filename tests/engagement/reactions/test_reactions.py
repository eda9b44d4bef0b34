"""Reactions are counted and broadcast once a second, over all processes of a room."""

from meetings.models import Meeting
from rooms.models import RoomEvent
from tests.rooms.conftest import Join


async def test_reactions_are_counted_and_broadcast_together(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    guests = [await join(live_webinar) for _ in range(4)]
    for guest in guests:
        for _ in range(5):
            await guest.sends("reaction.send", reaction="applause")

    def total() -> int:
        return sum(event["counts"]["applause"] for event in host.all("reactions"))

    await host.until(lambda: total() == 20)
    assert len(host.all("reactions")) <= 3
    assert not await RoomEvent.objects.aexists()
