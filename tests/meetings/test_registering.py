"""Registrations: who gets a seat, who waits, and which signals are sent."""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.dispatch import Signal

from companies.models import Person
from meetings import signals
from meetings.links import LinkNotValid, personal_link, resolve_link, token_of
from meetings.models import Meeting, Registration
from meetings.models.meeting import MeetingQuerySet
from meetings.registering import (
    AlreadyRegistered,
    Applicant,
    UnableToDecide,
    UnableToRegister,
    approve,
    refuse,
    register,
    register_for_series,
    withdraw,
)
from meetings.registration_states import UnableToWithdraw
from meetings.waitlist import UnableToAccept, accept_offer, expire_offers, waitlist_position
from notifications.models import Notification
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
State = Registration.State
DAY = timedelta(days=1)


def applicant(email: str = "rasa@example.org", **fields: Any) -> Applicant:
    return Applicant(**{"email": email, "name": "Rasa Petrauskienė", "timezone": "Europe/Vilnius"} | fields)


@pytest.fixture
def sent() -> Iterator[list[tuple[str, str]]]:
    """Signals sent, in order: name and address."""
    heard: list[tuple[str, str]] = []
    registration_signals = {
        name: signal for name, signal in vars(signals).items() if name.startswith("registration_")
    }
    receivers = []

    def listen(name: str) -> Callable[..., None]:
        def hear(sender: object, registration: Registration, **_details: object) -> None:
            heard.append((name, registration.email))

        return hear

    for name, signal in registration_signals.items():
        receiver = listen(name)
        signal.connect(receiver, weak=False)
        receivers.append((signal, receiver))
    yield heard
    signal_and_receiver: tuple[Signal, Callable[..., None]]
    for signal_and_receiver in receivers:
        signal_and_receiver[0].disconnect(signal_and_receiver[1])


# ---- asking ----------------------------------------------------------------------------------------------


def test_a_new_address_becomes_a_guest_with_a_confirmed_seat(sent: list[tuple[str, str]]) -> None:
    registration = register(
        meeting=factories.meeting(),
        applicant=applicant("  Rasa@Example.org ", language="lt", company_name="Marių Šiluma"),
        now=NOW,
    )
    person = Person.objects.get(email="rasa@example.org")
    assert registration.person == person
    assert (registration.state, registration.confirmed_at) == (State.CONFIRMED, NOW)
    assert (person.name, person.language, person.timezone) == ("Rasa Petrauskienė", "lt", "Europe/Vilnius")
    assert not person.has_usable_password()
    assert registration.company_name == "Marių Šiluma"
    assert sent == [("registration_confirmed", "rasa@example.org")]


def test_registering_never_changes_the_profile_of_somebody_known() -> None:
    known = factories.member(email="elin@example.org", name="Elin Sandberg", language="sv")
    registration = register(
        meeting=factories.meeting(),
        applicant=applicant("ELIN@example.org", name="E.", language="pl"),
        now=NOW,
    )
    known.refresh_from_db()
    assert (known.name, known.language, known.timezone) == ("Elin Sandberg", "sv", "Europe/Stockholm")
    assert (registration.person, registration.name, registration.language) == (known, "E.", "pl")
    assert registration.company == known.company


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"state": Meeting.State.DRAFT}, "draft"),
        ({"state": Meeting.State.CANCELLED}, "cancelled"),
        ({"state": Meeting.State.ENDED}, "ended"),
        ({"starts_at": NOW - DAY}, "ended"),
        ({"registration": Meeting.RegistrationMode.CLOSED}, "closed"),
    ],
)
def test_a_meeting_that_is_not_open_takes_nobody(
    fields: dict[str, Any], code: str, sent: list[tuple[str, str]]
) -> None:
    with pytest.raises(UnableToRegister) as refused:
        register(meeting=factories.meeting(**fields), applicant=applicant(), now=NOW)
    assert refused.value.code == code
    assert not Registration.objects.exists()
    assert not Person.objects.filter(email="rasa@example.org").exists()
    assert sent == []


