import asyncio
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from companies.models import Person
from meetings import change_preview, changing, changing_series, meeting_input, running, scheduling, signals
from meetings.meeting_input import MeetingDetails, Speaker
from meetings.models import Meeting, MeetingRole, Registration, Series
from meetings.preconditions import UnableToSchedule
from meetings.recurrence import Rule
from notifications.models import Notification
from rooms import bus
from rooms.models import Room, RoomEvent
from tests import factories

NOW = factories.NOW
pytestmark = pytest.mark.django_db


def details(**fields) -> MeetingDetails:
    given = {
        "kind": "webinar",
        "title": {"en": "Heat from harbour water"},
        "local_day": date(2027, 1, 14),
        "local_time": time(11),
        "timezone": "Europe/Vilnius",
        "duration_minutes": 60,
        "languages": ("en",),
    }
    return MeetingDetails(**given | fields)


@contextmanager
def facts_sent():
    names = [name for name, value in vars(signals).items() if isinstance(value, signals.Signal)]
    heard = []
    receivers = {name: lambda signal, sender, name=name, **told: heard.append((name, told)) for name in names}
    for name in names:
        getattr(signals, name).connect(receivers[name])
    yield heard
    for name in names:
        getattr(signals, name).disconnect(receivers[name])


@pytest.fixture
def host():
    return factories.member(name="Rasa Petrauskienė", timezone="Europe/Vilnius", language="lt")


@pytest.fixture
def meeting(host):
    return scheduling.schedule_meeting(host=host, details=details(), now=NOW)


def errors_of(host, **fields) -> dict:
    with pytest.raises(UnableToSchedule) as caught:
        scheduling.schedule_meeting(host=host, details=details(**fields), now=NOW)
    assert Meeting.objects.count() == 0
    assert Room.objects.count() == 0
    return caught.value.field_errors


# ---- scheduling ------------------------------------------------------------------------------------------


def test_scheduling_keeps_wall_clock_time_zone_and_instant(host):
    with facts_sent() as heard:
        meeting = scheduling.schedule_meeting(host=host, details=details(), now=NOW)
    assert meeting.starts_at == datetime(2027, 1, 14, 9, tzinfo=UTC)
    assert meeting.ends_at == datetime(2027, 1, 14, 10, tzinfo=UTC)
    assert (meeting.local_day, meeting.local_time, meeting.timezone) == (
        date(2027, 1, 14),
        time(11),
        "Europe/Vilnius",
    )
    assert meeting.starts_at.astimezone(meeting.zone).hour == 11
    assert (meeting.state, meeting.published_at, meeting.revision) == ("scheduled", NOW, 0)
    assert meeting.uid == f"{meeting.pk}@{meeting.uid.split('@')[1]}"
    assert meeting.room.kind == Room.Kind.MEETING
    assert meeting.host_company == host.company
    assert heard == [("meeting_scheduled", {"meeting": meeting, "now": NOW})]


def test_a_draft_is_told_to_nobody_until_it_is_published(host):
    with facts_sent() as heard:
        meeting = scheduling.schedule_meeting(host=host, details=details(), now=NOW, publish=False)
        assert (meeting.state, meeting.published_at, heard) == ("draft", None, [])
        meeting = scheduling.publish_meeting(meeting=meeting, now=NOW)
    assert meeting.state == "scheduled"
    assert [name for name, _told in heard] == ["meeting_scheduled"]
    with pytest.raises(scheduling.UnableToPublish):
        scheduling.publish_meeting(meeting=meeting, now=NOW)


def test_a_draft_whose_hour_has_passed_cannot_be_published(host):
    draft = scheduling.schedule_meeting(host=host, details=details(), now=NOW, publish=False)
    with pytest.raises(scheduling.UnableToPublish):
        scheduling.publish_meeting(meeting=draft, now=NOW + timedelta(days=365))


@pytest.mark.parametrize(
    ("day", "clock", "zone", "words"),
    [
        (date(2027, 3, 28), time(2, 30), "Europe/Copenhagen", "there is no such hour"),
        (date(2027, 3, 28), time(3, 0), "Europe/Vilnius", "there is no such hour"),
        (date(2027, 3, 28), time(1, 59), "Europe/London", "there is no such hour"),
        (date(2027, 10, 31), time(2, 0), "Europe/Copenhagen", "comes twice"),
        (date(2027, 10, 31), time(3, 59), "Europe/Vilnius", "comes twice"),
        (date(2027, 10, 31), time(1, 30), "Europe/London", "comes twice"),
    ],
)
def test_a_missing_or_doubled_hour_is_an_error_of_the_hour(host, day, clock, zone, words):
    errors = errors_of(host, local_day=day, local_time=clock, timezone=zone)
    assert list(errors) == ["local_time"]
    assert words in errors["local_time"][0]


