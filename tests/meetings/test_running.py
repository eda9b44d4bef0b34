"""Starting, extending and ending a meeting."""

from datetime import time, timedelta

import pytest

from meetings import changing, running, scheduling
from meetings.models import Meeting
from rooms.models import RoomEvent
from tests import factories
from tests.meetings.inputs import details, signals_sent

NOW = factories.NOW
pytestmark = pytest.mark.django_db


@pytest.fixture
def host():
    return factories.member(name="Rasa Petrauskienė", timezone="Europe/Vilnius", language="lt")


def test_a_meeting_starts_and_ends_once(meeting):
    later = meeting.starts_at + timedelta(minutes=2)
    with signals_sent() as heard:
        live = running.start_meeting(meeting=meeting, now=later)
        assert (live.state, live.started_at, live.revision) == ("live", later, 0)
        with pytest.raises(running.UnableToStart):
            running.start_meeting(meeting=meeting, now=later)
        with pytest.raises(changing.UnableToCancel):
            changing.cancel_meeting(meeting=meeting, reason="", now=later)
        ended = running.end_meeting(meeting=meeting, now=later + timedelta(hours=1))
        assert (ended.state, ended.ended_at) == ("ended", later + timedelta(hours=1))
        with pytest.raises(running.UnableToEnd):
            running.end_meeting(meeting=meeting, now=later)
    assert [name for name, _told in heard] == ["meeting_started", "meeting_ended"]
    assert [event.ev for event in RoomEvent.objects.all()] == ["meeting.started", "meeting.ended"]


def test_a_live_meeting_may_run_longer_but_keeps_its_start(meeting):
    running.start_meeting(meeting=meeting, now=meeting.starts_at)
    longer = changing.change_meeting(
        meeting=meeting, details=details(duration_minutes=90), now=meeting.starts_at
    )
    assert (longer.state, longer.duration_minutes) == ("live", 90)
    with pytest.raises(changing.UnableToChange):
        changing.change_meeting(meeting=meeting, details=details(local_time=time(15)), now=meeting.starts_at)


def test_a_room_holds_one_live_meeting(host):
    room = factories.room(companies=[host.company, factories.company()])
    first, second = (
        scheduling.schedule_meeting(host=host, details=details(room=room, local_time=time(hour)), now=NOW)
        for hour in (10, 12)
    )
    running.start_meeting(meeting=first, now=NOW)
    with pytest.raises(running.UnableToStart) as caught:
        running.start_meeting(meeting=second, now=NOW)
    assert caught.value.code == "room_is_live"
    assert Meeting.objects.get(pk=second.pk).state == "scheduled"
