"""A web process killed with SIGKILL while pages are turned: the page that was acknowledged is on stage after it."""

from collections.abc import Callable

from asgiref.sync import sync_to_async

from engagement.models import Presentation
from meetings.models import Meeting
from rooms.models import RoomEvent
from tests import factories
from tests.faults.test_votes import answered
from tests.rooms.conftest import live_webinar, own_server
from tests.rooms.people import closing, enter
from tests.rooms.server import Server

__all__ = ["live_webinar", "own_server"]  # fixtures


async def test_a_process_killed_while_pages_are_turned_loses_no_acknowledged_page(
    live_webinar: Meeting, own_server: Callable[..., Server]
) -> None:
    server = await sync_to_async(own_server)()
    deck = await sync_to_async(factories.slide_deck)(live_webinar, 15)
    host = await enter(server, live_webinar, live_webinar.host)
    async with closing(host):
        await host.does("slides.show", deck=deck.pk)
        numbers = {page: await host.sends("slides.turn", page=page) for page in range(2, 16)}
        await host.until(lambda: host.answers.get(numbers[4]))
        await sync_to_async(server.kill)()
        replies = {page: await answered(host, number) for page, number in numbers.items()}
    acknowledged = [page for page, reply in replies.items() if reply and reply.get("ok")]
    assert acknowledged
    turned = [
        event.payload["page"]["number"]
        async for event in RoomEvent.objects.filter(room=live_webinar.room, ev="slides.turned").order_by(
            "seq"
        )
    ]
    assert turned[: len(acknowledged)] == acknowledged
    assert len(set(turned)) == len(turned)
    page = (await Presentation.objects.aget(room=live_webinar.room)).page
    assert page == turned[-1]
    await sync_to_async(server.start)()
    again = await enter(server, live_webinar, live_webinar.host)
    async with closing(again):
        assert again.welcome["snapshot"]["slides"]["page"]["number"] == page
