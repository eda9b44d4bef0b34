"""Registrations from the request to the withdrawal; never more of them than the meeting has seats.

Each flow locks the meeting's row (on SQLite the IMMEDIATE transaction is the lock) and counts the seats under
that lock: two who ask at once cannot both get the last one. Locks come in one order: person, meetings by id.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.dispatch import Signal
from django.utils.translation import gettext as _

from companies import zones
from companies.guests import get_or_create_person
from companies.languages import codes
from companies.models import Company, Person
from companies.refusals import Refusal
from meetings import signals
from meetings.answers import Answers, checked, fitting
from meetings.asking import questions_of
from meetings.models import Invitation, Meeting, Registration, RegistrationQuestion, Series
from meetings.question_input import QuestionInput, asked_in_any, input_of
from meetings.registration_states import (
    SIGNAL_OF_STATE,
    UnableToChangeRegistration,
    UnableToWithdraw,
    confirm_registration,
    end_invitation,
    refresh_room_access,
    send_signal,
)
from meetings.seats import free_seats, locked_meeting, time_to_verify, waitlist_of
from meetings.verifying import ask_to_verify
from meetings.waitlist import move_waitlist


@dataclass(frozen=True)
class Applicant:
    """What was entered; empty fields are taken from the person's profile."""

    email: str
    name: str
    company_name: str = ""
    country: str = ""
    language: str = ""
    timezone: str = ""
    # The address is theirs: they signed in with it or used their personal link, or a host's program vouches for it.
    is_verified: bool = False
    # By key of the host's questions. None: the person could not be asked, and answers afterwards on their own page.
    answers: Mapping[str, object] | None = field(default_factory=dict)


class AlreadyRegistered(Refusal):
    """This address has an active registration in this meeting."""

    def __init__(self, registration: Registration) -> None:
        super().__init__(
            "already_registered", _("This email address is already registered for this meeting.")
        )
        self.registration = registration


class UnableToRegister(Refusal):
    """`code`: draft, cancelled, ended, closed or nothing_left."""


class UnableToDecide(UnableToChangeRegistration):
    """`code`: not_pending or cancelled."""


@transaction.atomic
def register(
    *, meeting: Meeting, applicant: Applicant, now: datetime, company: Company | None = None
) -> Registration:
    """A confirmed, pending (where the host approves) or waitlisted registration for the applicant's address.

    A new address becomes a guest; an existing person's profile is never changed.
    Raises UnableToRegister, UnableToAnswer, and AlreadyRegistered when the address has an active registration.
    """
    person = _person_of(applicant)
    locked = locked_meeting(meeting.pk)
    _refuse_unless_open(locked, now=now)
    given, questions = applicant.answers, questions_of(locked)
    answers = {} if given is None else checked(questions, given)
    return _create_registration(locked, person, applicant, answers, company=company, now=now)


def register_invited(
    *, meeting: Meeting, person: Person, applicant: Applicant, company: Company | None, now: datetime
) -> Registration:
    """Under the meeting's lock, also where registration is closed. Raises UnableToRegister, AlreadyRegistered."""
    reason = _reason_against(meeting, now=now)
    if reason is not None and reason.code != "closed":
        raise reason
    return _create_registration(meeting, person, applicant, {}, company=company, now=now)


@transaction.atomic
def register_for_series(
    *,
    series: Series,
    applicant: Applicant,
    now: datetime,
    company: Company | None = None,
    among: Collection[str] | None = None,
) -> list[Registration]:
    """For each upcoming meeting of the series (with an id in `among`), waitlisted where it is full.

    Each gets the answers to its own questions. Meetings that are closed, or for which the address is registered, are
    skipped. Raises UnableToAnswer, UnableToRegister when nothing is left, and AlreadyRegistered when the address is
    registered for all of them.
    """
    person = _person_of(applicant)
    meetings = _of_series(series, among)
    locked = [locked_meeting(pk) for pk in meetings.order_by("pk").values_list("pk", flat=True)]
    questions = _questions_by_meeting(_open(locked, now=now))
    given = applicant.answers or {}
    if applicant.answers is not None:
        given = checked(asked_in_any(questions.values()), given)
    registrations, present = [], None
    for meeting, asked in questions.items():
        answers = fitting(asked, given)
        try:
            registrations.append(
                _create_registration(meeting, person, applicant, answers, company=company, now=now)
            )
        except AlreadyRegistered as already:
            present = already
    if registrations:
        return sorted(registrations, key=lambda registration: registration.meeting.starts_at)
    if present is not None:
        raise present
    raise UnableToRegister("nothing_left", _("No meeting in this series is open for registration."))


def questions_for_series(
    *, series: Series, now: datetime, among: Collection[str] | None = None
) -> list[QuestionInput]:
    """What a registration for the whole series asks; two queries."""
    return asked_in_any(_questions_by_meeting(_open(_of_series(series, among), now=now)).values())


def _of_series(series: Series, among: Collection[str] | None) -> QuerySet[Meeting]:
    meetings = Meeting.objects.filter(series=series)
    return meetings if among is None else meetings.filter(pk__in=among)


def _open(meetings: Iterable[Meeting], *, now: datetime) -> list[Meeting]:
    return [meeting for meeting in meetings if _reason_against(meeting, now=now) is None]


def _questions_by_meeting(meetings: Sequence[Meeting]) -> dict[Meeting, list[QuestionInput]]:
    """Soonest first."""
    found: dict[Meeting, list[QuestionInput]] = {
        meeting: [] for meeting in sorted(meetings, key=lambda one: (one.starts_at, one.pk))
    }
    for question in RegistrationQuestion.objects.asked().filter(meeting__in=found).select_related("meeting"):
        found[question.meeting].append(input_of(question))
    return found


