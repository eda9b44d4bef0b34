"""Changing and cancelling a meeting: its revision, its signals, who is busy and who is notified."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from companies.models import Person
from meetings import change_preview, changing, scheduling
from meetings.meeting_input import Speaker
from meetings.models import Meeting, MeetingRole, Registration
from meetings.preconditions import UnableToSchedule
from notifications.models import Notification
from rooms import bus
from rooms.models import Room, RoomEvent
from tests import factories
from tests.meetings.inputs import details, signals_sent

NOW = factories.NOW
pytestmark = pytest.mark.django_db


@pytest.fixture
def host():
    return factories.member(name="Rasa Petrauskienė", timezone="Europe/Vilnius", language="lt")


def test_moving_raises_the_revision_keeps_the_uid_and_notifies_the_room(meeting):
    uid, before = meeting.uid, (meeting.starts_at, meeting.ends_at)
    with signals_sent() as heard:
        moved = changing.move_meeting(
            meeting=meeting,
            local_day=date(2027, 1, 14),
            local_time=time(14),
            timezone="Europe/Vilnius",
            duration_minutes=60,
            now=NOW,
        )
    assert (moved.uid, moved.revision, moved.starts_at) == (uid, 1, datetime(2027, 1, 14, 12, tzinfo=UTC))
    [(name, told)] = heard
    assert (name, told["previous_starts_at"], told["previous_ends_at"]) == ("meeting_moved", *before)
    event = RoomEvent.objects.get(room=meeting.room)
    assert (event.ev, event.payload["starts_at"]) == ("meeting.moved", "2027-01-14T12:00:00.000Z")


def test_moving_a_draft_notifies_nobody(host):
    draft = scheduling.schedule_meeting(host=host, details=details(), now=NOW, publish=False)
    with signals_sent() as heard:
        changing.change_meeting(meeting=draft, details=details(local_time=time(15)), now=NOW)
    assert heard == []
    assert RoomEvent.objects.count() == 0


def test_moving_to_a_time_that_does_not_exist_changes_nothing(meeting):
    with pytest.raises(UnableToSchedule) as caught:
        changing.move_meeting(
            meeting=meeting,
            local_day=date(2027, 3, 28),
            local_time=time(3, 30),
            timezone="Europe/Vilnius",
            duration_minutes=60,
            now=NOW,
        )
    assert list(caught.value.field_errors) == ["local_time"]
    unchanged = Meeting.objects.get()
    assert (unchanged.starts_at, unchanged.revision) == (meeting.starts_at, 0)


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ({"title": {"en": "Heat from the sea"}}, {"title"}),
        ({"address": "Harbour 1, Klaipėda", "format": "both"}, {"address", "format"}),
        ({"reminders": (60,)}, {"reminders"}),
        ({"timezone": "Europe/Stockholm", "local_time": time(10)}, {"timezone"}),
    ],
)
def test_a_change_that_people_are_notified_of_raises_the_revision_once(meeting, change, changed):
    with signals_sent() as heard:
        after = changing.change_meeting(meeting=meeting, details=details(**change), now=NOW)
    assert after.revision == 1
    of_emails = [(name, told["changed"]) for name, told in heard if name != "interpretation_changed"]
    assert of_emails == [("meeting_changed", changed)]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"title": {"en": "Heat from harbour water", "sv": "Värme ur hamnvatten"}},
        {"description": {"en": "New words"}},
        {"capacity": 20},
        {"record": True},
    ],
)
def test_a_change_that_notifies_nobody_leaves_the_revision(meeting, change):
    with signals_sent() as heard:
        after = changing.change_meeting(meeting=meeting, details=details(**change), now=NOW)
    assert (after.revision, heard) == (0, [])


def test_a_move_with_a_new_title_is_one_revision_and_one_signal(meeting):
    with signals_sent() as heard:
        after = changing.change_meeting(
            meeting=meeting, details=details(title={"en": "Heat"}, local_time=time(15)), now=NOW
        )
    assert after.revision == 1
    assert [name for name, _told in heard] == ["meeting_moved"]


@pytest.mark.parametrize(
    ("change", "changed", "former"),
    [
        ({"title": {"en": "Heat"}, "description": {"en": "New"}}, {"title", "description"}, {"title"}),
        ({"local_time": time(15), "languages": ("sv",)}, {"time", "languages"}, set()),
        ({"local_time": time(15), "speakers": (Speaker("new@example.org"),)}, {"time", "speakers"}, set()),
        ({"reminders": (60,), "description": {"en": "New"}}, {"reminders"}, set()),
    ],
)
def test_what_changes_with_something_that_is_announced_is_announced_too(meeting, change, changed, former):
    title = meeting.title
    with signals_sent() as heard:
        changing.change_meeting(meeting=meeting, details=details(**change), now=NOW)
    told = next(told for name, told in heard if name in {"meeting_moved", "meeting_changed"})
    assert told["changed"] == changed
    assert told["former"] == dict.fromkeys(former, title)


def test_capacity_cannot_fall_below_the_seats_that_are_taken(meeting):
    for _ in range(2):
        factories.registration(meeting=meeting)
    with pytest.raises(UnableToSchedule) as caught:
        changing.change_meeting(meeting=meeting, details=details(capacity=1), now=NOW)
    assert list(caught.value.field_errors) == ["capacity"]
    assert changing.change_meeting(meeting=meeting, details=details(capacity=2), now=NOW).capacity == 2


def test_a_removed_speaker_loses_the_role(meeting):
    for speakers in (
        (Speaker("a@example.org"), Speaker("b@example.org")),
        (Speaker("b@example.org", role="co_host"),),
    ):
        changing.change_meeting(meeting=meeting, details=details(speakers=speakers), now=NOW)
    assert list(MeetingRole.objects.values_list("person__email", "role")) == [("b@example.org", "co_host")]


def test_leaving_the_stage_sends_a_signal_for_a_published_meeting_and_none_for_a_draft(meeting, host):
    draft = scheduling.schedule_meeting(
        host=host, details=details(speakers=(Speaker("a@example.org"),)), now=NOW, publish=False
    )
    changing.change_meeting(
        meeting=meeting,
        details=details(speakers=(Speaker("a@example.org"), Speaker("b@example.org"))),
        now=NOW,
    )
    with signals_sent() as heard:
        for each in (draft, meeting):
            changing.change_meeting(
                meeting=each, details=details(speakers=(Speaker("b@example.org"),)), now=NOW
            )
    gone = Person.objects.get(email="a@example.org")
    assert [(name, told["people"]) for name, told in heard if name == "stage_left"] == [
        ("stage_left", {gone.pk})
    ]
    assert Meeting.objects.get(pk=meeting.pk).revision == 0


@pytest.fixture
def told_to_rooms():
    """What this process's rooms hear after a commit."""
    heard, loop = [], asyncio.new_event_loop()

    async def opened():
        return bus.Bus(lambda room, header, _payload: heard.append((room, header)), lambda: None)

    before, bus.running = bus.running, loop.run_until_complete(opened())

    def read():
        loop.run_until_complete(asyncio.sleep(0))
        return heard

    yield read
    bus.running = before
    loop.close()


