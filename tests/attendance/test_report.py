import unicodedata
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.report import attendance_of, clipped, merged, people_who_attended, total
from companies.ids import new_id
from meetings.models import Meeting
from rooms.models import Presence
from tests import factories

START = factories.STARTS_AT
END = START + timedelta(hours=1)
AFTER = END + timedelta(hours=1)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def present(meeting, person, joined, left, **fields):
    return Presence.objects.create(
        room=meeting.room,
        person=person,
        connection=new_id(),
        process="web-1",
        joined_at=at(joined),
        seen_at=at(joined if left is None else left),
        left_at=None if left is None else at(left),
        **fields,
    )


@pytest.fixture
def meeting(db):
    return factories.meeting(state=Meeting.State.ENDED)


def only(attendance):
    assert len(attendance.attendees) == 1
    return attendance.attendees[0]


def test_coming_back_and_a_second_tab_count_once(meeting):
    person = factories.person()
    present(meeting, person, 0, 20)
    present(meeting, person, 10, 30)  # the second tab
    present(meeting, person, 40, 50)  # came back
    attendee = only(attendance_of(meeting, AFTER))
    assert attendee.intervals == [(at(0), at(30)), (at(40), at(50))]
    assert attendee.minutes == 40
    assert attendee.percent == 66
    assert attendee.counted


def test_presence_counts_only_between_the_actual_start_and_end(db):
    meeting = factories.meeting(state=Meeting.State.ENDED, started_at=at(5), ended_at=at(45))
    person = factories.person()
    present(meeting, person, -30, 90)
    attendee = only(attendance_of(meeting, AFTER))
    assert attendee.intervals == [(at(5), at(45))]
    assert attendee.share == 1.0


def test_a_meeting_that_was_never_started_uses_its_scheduled_times(db):
    meeting = factories.meeting()
    person = factories.person()
    present(meeting, person, -10, 30)
    attendance = attendance_of(meeting, AFTER)
    assert only(attendance).minutes == 30
    assert not attendance.is_final


def test_presence_only_before_the_start_is_no_attendance(meeting):
    present(meeting, factories.person(), -20, -1)
    assert attendance_of(meeting, AFTER).attendees == []


def test_an_open_presence_lasts_until_now(db):
    meeting = factories.meeting(state=Meeting.State.LIVE, started_at=START)
    present(meeting, factories.person(), 10, None)
    attendance = attendance_of(meeting, at(20))
    assert only(attendance).minutes == 10
    assert only(attendance).share == 0.5


@pytest.mark.parametrize(("minutes", "counted"), [(30, True), (29.9, False), (60, True)])
def test_half_of_the_meeting_counts(meeting, minutes, counted):
    present(meeting, factories.person(), 0, minutes)
    assert only(attendance_of(meeting, AFTER)).counted is counted


def test_another_threshold_may_be_asked_for(meeting):
    present(meeting, factories.person(), 0, 20)
    assert only(attendance_of(meeting, AFTER, threshold=0.25)).counted
    assert not only(attendance_of(meeting, AFTER, threshold=0.5)).counted


def test_totals_count_each_company_once_and_only_people_who_stayed(meeting):
    heat = factories.company(name="Marių Šiluma UAB", country="LT")
    for _ in range(2):
        present(meeting, factories.person(company=heat), 0, 60)
    guest = factories.person(country="PL")
    factories.registration(meeting=meeting, person=guest, company_name="Żuławy Solar", country="PL")
    present(meeting, guest, 0, 60)
    other = factories.person()
    factories.registration(meeting=meeting, person=other, company_name="żuławy  solar ", country="PL")
    present(meeting, other, 0, 50)
    present(meeting, factories.person(company=factories.company(country="DE")), 0, 5)
    attendance = attendance_of(meeting, AFTER)
    assert [(one.country, one.people, one.companies) for one in attendance.by_country] == [
        ("LT", 2, 1),
        ("PL", 2, 1),
    ]
    assert {(one.company, one.people, one.minutes) for one in attendance.by_company} == {
        ("Marių Šiluma UAB", 2, 120),
        (attendance.by_company[1].company, 2, 110),
    }
    assert len(attendance.companies) == 2
    assert len(attendance.attendees) == 5