def _person_of(applicant: Applicant) -> Person:
    return get_or_create_person(
        email=applicant.email,
        name=applicant.name,
        country=applicant.country,
        language=applicant.language,
        timezone=applicant.timezone,
    )


def _refuse_unless_open(meeting: Meeting, *, now: datetime) -> None:
    reason = _reason_against(meeting, now=now)
    if reason is not None:
        raise reason


def _reason_against(meeting: Meeting, *, now: datetime) -> UnableToRegister | None:
    if meeting.state == Meeting.State.DRAFT:
        return UnableToRegister("draft", _("This meeting is not published yet."))
    if meeting.state == Meeting.State.CANCELLED:
        return UnableToRegister("cancelled", _("This meeting is cancelled."))
    if meeting.has_ended(now=now):
        return UnableToRegister("ended", _("This meeting is over."))
    if meeting.registration == Meeting.RegistrationMode.CLOSED:
        return UnableToRegister("closed", _("Registration for this meeting is closed."))
    return None


def _create_registration(
    meeting: Meeting,
    person: Person,
    applicant: Applicant,
    answers: Answers,
    *,
    company: Company | None,
    now: datetime,
) -> Registration:
    """Whoever is invited and shows that the address is theirs accepts with it, and needs no approval."""
    is_invited = applicant.is_verified and _accept_invitation(meeting, person, now=now)
    state = _first_state(meeting, is_invited=is_invited)
    company = company or person.company
    try:
        with transaction.atomic():  # a savepoint: the transaction goes on after a refused row
            registration = Registration.objects.create(
                meeting=meeting,
                person=person,
                state=state,
                name=applicant.name or person.name or person.email,
                company=company,
                company_name=applicant.company_name or (company.name if company else ""),
                country=applicant.country or (company.country if company else "") or person.country,
                language=applicant.language if applicant.language in codes() else person.language,
                timezone=zones.known_or(applicant.timezone, person.timezone),
                answers=answers,
                registered_at=now,
                confirmed_at=now if state == Registration.State.CONFIRMED else None,
                verified_at=now if applicant.is_verified else None,
                verify_by=time_to_verify(meeting, state, now=now) if not applicant.is_verified else None,
            )
    except IntegrityError:
        present = Registration.objects.active().filter(meeting=meeting, person=person).first()
        if present is None:
            raise
        raise AlreadyRegistered(present) from None
    send_signal(SIGNAL_OF_STATE[state], registration, now=now)
    ask_to_verify(meeting, now=now)
    return registration


def _accept_invitation(meeting: Meeting, person: Person, *, now: datetime) -> bool:
    standing = Invitation.objects.standing().filter(meeting=meeting, person=person)
    standing.exclude(state=Invitation.State.ACCEPTED).update(state=Invitation.State.ACCEPTED, answered_at=now)
    return standing.exists()


def _first_state(meeting: Meeting, *, is_invited: bool) -> Registration.State:
    free = free_seats(meeting)
    if free is not None and free <= waitlist_of(meeting).count():  # nobody overtakes those who wait
        return Registration.State.WAITLISTED
    if meeting.registration == Meeting.RegistrationMode.APPROVAL and not is_invited:
        return Registration.State.PENDING
    return Registration.State.CONFIRMED


@transaction.atomic
def withdraw(*, registration: Registration, now: datetime, by_person: bool = True) -> Registration:
    """Ends an active registration; its seat goes to the waitlist. Raises UnableToWithdraw."""
    meeting = locked_meeting(registration.meeting_id)
    if meeting.has_ended(now=now):
        raise UnableToWithdraw("ended", _("This meeting is over."))
    ended = Registration.objects.active().filter(pk=registration.pk)
    if not ended.update(
        state=Registration.State.CANCELLED, cancelled_at=now, offered_until=None, verify_by=None
    ):
        raise UnableToWithdraw("withdrawn", _("This registration is already cancelled."))
    end = Invitation.State.DECLINED if by_person else Invitation.State.WITHDRAWN
    end_invitation(registration, end, now=now)
    return _after_leaving(registration, meeting, signals.registration_withdrawn, now=now, by_person=by_person)


def _after_leaving(
    registration: Registration, meeting: Meeting, signal: Signal, *, now: datetime, **details: object
) -> Registration:
    registration.refresh_from_db()
    send_signal(signal, registration, now=now, **details)
    refresh_room_access(registration, meeting)
    move_waitlist(meeting, now=now)
    return registration


@transaction.atomic
def approve(*, registration: Registration, now: datetime) -> Registration:
    """Confirms a registration that waits for the host. Raises UnableToDecide."""
    meeting = locked_meeting(registration.meeting_id)
    if not meeting.is_open or meeting.has_ended(now=now):
        raise UnableToDecide("cancelled", _("This meeting is cancelled or over."))
    if not confirm_registration(registration, meeting, held=_pending(registration), now=now):
        raise _not_pending()
    return registration


@transaction.atomic
def refuse(*, registration: Registration, now: datetime) -> Registration:
    """Ends a registration that waits for the host; its seat goes to the waitlist. Raises UnableToDecide."""
    meeting = locked_meeting(registration.meeting_id)
    if not _pending(registration).update(
        state=Registration.State.CANCELLED, cancelled_at=now, verify_by=None
    ):
        raise _not_pending()
    return _after_leaving(registration, meeting, signals.registration_refused, now=now)


def _pending(registration: Registration) -> QuerySet[Registration]:
    return Registration.objects.filter(pk=registration.pk, state=Registration.State.PENDING)


def _not_pending() -> UnableToDecide:
    return UnableToDecide("not_pending", _("This registration is not waiting for approval."))
