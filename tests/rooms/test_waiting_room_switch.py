"""The waiting room is turned on and off while the meeting is live; a role given or taken back counts at once."""

from asgiref.sync import sync_to_async
from django.utils import timezone

from meetings import appointing, running
from meetings.access import Visitor
from meetings.models import Meeting
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, Join

pytestmark = IN_ONE_FORM


async def set_waiting_room(meeting: Meeting, *, on: bool) -> None:
    flow = sync_to_async(running.set_waiting_room)
    await flow(meeting=meeting, on=on, by=Visitor(meeting.host), now=timezone.now())


async def test_who_comes_after_it_is_turned_on_waits_until_it_is_turned_off(
    live_webinar: Meeting, join: Join
) -> None:
    host, inside = await join(live_webinar, live_webinar.host), await join(live_webinar)
    assert inside.welcome["you"]["admission"] == "admitted"
    await set_waiting_room(live_webinar, on=True)
    for person in (host, inside):
        await person.receives("meeting.waiting_room", meeting=live_webinar.pk, on=True)
    late = await join(live_webinar)
    assert late.welcome["you"]["admission"] == "waiting"
    assert late.welcome["room"]["lobby"]
    await set_waiting_room(live_webinar, on=False)
    await late.receives("meeting.waiting_room", on=False)
    await late.receives("admitted")
    assert (await join(live_webinar)).welcome["you"]["admission"] == "admitted"
    assert not inside.all("admitted")


async def test_a_co_host_has_the_rights_at_once_and_loses_them_at_once(
    live_webinar: Meeting, join: Join
) -> None:
    person = await sync_to_async(factories.member)()
    seat = await sync_to_async(factories.registration)(meeting=live_webinar, person=person)
    client = await join(live_webinar, person, seat=seat)
    given = {"meeting": live_webinar, "person": person, "by": Visitor(live_webinar.host)}
    await sync_to_async(appointing.appoint)(**given, role="co_host", now=timezone.now())
    await client.until(lambda: [one for one in client.all("you") if one["you"]["role"] == "co_host"])
    await client.does("meeting.extend", minutes=15)
    await sync_to_async(appointing.dismiss)(**given, now=timezone.now())
    await client.until(lambda: client.all("you")[-1]["you"]["role"] == "attendee")
    assert (await client.asks("meeting.extend", minutes=15))["error"] == "not_allowed"
