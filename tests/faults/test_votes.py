"""A web process killed with SIGKILL while people vote: what was acknowledged is counted, and everything once."""

import asyncio
from collections.abc import Callable
from typing import Any

import websockets
from asgiref.sync import sync_to_async

from engagement.models import Poll, PollOption, PollVoter
from meetings.models import Meeting, Registration
from tests.rooms.conftest import guest_of, live_webinar, own_server
from tests.rooms.people import RoomClient, closing, enter
from tests.rooms.server import Server

__all__ = ["live_webinar", "own_server"]  # fixtures
VOTERS = 60


async def answered(client: RoomClient, number: int) -> dict[str, Any] | None:
    """The reply; None when the process died before it came."""
    while not client.answers.get(number):
        if client.socket.state is not websockets.State.OPEN and client._reader.done():
            return client.answers.get(number)
        await asyncio.sleep(0.01)
    return client.answers[number]


async def test_a_process_killed_while_people_vote_loses_no_acknowledged_vote(
    live_webinar: Meeting, own_server: Callable[..., Server]
) -> None:
    server = await sync_to_async(own_server)()
    host = await enter(server, live_webinar, live_webinar.host)
    poll = (await host.does("poll.create", kind="single", title="Which?", options=["a", "b"]))["poll"]
    await host.does("poll.open", poll=poll)
    seats = [await sync_to_async(guest_of)(live_webinar) for _ in range(VOTERS)]
    clients = [await enter(server, live_webinar, seat.person, seat=seat) for seat in seats]
    async with closing(host, *clients):
        numbers = [await client.sends("poll.vote", poll=poll, choices=[1]) for client in clients[:20]]
        await clients[0].until(lambda: clients[0].answers.get(numbers[0]))
        numbers += [await client.sends("poll.vote", poll=poll, choices=[1]) for client in clients[20:]]
        await sync_to_async(server.kill)()
        replies = [await answered(client, number) for client, number in zip(clients, numbers, strict=True)]
    acknowledged = {
        seat.person_id for seat, reply in zip(seats, replies, strict=True) if reply and reply.get("ok")
    }
    assert acknowledged
    await sync_to_async(check)(poll, acknowledged)
    await sync_to_async(server.start)()
    again = await asyncio.gather(*(vote_again(server, live_webinar, seat, poll) for seat in seats))
    assert {code for code, seat in zip(again, seats, strict=True) if seat.person_id in acknowledged} <= {
        "already_voted"
    }
    await sync_to_async(check)(poll, {seat.person_id for seat in seats})
    assert await PollVoter.objects.acount() == VOTERS


async def vote_again(server: Server, meeting: Meeting, seat: Registration, poll: str) -> str:
    client = await enter(server, meeting, seat.person, seat=seat)
    async with closing(client):
        return str((await client.asks("poll.vote", poll=poll, choices=[1])).get("error", ""))


def check(poll: str, counted: set[int]) -> None:
    """All of these have voted, and the counters say so: each once."""
    voters = set(PollVoter.objects.filter(poll=poll).values_list("person", flat=True))
    assert counted <= voters
    assert Poll.objects.get(pk=poll).voters == len(voters)
    assert sum(PollOption.objects.filter(poll=poll).values_list("votes", flat=True)) == len(voters)
