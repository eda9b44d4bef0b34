"""Further dates of a meeting: a series on chosen dates, or more of a series with a rule."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from meetings import asking, changing, changing_series, recurrence, scheduling
from meetings.meeting_input import Speaker, details_of
from meetings.models import Meeting, Series
from meetings.preconditions import UnableToSchedule
from meetings.question_input import QuestionInput
from notifications.models import Notification
from tests import factories
from tests.meetings.inputs import details

pytestmark = pytest.mark.django_db
NOW = factories.NOW
WEEKLY = recurrence.Rule(frequency="weekly", count=3)


@pytest.fixture
def host():
    return factories.member(timezone="Europe/Vilnius", language="en")


@pytest.fixture
def alone(host):
    given = details(speakers=(Speaker("elin@example.org", "Elin"),))
    return scheduling.schedule_meeting(host=host, details=given, now=NOW)


def starts(series):
    return [one.starts_at for one in series.meetings.order_by("series_position")]


def test_a_meeting_becomes_a_series_on_chosen_dates(alone):
    asking.set_questions(alone, (QuestionInput(kind="text", label={"en": "What do you eat?"}),), now=NOW)
    days = [date(2027, 5, 4), date(2027, 2, 2)]
    made = scheduling.add_dates(meeting=alone, days=days, now=NOW)
    series = Series.objects.get()
    assert (series.frequency, series.count, series.title) == ("dates", 3, alone.title)
    assert starts(series) == [
        datetime(2027, 1, 14, 9, tzinfo=UTC),
        datetime(2027, 2, 2, 9, tzinfo=UTC),
        datetime(2027, 5, 4, 8, tzinfo=UTC),
    ], "11:00 in Vilnius, in winter and in summer"
    assert [one.series_position for one in made] == [2, 3]
    assert {one.state for one in made} == {Meeting.State.SCHEDULED}
    assert len({one.room_id for one in made} | {alone.room_id}) == 3
    assert len({one.uid for one in made} | {alone.uid}) == 3
    assert [[role.person.email for role in one.roles.all()] for one in made] == [["elin@example.org"]] * 2
    assert all(one.registration_questions.count() == 1 for one in made)


def test_the_people_on_stage_get_one_email_about_all_of_them(alone, host):
    later = NOW + timedelta(days=1)
    scheduling.add_dates(meeting=alone, days=[date(2027, 2, 2), date(2027, 3, 2)], now=later)
    told = Notification.objects.filter(kind="invitation", created_at=later)
    assert told.count() == 4
    assert told.filter(goes_with=None).count() == 2


def test_a_date_between_the_others_is_numbered_by_its_time(host):
    series = scheduling.schedule_series(host=host, details=details(), rule=WEEKLY, now=NOW)
    (made,) = scheduling.add_dates(meeting=series[2], days=[date(2027, 1, 18)], now=NOW)
    assert made.series.count == 4
    assert [one.pk for one in changing_series.following(made)] == [made.pk, series[1].pk, series[2].pk]


def test_a_series_that_ended_by_a_day_ends_by_the_added_one(host):
    rule = recurrence.Rule(frequency="weekly", until=date(2027, 1, 28))
    series = scheduling.schedule_series(host=host, details=details(), rule=rule, now=NOW)
    scheduling.add_dates(meeting=series[0], days=[date(2027, 2, 11)], now=NOW)
    stored = Series.objects.get()
    assert (stored.until, stored.count) == (date(2027, 2, 11), None)


def test_of_a_draft_they_are_drafts(host):
    draft = scheduling.schedule_meeting(host=host, details=details(), now=NOW, publish=False)
    (made,) = scheduling.add_dates(meeting=draft, days=[date(2027, 2, 2)], now=NOW)
    assert made.state == Meeting.State.DRAFT
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("days", "clock", "words"),
    [
        ([], time(11), "at least one date"),
        ([date(2026, 1, 2)], time(11), "2 January 2026"),
        ([date(2027, 1, 21)], time(11), "takes place at that time already"),
        ([date(2027, 3, 28)], time(3, 30), "There is no 03:30"),
        ([date(2027, 10, 31)], time(3, 30), "occurs twice"),
        ([date(2027, 5, 1) + timedelta(days=n) for n in range(58)], time(11), "at most 60"),
    ],
)
def test_impossible_dates_are_named_and_nothing_is_made(host, days, clock, words):
    series = scheduling.schedule_series(host=host, details=details(local_time=clock), rule=WEEKLY, now=NOW)
    with pytest.raises(UnableToSchedule) as caught:
        scheduling.add_dates(meeting=series[0], days=days, now=NOW)
    assert words in caught.value.field_errors["days"][0]
    assert Meeting.objects.count() == 3


def test_a_day_whose_meeting_was_cancelled_is_free_again(host):
    series = scheduling.schedule_series(host=host, details=details(), rule=WEEKLY, now=NOW)
    changing.cancel_meeting(meeting=series[1], reason="", now=NOW)
    (made,) = scheduling.add_dates(meeting=series[0], days=[series[1].local_day], now=NOW)
    assert made.uid != series[1].uid


@pytest.mark.parametrize(
    ("rule", "first", "expected"),
    [
        (WEEKLY, date(2027, 1, 14), [date(2027, 2, 4), date(2027, 2, 11)]),
        (
            recurrence.Rule(frequency="monthly", monthly_by="last_day", count=2),
            date(2027, 1, 31),
            [date(2027, 3, 31), date(2027, 4, 30)],
        ),
        (
            recurrence.Rule(frequency="weekly", interval=2, weekdays=(1, 3), count=3),
            date(2027, 1, 14),
            [date(2027, 2, 9), date(2027, 2, 11)],
        ),
    ],
)
def test_the_next_dates_of_a_rule_are_suggested(host, rule, first, expected):
    series = scheduling.schedule_series(host=host, details=details(local_day=first), rule=rule, now=NOW)
    assert changing_series.next_days(series[0], 2) == expected


def test_nothing_is_suggested_where_no_rule_says_what_comes_next(alone, host):
    assert changing_series.next_days(alone, 3) == []
    rule = recurrence.Rule(frequency="monthly", monthly_by="last_day", count=2)
    series = scheduling.schedule_series(
        host=host, details=details(local_day=date(2027, 1, 31)), rule=rule, now=NOW
    )
    away = replace(details_of(series[1]), local_day=date(2027, 2, 25))
    changing.change_meeting(meeting=series[1], details=away, now=NOW)
    assert changing_series.next_days(series[0], 3) == []


def test_the_page_keeps_what_was_typed_and_adds_the_dates(host):
    day = (datetime.now(UTC) + timedelta(days=60)).date()
    first = details(local_day=day, local_time=time(11))
    series = scheduling.schedule_series(host=host, details=first, rule=WEEKLY, now=datetime.now(UTC))
    client = Client()
    client.force_login(host)
    page = reverse("add_dates", args=[series[0].pk])
    assert (day + timedelta(days=21)).isoformat() in client.get(page).content.decode()
    refused = client.post(page, {"day_0": day.isoformat(), "day_1": "2027-13-40"})
    assert refused.status_code == 422
    assert day.isoformat() in refused.content.decode()
    answer = client.post(page, {"day_0": (day + timedelta(days=1)).isoformat(), "day_3": ""})
    made = Meeting.objects.get(local_day=day + timedelta(days=1))
    assert answer.headers["Location"] == reverse("host_meeting", args=[made.pk])