@pytest.mark.parametrize(
    ("day", "clock", "zone", "instant"),
    [
        (date(2027, 3, 28), time(3, 0), "Europe/Copenhagen", datetime(2027, 3, 28, 1, tzinfo=UTC)),
        (date(2027, 3, 28), time(1, 59), "Europe/Copenhagen", datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        (date(2027, 10, 31), time(3, 0), "Europe/Copenhagen", datetime(2027, 10, 31, 2, tzinfo=UTC)),
        (date(2027, 10, 31), time(4, 0), "Europe/Vilnius", datetime(2027, 10, 31, 2, tzinfo=UTC)),
        (date(2028, 2, 29), time(10, 0), "Europe/London", datetime(2028, 2, 29, 10, tzinfo=UTC)),
    ],
)
def test_the_hours_beside_a_change_of_clocks_and_leap_day_are_what_they_say(host, day, clock, zone, instant):
    given = details(local_day=day, local_time=clock, timezone=zone)
    assert scheduling.schedule_meeting(host=host, details=given, now=NOW).starts_at == instant


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"title": {"en": "  "}}, ["title"]),
        ({"title": {"fi": "Lämpö"}}, ["title"]),
        ({"kind": "party"}, ["kind"]),
        ({"format": "both"}, ["address"]),
        ({"capacity": 0}, ["capacity"]),
        ({"timezone": "Mars/Base"}, ["timezone"]),
        ({"duration_minutes": 0}, ["duration_minutes"]),
        ({"local_day": date(2026, 12, 1)}, ["local_day"]),
        ({"local_day": date(2050, 12, 1)}, ["local_day"]),
        (
            {"local_day": date(9999, 12, 31), "timezone": "America/New_York", "local_time": time(23)},
            ["local_day"],
        ),
        ({"languages": ("xx",)}, ["languages"]),
        ({"languages": ("en",), "interpreted_into": ("en",)}, ["interpreted_into"]),
        ({"reminders": (0,)}, ["reminders"]),
        ({"speakers": (Speaker("nobody"),)}, ["speakers"]),
        ({"speakers": (Speaker("a@example.org"), Speaker("A@example.org"))}, ["speakers"]),
        ({"title": {}, "capacity": -1}, ["title", "capacity"]),
    ],
)
def test_impossible_details_are_named_by_field_and_leave_nothing_behind(host, fields, names):
    assert list(errors_of(host, **fields)) == names


def test_a_speaker_without_an_account_becomes_a_guest_and_a_known_one_keeps_the_profile(host):
    known = factories.person(email="katrin@example.org", name="Katrin Brüggemann", language="de")
    speakers = (
        Speaker("Katrin@example.org", "K. B."),
        Speaker("pawel@example.org", "Paweł Nowicki", "interpreter"),
    )
    meeting = scheduling.schedule_meeting(host=host, details=details(speakers=speakers), now=NOW)
    known.refresh_from_db()
    guest = Person.objects.get(email="pawel@example.org")
    assert (known.name, known.language) == ("Katrin Brüggemann", "de")
    assert (guest.name, guest.language, guest.company, guest.has_usable_password()) == (
        "Paweł Nowicki",
        "lt",
        None,
        False,
    )
    assert {(role.person, role.role) for role in meeting.roles.all()} == {
        (known, "speaker"),
        (guest, "interpreter"),
    }


def test_a_meeting_in_a_project_room_is_for_invited_people_whatever_was_asked(host):
    room = factories.room(companies=[host.company, factories.company()])
    meeting = scheduling.schedule_meeting(host=host, details=details(room=room, visibility="public"), now=NOW)
    assert (meeting.room, meeting.visibility) == (room, "invited")
    changed = changing.change_meeting(
        meeting=meeting, details=replace(meeting_input.details_of(meeting), visibility="public"), now=NOW
    )
    assert changed.visibility == "invited"


def test_a_project_room_holds_one_meeting_at_a_time(host):
    room = factories.room(companies=[host.company, factories.company()])
    scheduling.schedule_meeting(host=host, details=details(room=room), now=NOW)
    with pytest.raises(UnableToSchedule) as caught:
        scheduling.schedule_meeting(host=host, details=details(room=room, local_time=time(11, 30)), now=NOW)
    assert list(caught.value.field_errors) == ["local_time"]
    scheduling.schedule_meeting(host=host, details=details(room=room, local_time=time(12)), now=NOW)
    assert room.meetings.count() == 2


# ---- series ----------------------------------------------------------------------------------------------


