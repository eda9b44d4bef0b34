"""A web process killed with SIGKILL while hosts go through the agenda: what was acknowledged is there, once."""

from collections.abc import Callable

from asgiref.sync import sync_to_async

from engagement.agenda.describing import items_of
from meetings.models import Meeting
from rooms.models import RoomEvent
from tests import factories
from tests.faults.test_votes import answered
from tests.rooms.conftest import live_webinar, own_server
from tests.rooms.people import closing, enter
from tests.rooms.server import Server

__all__ = ["live_webinar", "own_server"]  # fixtures


async def test_a_process_killed_while_the_agenda_goes_on_loses_no_acknowledged_item(
    live_webinar: Meeting, own_server: Callable[..., Server]
) -> None:
    server = await sync_to_async(own_server)()
    items = [(await sync_to_async(factories.agenda_item)(live_webinar)).pk for _ in range(9)]
    host = await enter(server, live_webinar, live_webinar.host)
    async with closing(host):
        numbers = {item: await host.sends("agenda.goto", item=item) for item in items}
        await host.until(lambda: host.answers.get(numbers[items[2]]))
        await sync_to_async(server.kill)()
        replies = {item: await answered(host, number) for item, number in numbers.items()}
    acknowledged = [item for item, reply in replies.items() if reply and reply.get("ok")]
    assert acknowledged
    events = RoomEvent.objects.filter(room=live_webinar.room, ev="agenda.moved").order_by("seq")
    moved = [event.payload["item"] async for event in events]
    assert moved[: len(acknowledged)] == acknowledged
    assert len(set(moved)) == len(moved)
    stored = [item async for item in items_of(live_webinar.pk)]
    assert [item.pk for item in stored if item.is_current] == [moved[-1]]
    assert [item.pk for item in stored if item.ended_at] == moved[:-1]
    await sync_to_async(server.start)()
    again = await enter(server, live_webinar, live_webinar.host)
    async with closing(again):
        shown = again.welcome["snapshot"]["agenda"]
        assert [item["id"] for item in shown if item["started_at"] and not item["ended_at"]] == [moved[-1]]


async def test_a_process_killed_while_the_agenda_is_edited_loses_no_acknowledged_item(
    live_webinar: Meeting, own_server: Callable[..., Server]
) -> None:
    server = await sync_to_async(own_server)()
    host = await enter(server, live_webinar, live_webinar.host)
    async with closing(host):
        contents = [{"title": {"en": f"Item {number}"}, "minutes": 5} for number in range(9)]
        numbers = [await host.sends("agenda.add", content=content) for content in contents]
        await host.until(lambda: host.answers.get(numbers[2]))
        await sync_to_async(server.kill)()
        replies = [await answered(host, number) for number in numbers]
    acknowledged = [reply["item"] for reply in replies if reply and reply.get("ok")]
    assert acknowledged
    stored = [item.pk async for item in items_of(live_webinar.pk)]
    assert stored[: len(acknowledged)] == acknowledged
    assert await RoomEvent.objects.filter(room=live_webinar.room, ev="agenda.changed").acount() == len(stored)
    await sync_to_async(server.start)()
    again = await enter(server, live_webinar, live_webinar.host)
    async with closing(again):
        assert [item["id"] for item in again.welcome["snapshot"]["agenda"]] == stored
