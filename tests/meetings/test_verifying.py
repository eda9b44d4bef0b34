"""Registrations with an unconfirmed address end where seats are scarce, and their people are notified."""

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from meetings import access
from meetings.links import personal_link
from meetings.models import Meeting, Registration
from meetings.registering import Applicant, register
from meetings.seats import SHORTEST_TO_VERIFY, VERIFY_WITHIN
from meetings.verifying import UnableToVerify, expire_unverified, remove_unverified, verify
from notifications import rendering
from notifications.models import Notification
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
State = Registration.State
Kind = Notification.Kind
DAY = timedelta(days=1)
STARTS_AT = NOW + 10 * DAY


def guest(number: int, **fields: Any) -> Applicant:
    return Applicant(**{"email": f"guest{number}@example.org", "name": "Guest"} | fields)


def filled(capacity: int, *, guests: int, **fields: Any) -> tuple[Meeting, list[Registration]]:
    meeting = factories.meeting(capacity=capacity, starts_at=STARTS_AT, **fields)
    registrations = [register(meeting=meeting, applicant=guest(n), now=NOW) for n in range(guests)]
    for registration in registrations:
        registration.refresh_from_db()
    return meeting, registrations


def states(meeting: Meeting) -> Counter[str]:
    return Counter(meeting.registrations.values_list("state", flat=True))


def told(kind: str) -> int:
    return Notification.objects.filter(kind=kind).count()


# ---- who is asked, and until when ------------------------------------------------------------------------


def test_with_enough_seats_nobody_is_asked_and_nothing_lapses() -> None:
    meeting, registrations = filled(100, guests=3)
    assert {registration.verify_by for registration in registrations} == {None}
    assert expire_unverified(now=STARTS_AT - timedelta(minutes=1)) == 0
    assert states(meeting) == {"confirmed": 3}
    unlimited = factories.meeting(capacity=None, starts_at=STARTS_AT)
    assert register(meeting=unlimited, applicant=guest(50), now=NOW).verify_by is None


def test_once_seats_are_scarce_earlier_registrations_are_asked_too() -> None:
    _meeting, registrations = filled(20, guests=16)  # four left are fewer than five
    deadlines = {registration.verify_by for registration in registrations}
    assert deadlines == {NOW + VERIFY_WITHIN}
    assert told(Kind.VERIFY) == 15
    assert told(Kind.CONFIRMATION) == 16


def test_in_a_large_meeting_the_last_fifth_of_the_seats_is_scarce() -> None:
    meeting = factories.meeting(capacity=50, starts_at=STARTS_AT)
    for _ in range(39):
        factories.registration(meeting=meeting, verified_at=NOW)
    last_with_enough = register(meeting=meeting, applicant=guest(1), now=NOW)
    assert last_with_enough.verify_by is None
    assert register(meeting=meeting, applicant=guest(2), now=NOW).verify_by == NOW + VERIFY_WITHIN
    last_with_enough.refresh_from_db()
    assert last_with_enough.verify_by == NOW + VERIFY_WITHIN


@pytest.mark.parametrize(
    ("before", "time"),
    [
        (10 * DAY, VERIFY_WITHIN),
        (timedelta(hours=4), timedelta(hours=1)),
        (timedelta(minutes=5), SHORTEST_TO_VERIFY),
    ],
)
def test_the_time_to_confirm_fits_the_time_that_is_left(before: timedelta, time: timedelta) -> None:
    meeting = factories.meeting(capacity=1, starts_at=NOW + before)
    assert register(meeting=meeting, applicant=guest(1), now=NOW).verify_by == NOW + time


def test_who_is_known_is_not_asked() -> None:
    meeting = factories.meeting(capacity=1, starts_at=STARTS_AT)
    known = register(meeting=meeting, applicant=guest(1, is_verified=True), now=NOW)
    assert (known.verified_at, known.verify_by, known.is_verified) == (NOW, None, True)
    assert expire_unverified(now=STARTS_AT - DAY) == 0


def test_the_database_refuses_a_time_limit_for_who_has_confirmed() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.registration(verified_at=NOW, verify_by=NOW)


# ---- in time, or not -------------------------------------------------------------------------------------


