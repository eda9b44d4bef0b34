"""Durable events for some people only: the others get the number and nothing else, live, missed and asked for."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction
from django.utils import timezone

from engagement.chat.messages import ChatMessage
from meetings.models import Meeting, MeetingRole
from rooms import journal
from rooms.audience import Audience, audience_of, withheld
from rooms.broadcaster import BatchFrames, Outgoing, Subscriber
from rooms.messages import PersonRef
from rooms.models import RoomEvent
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, Join, guest_of
from tests.rooms.people import closing, enter, eventually
from tests.rooms.server import Server
from tests.rooms.test_broadcaster import MemoryTransport as Transport

SECRET = "for some only"


def write_for(meeting: Meeting, audience: Audience | None, text: str = SECRET) -> int:
    event = ChatMessage(id=0, sender=PersonRef(id="p0", name="x"), text=text, at="")
    with transaction.atomic():
        new = journal.NewEvent(event, audience=audience)
        return journal.write_many(room_id=meeting.room_id, events=[new], now=timezone.now())[0]


async def test_the_others_get_the_number_alone(live_webinar: Meeting, join: Join) -> None:
    host, named, other = (
        await join(live_webinar, live_webinar.host),
        await join(live_webinar),
        await join(live_webinar),
    )
    await sync_to_async(write_for)(live_webinar, audience_of(people=[named.id]))
    await sync_to_async(write_for)(live_webinar, audience_of(hosts=True))
    await sync_to_async(write_for)(live_webinar, None, "for everybody")
    for client in (host, named, other):
        await client.receives("chat.message", text="for everybody", seconds=10)
        assert client.numbers == [1, 2, 3]
    assert [each["seq"] for each in named.all("chat.message", text=SECRET)] == [1]
    assert [each["seq"] for each in host.all("chat.message", text=SECRET)] == [2]
    assert other.all("withheld") == [{"ev": "withheld", "seq": 1}, {"ev": "withheld", "seq": 2}]


async def test_two_processes_withhold_alike(
    live_webinar: Meeting, two_servers: tuple[Server, Server]
) -> None:
    seats = [await sync_to_async(guest_of)(live_webinar) for _server in two_servers]
    clients = [
        await enter(server, live_webinar, seat.person, seat=seat)
        for server, seat in zip(two_servers, seats, strict=True)
    ]
    async with closing(*clients):
        named, other = clients
        await other.does("chat.send", text="first")
        await named.receives("chat.message", text="first")
        await sync_to_async(write_for)(live_webinar, audience_of(people=[named.id]))
        await named.receives("chat.message", text=SECRET)
        assert await other.receives("withheld", seq=2)


@pytest.mark.parametrize("in_memory", [True, False], ids=["from memory", "from the journal"])
async def test_missed_events_are_withheld_too(live_webinar: Meeting, join: Join, in_memory: bool) -> None:
    await sync_to_async(write_for)(live_webinar, audience_of(hosts=True))
    if not in_memory:  # more than the room keeps in memory
        for number in range(310):
            await sync_to_async(write_for)(live_webinar, None, str(number))
    host, guest = await join(live_webinar, live_webinar.host, since=0), await join(live_webinar, since=0)
    assert host.welcome["missed"][0]["text"] == SECRET
    assert guest.welcome["missed"][0] == {"ev": "withheld", "seq": 1}
    assert (await host.does("since", seq=0))["missed"][0]["text"] == SECRET
    assert (await guest.does("since", seq=0))["missed"][0] == {"ev": "withheld", "seq": 1}


@IN_ONE_FORM
async def test_a_new_host_gets_a_snapshot(live_webinar: Meeting, join: Join) -> None:
    colleague = await sync_to_async(factories.person)()
    seat = await sync_to_async(factories.registration)(meeting=live_webinar, person=colleague)
    client = await join(live_webinar, colleague, seat=seat)
    await sync_to_async(MeetingRole.objects.create)(
        meeting=live_webinar, person=colleague, role=MeetingRole.Role.CO_HOST
    )
    snapshot = await client.receives("admitted")
    assert snapshot["you"]["role"] == "co_host"
    await sync_to_async(MeetingRole.objects.filter(meeting=live_webinar).delete)()
    await client.until(lambda: client.all("admitted")[1:] and client.all("admitted")[-1]["you"]["role"])
    assert client.all("admitted")[-1]["you"]["role"] == "attendee"


def test_a_frame_is_built_once_for_all_who_see_the_same() -> None:
    batch = [
        Outgoing(1, b'{"seq":1}'),
        Outgoing(2, b'{"seq":2}', audience=audience_of(people=["p1"])),
    ]
    frames = BatchFrames(batch)
    named, other, third = (
        Subscriber(id=each, person=each, transport=Transport()) for each in ("p1", "p2", "p3")
    )
    assert frames.for_subscriber(named).payload == b'[{"seq":1},{"seq":2}]'
    assert frames.for_subscriber(other).payload == b'[{"seq":1},' + withheld(2) + b"]"
    assert frames.for_subscriber(other) is frames.for_subscriber(third)


def stored_audience(meeting: Meeting) -> Any:
    return list(RoomEvent.objects.filter(room=meeting.room_id).values_list("audience", flat=True))


async def test_the_journal_keeps_who_it_was_for(live_webinar: Meeting) -> None:
    await sync_to_async(write_for)(live_webinar, audience_of(people=["p2", "p1"], hosts=True))
    await sync_to_async(write_for)(live_webinar, None)
    assert await eventually(lambda: stored_audience(live_webinar)) == [
        {"people": ["p1", "p2"], "hosts": True},
        None,
    ]
