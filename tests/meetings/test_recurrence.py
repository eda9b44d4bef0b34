from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.recurrence import (
    MAX_DAYS,
    MAX_OCCURRENCES,
    MONTHLY_BY,
    ImpossibleRule,
    Rule,
    days,
    occurrences,
)

THURSDAY = date(2027, 1, 14)


def test_daily_every_second_day():
    assert days(Rule(frequency="daily", interval=2, count=3), THURSDAY) == [
        date(2027, 1, 14),
        date(2027, 1, 16),
        date(2027, 1, 18),
    ]


def test_weekly_without_weekdays_keeps_the_weekday_of_the_first_day():
    assert days(Rule(frequency="weekly", count=3), THURSDAY) == [
        date(2027, 1, 14),
        date(2027, 1, 21),
        date(2027, 1, 28),
    ]


def test_weekly_on_two_weekdays_begins_in_the_middle_of_the_first_week():
    rule = Rule(frequency="weekly", interval=2, weekdays=(1, 3), count=4)
    assert days(rule, THURSDAY) == [date(2027, 1, 14), date(2027, 1, 26), date(2027, 1, 28), date(2027, 2, 9)]


def test_until_counts_its_own_day():
    assert days(Rule(frequency="weekly", until=date(2027, 1, 28)), THURSDAY)[-1] == date(2027, 1, 28)
    assert days(Rule(frequency="weekly", until=date(2027, 1, 27)), THURSDAY)[-1] == date(2027, 1, 21)


def test_monthly_on_the_31st_uses_the_last_day_of_shorter_months():
    assert days(Rule(frequency="monthly", count=5), date(2027, 12, 31)) == [
        date(2027, 12, 31),
        date(2028, 1, 31),
        date(2028, 2, 29),
        date(2028, 3, 31),
        date(2028, 4, 30),
    ]


def test_a_year_of_months_from_leap_day():
    assert days(Rule(frequency="monthly", interval=12, count=2), date(2028, 2, 29)) == [
        date(2028, 2, 29),
        date(2029, 2, 28),
    ]


def test_every_second_tuesday_is_every_other_week_or_the_second_of_each_month():
    tuesday = date(2027, 1, 12)
    assert days(Rule(frequency="weekly", interval=2, weekdays=(1,), count=4), tuesday) == [
        date(2027, 1, 12),
        date(2027, 1, 26),
        date(2027, 2, 9),
        date(2027, 2, 23),
    ]
    assert days(Rule(frequency="monthly", monthly_by="weekday", count=4), tuesday) == [
        date(2027, 1, 12),
        date(2027, 2, 9),
        date(2027, 3, 9),
        date(2027, 4, 13),
    ]


def test_the_last_tuesday_and_the_last_day_of_every_month():
    assert days(Rule(frequency="monthly", monthly_by="last_weekday", count=4), date(2027, 2, 23)) == [
        date(2027, 2, 23),
        date(2027, 3, 30),
        date(2027, 4, 27),
        date(2027, 5, 25),
    ]
    assert days(Rule(frequency="monthly", monthly_by="last_day", count=4), date(2027, 4, 30)) == [
        date(2027, 4, 30),
        date(2027, 5, 31),
        date(2027, 6, 30),
        date(2027, 7, 31),
    ]
    assert days(
        Rule(frequency="monthly", monthly_by="last_day", interval=12, count=2), date(2027, 2, 28)
    ) == [
        date(2027, 2, 28),
        date(2028, 2, 29),
    ]


@pytest.mark.parametrize(
    ("field", "monthly_by", "first"),
    [
        ("local_day", "last_day", date(2027, 4, 29)),
        ("local_day", "last_weekday", date(2027, 2, 16)),
        ("monthly_by", "weekday", date(2027, 3, 30)),
    ],
)
def test_a_first_day_that_is_none_of_the_rule_is_refused(field, monthly_by, first):
    with pytest.raises(ImpossibleRule) as caught:
        days(Rule(frequency="monthly", monthly_by=monthly_by, count=3), first)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ("monthly_by", {"frequency": "weekly", "monthly_by": "last_day", "count": 3}),
        ("monthly_by", {"frequency": "monthly", "monthly_by": "moon", "count": 3}),
        ("frequency", {"frequency": "dates", "count": 3}),
        ("frequency", {"frequency": "secondly", "count": 3}),
        ("interval", {"frequency": "daily", "interval": 0, "count": 3}),
        ("interval", {"frequency": "daily", "interval": 53, "count": 3}),
        ("weekdays", {"frequency": "daily", "weekdays": (1,), "count": 3}),
        ("weekdays", {"frequency": "weekly", "weekdays": (7,), "count": 3}),
        ("count", {"frequency": "daily"}),
        ("count", {"frequency": "daily", "count": 3, "until": date(2027, 2, 1)}),
        ("count", {"frequency": "daily", "count": 0}),
        ("count", {"frequency": "daily", "count": 61}),
    ],
)
def test_an_impossible_rule_says_which_field(field, rule):
    with pytest.raises(ImpossibleRule) as caught:
        Rule(**rule)
    assert caught.value.field == field
    assert caught.value.message


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ("until", Rule(frequency="daily", until=date(2027, 1, 13))),
        ("until", Rule(frequency="daily", until=date(2027, 12, 31))),  # more than sixty
        ("until", Rule(frequency="monthly", until=date(2029, 6, 1))),  # more than two years
        ("count", Rule(frequency="monthly", count=30)),
        ("until", Rule(frequency="weekly", weekdays=(2,), until=date(2027, 1, 15))),  # no Wednesday in it
    ],
)
def test_a_series_without_an_end_in_sight_is_refused(field, rule):
    with pytest.raises(ImpossibleRule) as caught:
        days(rule, THURSDAY)
    assert caught.value.field == field