def test_an_unconfirmed_registration_lapses_and_the_waitlist_moves_once() -> None:
    meeting, registrations = filled(3, guests=3)
    waiting = [
        register(meeting=meeting, applicant=guest(n), now=NOW + timedelta(seconds=n))
        for n in (10, 11, 12, 13)
    ]
    verify(registration=registrations[0], now=NOW + timedelta(hours=1))
    assert expire_unverified(now=NOW + VERIFY_WITHIN - timedelta(seconds=1)) == 0
    for _tick in range(3):
        expire_unverified(now=NOW + VERIFY_WITHIN)
    assert states(meeting) == {"confirmed": 1, "cancelled": 2, "offered": 2, "waitlisted": 2}
    for registration in waiting:
        registration.refresh_from_db()
    assert [registration.state for registration in waiting] == [
        "offered",
        "offered",
        "waitlisted",
        "waitlisted",
    ]
    assert (told(Kind.LAPSED), told(Kind.OFFER)) == (2, 2)


def test_each_registration_lapses_at_its_own_time() -> None:
    meeting = factories.meeting(capacity=2, starts_at=STARTS_AT)
    first = register(meeting=meeting, applicant=guest(1), now=NOW)
    second = register(meeting=meeting, applicant=guest(2), now=NOW + timedelta(hours=1))
    assert expire_unverified(now=NOW + VERIFY_WITHIN) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.CANCELLED, State.CONFIRMED)
    assert second.verify_by == NOW + timedelta(hours=1) + VERIFY_WITHIN


def test_a_seat_that_nobody_needs_at_that_time_stays() -> None:
    meeting, registrations = filled(5, guests=5)
    Meeting.objects.filter(pk=meeting.pk).update(capacity=50)
    assert expire_unverified(now=NOW + VERIFY_WITHIN) == 0
    registrations[0].refresh_from_db()
    assert (registrations[0].state, registrations[0].verify_by) == (State.CONFIRMED, None)
    assert told(Kind.LAPSED) == 0


def test_who_has_signed_in_since_keeps_the_seat() -> None:
    meeting, registrations = filled(1, guests=1)
    person = registrations[0].person
    person.last_login = NOW + timedelta(minutes=5)
    person.save()
    assert expire_unverified(now=NOW + VERIFY_WITHIN) == 0
    assert states(meeting) == {"confirmed": 1}
    registrations[0].refresh_from_db()
    assert (registrations[0].verified_at, registrations[0].verify_by) == (NOW + VERIFY_WITHIN, None)


def test_confirming_late_counts_until_the_task_has_run() -> None:
    _meeting, (registration, other) = filled(2, guests=2)
    verify(registration=registration, now=NOW + VERIFY_WITHIN + timedelta(seconds=1))
    assert expire_unverified(now=NOW + VERIFY_WITHIN + timedelta(seconds=2)) == 1
    with pytest.raises(UnableToVerify):
        verify(registration=other, now=NOW + VERIFY_WITHIN + timedelta(seconds=3))


def test_a_seat_given_from_the_waitlist_has_to_be_confirmed_too() -> None:
    meeting, _registrations = filled(1, guests=1)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=NOW + timedelta(hours=20))
    waiting = register(meeting=meeting, applicant=guest(9), now=NOW)
    expire_unverified(now=NOW + VERIFY_WITHIN)
    waiting.refresh_from_db()
    assert waiting.state == State.CONFIRMED
    assert waiting.verify_by == NOW + VERIFY_WITHIN + timedelta(hours=2)


def test_the_task_reads_open_deadlines_only(django_assert_num_queries: Any) -> None:
    for _ in range(20):
        factories.registration(meeting=factories.meeting(state="ended"), verified_at=None)
    with django_assert_num_queries(1):
        expire_unverified(now=NOW)


