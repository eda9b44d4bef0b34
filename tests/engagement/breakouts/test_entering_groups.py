"""Who may enter a breakout room, and until when."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from engagement.models import BreakoutAssignment, BreakoutRound
from meetings.models import Meeting, Registration
from rooms.models import Room
from tests import factories
from tests.engagement.breakouts.conftest import Go, go_with, opened
from tests.rooms.conftest import IN_ONE_FORM, Join, guest_of
from tests.rooms.server import Server


@IN_ONE_FORM
async def test_nobody_enters_another_group(live_webinar: Meeting, join: Join, go: Go, server: Server) -> None:
    host, guest, other = [
        await join(live_webinar, live_webinar.host),
        *[await join(live_webinar) for _ in "12"],
    ]
    rooms = await opened(host, assign="list")
    for person, name in ((guest, "Red"), (other, "Blue")):
        await host.does("breakout.move", person=person.id, room=rooms[name])
        await person.receives("breakout.moved", moves=[{"person": person.id, "room": rooms[name]}])
    answer = await guest.asks("breakout.join", room=rooms["Blue"])
    assert answer["error"] == "not_allowed"
    assert (await guest.asks("breakout.join", room="nowhere"))["error"] == "not_found"
    forged = await guest.does("breakout.join")
    await host.does("breakout.move", person=guest.id, room=rooms["Blue"])
    await guest.receives("breakout.moved", moves=[{"person": guest.id, "room": rooms["Blue"]}])
    late = await go_with(server, forged)  # the ticket is good, the group is not theirs any more
    assert await late.closed_with() == 4401


@IN_ONE_FORM
async def test_who_is_moved_is_out_of_the_former_room_at_once(
    live_webinar: Meeting, join: Join, go: Go
) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    rooms = await opened(host, names=("Red", "Blue"), assign="random")
    inside = await go(guest)
    target = next(each for each in rooms.values() if each != inside.welcome["room"]["id"])
    await host.does("breakout.move", person=guest.id, room=target)
    assert await inside.closed_with(3) == 4401
    again = await go(guest)
    assert again.welcome["room"]["id"] == target
    await host.does("breakout.move", person=guest.id, room=None)
    assert await again.closed_with(3) == 4401
    await guest.receives("breakout.moved", moves=[{"person": guest.id, "room": None}])


@IN_ONE_FORM
async def test_access_to_a_group_ends_with_that_to_the_meeting(
    live_webinar: Meeting, join: Join, go: Go
) -> None:
    host = await join(live_webinar, live_webinar.host)
    removed, cancelled = await join(live_webinar), await sync_to_async(guest_of)(live_webinar)
    leaving = await join(live_webinar, cancelled.person, seat=cancelled)
    await opened(host)
    inside = [await go(removed), await go(leaving)]
    await host.does("stage.remove", person=removed.id, from_room=True)
    assert await removed.closed_with() == 4403
    assert await inside[0].closed_with() == 4401
    await sync_to_async(Registration.objects.filter(pk=cancelled.pk).update)(state="cancelled")
    assert await inside[1].closed_with() == 4401


@IN_ONE_FORM
async def test_a_removed_person_does_not_come_back_by_the_page_of_the_group(
    live_webinar: Meeting, join: Join, go: Go
) -> None:
    from django.http import Http404

    from meetings import access
    from tests.room_entries import entry_for

    host, seat = await join(live_webinar, live_webinar.host), await sync_to_async(guest_of)(live_webinar)
    guest = await join(live_webinar, seat.person, seat=seat)
    stranger = await sync_to_async(guest_of)(live_webinar)
    rooms = await opened(host, names=("Red",))
    visitor, other = (access.Visitor(each.person, (each.pk,)) for each in (seat, stranger))
    assert (await sync_to_async(entry_for)(visitor, rooms["Red"])).room.pk == rooms["Red"]
    with pytest.raises(Http404):
        await sync_to_async(entry_for)(other, rooms["Red"])
    await host.does("stage.remove", person=guest.id, from_room=True)
    assert await guest.closed_with() == 4403
    with pytest.raises(Http404):
        await sync_to_async(entry_for)(visitor, rooms["Red"])


@pytest.mark.django_db
def test_access_of_everybody_in_a_group_takes_as_many_queries_as_of_one(
    django_assert_num_queries: Any,
) -> None:
    from engagement.breakouts.policy import BreakoutPolicy
    from rooms.policy import CredentialHolder

    meeting = factories.meeting(state=Meeting.State.LIVE)
    room, holders = _group_with(meeting, 30)
    policy = BreakoutPolicy()
    policy.current_access(room.pk, holders[:1])
    for some in (holders[:1], holders):
        with django_assert_num_queries(3):
            assert len(policy.current_access(room.pk, some)) == len(some)
    stranger = factories.registration(meeting=meeting).person
    assert policy.current_access(room.pk, [CredentialHolder("x", stranger.pk, "", signed_in=True)]) == {}


def _group_with(meeting: Meeting, count: int) -> tuple[Room, list[Any]]:
    from django.utils import timezone

    from engagement.models import BreakoutGroup
    from rooms.policy import CredentialHolder

    now = timezone.now()
    row = BreakoutRound.objects.create(
        room=meeting.room,
        meeting=meeting.pk,
        state="open",
        assign="list",
        seed=1,
        created_at=now,
        opened_at=now,
    )
    room = Room.objects.create(kind=Room.Kind.BREAKOUT, parent=meeting.room, label="Red", created_at=now)
    group = BreakoutGroup.objects.create(round=row, room=room)
    holders = []
    for number in range(count):
        person = factories.registration(meeting=meeting).person
        participant = factories.participant(room=meeting.room, person=person)
        BreakoutAssignment.objects.create(round=row, group=group, participant=participant, assigned_at=now)
        holders.append(CredentialHolder(str(number), person.pk, "", signed_in=True))
    return room, holders
