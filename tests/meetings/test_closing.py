"""Meetings that nobody ends end by themselves, and hosts may let them run on."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from attendance import report as attendance_report
from meetings import changing, closing, preconditions, registering, running
from meetings.change_preview import effects_of_change
from meetings.meeting_input import details_of
from meetings.models import Meeting
from meetings.registering import UnableToRegister
from rooms.models import RoomEvent
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def live(**fields: Any) -> Meeting:
    """Fifteen minutes long, begun on time."""
    return factories.meeting(
        **{"state": Meeting.State.LIVE, "starts_at": NOW, "duration": 15 * MINUTE, **fields}
    )


def present(meeting: Meeting, joined_at: Any = NOW, left_at: Any = None, **fields: Any) -> Any:
    person = fields.pop("person", None) or factories.person()
    return factories.presence(
        room=meeting.room, person=person, joined_at=joined_at, left_at=left_at, **fields
    )


def state_at(meeting: Meeting, minutes: float) -> str:
    closing.end_due_meetings(now=NOW + minutes * MINUTE)
    meeting.refresh_from_db()
    return meeting.state


def test_a_meeting_that_everybody_left_ends_ten_minutes_later_and_shares_count_to_the_last_leaving() -> None:
    meeting = live()
    seat = factories.registration(meeting=meeting)
    present(meeting, NOW, NOW + 2 * MINUTE, person=meeting.host)
    present(meeting, NOW + timedelta(seconds=7), NOW + 2 * MINUTE, person=seat.person)
    assert state_at(meeting, 11.9) == "live"
    assert state_at(meeting, 12) == "ended"
    assert meeting.ended_at == NOW + 2 * MINUTE
    report = attendance_report.attendance_of(meeting, NOW + 20 * MINUTE)
    assert {round(one.share, 2) for one in report.attendees} == {1.0, 0.94}
    assert report.is_final


def test_one_who_stays_keeps_it_open_and_one_who_comes_back_begins_the_ten_minutes_anew() -> None:
    meeting = live(duration=HOUR)
    present(meeting, NOW, NOW + 2 * MINUTE)
    back = present(meeting, NOW + 11 * MINUTE)
    assert state_at(meeting, 14) == "live"
    back.left_at = NOW + 15 * MINUTE
    back.save()
    assert state_at(meeting, 24.9) == "live"
    assert state_at(meeting, 25) == "ended"
    assert meeting.ended_at == NOW + 15 * MINUTE


def test_it_does_not_end_before_its_planned_start_is_ten_minutes_past() -> None:
    """Begun early, to practise, and left again."""
    meeting = live(starts_at=NOW + 30 * MINUTE, started_at=NOW, duration=HOUR)
    present(meeting, NOW, NOW + 5 * MINUTE)
    assert state_at(meeting, 39.9) == "live"
    assert state_at(meeting, 40) == "ended"


def test_who_was_there_before_the_start_alone_was_not_in_the_meeting() -> None:
    meeting = live(duration=HOUR)
    present(meeting, NOW - HOUR, NOW - 30 * MINUTE)
    assert state_at(meeting, 60) == "live"


def test_a_meeting_that_goes_on_ends_thirty_minutes_after_its_planned_end() -> None:
    meeting = live()
    present(meeting)
    assert state_at(meeting, 44.9) == "live"
    assert state_at(meeting, 45) == "ended"
    assert meeting.ended_at == NOW + 45 * MINUTE


def test_a_meeting_that_was_begun_and_that_nobody_came_to_ends_at_its_planned_end() -> None:
    meeting = live()
    assert state_at(meeting, 44) == "live"
    assert state_at(meeting, 45) == "ended"
    assert meeting.ended_at == meeting.ends_at


@pytest.mark.parametrize("form", [Meeting.Format.ON_SITE, Meeting.Format.BOTH])
def test_people_on_site_are_not_ended_because_the_room_is_empty(form: str) -> None:
    meeting = live(format=form, duration=HOUR)
    present(meeting, NOW, NOW + 2 * MINUTE)
    assert state_at(meeting, 60) == "live"
    assert state_at(meeting, 90) == "ended"
    assert meeting.ended_at == meeting.ends_at


def test_a_host_lets_it_run_on_from_its_planned_end_or_from_now() -> None:
    meeting = live()
    present(meeting)
    running.extend_meeting(meeting=meeting, minutes=15, now=NOW + 5 * MINUTE)
    meeting.refresh_from_db()
    assert (meeting.extended_until, meeting.closes_at) == (NOW + 30 * MINUTE, NOW + 60 * MINUTE)
    running.extend_meeting(meeting=meeting, minutes=30, now=NOW + 58 * MINUTE)
    meeting.refresh_from_db()
    assert meeting.closes_at == NOW + 118 * MINUTE
    assert state_at(meeting, 117) == "live"
    assert state_at(meeting, 118) == "ended"
    assert (meeting.revision, meeting.ends_at) == (0, NOW + 15 * MINUTE)
    extended = RoomEvent.objects.filter(ev="meeting.extended").order_by("seq")
    assert [event.payload["closes_at"] for event in extended] == [
        "2026-12-03T10:20:00.000Z",
        "2026-12-03T11:18:00.000Z",
    ]


def test_one_that_is_extended_between_the_look_and_the_end_goes_on() -> None:
    meeting = live()
    present(meeting)
    now = NOW + 45 * MINUTE
    assert list(Meeting.objects.due_to_end(now)) == [meeting]
    running.extend_meeting(meeting=meeting, minutes=15, now=now)
    assert closing._end_one(meeting.pk, now) is False
    meeting.refresh_from_db()
    assert meeting.state == "live"


def test_only_a_live_meeting_is_extended_and_for_a_day_at_most() -> None:
    with pytest.raises(running.UnableToExtend) as refused:
        running.extend_meeting(meeting=factories.meeting(), minutes=15, now=NOW)
    assert refused.value.code == "scheduled"
    meeting = live(duration=23 * HOUR)
    running.extend_meeting(meeting=meeting, minutes=60, now=NOW)
    with pytest.raises(running.UnableToExtend) as refused:
        running.extend_meeting(meeting=meeting, minutes=15, now=NOW)
    assert refused.value.code == "too_long"


def test_a_meeting_that_was_never_started_is_missed_and_not_left_open() -> None:
    meeting = factories.meeting(starts_at=NOW, duration=15 * MINUTE)
    assert state_at(meeting, 44.9) == "scheduled"
    assert state_at(meeting, 45) == "ended"
    assert (meeting.started_at, meeting.was_missed) == (None, True)
    assert RoomEvent.objects.get().ev == "meeting.ended"
    assert not factories.meeting(state="ended", format="on_site", started_at=None).was_missed


def test_a_missed_meeting_can_be_held_at_another_time() -> None:
    meeting = factories.meeting(starts_at=NOW, duration=15 * MINUTE)
    assert state_at(meeting, 45) == "ended"
    now = NOW + HOUR
    wanted = details_of(meeting)
    details = type(wanted)(**{**vars(wanted), "local_day": meeting.local_day + timedelta(days=7)})
    factories.registration(meeting=meeting)
    effects = effects_of_change(meeting=meeting, details=details, now=now)
    assert (effects.changed, effects.people_notified, effects.events_moved) == ({"time"}, 2, 2)
    renamed = type(wanted)(**{**vars(wanted), "title": {"en": "Another title"}})
    assert effects_of_change(meeting=meeting, details=renamed, now=now).people_notified == 0
    with pytest.raises(preconditions.UnableToSchedule):
        changing.change_meeting(
            meeting=meeting, details=type(wanted)(**{**vars(wanted), "duration_minutes": 20}), now=now
        )
    moved = changing.change_meeting(meeting=meeting, details=details, now=now)
    assert (moved.state, moved.ended_at, moved.revision) == ("scheduled", None, 1)


def test_ended_for_emptiness_by_a_host_counts_to_the_last_leaving_too() -> None:
    meeting = live(duration=HOUR)
    present(meeting, NOW, NOW + 20 * MINUTE)
    ended = running.end_meeting(meeting=meeting, now=NOW + 55 * MINUTE)
    assert ended.ended_at == NOW + 20 * MINUTE


def test_a_draft_a_cancelled_and_an_ended_one_are_left_alone() -> None:
    for state in (Meeting.State.DRAFT, Meeting.State.CANCELLED, Meeting.State.ENDED):
        factories.meeting(state=state, starts_at=NOW - 10 * HOUR)
    assert closing.end_due_meetings(now=NOW) == 0


def test_a_live_meeting_is_upcoming_until_it_ends_however_late_that_is() -> None:
    meeting = live()
    later = meeting.ends_at + MINUTE
    assert Meeting.objects.upcoming(later).get() == meeting
    assert not meeting.has_ended(now=later)
    running.end_meeting(meeting=meeting, now=later)
    meeting.refresh_from_db()
    assert not Meeting.objects.upcoming(later).exists()
    assert meeting.has_ended(now=later)


def test_the_first_page_and_the_registration_do_not_offer_what_has_ended(client: Any) -> None:
    meeting = live(title={"en": "Forgotten heat"})
    present(meeting, NOW, NOW + 2 * MINUTE)
    assert state_at(meeting, 20) == "ended"
    assert "Forgotten heat" not in client.get(reverse("home")).text
    with pytest.raises(UnableToRegister) as refused:
        registering.register(
            meeting=meeting,
            applicant=registering.Applicant(email="late@example.org", name="Late"),
            now=NOW + 20 * MINUTE,
        )
    assert refused.value.code == "ended"


def ticks(threads: int) -> list[int]:
    """At the same time where the database is a server, else one after the other."""

    def tick() -> int:
        return closing.end_due_meetings(now=NOW + 20 * MINUTE)

    def tick_beside() -> int:
        try:
            return tick()
        finally:
            connection.close()

    if not threads:
        return [tick(), tick()]
    with ThreadPoolExecutor(threads) as pool:
        return [done.result() for done in [pool.submit(tick_beside) for _ in range(threads)]]


@pytest.mark.django_db(transaction=True)
def test_several_schedulers_end_it_once() -> None:
    meeting = live()
    present(meeting, NOW, NOW + 2 * MINUTE)
    assert sum(ticks(4 if connection.vendor == "postgresql" else 0)) == 1
    assert RoomEvent.objects.filter(room=meeting.room, ev="meeting.ended").count() == 1
