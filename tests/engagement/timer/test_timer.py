"""The timer: everybody sees it, who joins later too, in every process; only hosts start and stop it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from companies import erasing
from engagement.timer import timing
from meetings.models import Meeting
from rooms.messages import PersonRef
from rooms.models import RoomEvent
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, Join
from tests.rooms.people import closing, enter
from tests.rooms.server import Server


async def test_everybody_sees_the_timer_until_it_is_stopped(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    assert guest.welcome["snapshot"]["timer"] is None
    await host.does("timer.start", seconds=300, label=" Pitch \u0007", person=guest.id)
    started = await guest.receives("timer.started", label="Pitch", seconds=300)
    assert (started["person"]["id"], started["by"]["id"]) == (guest.id, host.id)
    began, ends = (datetime.fromisoformat(started[name]) for name in ("at", "ends_at"))
    assert ends - began == timedelta(seconds=300)
    late = await join(live_webinar)
    shown = late.welcome["snapshot"]["timer"]
    assert (shown["ends_at"], shown["person"]["id"]) == (started["ends_at"], guest.id)
    await host.does("timer.start", seconds=60)
    assert (await late.receives("timer.started", seconds=60))["person"] is None
    await host.does("timer.stop")
    await guest.receives("timer.stopped")
    assert (await join(live_webinar)).welcome["snapshot"]["timer"] is None
    assert (await host.asks("timer.stop"))["error"] == "not_now"


@IN_ONE_FORM
@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"seconds": 4}, "bad_field"),
        ({"seconds": 14401}, "bad_field"),
        ({"seconds": "60"}, "bad_field"),
        ({"seconds": 60, "label": "x" * 81}, "bad_field"),
        ({"seconds": 60, "person": "p999999"}, "not_found"),
    ],
)
async def test_what_cannot_be_a_timer_is_refused(
    live_webinar: Meeting, join: Join, fields: dict[str, Any], code: str
) -> None:
    host = await join(live_webinar, live_webinar.host)
    assert (await host.asks("timer.start", **fields))["error"] == code


@IN_ONE_FORM
async def test_only_hosts_start_it_and_only_before_the_end(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    for do, fields in (("timer.start", {"seconds": 60}), ("timer.stop", {})):
        assert (await guest.asks(do, **fields))["error"] == "not_allowed"
    await host.does("meeting.end")
    await host.receives("meeting.ended")
    assert (await host.asks("timer.start", seconds=60))["error"] == "not_now"


@IN_ONE_FORM
async def test_too_many_are_refused(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    answers = [await host.asks("timer.start", seconds=60) for _ in range(15)]
    assert "too_fast" in {answer.get("error") for answer in answers}


async def test_two_processes_and_whoever_reconnects_see_the_same_timer(
    live_webinar: Meeting, two_servers: tuple[Server, Server]
) -> None:
    first, second = two_servers
    seat = await sync_to_async(factories.registration)(meeting=live_webinar)
    host = await enter(first, live_webinar, live_webinar.host)
    guest = await enter(second, live_webinar, seat.person, seat=seat)
    async with closing(host, guest):
        await host.does("timer.start", seconds=120)
        started = await guest.receives("timer.started")
        again = await enter(second, live_webinar, seat.person, seat=seat, since=0)
        async with closing(again):
            assert again.welcome["snapshot"]["timer"]["ends_at"] == started["ends_at"]
            assert started in again.welcome["missed"]


@IN_ONE_FORM
async def test_a_timer_of_the_practice_session_stays_there(scheduled_webinar: Meeting, join: Join) -> None:
    host = await join(scheduled_webinar, scheduled_webinar.host)
    await host.does("timer.start", seconds=600)
    await host.does("meeting.start")
    guest = await join(scheduled_webinar)
    assert guest.welcome["snapshot"]["timer"] is None


@pytest.mark.django_db
def test_the_label_goes_with_the_account_that_wrote_it() -> None:
    person, room = factories.person(), factories.room()
    by = PersonRef(id="p1", name="x")
    timing.start(
        room_id=room.pk,
        seconds=60,
        label="My words",
        person=None,
        by_ref=by,
        by=person.pk,
        now=timezone.now(),
    )
    erasing.erase_person(person=person, now=timezone.now())
    assert "My words" not in str(RoomEvent.objects.get().payload)


@pytest.mark.django_db
def test_what_the_journal_says_last_is_what_runs() -> None:
    room, person = factories.room(), factories.person()
    by = {"by_ref": PersonRef(id="p1", name="x"), "by": person.pk, "now": timezone.now()}
    timing.start(room_id=room.pk, seconds=60, label="", person=None, **by)
    timing.start(room_id=room.pk, seconds=90, label="", person=None, **by)
    timing.stop(room_id=room.pk, **by)
    running = [timing.last_started(room.pk, seq) for seq in range(4)]
    assert [each and each.payload["seconds"] for each in running] == [None, 60, 90, None]
