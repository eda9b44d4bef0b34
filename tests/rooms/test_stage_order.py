"""The order of the people on stage: chosen by hosts, the same for everybody, and a new one comes last."""

import asyncio

from asgiref.sync import sync_to_async

from meetings.models import Meeting, MeetingRole
from rooms.models import Room
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, Join
from tests.rooms.people import RoomClient, closing, enter
from tests.rooms.server import Server


async def speakers_of(meeting: Meeting, join: Join, count: int) -> list[RoomClient]:
    found = []
    for _ in range(count):
        person = await sync_to_async(factories.person)()
        await sync_to_async(MeetingRole.objects.create)(meeting=meeting, person=person, role="speaker")
        found.append(await join(meeting, person))
    return found


async def order_of(client: RoomClient, *people: RoomClient) -> None:
    wanted = [each.id for each in people]
    await client.until(lambda: wanted in [each["people"] for each in client.all("stage.ordered")])


async def test_hosts_put_people_in_an_order_that_everybody_sees(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    one, two, three = await speakers_of(live_webinar, join, 3)
    await host.does("stage.move", person=three.id, place=0)
    for client in (host, guest, one):
        await order_of(client, three, host, one, two)
    await host.does("stage.move", person=one.id, place=99)
    await order_of(guest, three, host, two, one)
    await host.does("stage.move", person=one.id, place=3)  # is there already
    assert len(guest.all("stage.ordered")) == 2
    late = await join(live_webinar)
    assert late.welcome["snapshot"]["stage_order"] == [each.id for each in (three, host, two, one)]


async def test_a_new_one_comes_last_and_who_leaves_the_stage_is_out_of_it(
    live_webinar: Meeting, join: Join
) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    (one,) = await speakers_of(live_webinar, join, 1)
    await host.does("stage.move", person=one.id, place=0)
    await host.does("stage.invite", person=guest.id)
    await guest.receives("stage.joined")
    late = await join(live_webinar)
    assert late.welcome["snapshot"]["stage_order"] == [one.id, host.id, guest.id]
    await host.does("stage.remove", person=one.id)
    await host.does("stage.invite", person=one.id)
    again = await join(live_webinar)
    assert again.welcome["snapshot"]["stage_order"] == [host.id, guest.id, one.id]
    stored = (await Room.objects.aget(pk=live_webinar.room_id)).stage_order
    assert [f"p{each}" for each in stored] == [host.id, guest.id, one.id]


@IN_ONE_FORM
async def test_without_an_order_nothing_is_stored(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    await host.does("stage.invite", person=guest.id)
    await host.does("stage.remove", person=guest.id)
    assert (await Room.objects.aget(pk=live_webinar.room_id)).stage_order == []


async def test_who_comes_back_after_a_break_has_their_place(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    one, two, three = await speakers_of(live_webinar, join, 3)
    await host.does("stage.move", person=one.id, place=0)
    await host.receives("presence", count=4)
    await one.close()
    await host.until(lambda: host.all("presence")[-1]["count"] == 3)
    await host.does("stage.move", person=three.id, place=1)  # among those who are there
    await order_of(host, one, host, three, two)


async def test_what_is_wrong_is_refused(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    (speaker,) = await speakers_of(live_webinar, join, 1)
    for client in (guest, speaker):
        assert (await client.asks("stage.move", person=speaker.id, place=0))["error"] == "not_allowed"
    assert (await host.asks("stage.move", person=guest.id, place=0))["error"] == "not_now"
    assert (await host.asks("stage.move", person="p999999", place=0))["error"] == "not_found"
    for place in (-1, 1001, "first", None):
        assert (await host.asks("stage.move", person=speaker.id, place=place))["error"] == "bad_field"
    assert (await host.asks("stage.move", place=0))["error"] == "bad_field"
    await host.does("meeting.end")
    assert (await host.asks("stage.move", person=speaker.id, place=0))["error"] == "not_now"


@IN_ONE_FORM
async def test_a_flood_is_refused(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    (speaker,) = await speakers_of(live_webinar, join, 1)
    answers = await asyncio.gather(
        *(host.asks("stage.move", person=speaker.id, place=0) for _turn in range(60))
    )
    assert "too_fast" in {each.get("error") for each in answers}


async def test_both_processes_have_the_order(
    live_webinar: Meeting, two_servers: tuple[Server, Server]
) -> None:
    first, second = two_servers
    host = await enter(first, live_webinar, live_webinar.host)
    person = await sync_to_async(factories.person)()
    await sync_to_async(MeetingRole.objects.create)(meeting=live_webinar, person=person, role="co_host")
    other = await enter(second, live_webinar, person)
    async with closing(host, other):
        for client in (host, other):
            await client.receives("presence", count=2)
        await host.does("stage.move", person=other.id, place=0)
        for client in (host, other):
            await order_of(client, other, host)
        await other.does("stage.move", person=host.id, place=0)
        for client in (host, other):
            await order_of(client, host, other)