def test_presence_in_a_project_room_belongs_to_the_meeting_of_that_time(db):
    room = factories.room(companies=[factories.company(), factories.company()])
    first = factories.meeting(state=Meeting.State.ENDED, room=room)
    second = factories.meeting(state=Meeting.State.ENDED, room=room, starts_at=at(120))
    person = factories.person()
    present(first, person, 0, 60)
    present(first, person, 130, 160)
    assert only(attendance_of(first, at(500))).minutes == 60
    assert only(attendance_of(second, at(500))).minutes == 30


def test_attendance_takes_the_same_number_of_queries_for_one_and_three(meeting, django_assert_num_queries):
    for wanted in (1, 3):
        while Presence.objects.count() < wanted:
            present(meeting, factories.member(), 0, 60)
        with django_assert_num_queries(2):
            attendance_of(meeting, AFTER)


moments = st.integers(-7200, 7200).map(lambda seconds: START + timedelta(seconds=seconds))
spans = st.lists(st.tuples(moments, moments).map(lambda pair: (min(pair), max(pair))), max_size=20)


@given(spans, st.randoms())
def test_the_union_never_exceeds_the_meeting_in_any_order_of_intervals(intervals, random):
    union = merged(clipped(intervals, (START, END)))
    assert total(union) <= END - START
    shuffled = list(intervals)
    random.shuffle(shuffled)
    assert merged(clipped(shuffled, (START, END))) == union
    assert merged(clipped(intervals * 2, (START, END))) == union


@given(spans)
def test_the_union_contains_exactly_the_moments_of_its_intervals(intervals):
    union = merged(intervals)
    assert all(end < later for (_, end), (later, _) in pairwise(union))
    for moment in (START + timedelta(seconds=step) for step in range(-7200, 7200, 997)):
        assert any(a <= moment < b for a, b in union) == any(a <= moment < b for a, b in intervals)


def test_who_attended_is_who_the_report_has_in_one_query(meeting, django_assert_num_queries):
    breakout = factories.room(kind="breakout", parent=meeting.room, number=1)
    for number, (joined, left) in enumerate(
        [(-9, 0), (-9, 1), (0, 60), (59, 70), (60, 70), (5, 5), (5, None), (90, None)]
    ):
        present(meeting, factories.person(), joined, left)
        elsewhere = present(meeting, factories.person(), joined, left)
        Presence.objects.filter(pk=elsewhere.pk).update(room=breakout if number % 2 else factories.room())
    listed = {one.person.pk for one in attendance_of(meeting, AFTER).attendees}
    with django_assert_num_queries(1):
        assert people_who_attended(meeting, AFTER) == listed
    assert len(listed) == 6


def test_leap_day_and_the_repeated_hour_count_in_full(db):
    began = datetime(2027, 10, 30, 22, tzinfo=UTC)  # midnight in Stockholm; that day has 25 hours
    meeting = factories.meeting(
        state=Meeting.State.ENDED,
        starts_at=began,
        ended_at=began + timedelta(hours=25),
        duration=timedelta(hours=25),
    )
    Presence.objects.create(
        room=meeting.room,
        person=factories.person(),
        connection="one",
        process="web",
        joined_at=began,
        seen_at=began,
        left_at=began + timedelta(hours=25),
    )
    assert only(attendance_of(meeting, began + timedelta(days=2))).minutes == 25 * 60


def test_a_company_counts_once_in_any_letter_case_and_normal_form(meeting):
    listed = factories.company(name="Vėjo Jėga", country="LT")
    member = factories.member(company=listed)
    present(meeting, member, 0, 60)
    for name in (unicodedata.normalize("NFD", "Vėjo Jėga"), "VĖJO  JĖGA", "Bølgekraft", "bølgekraft "):
        registration = factories.registration(meeting=meeting, company_name=name, country="LT")
        present(meeting, registration.person, 0, 60)
    found = attendance_of(meeting, AFTER)
    assert len(found.counted) == 5
    assert len(found.companies) == 2
    assert [(one.company, one.people) for one in found.by_company] == [("Vėjo Jėga", 3), ("Bølgekraft", 2)]