def test_only_those_whose_role_changed_are_reauthorized_in_the_room(
    meeting, told_to_rooms, django_capture_on_commit_callbacks
):
    for speakers in (
        (Speaker("a@example.org"), Speaker("b@example.org"), Speaker("c@example.org")),
        (Speaker("b@example.org", role="co_host"), Speaker("c@example.org"), Speaker("d@example.org")),
    ):
        told_to_rooms().clear()
        with django_capture_on_commit_callbacks(execute=True):
            changing.change_meeting(meeting=meeting, details=details(speakers=speakers), now=NOW)
    looked_at = {header["person"] for _room, header in told_to_rooms() if header["k"] == "reauthorize_person"}
    changed = Person.objects.filter(email__in=[f"{name}@example.org" for name in "abd"])
    assert looked_at == set(changed.values_list("pk", flat=True))
    assert {header.get("room") for _room, header in told_to_rooms()} == {meeting.room_id}


def test_a_new_speaker_of_a_published_meeting_is_invited_and_nobody_else_is_notified(meeting, host):
    factories.registration(meeting=meeting)
    changing.change_meeting(meeting=meeting, details=details(speakers=(Speaker("a@example.org"),)), now=NOW)
    changing.change_meeting(meeting=meeting, details=details(speakers=(Speaker("a@example.org"),)), now=NOW)
    told = Notification.objects.exclude(kind=Notification.Kind.REMINDER).values_list("person__email", "kind")
    assert sorted(told) == sorted([("a@example.org", "invitation"), (host.email, "invitation")])
    assert Meeting.objects.get().revision == 0


def test_cancelling_raises_the_revision_and_notifies_people_and_the_room(meeting):
    with signals_sent() as heard:
        cancelled = changing.cancel_meeting(meeting=meeting, reason=" Ice in the harbour ", now=NOW)
    assert (cancelled.state, cancelled.revision, cancelled.cancelled_at) == ("cancelled", 1, NOW)
    assert cancelled.cancel_reason == "Ice in the harbour"
    assert [name for name, _told in heard] == ["meeting_cancelled"]
    assert RoomEvent.objects.get().ev == "meeting.cancelled"
    with pytest.raises(changing.UnableToCancel):
        changing.cancel_meeting(meeting=meeting, reason="", now=NOW)
    with pytest.raises(changing.UnableToChange):
        changing.change_meeting(meeting=meeting, details=details(local_time=time(15)), now=NOW)
    assert Meeting.objects.get().revision == 1