def test_a_meeting_that_runs_late_still_takes_people() -> None:
    late = factories.meeting(state=Meeting.State.LIVE, starts_at=NOW - timedelta(hours=2))
    assert register(meeting=late, applicant=applicant(), now=NOW).state == State.CONFIRMED


def test_an_address_registers_once_only(sent: list[tuple[str, str]]) -> None:
    meeting = factories.meeting()
    first = register(meeting=meeting, applicant=applicant(), now=NOW)
    with pytest.raises(AlreadyRegistered) as again:
        register(meeting=meeting, applicant=applicant("RASA@example.org"), now=NOW)
    assert again.value.registration == first
    assert sent == [("registration_confirmed", "rasa@example.org")]


def test_who_withdrew_may_register_again() -> None:
    meeting = factories.meeting()
    withdraw(registration=register(meeting=meeting, applicant=applicant(), now=NOW), now=NOW)
    assert register(meeting=meeting, applicant=applicant(), now=NOW).state == State.CONFIRMED
    assert Counter(Registration.objects.values_list("state", flat=True)) == {"confirmed": 1, "cancelled": 1}


def test_a_full_meeting_puts_people_on_the_waitlist_in_order(sent: list[tuple[str, str]]) -> None:
    meeting = factories.meeting(capacity=1)
    registrations = [
        register(meeting=meeting, applicant=applicant(f"{n}@example.org"), now=NOW + timedelta(minutes=n))
        for n in range(3)
    ]
    assert [registration.state for registration in registrations] == ["confirmed", "waitlisted", "waitlisted"]
    assert [waitlist_position(registration) for registration in registrations] == [0, 1, 2]
    assert sent[1] == ("registration_waitlisted", "1@example.org")


def test_where_the_host_approves_a_request_holds_a_seat(sent: list[tuple[str, str]]) -> None:
    meeting = factories.meeting(capacity=1, registration=Meeting.RegistrationMode.APPROVAL)
    first = register(meeting=meeting, applicant=applicant("1@example.org"), now=NOW)
    second = register(meeting=meeting, applicant=applicant("2@example.org"), now=NOW)
    assert (first.state, second.state) == (State.PENDING, State.WAITLISTED)
    assert sent == [("registration_requested", "1@example.org"), ("registration_waitlisted", "2@example.org")]


# ---- the host decides ------------------------------------------------------------------------------------


def test_approving_confirms_once(sent: list[tuple[str, str]]) -> None:
    pending = factories.registration(state=State.PENDING)
    assert approve(registration=pending, now=NOW).state == State.CONFIRMED
    with pytest.raises(UnableToDecide):
        approve(registration=pending, now=NOW)
    assert sent == [("registration_confirmed", pending.email)]


def test_refusing_frees_the_seat_for_the_next_request(sent: list[tuple[str, str]]) -> None:
    meeting = factories.meeting(capacity=1, registration=Meeting.RegistrationMode.APPROVAL)
    first = register(meeting=meeting, applicant=applicant("1@example.org"), now=NOW)
    second = register(meeting=meeting, applicant=applicant("2@example.org"), now=NOW)
    assert refuse(registration=first, now=NOW).state == State.CANCELLED
    second.refresh_from_db()
    assert second.state == State.PENDING  # the host decides about the next one too
    assert sent[-2:] == [
        ("registration_refused", "1@example.org"),
        ("registration_requested", "2@example.org"),
    ]


# ---- giving back, and the waitlist -----------------------------------------------------------------------


def full_meeting(*, waiting: int = 2, **fields: Any) -> tuple[Meeting, Registration, list[Registration]]:
    meeting = factories.meeting(capacity=1, **fields)
    seated = register(meeting=meeting, applicant=applicant("seated@example.org"), now=NOW)
    queue = [
        register(meeting=meeting, applicant=applicant(f"{n}@example.org"), now=NOW + timedelta(seconds=n))
        for n in range(waiting)
    ]
    return meeting, seated, queue


