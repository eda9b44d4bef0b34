"""A web process is killed while people react to a message: what was acknowledged is there, once, and is counted."""

import asyncio
import contextlib
from collections.abc import Callable

from asgiref.sync import sync_to_async

from engagement.models import MessageReaction, ReactionTotal
from meetings.models import Meeting
from rooms.admission import public_id
from tests.rooms.conftest import guest_of, live_webinar, own_server  # noqa: F401 - fixtures
from tests.rooms.people import RoomClient, enter
from tests.rooms.server import Server


async def test_acknowledged_reactions_survive_a_kill(
    live_webinar: Meeting,  # noqa: F811 - a fixture
    own_server: Callable[..., Server],  # noqa: F811 - a fixture
) -> None:
    server = await sync_to_async(own_server)()
    seats = [await sync_to_async(guest_of)(live_webinar) for _ in range(20)]
    guests = [await enter(server, live_webinar, seat.person, seat=seat) for seat in seats]
    message = (await guests[0].does("chat.send", text="Before the storm"))["message"]
    for guest in guests:
        await guest.receives("chat.message", id=message)
    reacted: set[tuple[str, str]] = set()
    some_reacted = asyncio.Event()

    async def storm(guest: RoomClient) -> None:
        with contextlib.suppress(Exception):
            for reaction in ("heart", "applause", "laugh"):
                await guest.does("chat.react", message=message, reaction=reaction)
                reacted.add((guest.id, reaction))
                if len(reacted) == 25:
                    some_reacted.set()

    work = [asyncio.create_task(storm(guest)) for guest in guests]
    await some_reacted.wait()
    server.kill()
    for guest in guests:
        await guest.close()
    await asyncio.gather(*work)

    again = await sync_to_async(own_server)()
    back = await enter(again, live_webinar, seats[0].person, seat=seats[0])
    await back.close()
    rows = MessageReaction.objects.values_list("participant", "reaction")
    stored = [(public_id(participant), reaction) async for participant, reaction in rows]
    assert reacted <= set(stored)
    assert len(stored) == len(set(stored))
    counts = (await ReactionTotal.objects.aget()).counts
    assert sum(counts.values()) == len(stored)
    (shown,) = back.welcome["snapshot"]["messages"]
    assert shown["reactions"]["counts"] == counts
    mine = {reaction for person, reaction in stored if person == back.id}
    assert set(back.welcome["own"]["own_reactions"]) == mine
