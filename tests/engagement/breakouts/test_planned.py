"""Groups that were planned before the room opened: who is there goes to theirs, others to the smallest."""

from collections.abc import Mapping

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from engagement.breakouts import running
from engagement.breakouts.running import Plan
from engagement.models import BreakoutAssignment, BreakoutReservation, BreakoutRound
from meetings.models import Meeting, Registration
from rooms.models import Participant
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, Join, guest_of
from tests.rooms.people import RoomClient

NAMES = ("Heat", "Wind")


def plan(meeting: Meeting, places: Mapping[int, int]) -> None:
    running.prepare_ahead(
        room_id=meeting.room_id,
        meeting=meeting.pk,
        plan=Plan(NAMES, "list", None, 1),
        places=places,
        by=meeting.host_id,
        now=timezone.now(),
    )


async def seats_in(meeting: Meeting, count: int) -> list[Registration]:
    return [await sync_to_async(guest_of)(meeting) for _ in range(count)]


async def opened(host: RoomClient) -> dict[str, set[str]]:
    await host.does("breakout.open")
    event = await host.receives("breakout.opened")
    return {room["name"]: set(room["people"]) for room in event["breakouts"]["rooms"]}


@IN_ONE_FORM
async def test_who_is_there_goes_to_their_group_and_others_to_the_smallest(
    live_webinar: Meeting, join: Join
) -> None:
    seats = await seats_in(live_webinar, 5)
    places = {seats[0].person_id: 0, seats[1].person_id: 1, seats[2].person_id: 0, seats[3].person_id: 0}
    await sync_to_async(plan)(live_webinar, places)
    host = await join(live_webinar, live_webinar.host)
    assert host.welcome["snapshot"]["breakouts"]["state"] == "prepared"
    here = [await join(live_webinar, seat.person, seat=seat) for seat in (*seats[:2], seats[4])]
    first, second, unplanned = here
    # Two of the first group did not come, and count nowhere.
    assert await opened(host) == {"Heat": {first.id, unplanned.id}, "Wind": {second.id}}
    late = await join(live_webinar, seats[3].person, seat=seats[3])
    room = (await late.does("breakout.join"))["room"]
    assert room == (await first.does("breakout.join"))["room"]
    stranger = (await seats_in(live_webinar, 1))[0]
    another = await join(live_webinar, stranger.person, seat=stranger)
    assert (await another.does("breakout.join"))["room"] == (await second.does("breakout.join"))["room"]


@IN_ONE_FORM
async def test_whom_a_host_has_moved_in_the_room_stays_there(live_webinar: Meeting, join: Join) -> None:
    (seat,) = await seats_in(live_webinar, 1)
    await sync_to_async(plan)(live_webinar, {seat.person_id: 0})
    host, guest = (
        await join(live_webinar, live_webinar.host),
        await join(live_webinar, seat.person, seat=seat),
    )
    rooms = {each["name"]: each["id"] for each in host.welcome["snapshot"]["breakouts"]["rooms"]}
    await host.does("breakout.move", person=guest.id, room=rooms["Wind"])
    assert await opened(host) == {"Heat": set(), "Wind": {guest.id}}


@IN_ONE_FORM
async def test_hosts_are_in_no_group_and_attendees_do_not_know_of_the_plan(
    live_webinar: Meeting, join: Join
) -> None:
    (seat,) = await seats_in(live_webinar, 1)
    await sync_to_async(plan)(live_webinar, {seat.person_id: 1})
    host, guest = (
        await join(live_webinar, live_webinar.host),
        await join(live_webinar, seat.person, seat=seat),
    )
    assert guest.welcome["snapshot"]["breakouts"] is None
    assert await opened(host) == {"Heat": set(), "Wind": {guest.id}}


@pytest.mark.django_db
def test_the_plan_goes_with_the_meeting_and_with_the_account() -> None:
    meeting = factories.meeting()
    seat = factories.registration(meeting=meeting)
    plan(meeting, {seat.person_id: 0})
    running.close_with_meeting(room_id=meeting.room_id, meeting=meeting.pk, now=timezone.now())
    assert not BreakoutRound.objects.exists()
    assert not BreakoutReservation.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3, 300])
def test_opening_takes_the_same_statements_for_any_number(
    count: int, django_assert_max_num_queries: object
) -> None:
    meeting = factories.meeting(state=Meeting.State.LIVE)
    people = [factories.participant(room=meeting.room) for _ in range(count)]
    plan(meeting, {each.person_id: number % 2 for number, each in enumerate(people)})
    present = dict(Participant.objects.filter(room=meeting.room).values_list("person", "pk"))
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        running.open_prepared(
            room_id=meeting.room_id, present=present, by=meeting.host_id, now=timezone.now()
        )
    assert BreakoutAssignment.objects.count() == count
