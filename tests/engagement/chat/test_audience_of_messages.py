"""Messages to the hosts and to one person: who gets them, live, afterwards and in pages, and who may write them."""

import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from meetings.models import Meeting, MeetingRole
from rooms.models import RoomEvent
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, Join, guest_of
from tests.rooms.people import RoomClient, closing, enter
from tests.rooms.server import Server

PRIVATE = "between the two of us"
TO_HOSTS = "for the hosts alone"


async def co_host_of(meeting: Meeting, join: Join) -> RoomClient:
    person = await sync_to_async(factories.person)()
    await sync_to_async(MeetingRole.objects.create)(
        meeting=meeting, person=person, role=MeetingRole.Role.CO_HOST
    )
    return await join(meeting, person)


async def texts_seen(client: RoomClient) -> set[str]:
    """In events, in what they missed, in a page and in a search."""
    page = await client.does("chat.list", before=999)
    found = await client.does("chat.search", query="the")
    missed = (await client.does("since", seq=0))["missed"]
    live = [each for each in client.events if each["ev"] == "chat.message"]
    pages = [{each["text"] for each in page["messages"]}, {each["text"] for each in found["messages"]}]
    assert pages[0] == pages[1] == {each["text"] for each in missed if each["ev"] == "chat.message"}
    assert {each["text"] for each in live} <= pages[0]
    return pages[0]


def texts_of_joining(client: RoomClient) -> set[str]:
    shown = [*client.welcome["snapshot"]["messages"], *client.welcome["own"]["own_messages"]]
    return {each["text"] for each in shown}


@IN_ONE_FORM
async def test_each_sees_what_is_for_them(live_webinar: Meeting, join: Join) -> None:
    host, author, other = (
        await join(live_webinar, live_webinar.host),
        await join(live_webinar),
        await join(live_webinar),
    )
    co_host = await co_host_of(live_webinar, join)
    await host.does("chat.configure", private="everybody")
    await author.receives("chat.configured")
    await author.does("chat.send", text=PRIVATE, to=other.id)
    await author.does("chat.send", text=TO_HOSTS, to="hosts")
    await author.does("chat.send", text="for all of the room")
    for client in (host, co_host, author, other):
        await client.receives("chat.message", text="for all of the room")
    everybody = {"for all of the room"}
    assert await texts_seen(host) == await texts_seen(co_host) == {TO_HOSTS, *everybody}
    assert await texts_seen(author) == {PRIVATE, TO_HOSTS, *everybody}
    assert await texts_seen(other) == {PRIVATE, *everybody}
    assert author.all("chat.message", text=PRIVATE)[0]["to"]["id"] == other.id
    assert author.all("chat.message", text=TO_HOSTS)[0]["to"] == "hosts"
    assert "to" not in author.all("chat.message", text="for all of the room")[0]


