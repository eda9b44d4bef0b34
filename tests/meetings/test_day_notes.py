"""Public holidays, clocks that change, and night: beside the date of a form and in the preview of a change."""

from collections import Counter
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from companies import zones
from meetings import change_preview, day_notes, meeting_input
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db
INDEPENDENCE = date(2027, 11, 11)  # of Poland
FORWARD, BACK = date(2027, 3, 28), date(2027, 10, 31)


def notes(day, audience, at=time(10), timezone="Europe/Stockholm", minutes=60):
    return day_notes.notes_on(
        day=day, local_time=at, minutes=minutes, timezone=timezone, audience=Counter(audience)
    )


def shown(client, page, **typed):
    return client.get(
        page, {"local_day": "2027-11-11", "timezone": "Europe/Stockholm", **typed}
    ).content.decode()


@pytest.mark.parametrize(
    ("zone", "day", "change"),
    [
        ("Europe/Vilnius", FORWARD, 1),
        ("Europe/London", BACK, -1),
        ("Europe/Stockholm", FORWARD + timedelta(days=1), 0),
        ("America/New_York", FORWARD, 0),
        ("UTC", FORWARD, 0),
    ],
)
def test_the_days_on_which_clocks_change_are_those_of_each_zone(zone, day, change):
    assert zones.clock_change(day, zone) == timedelta(hours=change)
    found = notes(day, {(zone, ""): 1}, timezone=zone)
    assert (found.clocks_forward, found.clocks_back) == ([zone] * (change > 0), [zone] * (change < 0))


def test_a_holiday_counts_those_whose_country_has_it_and_the_others_are_not_told_of_it():
    audience = {("Europe/Warsaw", "PL"): 2, ("Europe/Stockholm", "PL"): 1, ("Europe/Stockholm", "SE"): 5}
    ((holiday, number),) = notes(INDEPENDENCE, audience).holidays
    assert (holiday.country, number) == ("PL", 3)
    assert not notes(INDEPENDENCE, {("Europe/Stockholm", "SE"): 5})


def test_a_long_meeting_meets_the_holidays_of_all_its_days_in_the_zone_of_each_person():
    two_days_before = INDEPENDENCE - timedelta(days=2)
    assert notes(two_days_before, {("Europe/Warsaw", "PL"): 1}, minutes=3 * 24 * 60).holidays
    evening = {"at": time(23, 30), "timezone": "Europe/London"}  # midnight has passed in Warsaw
    assert notes(INDEPENDENCE - timedelta(days=1), {("Europe/Warsaw", "PL"): 1}, **evening).holidays
    assert not notes(INDEPENDENCE, {("Europe/Warsaw", "PL"): 1}, **evening).holidays


def test_an_hour_that_the_clocks_skip_still_tells_of_the_clocks():
    found = notes(FORWARD, {("Europe/Stockholm", "SE"): 1}, at=time(2, 30))
    assert (found.clocks_forward, found.at_night) == (["Europe/Stockholm"], [])


def test_the_audience_is_those_who_come_each_once():
    meeting = make.meeting(host=make.member(timezone="Europe/Stockholm"))
    speaker = make.role(meeting, make.person(timezone="Europe/Vilnius")).person
    make.registration(meeting=meeting, person=speaker, timezone="Europe/Vilnius", country="LT")
    for country in ("PL", "PL", "XX"):
        make.registration(meeting=meeting, timezone="Europe/Berlin", country=country)
    make.registration(meeting=meeting, state="waitlisted", timezone="Europe/Oslo")
    make.registration(meeting=meeting, person=make.person(is_active=False), timezone="Europe/Oslo")
    assert day_notes.audience_of(meeting) == {
        ("Europe/Stockholm", "SE"): 1,
        ("Europe/Vilnius", "LT"): 1,
        ("Europe/Berlin", "PL"): 2,
        ("Europe/Berlin", "DE"): 1,
    }


def test_the_preview_tells_of_the_new_day_and_of_clocks_that_change_on_another_day():
    """New York's clocks go forward on 14 March 2027, Europe's two weeks later."""
    meeting = make.meeting(host=make.member(timezone="Europe/Stockholm"))
    make.registration(meeting=meeting, timezone="America/New_York", country="XX")
    make.registration(meeting=meeting, timezone="Europe/Warsaw", country="PL")
    before = meeting_input.details_of(meeting)
    between = replace(before, local_day=date(2027, 3, 16))
    effects = change_preview.effects_of_change(meeting=meeting, details=between, now=NOW)
    assert effects.other_hours == [("America/New_York", 1)]
    assert effects.notes is not None
    assert not effects.notes
    another = change_preview.effects_of_change(
        meeting=meeting, details=replace(between, local_time=time(12)), now=NOW
    )
    assert another.other_hours == []
    holiday = change_preview.effects_of_change(
        meeting=meeting, details=replace(before, local_day=INDEPENDENCE), now=NOW
    )
    assert holiday.notes is not None
    assert [(one.country, number) for one, number in holiday.notes.holidays] == [("PL", 1)]


def test_beside_the_date_of_a_new_meeting_stand_the_holidays_of_all_countries(client):
    client.force_login(make.member(language="pl"))
    page = reverse("notes_on_new")
    assert "Narodowe Święto Niepodległości" in shown(client, page, local_time="10:00")
    assert "<li>" not in shown(client, page, local_day="2027-11-12")
    assert "Reformationstag" in shown(client, page, local_day="2027-10-31")
    assert "Mecklenburg-Vorpommern" in shown(client, page, local_day="2027-10-31")
    assert reverse("notes_on_new") in client.get(reverse("new_meeting")).content.decode()


def test_a_series_tells_of_each_date_that_has_something(client):
    client.force_login(make.member())
    weekly = {
        "frequency": "weekly",
        "interval": "1",
        "count": "4",
        "local_time": "10:00",
        "local_day": "2027-12-10",
    }
    found = shown(client, reverse("notes_on_new"), **weekly)
    assert [f"{day} December 2027" in found for day in (10, 17, 24, 31)] == [False, False, True, True]
    assert "Christmas Eve" in found


def test_beside_the_date_of_a_change_stands_what_concerns_the_people_of_the_meeting(client):
    meeting = make.meeting()
    make.registration(meeting=meeting, timezone="America/New_York", country="XX")
    client.force_login(meeting.host)
    page = reverse("notes_on_change", args=[meeting.pk])
    early = shown(client, page, local_time="10:00", duration_minutes="60")
    assert "04:00–05:00" in early
    assert "Niepodległości" not in early
    assert "<li>" not in shown(client, page, local_time="15:00", duration_minutes="60")


@pytest.mark.parametrize(
    "typed",
    [
        {"local_day": "", "timezone": ""},
        {"local_day": "9999-12-31"},
        {"local_day": "0001-01-01", "local_time": "00:00"},
        {"local_day": "2027-03-28", "local_time": "02:30"},
        {"timezone": "Europe/Atlantis"},
        {"frequency": "weekly", "interval": "0", "count": "9" * 30, "local_time": "x"},
        {"duration_minutes": "9" * 30},
    ],
)
def test_what_is_no_date_yet_has_no_notes_and_no_error(client, typed):
    client.force_login(make.member())
    answer = client.get(
        reverse("notes_on_new"), {"local_day": "2027-11-12", "timezone": "Europe/Stockholm", **typed}
    )
    assert answer.status_code == 200
    assert "Early or late" not in answer.content.decode()