def test_a_series_keeps_the_hour_on_the_wall_over_the_change_of_clocks(host):
    given = details(local_day=date(2027, 3, 25), local_time=time(10))
    with facts_sent() as heard:
        made = scheduling.schedule_series(
            host=host, details=given, rule=Rule(frequency="weekly", count=3), now=NOW
        )
    assert [meeting.starts_at.hour for meeting in made] == [8, 7, 7]
    assert [meeting.local_time for meeting in made] == [time(10)] * 3
    assert [meeting.series_position for meeting in made] == [1, 2, 3]
    assert len({meeting.uid for meeting in made}) == 3
    assert len({meeting.room_id for meeting in made}) == 3
    assert Series.objects.get().meetings.count() == 3
    assert [name for name, _told in heard] == ["meeting_scheduled"] * 3


def test_a_series_with_one_impossible_hour_makes_nothing_and_names_the_day(host):
    given = details(local_day=date(2027, 3, 21), local_time=time(3, 30))
    with pytest.raises(UnableToSchedule) as caught:
        scheduling.schedule_series(host=host, details=given, rule=Rule(frequency="weekly", count=3), now=NOW)
    assert "28 March 2027" in caught.value.field_errors["local_time"][0]
    assert (Series.objects.count(), Meeting.objects.count()) == (0, 0)


def test_meetings_of_a_series_do_not_run_into_each_other(host):
    with pytest.raises(UnableToSchedule) as caught:
        scheduling.schedule_series(
            host=host,
            details=details(duration_minutes=25 * 60),
            rule=Rule(frequency="daily", count=3),
            now=NOW,
        )
    assert list(caught.value.field_errors) == ["duration_minutes"]
    assert Series.objects.count() == 0


def test_moving_this_and_following_leaves_the_earlier_ones(host):
    room = factories.room(companies=[host.company, factories.company()])
    made = scheduling.schedule_series(
        host=host, details=details(room=room), rule=Rule(frequency="daily", count=3), now=NOW
    )
    wanted = replace(
        meeting_input.details_of(made[1]),
        local_day=made[1].local_day + timedelta(days=1),
        local_time=time(14),
        title={"en": "Part two"},
    )
    changing_series.change_following(meeting=made[1], details=wanted, now=NOW)
    after = Meeting.objects.order_by("series_position")
    assert [(one.local_day.day, one.local_time.hour, one.revision) for one in after] == [
        (14, 11, 0),
        (16, 14, 1),
        (17, 14, 1),
    ]
    assert [str(one) for one in after] == ["Heat from harbour water", "Part two", "Heat from harbour water"]


def test_cancelling_this_and_following_leaves_the_earlier_ones(host):
    made = scheduling.schedule_series(
        host=host, details=details(), rule=Rule(frequency="weekly", count=3), now=NOW
    )
    changing_series.cancel_following(meeting=made[1], reason="Ice", now=NOW)
    assert [one.state for one in Meeting.objects.order_by("series_position")] == [
        "scheduled",
        "cancelled",
        "cancelled",
    ]


def test_cancelling_a_series_leaves_its_drafts(host):
    made = scheduling.schedule_series(
        host=host, details=details(), rule=Rule(frequency="weekly", count=2), now=NOW, publish=False
    )
    scheduling.publish_meeting(meeting=made[0], now=NOW)
    changing_series.cancel_following(meeting=made[0], reason="", now=NOW)
    assert [one.state for one in Meeting.objects.order_by("series_position")] == ["cancelled", "draft"]


# ---- changing --------------------------------------------------------------------------------------------


def test_moving_raises_the_revision_keeps_the_uid_and_tells_the_room(meeting):
    uid, before = meeting.uid, (meeting.starts_at, meeting.ends_at)
    with facts_sent() as heard:
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


def test_moving_a_draft_tells_nobody(host):
    draft = scheduling.schedule_meeting(host=host, details=details(), now=NOW, publish=False)
    with facts_sent() as heard:
        changing.change_meeting(meeting=draft, details=details(local_time=time(15)), now=NOW)
    assert heard == []
    assert RoomEvent.objects.count() == 0


def test_moving_to_an_hour_that_does_not_exist_changes_nothing(meeting):
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
def test_a_change_that_people_are_told_of_raises_the_revision_once(meeting, change, changed):
    with facts_sent() as heard:
        after = changing.change_meeting(meeting=meeting, details=details(**change), now=NOW)
    assert after.revision == 1
    assert [(name, told["changed"]) for name, told in heard] == [("meeting_changed", changed)]


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
def test_what_people_are_not_told_of_leaves_the_revision(meeting, change):
    with facts_sent() as heard:
        after = changing.change_meeting(meeting=meeting, details=details(**change), now=NOW)
    assert (after.revision, heard) == (0, [])