def test_the_local_time_stays_when_the_clocks_change():
    rule = Rule(frequency="weekly", count=3)
    assert occurrences(rule, date(2027, 3, 18), time(10), "Europe/Vilnius") == [
        (date(2027, 3, 18), datetime(2027, 3, 18, 8, tzinfo=UTC)),
        (date(2027, 3, 25), datetime(2027, 3, 25, 8, tzinfo=UTC)),
        (date(2027, 4, 1), datetime(2027, 4, 1, 7, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(
    ("first", "clock", "zone", "words"),
    [
        (date(2027, 3, 21), time(2, 30), "Europe/Stockholm", "There is no 02:30 on 28 March 2027"),
        (date(2027, 3, 21), time(3, 30), "Europe/Vilnius", "There is no 03:30 on 28 March 2027"),
        (date(2027, 3, 21), time(1, 30), "Europe/London", "There is no 01:30 on 28 March 2027"),
        (date(2027, 10, 24), time(2, 30), "Europe/Copenhagen", "02:30 occurs twice on 31 October 2027"),
        (date(2027, 10, 24), time(3, 30), "Europe/Vilnius", "03:30 occurs twice on 31 October 2027"),
        (date(2027, 10, 24), time(1, 30), "Europe/London", "01:30 occurs twice on 31 October 2027"),
    ],
)
def test_a_day_without_that_time_is_an_error_that_names_the_day(first, clock, zone, words):
    with pytest.raises(ImpossibleRule) as caught:
        occurrences(Rule(frequency="weekly", count=3), first, clock, zone)
    assert caught.value.field == "local_time"
    assert caught.value.message.startswith(words)


rules = st.builds(
    dict,
    frequency=st.sampled_from(["daily", "weekly", "monthly"]),
    interval=st.integers(1, 52),
    count=st.integers(1, MAX_OCCURRENCES),
    weekdays=st.lists(st.integers(0, 6), max_size=7).map(tuple),
    monthly_by=st.sampled_from(sorted(MONTHLY_BY)),
)


@given(given_rule=rules, first=st.dates(date(2026, 1, 1), date(2040, 12, 31)))
def test_days_are_in_order_once_each_bounded_and_on_the_chosen_weekdays(given_rule, first):
    if given_rule["frequency"] != "weekly":
        given_rule["weekdays"] = ()
    if given_rule["frequency"] != "monthly":
        given_rule["monthly_by"] = "day"
    rule = Rule(**given_rule)
    try:
        found = days(rule, first)
    except ImpossibleRule as error:
        assert error.field == "count" or rule.monthly_by != "day"
        return
    assert len(found) == rule.count
    assert found == sorted(set(found))
    assert first <= found[0]
    assert found[-1] <= first + timedelta(days=MAX_DAYS)
    if rule.frequency == "weekly":
        assert {day.weekday() for day in found} <= set(rule.weekdays or [first.weekday()])
    else:
        assert found[0] == first


@given(
    given_rule=rules,
    first=st.dates(date(2026, 1, 1), date(2030, 12, 31)),
    length=st.integers(0, 1000),
)
def test_ending_by_day_makes_the_beginning_of_what_counting_makes(given_rule, first, length):
    frequency, interval = given_rule["frequency"], given_rule["interval"]
    until = first + timedelta(days=length)
    try:
        by_day = days(Rule(frequency=frequency, interval=interval, until=until), first)
    except ImpossibleRule:
        return
    assert by_day == days(Rule(frequency=frequency, interval=interval, count=len(by_day)), first)
    assert by_day[-1] <= until
