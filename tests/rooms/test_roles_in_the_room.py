"""Hosts give roles to people in the room, and take them back."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from companies.models import Person
from meetings.models import Meeting, MeetingRole, Registration
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, Join, guest_of
from tests.rooms.people import RoomClient

pytestmark = IN_ONE_FORM


LINE = "line-0001"
NOT_FOR_ATTENDEES: dict[str, dict[str, Any]] = {
    "stage.leave": {},
    "media.state": {"microphone": True, "camera": False, "screen": False},
    "slides.list": {},
    "chat.configure": {"on": False},
    "people.appoint": {"person": "p1", "role": "speaker"},
}


def registered_member(meeting: Meeting) -> Registration:
    return factories.registration(meeting=meeting, person=factories.member())


async def member_in(meeting: Meeting, join: Join) -> tuple[RoomClient, Registration]:
    seat = await sync_to_async(registered_member)(meeting)
    return await join(meeting, seat.person, seat=seat), seat


async def has_role(client: RoomClient, role: str) -> dict[str, Any]:
    def newest() -> dict[str, Any] | None:
        told = [each["you"] for each in client.events if "you" in each]
        return told[-1] if told[-1]["role"] == role else None

    found: dict[str, Any] = await client.until(newest)
    return found


async def test_a_co_host_has_the_rights_at_once_and_after_a_break_until_they_are_taken_back(
    live_webinar: Meeting, join: Join
) -> None:
    host = await join(live_webinar, live_webinar.host)
    client, seat = await member_in(live_webinar, join)
    await host.does("people.appoint", person=client.id, role="co_host")
    await has_role(client, "co_host")
    assert (await host.receives("stage.joined"))["person"]["role"] == "co_host"
    await client.does("meeting.extend", minutes=15)
    again = await join(live_webinar, seat.person, seat=seat)
    assert again.welcome["you"]["role"] == "co_host"
    await host.does("people.appoint", person=client.id, role="attendee")
    for each in (client, again):
        await has_role(each, "attendee")
        assert (await each.asks("meeting.extend", minutes=15))["error"] == "not_allowed"
    assert not await MeetingRole.objects.filter(meeting=live_webinar).aexists()


@pytest.mark.parametrize("role", ["speaker", "interpreter"])
async def test_a_guest_with_a_registration_speaks_or_interprets_and_does_not_host(
    live_webinar: Meeting, join: Join, role: str
) -> None:
    seat = await sync_to_async(guest_of)(live_webinar)
    host = await join(live_webinar, live_webinar.host)
    guest = await join(live_webinar, seat.person, seat=seat, signed_in=False)
    refused = await host.asks("people.appoint", person=guest.id, role="co_host")
    assert (refused["error"], refused["detail"]) == ("not_now", "no_account")
    await host.does("people.appoint", person=guest.id, role=role)
    await has_role(guest, role)
    await guest.receives("stage.joined")
    await host.does("people.appoint", person=guest.id, role="attendee")
    await has_role(guest, "attendee")
    await guest.receives("stage.left")
    twice = await host.asks("people.appoint", person=guest.id, role="attendee")
    assert (twice["error"], twice["detail"]) == ("not_now", "no_role")


async def test_a_captioner_writes_captions_and_is_an_attendee_otherwise(
    live_webinar: Meeting, join: Join
) -> None:
    seat = await sync_to_async(guest_of)(live_webinar)
    host, other = await join(live_webinar, live_webinar.host), await join(live_webinar)
    guest = await join(live_webinar, seat.person, seat=seat, signed_in=False)
    assert (await guest.asks("rtt.type", text_id=LINE, version=1, text="early"))["error"] == "not_allowed"
    may_before = set(guest.welcome["you"]["may"])
    await host.does("people.appoint", person=guest.id, role="captioner")
    you = await has_role(guest, "captioner")
    assert set(you["may"]) - may_before == {"rtt.type", "rtt.commit", "rtt.correct"}
    assert not you["on_stage"]
    await guest.does("rtt.type", text_id=LINE, version=1, text="Good morn")
    assert (await other.receives("rtt.typing", text="Good morn"))["person"]["role"] == "captioner"
    await guest.does("rtt.commit", text_id=LINE, text="Good morning.")
    line = await other.receives("rtt.committed", text="Good morning.")
    assert (line["person"]["id"], line["person"]["role"]) == (guest.id, "captioner")
    for do, fields in NOT_FOR_ATTENDEES.items():
        assert (await guest.asks(do, **fields))["error"] == "not_allowed"
    assert not guest.all("stage.joined")
    again = await join(live_webinar, seat.person, seat=seat, signed_in=False)
    assert again.welcome["you"]["role"] == "captioner"
    await host.does("people.appoint", person=guest.id, role="attendee")
    for each in (guest, again):
        await has_role(each, "attendee")
        answer = await each.asks("rtt.commit", text_id="line-0002", text="No more.")
        assert answer["error"] == "not_allowed"


async def test_a_speaker_who_becomes_captioner_leaves_the_stage(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    client, _seat = await member_in(live_webinar, join)
    await host.does("people.appoint", person=client.id, role="speaker")
    await client.receives("stage.joined")
    await host.does("people.appoint", person=client.id, role="captioner")
    await client.receives("stage.left")
    await has_role(client, "captioner")
    await client.does("rtt.commit", text_id=LINE, text="Written from the hall.")


async def test_a_captioner_of_a_webinar_waits_for_its_start_as_attendees_do(
    scheduled_webinar: Meeting, join: Join
) -> None:
    person = await sync_to_async(factories.member)()
    await sync_to_async(factories.role)(scheduled_webinar, person, "captioner")
    host, client = (
        await join(scheduled_webinar, scheduled_webinar.host),
        await join(scheduled_webinar, person),
    )
    assert client.welcome["snapshot"] is None
    assert (await client.asks("rtt.commit", text_id=LINE, text="practice"))["error"] == "not_allowed"
    await host.does("meeting.start")
    await client.receives("admitted")
    await client.does("rtt.commit", text_id=LINE, text="We begin.")


async def test_nobody_else_gives_a_role_and_no_role_is_given_to_who_is_not_there(
    live_webinar: Meeting, join: Join
) -> None:
    host = await join(live_webinar, live_webinar.host)
    client, _seat = await member_in(live_webinar, join)
    assert (await client.asks("people.appoint", person=client.id, role="co_host"))["error"] == "not_allowed"
    refused = {
        "not_found": {"person": "p999999", "role": "speaker"},
        "not_allowed": {"person": host.id, "role": "attendee"},
        "bad_field": {"person": client.id, "role": "host"},
    }
    for code, fields in refused.items():
        assert (await host.asks("people.appoint", **fields))["error"] == code
    await host.does("people.appoint", person=client.id, role="co_host")
    await has_role(client, "co_host")
    to_host = await client.asks("people.appoint", person=host.id, role="speaker")
    assert (to_host["error"], to_host["detail"]) == ("not_now", "host")


async def test_a_role_of_another_rooms_meeting_is_not_touched(live_webinar: Meeting, join: Join) -> None:
    def elsewhere() -> tuple[Meeting, Person]:
        other = factories.meeting(state=Meeting.State.LIVE, started_at=factories.NOW)
        person = factories.member()
        factories.role(other, person, "co_host")
        return other, person

    other, person = await sync_to_async(elsewhere)()
    host, stranger = await join(live_webinar, live_webinar.host), await join(other, person)
    assert (await host.asks("people.appoint", person=stranger.id, role="attendee"))["error"] == "not_found"
    assert await MeetingRole.objects.filter(meeting=other, person=person).aexists()


async def test_hosts_alone_see_the_countries(live_webinar: Meeting, join: Join) -> None:
    def two_guests() -> list[Registration]:
        company = factories.company(country="LT")
        member = factories.member(company=company)
        of_company = factories.registration(meeting=live_webinar, person=member, country="")
        return [guest_of(live_webinar, country="SE"), of_company, guest_of(live_webinar, country="")]

    seats = await sync_to_async(two_guests)()
    clients = [await join(live_webinar, seat.person, seat=seat) for seat in seats]
    host = await join(live_webinar, live_webinar.host)
    countries = (await host.does("people.list"))["countries"]
    assert [countries.get(client.id) for client in clients] == ["SE", "LT", None]
    assert "countries" not in await clients[0].does("people.list")
