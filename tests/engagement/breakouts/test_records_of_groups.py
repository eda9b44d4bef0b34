"""What stays of breakout rooms: presence; and what does not, after a deleted account."""

from asgiref.sync import sync_to_async

from companies import erasing
from engagement.models import BreakoutAssignment
from meetings.models import Meeting
from rooms.models import Presence, Room, RoomEvent
from tests.engagement.breakouts.conftest import Go, opened
from tests.rooms.conftest import IN_ONE_FORM, Join, guest_of
from tests.rooms.people import eventually


@IN_ONE_FORM
async def test_a_deleted_account_leaves_no_trace_in_the_groups(live_webinar: Meeting, join: Join) -> None:
    from django.utils import timezone

    host, seat = await join(live_webinar, live_webinar.host), await sync_to_async(guest_of)(live_webinar)
    guest = await join(live_webinar, seat.person, seat=seat)
    await opened(host, names=("Red",))
    await guest.does("breakout.help")
    await host.does("breakout.announce", text="Words of a host")
    await host.receives("breakout.announced")
    assert await BreakoutAssignment.objects.acount() == 1
    await host.does("meeting.end")
    await host.receives("meeting.ended")
    for person in (seat.person, live_webinar.host):
        await sync_to_async(erasing.erase_person)(person=person, now=timezone.now())
    assert await BreakoutAssignment.objects.acount() == 0
    journal = str([row.payload async for row in RoomEvent.objects.filter(ev__startswith="breakout")])
    assert "Words of a host" not in journal
    assert seat.name not in journal


@IN_ONE_FORM
async def test_presence_in_a_group_is_on_record_as_one_in_the_meeting(
    live_webinar: Meeting, join: Join, go: Go
) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    await opened(host, names=("Red",))
    inside = await go(guest)
    await eventually(lambda: Presence.objects.filter(room__kind="breakout").count() == 1)
    counted = await sync_to_async(Presence.people_in)([live_webinar.room_id])
    assert counted[live_webinar.room_id] == 2
    await guest.close()
    await host.close()
    await eventually(lambda: Presence.objects.present().count() == 1)
    assert await sync_to_async(lambda: Room.objects.get(pk=live_webinar.room_id).is_occupied)()
    assert (await sync_to_async(Presence.people_in)([live_webinar.room_id]))[live_webinar.room_id] == 1
    await inside.close()
    await eventually(lambda: not Room.objects.get(pk=live_webinar.room_id).is_occupied)
