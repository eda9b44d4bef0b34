"""After an update of tzdata the local time stays and the instant follows; the stored instant stands for old rules."""

import zoneinfo
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from io import StringIO

import pytest
from django.core.management import call_command

from companies import zones
from meetings import changing, following_zones, scheduling
from meetings.meeting_input import details_of
from meetings.models import Meeting
from notifications.models import Notification
from tests import factories
from tests.meetings.inputs import details

pytestmark = pytest.mark.django_db
NOW = factories.NOW
HOUR = timedelta(hours=1)


def by_old_rules(meeting, shift=HOUR):
    Meeting.objects.filter(pk=meeting.pk).update(
        starts_at=meeting.starts_at + shift, ends_at=meeting.ends_at + shift
    )
    meeting.refresh_from_db()
    return meeting


@pytest.fixture
def meeting(time_machine):
    time_machine.move_to(NOW)
    host = factories.member(timezone="Europe/Vilnius", language="en")
    return scheduling.schedule_meeting(host=host, details=details(), now=NOW - HOUR)


def run(*options):
    out = StringIO()
    call_command("follow_time_zones", *options, stdout=out)
    return out.getvalue()


def test_nothing_is_displaced_while_the_rules_are_the_same(meeting):
    assert list(following_zones.displaced_meetings(now=NOW)) == []
    assert run().startswith("0 meetings to be moved")


def test_it_is_shown_first_and_changes_nothing(meeting):
    by_old_rules(meeting)
    shown = run()
    assert "2027-01-14 11:00 Europe/Vilnius\n  stored as 2027-01-14 12:00 +0200" in shown
    assert "1 meetings to be moved (nothing is changed without --apply), 0 for their hosts to change" in shown
    assert shown.endswith(f"; tzdata {zones.version()}\n")
    meeting.refresh_from_db()
    assert (meeting.revision, meeting.starts_at) == (0, datetime(2027, 1, 14, 10, tzinfo=UTC))


def test_applied_it_is_a_move_with_its_emails_and_reminders(meeting):
    registration = factories.registration(meeting=meeting)
    by_old_rules(meeting)
    assert run("--apply").splitlines()[-1].startswith("1 meetings moved, 0 for their hosts")
    meeting.refresh_from_db()
    assert (meeting.revision, meeting.starts_at) == (1, datetime(2027, 1, 14, 9, tzinfo=UTC))
    assert (meeting.local_day, meeting.local_time) == (date(2027, 1, 14), time(11))
    told = Notification.objects.filter(person=registration.person, state="waiting")
    assert told.get(kind="change").details["was"]["starts_at"] == "2027-01-14T10:00:00+00:00"
    assert told.filter(kind="reminder", due_at=meeting.starts_at - HOUR).exists()
    assert run("--apply").startswith("0 meetings moved"), "twice does no harm"


@pytest.mark.parametrize(
    "fields", [{"state": "cancelled"}, {"state": "ended"}, {"state": "live", "started_at": NOW}]
)
def test_what_is_over_or_under_way_stays(meeting, fields):
    by_old_rules(meeting)
    Meeting.objects.update(**fields)
    assert run().startswith("0 meetings")


def test_a_time_that_does_not_exist_any_more_is_left_to_its_host(meeting):
    Meeting.objects.update(local_day=date(2027, 3, 28), local_time=time(3, 30))
    shown = run("--apply")
    assert "There is no 03:30 on 28 March 2027" in shown
    assert shown.splitlines()[-1].startswith("0 meetings moved, 1 for their hosts to change")
    assert Meeting.objects.get().revision == 0


def test_the_rules_are_those_of_the_locked_package_on_every_machine():
    assert zoneinfo.TZPATH == ()
    name = resources.files("tzdata").joinpath("zoneinfo", "Europe", "Vilnius")
    with name.open("rb") as file:
        of_package = zoneinfo.ZoneInfo.from_file(file, key="Europe/Vilnius")
    moments = [datetime(year, month, 15, 12, tzinfo=UTC) for year in range(1990, 2060) for month in (1, 7)]
    for moment in moments:
        assert (
            moment.astimezone(of_package).utcoffset()
            == moment.astimezone(zones.zone("Europe/Vilnius")).utcoffset()
        )
    assert zones.version().startswith("20")


def test_another_change_does_not_move_it_behind_everybodys_back(meeting):
    by_old_rules(meeting)
    new = replace(details_of(meeting), description={"en": "Two winters."})
    changing.change_meeting(meeting=meeting, details=new, now=NOW)
    meeting.refresh_from_db()
    assert (meeting.revision, meeting.starts_at) == (0, datetime(2027, 1, 14, 10, tzinfo=UTC))