def states(registrations: list[Registration]) -> list[str]:
    for registration in registrations:
        registration.refresh_from_db()
    return [registration.state for registration in registrations]


def test_a_freed_seat_is_offered_to_the_first_in_line_for_a_day(sent: list[tuple[str, str]]) -> None:
    _meeting, seated, queue = full_meeting()
    withdraw(registration=seated, now=NOW)
    assert states(queue) == ["offered", "waitlisted"]
    assert queue[0].offered_until == NOW + DAY
    assert sent[-2:] == [
        ("registration_withdrawn", "seated@example.org"),
        ("registration_offered", "0@example.org"),
    ]


def test_within_a_day_of_the_start_the_seat_is_given_at_once() -> None:
    _meeting, seated, queue = full_meeting(starts_at=NOW + DAY)
    withdraw(registration=seated, now=NOW)
    assert states(queue) == ["confirmed", "waitlisted"]
    assert queue[0].confirmed_at == NOW


def test_an_offered_seat_is_taken_by_accepting(sent: list[tuple[str, str]]) -> None:
    _meeting, seated, queue = full_meeting()
    withdraw(registration=seated, now=NOW)
    assert accept_offer(registration=queue[0], now=NOW + timedelta(hours=23)).state == State.CONFIRMED
    assert sent[-1] == ("registration_confirmed", "0@example.org")
    assert expire_offers(now=NOW + 2 * DAY) == 0
    assert states(queue) == ["confirmed", "waitlisted"]


def test_an_offer_that_runs_out_goes_to_the_next_in_line(sent: list[tuple[str, str]]) -> None:
    _meeting, seated, queue = full_meeting()
    withdraw(registration=seated, now=NOW)
    with pytest.raises(UnableToAccept) as refused:
        accept_offer(registration=queue[0], now=NOW + DAY)
    assert refused.value.code == "too_late"
    assert expire_offers(now=NOW + DAY - timedelta(seconds=1)) == 0
    assert expire_offers(now=NOW + DAY) == 1
    assert states(queue) == ["cancelled", "offered"]
    assert Notification.objects.get(kind="withdrawn", registration=queue[0]).details["offer_ended"] is True
    assert sent[-2:] == [
        ("registration_withdrawn", "0@example.org"),
        ("registration_offered", "1@example.org"),
    ]


def test_nobody_accepts_what_was_not_offered() -> None:
    _meeting, _seated, queue = full_meeting()
    with pytest.raises(UnableToAccept) as refused:
        accept_offer(registration=queue[0], now=NOW)
    assert refused.value.code == "not_offered"
    assert states(queue) == ["waitlisted", "waitlisted"]


def test_a_raised_capacity_reaches_those_who_wait_before_newcomers() -> None:
    meeting, _seated, queue = full_meeting(waiting=1)
    Meeting.objects.filter(pk=meeting.pk).update(capacity=2)
    newcomer = register(meeting=meeting, applicant=applicant("new@example.org"), now=NOW + timedelta(hours=1))
    assert newcomer.state == State.WAITLISTED
    expire_offers(now=NOW + timedelta(hours=1))
    assert states([*queue, newcomer]) == ["offered", "waitlisted"]


def test_a_cancelled_meeting_offers_no_seats() -> None:
    meeting, seated, queue = full_meeting()
    Meeting.objects.filter(pk=meeting.pk).update(state=Meeting.State.CANCELLED, cancelled_at=NOW)
    withdraw(registration=seated, now=NOW)
    assert states(queue) == ["waitlisted", "waitlisted"]


def test_a_seat_is_given_back_once_and_not_after_the_end() -> None:
    registration = factories.registration()
    withdraw(registration=registration, now=NOW)
    with pytest.raises(UnableToWithdraw) as again:
        withdraw(registration=registration, now=NOW)
    assert again.value.code == "withdrawn"
    held = factories.registration()
    with pytest.raises(UnableToWithdraw) as late:
        withdraw(registration=held, now=held.meeting.ends_at)
    assert late.value.code == "ended"


# ---- a whole series --------------------------------------------------------------------------------------