if connection.vendor == "postgresql":

    def at_once(*works: Any) -> None:
        start, failures = threading.Barrier(len(works)), []

        def run(work: Any) -> None:
            start.wait()
            try:
                work()
            except UnableToVerify:
                pass
            except BaseException as failure:
                failures.append(failure)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert failures == []

    @pytest.mark.django_db(transaction=True)
    def test_four_tasks_at_once_end_each_registration_once() -> None:
        meeting, _registrations = filled(10, guests=10)
        for number in range(20, 35):
            register(meeting=meeting, applicant=guest(number), now=NOW)
        at_once(*[lambda: expire_unverified(now=NOW + VERIFY_WITHIN)] * 4)
        assert states(meeting) == {"cancelled": 10, "offered": 10, "waitlisted": 5}
        assert told(Kind.LAPSED) == 10

    @pytest.mark.django_db(transaction=True)
    def test_confirming_in_the_last_second_is_kept_or_refused_and_never_both() -> None:
        for attempt in range(5):
            meeting = factories.meeting(capacity=1, starts_at=STARTS_AT)
            held = register(meeting=meeting, applicant=guest(100 + attempt), now=NOW)
            at_once(
                lambda held=held: verify(registration=held, now=NOW + VERIFY_WITHIN),
                lambda: expire_unverified(now=NOW + VERIFY_WITHIN),
            )
            held.refresh_from_db()
            assert (held.state == State.CONFIRMED) == (held.verified_at is not None)
            assert held.verify_by is None


# ---- the pages -------------------------------------------------------------------------------------------


def test_opening_the_mailed_link_confirms_nothing_and_the_button_does() -> None:
    _meeting, (registration,) = filled(1, guests=1)
    client = Client()
    with time_machine.travel(NOW, tick=False):
        page = client.get(personal_link(registration), follow=True)
        registration.refresh_from_db()
        assert registration.verified_at is None
        assert "Confirm my registration" in page.content.decode()
        assert "Thursday 3 December 2026, 22:20" in page.content.decode()
        client.post(reverse("confirm_registration", args=[registration.pk]))
    registration.refresh_from_db()
    assert (registration.verified_at, registration.verify_by) == (NOW, None)


def test_entering_the_room_by_the_mailed_link_confirms_too() -> None:
    meeting = factories.meeting(capacity=1, starts_at=NOW + timedelta(minutes=5))
    registration = register(meeting=meeting, applicant=guest(1), now=NOW)
    client = Client()
    session = client.session
    session[access.SESSION_REGISTRATIONS] = [registration.pk]
    session.save()
    with time_machine.travel(NOW, tick=False):
        assert client.post(reverse("room_ticket", args=[meeting.room_id])).status_code == 200
    registration.refresh_from_db()
    assert registration.verified_at == NOW


def test_the_host_sees_who_is_unconfirmed_and_frees_one_or_all() -> None:
    meeting, registrations = filled(10, guests=3)
    verify(registration=registrations[0], now=NOW)
    client = Client()
    client.force_login(meeting.host)
    page_of, remove = (
        reverse("host_meeting", args=[meeting.pk]),
        reverse("remove_unconfirmed", args=[meeting.pk]),
    )
    with time_machine.travel(NOW, tick=False):
        page = client.get(page_of).content.decode()
        assert page.count("Email not confirmed") == 2
        assert "2 people have not confirmed their email address yet." in page
        client.post(remove, {"registration": registrations[0].pk})
        assert states(meeting) == {"confirmed": 3}, "confirmed in the meantime"
        question = client.get(remove, {"registration": registrations[1].pk}).content.decode()
        assert f'name="registration" value="{registrations[1].pk}"' in question
        assert "Remove 1 registration with an unconfirmed email address?" in question
        assert states(meeting) == {"confirmed": 3}, "asked first"
        client.post(remove, {"registration": registrations[1].pk})
        assert states(meeting) == {"confirmed": 2, "cancelled": 1}
        assert client.get(remove).status_code == 200
        client.post(remove)
    assert states(meeting) == {"confirmed": 1, "cancelled": 2}
    assert told(Kind.LAPSED) == 2
    assert {row.details["by_host"] for row in Notification.objects.filter(kind=Kind.LAPSED)} == {True}
    assert remove_unverified(meeting=meeting, now=NOW) == []


def test_the_mails_say_until_when_and_how_to_register_again() -> None:
    _meeting, (registration,) = filled(1, guests=1)
    confirmation = Notification.objects.get(kind=Kind.CONFIRMATION, registration=registration)
    mail = rendering.mail_of(confirmation, now=NOW)
    assert "by: Thursday 3 December 2026, 22:20 (your time)." in mail.text
    assert "Confirm my registration:" in mail.text
    expire_unverified(now=NOW + VERIFY_WITHIN)
    lapsed = rendering.mail_of(Notification.objects.get(kind=Kind.LAPSED), now=NOW)
    assert lapsed.calendar is not None
    assert lapsed.calendar.method == "CANCEL"
    assert f"/meetings/{registration.meeting_id}/register/" in lapsed.text
