"""Scheduling a meeting or a series: times, zones, rooms, people on stage, and what is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from companies.models import Person
from meetings import changing, changing_series, meeting_input, scheduling
from meetings.meeting_input import Speaker
from meetings.models import Meeting, Series
from meetings.preconditions import UnableToSchedule
from meetings.recurrence import Rule
from rooms.models import Room
from tests import factories
from tests.meetings.inputs import details, signals_sent

NOW = factories.NOW
pytestmark = pytest.mark.django_db


@pytest.fixture
def host():
    return factories.member(name="Rasa Petrauskienė", timezone="Europe/Vilnius", language="lt")


def errors_of(host, **fields) -> dict:
    with pytest.raises(UnableToSchedule) as caught:
        scheduling.schedule_meeting(host=host, details=details(**fields), now=NOW)
    assert Meeting.objects.count() == 0
    assert Room.objects.count() == 0
    return caught.value.field_errors


# ---- scheduling ------------------------------------------------------------------------------------------


def test_scheduling_keeps_local_time_zone_and_instant(host):
    with signals_sent() as heard:
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


def test_a_draft_notifies_nobody_until_it_is_published(host):
    with signals_sent() as heard:
        meeting = scheduling.schedule_meeting(host=host, details=details(), now=NOW, publish=False)
        assert (meeting.state, meeting.published_at, heard) == ("draft", None, [])
        meeting = scheduling.publish_meeting(meeting=meeting, now=NOW)
    assert meeting.state == "scheduled"
    assert [name for name, _told in heard] == ["meeting_scheduled"]
    with pytest.raises(scheduling.UnableToPublish):
        scheduling.publish_meeting(meeting=meeting, now=NOW)


def test_a_draft_whose_time_has_passed_cannot_be_published(host):
    draft = scheduling.schedule_meeting(host=host, details=details(), now=NOW, publish=False)
    with pytest.raises(scheduling.UnableToPublish):
        scheduling.publish_meeting(meeting=draft, now=NOW + timedelta(days=365))


@pytest.mark.parametrize(
    ("day", "clock", "zone", "words"),
    [
        (date(2027, 3, 28), time(2, 30), "Europe/Copenhagen", "because the clocks in"),
        (date(2027, 3, 28), time(3, 0), "Europe/Vilnius", "because the clocks in"),
        (date(2027, 3, 28), time(1, 59), "Europe/London", "because the clocks in"),
        (date(2027, 10, 31), time(2, 0), "Europe/Copenhagen", "occurs twice"),
        (date(2027, 10, 31), time(3, 59), "Europe/Vilnius", "occurs twice"),
        (date(2027, 10, 31), time(1, 30), "Europe/London", "occurs twice"),
    ],
)
def test_a_time_that_is_skipped_or_comes_twice_is_an_error_of_the_time(host, day, clock, zone, words):
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
def test_times_next_to_a_change_of_clocks_and_on_leap_day_give_the_right_instant(
    host, day, clock, zone, instant
):
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
        (
            {"languages": ("en",), "interpreted_into": ("en",), "interpretation_how": "Headsets on site"},
            ["interpreted_into"],
        ),
        (
            {"interpreted_into": ("lt",), "format": "on_site", "address": "Danės g. 1"},
            ["interpretation_how"],
        ),
        ({"interpretation_how": "Headsets on site"}, ["interpreted_into"]),
        ({"reminders": (0,)}, ["reminders"]),
        ({"speakers": (Speaker("nobody"),)}, ["speakers"]),
        ({"speakers": (Speaker("a@example.org"), Speaker("A@example.org"))}, ["speakers"]),
        ({"title": {}, "capacity": -1}, ["title", "capacity"]),
    ],
)
def test_impossible_details_are_named_by_field_and_save_nothing(host, fields, names):
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


@pytest.mark.parametrize(
    ("spoken", "language", "zone"),
    [
        (("de",), "de", "Europe/Berlin"),
        (("en",), "en", "Europe/Stockholm"),
        (("de", "en"), "lt", "Europe/Stockholm"),
        ((), "lt", "Europe/Stockholm"),
    ],
)
def test_a_new_speaker_is_written_to_in_the_language_that_is_spoken(host, spoken, language, zone):
    speakers = (Speaker("klaus@example.org", "Klaus Meyer"),)
    wanted = details(speakers=speakers, languages=spoken, timezone="Europe/Stockholm")
    scheduling.schedule_meeting(host=host, details=wanted, now=NOW)
    speaker = Person.objects.get(email="klaus@example.org")
    assert (speaker.language, speaker.timezone) == (language, zone)


def test_a_meeting_in_a_project_room_is_for_invited_people_whatever_was_entered(host):
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


def test_a_series_keeps_its_local_time_over_a_change_of_clocks(host):
    given = details(local_day=date(2027, 3, 25), local_time=time(10))
    with signals_sent() as heard:
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


def test_a_series_with_one_impossible_time_makes_nothing_and_names_the_day(host):
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
    assert [str(one) for one in after] == ["Heat from harbour water", "Part two", "Part two"]
    assert str(Series.objects.get()) == "Heat from harbour water"


def test_a_part_with_a_title_and_a_place_of_its_own_keeps_them(host):
    made = scheduling.schedule_series(
        host=host, details=details(), rule=Rule(frequency="daily", count=3), now=NOW
    )
    own = replace(
        meeting_input.details_of(made[1]), title={"en": "Ask us"}, format="both", address="Quay 1, Kiel"
    )
    changing.change_meeting(meeting=made[1], details=own, now=NOW)
    wanted = replace(
        meeting_input.details_of(made[0]),
        title={"en": "Heat, again"},
        description={"en": "New words"},
        format="both",
        address="Quay 2, Kiel",
    )
    changing_series.change_following(meeting=made[0], details=wanted, now=NOW)
    after = list(Meeting.objects.order_by("series_position"))
    assert [str(one) for one in after] == ["Heat, again", "Ask us", "Heat, again"]
    assert [one.address for one in after] == ["Quay 2, Kiel", "Quay 1, Kiel", "Quay 2, Kiel"]
    assert [one.description for one in after] == [{"en": "New words"}] * 3
    assert str(Series.objects.get()) == "Heat, again"  # no meeting of it has the old title any more


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


def test_a_meeting_has_a_position_when_it_is_of_a_series_and_only_then():
    """By its position "this and following" knows which ones follow."""
    alone, of_series = factories.meeting(), factories.meeting(series=factories.series())
    for meeting, position in ((alone, 1), (of_series, None)):
        with pytest.raises(IntegrityError, match="meeting_of_a_series_has_a_position"), transaction.atomic():
            Meeting.objects.filter(pk=meeting.pk).update(series_position=position)
    assert changing_series.following(of_series) == [of_series]