def test_registering_for_a_series_covers_all_upcoming_meetings() -> None:
    series = factories.series()
    common = {"series": series, "host": factories.member()}
    factories.meeting(**common, starts_at=NOW - 7 * DAY, state=Meeting.State.ENDED)
    later = factories.meeting(**common, starts_at=NOW + 14 * DAY)
    sooner = factories.meeting(**common, starts_at=NOW + 7 * DAY, capacity=1)
    factories.registration(meeting=sooner)
    factories.meeting(**common, starts_at=NOW + 21 * DAY, state=Meeting.State.DRAFT)
    made = register_for_series(series=series, applicant=applicant(), now=NOW)
    assert [(r.meeting, r.state) for r in made] == [(sooner, State.WAITLISTED), (later, State.CONFIRMED)]
    with pytest.raises(AlreadyRegistered):
        register_for_series(series=series, applicant=applicant(), now=NOW)


def test_a_series_that_is_over_takes_nobody() -> None:
    series = factories.series()
    factories.meeting(series=series, state=Meeting.State.ENDED, starts_at=NOW - DAY)
    with pytest.raises(UnableToRegister) as refused:
        register_for_series(series=series, applicant=applicant(), now=NOW)
    assert refused.value.code == "nothing_left"


def test_a_series_registration_stays_among_the_meetings_that_are_named() -> None:
    series = factories.series()
    seen, unseen = factories.meeting(series=series), factories.meeting(series=series)
    made = register_for_series(series=series, applicant=applicant(), now=NOW, among=[seen.pk])
    assert [registration.meeting for registration in made] == [seen]
    assert not unseen.registrations.exists()


# ---- the personal link -----------------------------------------------------------------------------------


def test_the_personal_link_leads_back_to_its_registration() -> None:
    registration = factories.registration()
    link = re.fullmatch(r"/j/([\w.-]+)/", personal_link(registration))
    assert link is not None
    assert resolve_link(link[1]) == registration


def test_a_renewed_key_makes_old_links_void() -> None:
    registration = factories.registration()
    token = token_of(registration)
    Registration.objects.filter(pk=registration.pk).update(link_key="renewed")
    with pytest.raises(LinkNotValid):
        resolve_link(token)


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1] + "é", lambda t: "x" + t, lambda _t: "", lambda _t: "a.b.c.d"]
)
def test_a_link_that_was_changed_is_not_valid(change: Callable[[str], str]) -> None:
    with pytest.raises(LinkNotValid):
        resolve_link(change(token_of(factories.registration())))


# ---- a hundred at once -----------------------------------------------------------------------------------


def register_a_hundred_at_once(meeting: Meeting, *, threads: int) -> Counter[str]:
    start = threading.Barrier(threads)
    failures: list[BaseException] = []

    def ask(first: int) -> None:
        start.wait()
        try:
            for number in range(first, 100, threads):
                register(meeting=meeting, applicant=applicant(f"a{number}@example.org"), now=NOW)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=ask, args=(first,)) for first in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    return Counter(meeting.registrations.values_list("state", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_hundred_at_once_for_ten_seats_make_exactly_ten_confirmed() -> None:
    meeting = factories.meeting(capacity=10)
    # SQLite kept in memory has one writer's lock for each table and no waiting.
    threads = 25 if connection.vendor == "postgresql" else 1
    assert register_a_hundred_at_once(meeting, threads=threads) == {"confirmed": 10, "waitlisted": 90}


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_hundred_overbook(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control run: it shows that the test above sees a race when there is one."""
    if connection.vendor != "postgresql":
        # SQLite begins every transaction IMMEDIATE: without that, it refuses the second writer instead.
        assert connection.transaction_mode == "IMMEDIATE"
        return
    monkeypatch.setattr(MeetingQuerySet, "select_for_update", lambda self, **_options: self)
    confirmed = 0
    for _attempt in range(5):
        confirmed = register_a_hundred_at_once(factories.meeting(capacity=10), threads=25)["confirmed"]
        if confirmed > 10:
            break
    assert confirmed > 10
