"""A web process is killed while people ask and upvote: what was acknowledged is there, once."""

import asyncio
import contextlib
from collections.abc import Callable

from asgiref.sync import sync_to_async

from engagement.models import Question, QuestionVote
from meetings.models import Meeting
from tests.rooms.conftest import guest_of, live_webinar, own_server  # noqa: F401 - fixtures
from tests.rooms.people import RoomClient, enter
from tests.rooms.server import Server


async def test_what_was_acknowledged_survives_a_kill(
    live_webinar: Meeting,  # noqa: F811 - a fixture
    own_server: Callable[..., Server],  # noqa: F811 - a fixture
) -> None:
    server = await sync_to_async(own_server)()
    seats = [await sync_to_async(guest_of)(live_webinar) for _ in range(20)]
    guests = [await enter(server, live_webinar, seat.person, seat=seat) for seat in seats]
    question = (await guests[0].does("question.ask", text="Before the storm"))["question"]
    for guest in guests:
        await guest.receives("question.asked", id=question)
    asked: dict[str, str] = {}  # ids by client id
    voted: set[str] = set()
    some_voted = asyncio.Event()

    async def storm(guest: RoomClient, number: int) -> None:
        with contextlib.suppress(Exception):
            key = f"storm-{number:04d}"
            asked[key] = (await guest.does("question.ask", text=f"Question {number}", client_id=key))[
                "question"
            ]
            await guest.does("question.vote", question=question, up=True)
            voted.add(guest.id)
            if len(voted) == 5:
                some_voted.set()

    work = [asyncio.create_task(storm(guest, number)) for number, guest in enumerate(guests)]
    await some_voted.wait()
    server.kill()
    for guest in guests:
        await guest.close()
    await asyncio.gather(*work)

    again = await sync_to_async(own_server)()
    seat = seats[0]
    back = await enter(again, live_webinar, seat.person, seat=seat)
    answer = await back.does("question.ask", text="Question 0", client_id="storm-0000")
    assert answer["question"] == asked.get("storm-0000", answer["question"])
    await back.close()
    stored = {row.client_id: row.pk async for row in Question.objects.exclude(client_id="")}
    assert asked.items() <= stored.items()
    assert await Question.objects.acount() == len(stored) + 1
    row = await Question.objects.aget(pk=question)
    counted = await QuestionVote.objects.filter(question=question).acount()
    assert row.votes == counted >= len(voted)