@IN_ONE_FORM
async def test_whoever_joins_gets_the_same(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    seat = await sync_to_async(guest_of)(live_webinar)
    author = await join(live_webinar, seat.person, seat=seat)
    await author.does("chat.send", text=PRIVATE, to=host.id)
    await author.does("chat.send", text=TO_HOSTS, to="hosts")
    await author.does("chat.send", text="for all")
    again, new = await join(live_webinar, seat.person, seat=seat), await join(live_webinar)
    assert texts_of_joining(await co_host_of(live_webinar, join)) == {TO_HOSTS, "for all"}
    assert texts_of_joining(again) == {PRIVATE, TO_HOSTS, "for all"}
    assert texts_of_joining(new) == {"for all"}
    assert PRIVATE not in json.dumps(new.events)


async def test_two_processes_show_a_private_message_to_two_people(
    live_webinar: Meeting, two_servers: tuple[Server, Server]
) -> None:
    seats = [await sync_to_async(guest_of)(live_webinar) for _server in range(3)]
    host = await enter(two_servers[0], live_webinar, live_webinar.host)
    clients = [
        await enter(two_servers[place % 2], live_webinar, seat.person, seat=seat)
        for place, seat in enumerate(seats)
    ]
    async with closing(host, *clients):
        await host.does("chat.configure", private="everybody")
        author, named, other = clients
        await author.receives("chat.configured")
        await author.does("chat.send", text=PRIVATE, to=named.id)
        await named.receives("chat.message", text=PRIVATE)
        for client in (host, other):
            await client.receives("withheld")
            assert not client.all("chat.message")


@pytest.mark.parametrize(
    ("private", "to_attendee", "to_host"),
    [("everybody", None, None), ("hosts", "not_allowed", None), ("nobody", "not_allowed", "not_allowed")],
)
@IN_ONE_FORM
async def test_who_may_write_to_one_person(
    live_webinar: Meeting, join: Join, private: str, to_attendee: str | None, to_host: str | None
) -> None:
    host, author, other = (
        await join(live_webinar, live_webinar.host),
        await join(live_webinar),
        await join(live_webinar),
    )
    await host.does("chat.configure", slow_seconds=10, private=private)
    await host.does("chat.configure", slow_seconds=0)
    await author.until(lambda: author.all("chat.configured")[1:])
    for receiver, error in ((other, to_attendee), (host, to_host)):
        assert (await author.asks("chat.send", text="hello", to=receiver.id)).get("error") == error
    answer = await host.asks("chat.send", text="hello", to=author.id)
    assert answer.get("error") == ("not_allowed" if private == "nobody" else None)


@pytest.mark.parametrize(
    ("to", "error"), [("p999999", "not_found"), ("me", "not_found"), ("P1", "bad_field"), (7, "bad_field")]
)
@IN_ONE_FORM
async def test_somebody_who_is_not_there_gets_nothing(
    live_webinar: Meeting, join: Join, to: Any, error: str
) -> None:
    guest = await join(live_webinar)
    assert (await guest.asks("chat.send", text="hello", to=to))["error"] == error
    assert (await guest.asks("chat.send", text="hello", to=guest.id))["error"] == "not_found"
    assert not await RoomEvent.objects.filter(room=live_webinar.room).aexists()


@IN_ONE_FORM
async def test_a_host_can_neither_delete_nor_pin_nor_answer_a_private_message_of_others(
    live_webinar: Meeting, join: Join
) -> None:
    host, author, other = (
        await join(live_webinar, live_webinar.host),
        await join(live_webinar),
        await join(live_webinar),
    )
    await host.does("chat.configure", private="everybody")
    await author.receives("chat.configured")
    message = (await author.does("chat.send", text=PRIVATE, to=other.id))["message"]
    for command in ("chat.delete", "chat.pin", "chat.approve"):
        assert (await host.asks(command, message=message))["error"] == "not_found"
    assert (await host.asks("chat.send", text="yes", reply_to=message))["error"] == "not_found"
    await author.does("chat.delete", message=message)
    await other.receives("chat.deleted", message=message)
    assert not host.all("chat.deleted")


@IN_ONE_FORM
async def test_a_flood_between_two_leaves_others_the_earlier_messages(
    live_webinar: Meeting, join: Join
) -> None:
    host = await join(live_webinar, live_webinar.host)
    guest = await join(live_webinar)
    await guest.does("chat.send", text="for all")
    await sync_to_async(flood)(live_webinar, guest.id, host.id)
    await guest.receives("chat.message", text="199")
    new = await join(live_webinar)
    snapshot = new.welcome["snapshot"]
    assert (snapshot["messages"], snapshot["earlier"]) == ([], True)
    assert [each["text"] for each in (await new.does("chat.list", before=999))["messages"]] == ["for all"]


def flood(meeting: Meeting, author: str, receiver: str) -> None:
    from django.utils import timezone

    from engagement.chat.saying import PendingMessage, write_messages
    from rooms.messages import PersonRef

    sender, to = PersonRef(id=author, name="x"), PersonRef(id=receiver, name="y")
    sent = [PendingMessage(meeting.room_id, str(each), sender, meeting.host_id, to=to) for each in range(200)]
    write_messages(sent, timezone.now())
