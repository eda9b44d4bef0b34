"""A locked room, the waiting room's switch in the room, and admitting a company."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings import access, running
from meetings.models import Meeting
from rooms import locking
from rooms.models import Participant, Presence, Room
from rooms.refusals import UnableToJoin
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, Join, guest_of
from tests.rooms.people import say_hello
from tests.rooms.server import Server
from tests.rooms.test_admission import join as join_now
from tests.rooms.test_admission import seat as seat_in

NOW = factories.NOW


@IN_ONE_FORM
async def test_nobody_new_gets_into_a_locked_room_and_who_is_inside_reconnects(
    live_webinar: Meeting, join: Join, server: Server
) -> None:
    inside, outside = [await sync_to_async(guest_of)(live_webinar) for _each in range(2)]
    host = await join(live_webinar, live_webinar.host)
    guest = await join(live_webinar, inside.person, seat=inside)
    assert (await guest.asks("room.lock"))["error"] == "not_allowed"
    for _twice in range(2):
        await host.does("room.lock")
    assert (await guest.receives("room.locked", on=True))["by"]["id"] == host.id
    assert len(host.all("room.locked")) == 1
    refused = await say_hello(server, live_webinar, outside.person, seat=outside)
    assert await refused.closed_with() == 4423
    assert not await Participant.objects.filter(person=outside.person).aexists()
    await guest.close()
    again = await join(live_webinar, inside.person, seat=inside)
    assert again.welcome["room"]["locked"] is True
    co_host = await sync_to_async(factories.person)()
    await sync_to_async(factories.role)(live_webinar, co_host, "co_host")
    await join(live_webinar, co_host)
    await host.does("room.unlock")
    await again.receives("room.locked", on=False)
    assert (await join(live_webinar, outside.person, seat=outside)).welcome["room"]["locked"] is False


@IN_ONE_FORM
async def test_who_waits_is_let_in_by_a_host_alone_while_the_room_is_locked(
    live_webinar: Meeting, join: Join
) -> None:
    await Meeting.objects.filter(pk=live_webinar.pk).aupdate(lobby=True)
    host = await join(live_webinar, live_webinar.host)
    first, second = await join(live_webinar), await join(live_webinar)
    await host.does("room.lock")
    await host.does("lobby.set", on=False)
    await first.receives("meeting.waiting_room", on=False)
    await host.does("lobby.admit", person=first.id)
    await first.receives("admitted")
    assert not second.all("admitted")
    await host.does("room.unlock")
    await second.receives("admitted")


@IN_ONE_FORM
async def test_hosts_switch_the_waiting_room_in_the_room(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    assert (await guest.asks("lobby.set", on=True))["error"] == "not_allowed"
    assert (await host.asks("lobby.set", on="yes"))["error"] == "bad_field"
    await host.does("lobby.set", on=True)
    await guest.receives("meeting.waiting_room", on=True)
    waiting = await join(live_webinar)
    assert waiting.welcome["you"]["admission"] == "waiting"
    await host.does("lobby.set", on=False)
    await waiting.receives("admitted")
    await host.does("meeting.end")
    await guest.receives("meeting.ended")
    assert (await host.asks("lobby.set", on=True))["error"] == "not_now"
    assert (await host.asks("room.lock"))["error"] == "not_now"


@IN_ONE_FORM
async def test_the_people_of_a_company_are_admitted_together(live_webinar: Meeting, join: Join) -> None:
    await Meeting.objects.filter(pk=live_webinar.pk).aupdate(lobby=True)
    host = await join(live_webinar, live_webinar.host)
    clients = []
    for company in ("Vilnia Heat", "Vilnia Heat", "Baltic Wind"):
        seat = await sync_to_async(guest_of)(live_webinar, company_name=company)
        clients.append(await join(live_webinar, seat.person, seat=seat))
    assert (await host.asks("lobby.admit", company="Vilnia Heat", all=True))["error"] == "bad_field"
    assert (await host.asks("lobby.admit", company="Nobody"))["error"] == "not_found"
    admitted = (await host.does("lobby.admit", company="Vilnia Heat"))["people"]
    assert sorted(admitted) == sorted(each.id for each in clients[:2])
    for each in clients[:2]:
        await each.receives("admitted")
    assert not clients[2].all("admitted")


@pytest.mark.django_db
def test_the_end_of_the_meeting_unlocks_its_room() -> None:
    meeting = factories.meeting(state=Meeting.State.LIVE, started_at=NOW)
    assert locking.set_locked(room_id=meeting.room_id, on=True, now=NOW)
    running.end_meeting(meeting=meeting, now=NOW)
    assert Room.objects.get(pk=meeting.room_id).locked_at is None


@pytest.mark.django_db
@pytest.mark.parametrize(("left", "enters"), [(None, True), (9, True), (11, False), (-5, True)])
def test_who_had_left_ten_minutes_before_the_locking_is_new(left: int | None, enters: bool) -> None:
    here = seat_in()
    join_now(here)
    left_at = None if left is None else NOW - timedelta(minutes=left)
    Presence.objects.update(joined_at=NOW - timedelta(hours=1), left_at=left_at)
    locking.set_locked(room_id=here.meeting.room_id, on=True, now=NOW)
    if enters:
        assert join_now(here, "c2").is_admitted
    else:
        with pytest.raises(UnableToJoin, match="locked"):
            join_now(here, "c2")


@pytest.mark.django_db
def test_the_page_and_the_ticket_say_that_the_room_is_locked() -> None:
    here = seat_in()
    locking.set_locked(room_id=here.meeting.room_id, on=True, now=timezone.now())
    client = Client()
    session = client.session
    session[access.SESSION_REGISTRATIONS] = [here.pk]
    session.save()
    page = client.get(reverse("room", args=[here.meeting.room_id]))
    assert (page.status_code, "room-page" in page.content.decode()) == (403, False)
    assert "The room is locked" in page.content.decode()
    problem = client.post(reverse("room_ticket", args=[here.meeting.room_id]))
    assert (problem.status_code, problem.json()["locked"], problem.json()["removed"]) == (403, True, False)