def test_a_draft_is_deleted_with_its_room_and_a_published_meeting_is_not(host, meeting):
    draft = scheduling.schedule_meeting(host=host, details=details(), now=NOW, publish=False)
    with pytest.raises(changing.UnableToCancel):
        changing.cancel_meeting(meeting=draft, reason="", now=NOW)
    scheduling.discard_draft(meeting=draft, now=NOW)
    assert list(Meeting.objects.all()) == [meeting]
    assert list(Room.objects.all()) == [meeting.room]
    with pytest.raises(scheduling.UnableToDiscard):
        scheduling.discard_draft(meeting=meeting, now=NOW)


# ---- consequences ----------------------------------------------------------------------------------------


def test_conflicts_name_who_hosts_speaks_or_is_registered_at_that_time(meeting, host):
    speaker, seated = factories.person(), factories.person()
    busy = factories.meeting(host=host)
    factories.role(busy, speaker)
    factories.registration(meeting=busy, person=seated)
    factories.registration(meeting=busy, state=Registration.State.WAITLISTED)
    factories.meeting(host=host, state=Meeting.State.CANCELLED)
    factories.meeting(host=host, starts_at=meeting.ends_at)
    found = change_preview.conflicts_of(
        people=[host, speaker, seated, factories.person()],
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        except_meeting=meeting,
    )
    assert {(one.person, one.meeting, one.is_on_stage) for one in found} == {
        (host, busy, True),
        (speaker, busy, True),
        (seated, busy, False),
    }


def test_effects_of_a_move_are_counted_before_it_is_made(meeting, host):
    for language in ("pl", "pl", "lt"):
        factories.registration(meeting=meeting, person=factories.person(language=language))
    factories.registration(meeting=meeting, state=Registration.State.WAITLISTED)
    factories.registration(meeting=meeting, state=Registration.State.CANCELLED)
    quiet = factories.person(wants_reminders=False, timezone="America/New_York")
    factories.registration(meeting=meeting, person=quiet)
    other = factories.meeting(host=host, starts_at=meeting.starts_at + timedelta(hours=2))
    factories.registration(meeting=other, person=quiet)
    soon = meeting.starts_at - timedelta(minutes=30)
    effects = change_preview.effects_of_change(
        meeting=meeting, details=details(local_time=time(13, 30)), now=soon
    )
    assert effects.moves
    assert effects.people_notified == 6
    assert dict(effects.notified_by_language) == {"pl": 2, "lt": 2, "en": 2}
    assert dict(effects.notified_by_reason) == {
        "registered": 4,
        "on the waitlist": 1,
        "host and people on stage": 1,
    }
    assert effects.events_moved == 5
    assert effects.reminders_dropped == 4  # the last of three, for each of the four who want them
    assert effects.reminders_planned == 8
    assert [one.meeting for one in effects.conflicts] == [other]
    assert effects.registered_elsewhere == 1
    assert effects.at_night == [("America/New_York", 1)]
    assert Meeting.objects.get(pk=meeting.pk).revision == 0


@pytest.mark.parametrize(
    ("zones_of_guests", "better"),
    [
        (["America/New_York", "Europe/Vilnius"], [time(13, 0), time(13, 30), time(14, 0)]),
        (["America/Los_Angeles"], [time(16, 0), time(16, 30), time(17, 0)]),
        (["Asia/Tokyo", "Asia/Tokyo", "America/New_York"], [time(10, 0), time(10, 30), time(11, 0)]),
        (["Europe/Vilnius"], []),
    ],
)
def test_better_times_of_the_day_are_those_at_which_it_is_night_for_the_fewest(
    meeting, zones_of_guests, better
):
    for zone in zones_of_guests:
        factories.registration(meeting=meeting, timezone=zone)
    stockholm = ZoneInfo("Europe/Stockholm")
    wanted = details(local_time=time(12, 0), timezone="Europe/Stockholm")
    effects = change_preview.effects_of_change(meeting=meeting, details=wanted, now=NOW)
    assert [start.astimezone(stockholm).time() for start, _end in effects.better_times] == better
    assert {end - start for start, end in effects.better_times} <= {effects.ends_at - effects.starts_at}


def test_a_change_that_notifies_nobody_has_no_effects(meeting):
    factories.registration(meeting=meeting)
    effects = change_preview.effects_of_change(meeting=meeting, details=details(record=True), now=NOW)
    assert not effects.needs_confirmation
    assert (effects.people_notified, effects.reminders_dropped, effects.reminders_planned) == (0, 0, 0)
