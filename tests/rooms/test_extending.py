"""Hosts are warned before a meeting ends by itself, and may extend it."""

from datetime import timedelta

from django.utils import timezone

from meetings.models import Meeting
from tests.rooms.conftest import Join
from tests.rooms.test_processes import parsed


async def test_hosts_are_warned_and_may_extend_the_meeting(live_webinar: Meeting, join: Join) -> None:
    over = timezone.now() - timedelta(minutes=25)
    await Meeting.objects.filter(pk=live_webinar.pk).aupdate(
        starts_at=over - timedelta(hours=1), ends_at=over, started_at=over - timedelta(hours=1)
    )
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    closes_at = over + timedelta(minutes=30)
    assert abs(parsed(host.welcome["room"]["closes_at"]) - closes_at) < timedelta(milliseconds=1)
    warned = await host.receives("meeting.closing")
    assert warned["closes_at"] == host.welcome["room"]["closes_at"]
    assert (await guest.asks("meeting.extend", minutes=15))["error"] == "not_allowed"
    assert (await host.asks("meeting.extend", minutes=16))["error"] == "bad_field"
    await host.does("meeting.extend", minutes=15)
    told = await guest.receives("meeting.extended", meeting=live_webinar.pk)
    longer = parsed(told["closes_at"]) - timezone.now()
    assert timedelta(minutes=44) < longer <= timedelta(minutes=45)
    assert not guest.all("meeting.closing")
    late = await join(live_webinar)
    assert late.welcome["room"]["closes_at"] == told["closes_at"]
    assert late.welcome["room"]["ends_at"] == told["until"] > host.welcome["room"]["ends_at"]


async def test_a_meeting_that_was_just_started_says_when_it_closes(
    scheduled_webinar: Meeting, join: Join
) -> None:
    host = await join(scheduled_webinar, scheduled_webinar.host)
    assert host.welcome["room"]["closes_at"] is None
    await host.does("meeting.start")
    started = await host.receives("meeting.started")
    ends_at = scheduled_webinar.ends_at + timedelta(minutes=30)
    assert abs(parsed(started["closes_at"]) - ends_at) < timedelta(milliseconds=1)
