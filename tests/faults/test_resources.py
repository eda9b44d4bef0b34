"""A web process killed with SIGKILL while links are shared: what was acknowledged is there, once."""

from collections.abc import Callable

from asgiref.sync import sync_to_async

from engagement.models import Resource
from meetings.models import Meeting
from rooms.models import RoomEvent
from tests.faults.test_votes import answered
from tests.rooms.conftest import live_webinar, own_server
from tests.rooms.people import closing, enter
from tests.rooms.server import Server

__all__ = ["live_webinar", "own_server"]  # fixtures


async def test_a_process_killed_while_links_are_shared_loses_no_acknowledged_one(
    live_webinar: Meeting, own_server: Callable[..., Server]
) -> None:
    server = await sync_to_async(own_server)()
    host = await enter(server, live_webinar, live_webinar.host)
    async with closing(host):
        numbers = [
            await host.sends("resource.share", title=f"Map {number}", url=f"https://example.org/{number}")
            for number in range(9)
        ]
        await host.until(lambda: host.answers.get(numbers[2]))
        await sync_to_async(server.kill)()
        replies = [await answered(host, number) for number in numbers]
    acknowledged = [reply["resource"] for reply in replies if reply and reply.get("ok")]
    assert acknowledged
    events = RoomEvent.objects.filter(room=live_webinar.room, ev="resource.shared").order_by("seq")
    told = [event.payload["resource"]["id"] async for event in events]
    assert told[: len(acknowledged)] == acknowledged
    stored = Resource.objects.filter(meeting=live_webinar.pk).order_by("shared_at", "pk")
    assert sorted([resource.pk async for resource in stored]) == sorted(told)
    await sync_to_async(server.start)()
    again = await enter(server, live_webinar, live_webinar.host)
    async with closing(again):
        assert sorted(each["id"] for each in again.welcome["snapshot"]["resources"]) == sorted(told)
