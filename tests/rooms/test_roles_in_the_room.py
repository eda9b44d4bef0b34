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
