"""The floor, the spotlight, and the host who goes."""

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from companies.models import Person
from meetings import access, appointing
from meetings.access import Visitor
from meetings.models import Meeting, MeetingRole
from meetings.stage_roles import UnableToAppoint
from rooms.models import Room
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, Join
from tests.rooms.test_roles_in_the_room import has_role, member_in

# ---- the host goes ---------------------------------------------------------------------------------------------


@IN_ONE_FORM
async def test_a_host_hands_over_goes_and_comes_back_as_a_co_host(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    client, seat = await member_in(live_webinar, join)
    await host.does("meeting.hand_over", person=client.id)
    await has_role(client, "host")
    await has_role(host, "co_host")
    again = await host.asks("meeting.hand_over", person=host.id)
    assert again["error"] == "not_allowed"
    await host.close()
    await client.does("meeting.extend", minutes=15)
    assert (await join(live_webinar, live_webinar.host)).welcome["you"]["role"] == "co_host"
    await live_webinar.arefresh_from_db()
    assert live_webinar.host_id == seat.person_id
    await client.does("meeting.end")


@IN_ONE_FORM
async def test_while_the_host_is_gone_a_co_host_has_every_right_and_nothing_ends(
    live_webinar: Meeting, join: Join
) -> None:
    host = await join(live_webinar, live_webinar.host)
    person = await sync_to_async(factories.person)()
    await sync_to_async(factories.role)(live_webinar, person, "co_host")
    co_host, guest = await join(live_webinar, person), await join(live_webinar)
    rights = set(host.welcome["you"]["may"])
    await host.close()
    await co_host.until(lambda: co_host.all("presence") and co_host.all("presence")[-1]["count"] == 2)
    assert set(co_host.welcome["you"]["may"]) == rights
    await guest.does("chat.send", text="Are you there?")
    await co_host.does("stage.invite", person=guest.id)
    await co_host.does("room.lock")
    assert (await join(live_webinar, live_webinar.host)).welcome["you"]["role"] == "host"


@IN_ONE_FORM
async def test_who_cannot_host_is_not_made_the_host(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    assert (await guest.asks("meeting.hand_over", person=guest.id))["error"] == "not_allowed"
    for person, code in ((guest.id, "not_now"), (host.id, "not_now"), ("p999999", "not_found")):
        assert (await host.asks("meeting.hand_over", person=person))["error"] == code


@pytest.mark.django_db
def test_a_co_host_hands_nothing_over_and_the_secretariat_may() -> None:
    meeting = factories.meeting(state=Meeting.State.LIVE, started_at=timezone.now())
    before, co_host, new = meeting.host, factories.member(), factories.member()
    factories.role(meeting, co_host, "co_host")
    factories.role(meeting, new)
    given = {"meeting": meeting, "person": new, "now": timezone.now()}
    with pytest.raises(access.NotAllowed):
        appointing.hand_over(**given, by=Visitor(co_host))
    secretariat = factories.person(is_secretariat=True)
    appointing.hand_over(**given, by=Visitor(secretariat))
    meeting.refresh_from_db()
    assert meeting.host == new
    roles = dict(MeetingRole.objects.filter(meeting=meeting).values_list("person_id", "role"))
    assert roles == {co_host.pk: "co_host", before.pk: "co_host"}
    with pytest.raises(UnableToAppoint, match="already the host"):
        appointing.hand_over(**given, by=Visitor(secretariat))
    Person.objects.filter(pk=co_host.pk).update(is_active=False)
    with pytest.raises(UnableToAppoint, match="closed"):
        appointing.hand_over(**{**given, "person": co_host}, by=Visitor(secretariat))


# ---- the floor -------------------------------------------------------------------------------------------------


async def test_the_floor_is_given_to_one_who_is_asked_to_speak(live_webinar: Meeting, join: Join) -> None:
    host, guest, other = (
        await join(live_webinar, live_webinar.host),
        await join(live_webinar),
        await join(live_webinar),
    )
    await guest.does("hand.raise")
    assert (await other.asks("hand.give_floor", person=guest.id))["error"] == "not_allowed"
    assert (await host.asks("hand.give_floor", person="p999999"))["error"] == "not_found"
    await host.does("hand.give_floor", person=guest.id)
    assert (await guest.receives("floor.given"))["by"]["id"] == host.id
    for each in (guest, other):
        await each.receives("hand.lowered")
        await each.receives("stage.joined")
    assert not other.all("floor.given")
    assert not guest.all("person")  # nobody's microphone is turned on from afar
    await guest.does("stage.leave")  # declined
    await host.receives("stage.left")
    await host.does("meeting.end")
    await host.receives("meeting.ended")
    assert (await host.asks("hand.give_floor", person=guest.id))["error"] == "not_now"


@IN_ONE_FORM
async def test_in_a_meeting_the_floor_lowers_the_hand(live_meeting: Meeting, join: Join) -> None:
    host, guest = await join(live_meeting, live_meeting.host), await join(live_meeting)
    await guest.does("hand.raise")
    await host.does("hand.give_floor", person=guest.id)
    await guest.receives("floor.given")
    await host.receives("hand.lowered")
    assert not host.all("stage.joined")


# ---- the spotlight ---------------------------------------------------------------------------------------------


async def test_the_spotlight_is_on_one_who_is_on_stage_until_they_leave_it(
    live_webinar: Meeting, join: Join
) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    assert (await guest.asks("stage.spotlight", person=guest.id))["error"] == "not_allowed"
    assert (await host.asks("stage.spotlight", person=guest.id))["error"] == "not_now"
    assert (await host.asks("stage.spotlight", person="p999999"))["error"] == "not_found"
    assert (await host.asks("stage.spotlight"))["error"] == "bad_field"
    await host.does("stage.invite", person=guest.id)
    await host.does("stage.spotlight", person=guest.id)
    assert (await guest.receives("stage.spotlighted"))["person"]["id"] == guest.id
    assert (await join(live_webinar)).welcome["snapshot"]["spotlight"] == guest.id
    await guest.does("stage.leave")
    await host.receives("stage.left")
    assert (await join(live_webinar)).welcome["snapshot"]["spotlight"] is None
    assert (await Room.objects.aget(pk=live_webinar.room_id)).spotlight_id is None
    await host.does("stage.spotlight", person=host.id)
    await host.does("stage.spotlight", person=None)
    await guest.receives("stage.spotlighted", person=None)
    assert (await join(live_webinar)).welcome["snapshot"]["spotlight"] is None