def test_a_move_with_a_new_title_is_one_revision_and_one_fact(meeting):
    with facts_sent() as heard:
        after = changing.change_meeting(
            meeting=meeting, details=details(title={"en": "Heat"}, local_time=time(15)), now=NOW
        )
    assert after.revision == 1
    assert [name for name, _told in heard] == ["meeting_moved"]


def test_capacity_cannot_fall_below_the_seats_that_are_taken(meeting):
    for _ in range(2):
        factories.registration(meeting=meeting)
    with pytest.raises(UnableToSchedule) as caught:
        changing.change_meeting(meeting=meeting, details=details(capacity=1), now=NOW)
    assert list(caught.value.field_errors) == ["capacity"]
    assert changing.change_meeting(meeting=meeting, details=details(capacity=2), now=NOW).capacity == 2


def test_a_speaker_who_is_taken_off_loses_the_role(meeting):
    for speakers in (
        (Speaker("a@example.org"), Speaker("b@example.org")),
        (Speaker("b@example.org", role="co_host"),),
    ):
        changing.change_meeting(meeting=meeting, details=details(speakers=speakers), now=NOW)
    assert list(MeetingRole.objects.values_list("person__email", "role")) == [("b@example.org", "co_host")]


def test_who_left_the_stage_of_an_announced_meeting_is_a_fact_and_of_a_draft_is_not(meeting, host):
    draft = scheduling.schedule_meeting(
        host=host, details=details(speakers=(Speaker("a@example.org"),)), now=NOW, publish=False
    )
    changing.change_meeting(
        meeting=meeting,
        details=details(speakers=(Speaker("a@example.org"), Speaker("b@example.org"))),
        now=NOW,
    )
    with facts_sent() as heard:
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


def test_only_those_whose_role_changed_are_looked_at_again_in_the_room(
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


def test_who_is_put_on_the_stage_of_an_announced_meeting_is_invited_and_nobody_else_is_told(meeting, host):
    factories.registration(meeting=meeting)
    changing.change_meeting(meeting=meeting, details=details(speakers=(Speaker("a@example.org"),)), now=NOW)
    changing.change_meeting(meeting=meeting, details=details(speakers=(Speaker("a@example.org"),)), now=NOW)
    told = Notification.objects.exclude(kind=Notification.Kind.REMINDER).values_list("person__email", "kind")
    assert sorted(told) == sorted([("a@example.org", "invitation"), (host.email, "invitation")])
    assert Meeting.objects.get().revision == 0


def test_cancelling_raises_the_revision_and_tells_people_and_the_room(meeting):
    with facts_sent() as heard:
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


def test_a_draft_is_deleted_with_its_room_and_an_announced_meeting_is_not(host, meeting):
    draft = scheduling.schedule_meeting(host=host, details=details(), now=NOW, publish=False)
    with pytest.raises(changing.UnableToCancel):
        changing.cancel_meeting(meeting=draft, reason="", now=NOW)
    scheduling.discard_draft(meeting=draft)
    assert list(Meeting.objects.all()) == [meeting]
    assert list(Room.objects.all()) == [meeting.room]
    with pytest.raises(scheduling.UnableToDiscard):
        scheduling.discard_draft(meeting=meeting)


# ---- running ---------------------------------------------------------------------------------------------


def test_a_meeting_starts_and_ends_once(meeting):
    later = meeting.starts_at + timedelta(minutes=2)
    with facts_sent() as heard:
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


def test_a_live_meeting_may_run_longer_and_not_begin_at_another_hour(meeting):
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


# ---- consequences ----------------------------------------------------------------------------------------


def test_conflicts_name_who_hosts_speaks_or_has_a_seat_at_that_hour(meeting, host):
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
    assert dict(effects.notified_by_reason) == {"registered": 4, "on the waitlist": 1, "host and speakers": 1}
    assert effects.events_moved == 5
    assert effects.reminders_dropped == 4  # the last of three, for each of the four who want them
    assert effects.reminders_planned == 8
    assert [one.meeting for one in effects.conflicts] == [other]
    assert effects.registered_elsewhere == 1
    assert effects.at_night == [("America/New_York", 1)]
    assert Meeting.objects.get(pk=meeting.pk).revision == 0


def test_a_change_that_nobody_is_told_of_has_no_effects(meeting):
    factories.registration(meeting=meeting)
    effects = change_preview.effects_of_change(meeting=meeting, details=details(record=True), now=NOW)
    assert not effects.needs_confirmation
    assert (effects.people_notified, effects.reminders_dropped, effects.reminders_planned) == (0, 0, 0)
