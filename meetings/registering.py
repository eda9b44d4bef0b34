"""Registering: one person's place in a meeting, from asking to withdrawing, never more places than seats.

Each flow locks the meeting's row (on SQLite the IMMEDIATE transaction is the lock) and counts the seats under
that lock: two who ask at once cannot both get the last one. Locks come in one order: person, meetings by id.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.dispatch import Signal
from django.utils.translation import gettext as _

from companies import zones
from companies.guests import get_or_create_person
from companies.languages import codes
from companies.models import Company, Person
from companies.refusals import Refusal
from meetings import signals
from meetings.models import Meeting, Registration, Series
from rooms import bus

OFFER_LASTS = timedelta(hours=24)
# Who only typed an address holds a scarce place for a while: overnight, or a quarter of the time that is left.
VERIFY_WITHIN, SHORTEST_TO_VERIFY = timedelta(hours=12), timedelta(minutes=15)
SCARCE_SHARE, SCARCE_SEATS = 5, 5  # the last fifth of the places, at least five
MEETINGS_PER_RUN = 200
ASKED_AT_ONCE = (
    50  # the next who comes has the next fifty asked: the meeting's lock is held for a moment only
)


@dataclass(frozen=True)
class Applicant:
    """Who asks for a seat, as they wrote it; what is empty is taken from the person's own profile."""

    email: str
    name: str
    company_name: str = ""
    country: str = ""
    language: str = ""
    timezone: str = ""
    # The address is known to be theirs: signed in with it, came by their own link, or a host's program vouches.
    is_verified: bool = False
    answers: Mapping[str, object] = field(default_factory=dict)


class AlreadyRegistered(Refusal):
    """This address has an active registration in this meeting."""

    def __init__(self, registration: Registration) -> None:
        super().__init__("already_registered", _("This address is registered already."))
        self.registration = registration


class UnableToRegister(Refusal):
    """`code`: draft, cancelled, ended, closed or nothing_left."""


class UnableToChangeRegistration(Refusal):
    """The seat is not in the state that this step begins from."""


class UnableToWithdraw(UnableToChangeRegistration):
    """`code`: withdrawn (already) or ended."""


class UnableToVerify(UnableToChangeRegistration):
    """`code`: lapsed (too late) or not_held."""


class UnableToAccept(UnableToChangeRegistration):
    """`code`: not_offered, too_late or cancelled."""


class UnableToDecide(UnableToChangeRegistration):
    """`code`: not_pending or cancelled."""


# ---- asking for a seat -----------------------------------------------------------------------------------


@transaction.atomic
def register(
    *, meeting: Meeting, applicant: Applicant, now: datetime, company: Company | None = None
) -> Registration:
    """A confirmed, pending (by approval) or waitlisted place for the applicant's address.

    A new address becomes a guest; an existing person's profile is never changed.
    Raises UnableToRegister, and AlreadyRegistered for the second time of the same address.
    """
    person = _person_of(applicant)
    locked = _locked(meeting.pk)
    _refuse_unless_open(locked, now=now)
    return _create_registration(locked, person, applicant, company=company, now=now)


@transaction.atomic
def register_for_series(
    *,
    series: Series,
    applicant: Applicant,
    now: datetime,
    company: Company | None = None,
    among: Collection[str] | None = None,
) -> list[Registration]:
    """A place in each coming meeting of the series (with an id in `among`), waitlisted where it is full.

    Meetings that are closed, or where the address has a place, are left as they are. Raises UnableToRegister
    when that leaves none, AlreadyRegistered when it is because the address has a place in all of them.
    """
    person = _person_of(applicant)
    meetings = Meeting.objects.filter(series=series)
    if among is not None:
        meetings = meetings.filter(pk__in=among)
    registrations, present = [], None
    for meeting in [_locked(pk) for pk in meetings.order_by("pk").values_list("pk", flat=True)]:
        if _reason_against(meeting, now=now) is None:
            try:
                registrations.append(
                    _create_registration(meeting, person, applicant, company=company, now=now)
                )
            except AlreadyRegistered as already:
                present = already
    if registrations:
        return sorted(registrations, key=lambda registration: registration.meeting.starts_at)
    if present is not None:
        raise present
    raise UnableToRegister("nothing_left", _("No meeting of this series is open for registration any more."))


def _person_of(applicant: Applicant) -> Person:
    return get_or_create_person(
        email=applicant.email,
        name=applicant.name,
        country=applicant.country,
        language=applicant.language,
        timezone=applicant.timezone,
    )


def _locked(meeting_id: str) -> Meeting:
    # NO KEY: who writes a row that only points to the meeting need not wait.
    return Meeting.objects.select_for_update(no_key=True).get(pk=meeting_id)


def _refuse_unless_open(meeting: Meeting, *, now: datetime) -> None:
    reason = _reason_against(meeting, now=now)
    if reason is not None:
        raise reason


def _reason_against(meeting: Meeting, *, now: datetime) -> UnableToRegister | None:
    if meeting.state == Meeting.State.DRAFT:
        return UnableToRegister("draft", _("This meeting is not announced yet."))
    if meeting.state == Meeting.State.CANCELLED:
        return UnableToRegister("cancelled", _("This meeting is cancelled."))
    if has_ended(meeting, now=now):
        return UnableToRegister("ended", _("This meeting is over."))
    if meeting.registration == Meeting.RegistrationMode.CLOSED:
        return UnableToRegister("closed", _("Registration for this meeting is closed."))
    return None


def has_ended(meeting: Meeting, *, now: datetime) -> bool:
    """Over, or never begun and its time has passed; one that is still live goes on past its hour."""
    return meeting.state == Meeting.State.ENDED or (not meeting.is_live and meeting.ends_at <= now)


def _create_registration(
    meeting: Meeting, person: Person, applicant: Applicant, *, company: Company | None, now: datetime
) -> Registration:
    state = _first_state(meeting)
    company = company or person.company
    try:
        with transaction.atomic():  # a savepoint, so that the refusal can be looked at
            registration = Registration.objects.create(
                meeting=meeting,
                person=person,
                state=state,
                name=applicant.name or person.name or person.email,
                company=company,
                company_name=applicant.company_name or (company.name if company else ""),
                country=applicant.country or (company.country if company else "") or person.country,
                language=applicant.language if applicant.language in codes() else person.language,
                timezone=applicant.timezone if applicant.timezone in zones.known() else person.timezone,
                answers=dict(applicant.answers),
                registered_at=now,
                confirmed_at=now if state == Registration.State.CONFIRMED else None,
                verified_at=now if applicant.is_verified else None,
                verify_by=_time_to_verify(meeting, state, now=now) if not applicant.is_verified else None,
            )
    except IntegrityError:
        present = Registration.objects.active().filter(meeting=meeting, person=person).first()
        if present is None:
            raise
        raise AlreadyRegistered(present) from None
    _send(_SIGNAL_OF_STATE[state], registration, now=now)
    _ask_to_verify(meeting, now=now)
    return registration


def _first_state(meeting: Meeting) -> Registration.State:
    free = _free_seats(meeting)
    if free is not None and free <= _queue(meeting).count():  # nobody overtakes those who wait
        return Registration.State.WAITLISTED
    if meeting.registration == Meeting.RegistrationMode.APPROVAL:
        return Registration.State.PENDING
    return Registration.State.CONFIRMED


def _free_seats(meeting: Meeting) -> int | None:
    """None where there is no limit. Only meaningful under the meeting's lock."""
    if meeting.capacity is None:
        return None
    return max(0, meeting.capacity - Registration.objects.filter(meeting=meeting).seated().count())


def _queue(meeting: Meeting) -> QuerySet[Registration]:
    return Registration.objects.filter(meeting=meeting).queue().select_related("person")


# ---- places of addresses that nobody has confirmed --------------------------------------------------------


def verify(*, registration: Registration, now: datetime) -> Registration:
    """The person has come by their own link: the place is theirs. Twice does no harm. Raises UnableToVerify.

    One that is past its time and was not given away yet is kept: only the tick takes it. The meeting's lock is not
    needed, as no seat changes hands, and thousands may come at once; whoever takes a place locks its row.
    """
    held = Registration.objects.active().filter(pk=registration.pk)
    if held.filter(verified_at__isnull=True).update(verified_at=now, verify_by=None):
        registration.verified_at, registration.verify_by = now, None
        return registration
    if not held.exists():
        raise UnableToVerify(
            "lapsed", _("This registration was not confirmed in time, so the seat was released.")
        )
    registration.refresh_from_db()
    return registration


def expire_unverified(*, now: datetime) -> int:
    """Ends places whose address was not confirmed in time; their seats go to who waits. Returns how many ended."""
    overdue = Registration.objects.filter(verify_by__lte=now).order_by("meeting_id")
    meeting_ids = list(overdue.values_list("meeting_id", flat=True).distinct()[:MEETINGS_PER_RUN])
    return sum(_expire_unverified_in(meeting_id, now=now) for meeting_id in meeting_ids)


@transaction.atomic
def _expire_unverified_in(meeting_id: str, *, now: datetime) -> int:
    meeting = _locked(meeting_id)
    overdue = Registration.objects.filter(meeting=meeting, verify_by__lte=now)
    unverified = list(_locked_rows(overdue.unverified()))
    kept = overdue.exclude(pk__in=[registration.pk for registration in unverified])
    kept.update(verify_by=None, verified_at=now)  # signed in meanwhile
    if not meeting.is_open or has_ended(meeting, now=now) or not _is_scarce(meeting):
        overdue.update(verify_by=None)  # nobody needs the place: it stays
        return 0
    for registration in unverified:
        _end(registration, meeting, signals.registration_lapsed, now=now, by_host=False)
    _move_waitlist(meeting, now=now)
    return len(unverified)


@transaction.atomic
def remove_unverified(*, meeting: Meeting, now: datetime, only: str | None = None) -> list[Registration]:
    """The host frees every place whose address is not confirmed, or `only` one of them; their people are told.

    Returns those removed. Raises UnableToWithdraw.
    """
    meeting = _locked(meeting.pk)
    if has_ended(meeting, now=now):
        raise UnableToWithdraw("ended", _("This meeting is over."))
    unverified = _locked_rows(Registration.objects.filter(meeting=meeting).unverified())
    if only is not None:
        unverified = unverified.filter(pk=only)
    removed = [
        _end(registration, meeting, signals.registration_lapsed, now=now, by_host=True)
        for registration in unverified
    ]
    _move_waitlist(meeting, now=now)
    return removed


def _locked_rows(registrations: QuerySet[Registration]) -> QuerySet[Registration]:
    """Their rows are locked, and looked at once more by then: who confirms in the same moment keeps the place."""
    return registrations.select_related("person").select_for_update(of=("self",))


def _end(
    registration: Registration, meeting: Meeting, signal: Signal, *, now: datetime, **details: object
) -> Registration:
    """Under the meeting's lock."""
    registration.state, registration.cancelled_at = Registration.State.CANCELLED, now
    registration.offered_until = registration.verify_by = None
    registration.save(update_fields=["state", "cancelled_at", "offered_until", "verify_by"])
    _send(signal, registration, now=now, **details)
    _refresh_room_access(registration, meeting)
    return registration


def _ask_to_verify(meeting: Meeting, *, now: datetime) -> None:
    """Once places become scarce, those who came before and only typed an address are asked as well."""
    if not _is_scarce(meeting):
        return
    unasked = _locked_rows(Registration.objects.filter(meeting=meeting, verify_by__isnull=True).unverified())
    for registration in unasked.order_by("-registered_at")[:ASKED_AT_ONCE]:
        registration.verify_by = _deadline(meeting, now=now)
        registration.save(update_fields=["verify_by"])
        _send(signals.registration_to_verify, registration, now=now)


def _time_to_verify(meeting: Meeting, state: Registration.State, *, now: datetime) -> datetime | None:
    """Of a place about to be taken; None where places are not scarce."""
    holds = state in Registration.LAPSING_STATES
    return _deadline(meeting, now=now) if holds and _is_scarce(meeting, taking=1) else None


def _deadline(meeting: Meeting, *, now: datetime) -> datetime:
    return now + max(SHORTEST_TO_VERIFY, min(VERIFY_WITHIN, (meeting.starts_at - now) / 4))


def _is_scarce(meeting: Meeting, *, taking: int = 0) -> bool:
    free = _free_seats(meeting)
    if free is None or meeting.capacity is None:
        return False
    return free - taking < max(SCARCE_SEATS, meeting.capacity // SCARCE_SHARE)


# ---- giving it back --------------------------------------------------------------------------------------


@transaction.atomic
def withdraw(*, registration: Registration, now: datetime, by_person: bool = True) -> Registration:
    """Ends an active registration; the freed seat goes to the first who waits. Raises UnableToWithdraw."""
    meeting = _locked(registration.meeting_id)
    if has_ended(meeting, now=now):
        raise UnableToWithdraw("ended", _("This meeting is over."))
    ended = Registration.objects.active().filter(pk=registration.pk)
    if not ended.update(
        state=Registration.State.CANCELLED, cancelled_at=now, offered_until=None, verify_by=None
    ):
        raise UnableToWithdraw("withdrawn", _("This seat was given back already."))
    return _after_leaving(registration, meeting, signals.registration_withdrawn, now=now, by_person=by_person)


def _after_leaving(
    registration: Registration, meeting: Meeting, signal: Signal, *, now: datetime, **details: object
) -> Registration:
    registration.refresh_from_db()
    _send(signal, registration, now=now, **details)
    _refresh_room_access(registration, meeting)
    _move_waitlist(meeting, now=now)
    return registration


# ---- the host decides ------------------------------------------------------------------------------------


@transaction.atomic
def approve(*, registration: Registration, now: datetime) -> Registration:
    """Confirms a registration that waits for the host. Raises UnableToDecide."""
    meeting = _locked(registration.meeting_id)
    if not meeting.is_open or has_ended(meeting, now=now):
        raise UnableToDecide("cancelled", _("This meeting does not take place any more."))
    if not _pending(registration).update(
        state=Registration.State.CONFIRMED, confirmed_at=now, **_verified_fields(now)
    ):
        raise _not_pending()
    registration.refresh_from_db()
    _send(signals.registration_confirmed, registration, now=now)
    _refresh_room_access(registration, meeting)
    return registration


@transaction.atomic
def refuse(*, registration: Registration, now: datetime) -> Registration:
    """Turns down a registration that waits for the host; the seat goes on. Raises UnableToDecide."""
    meeting = _locked(registration.meeting_id)
    if not _pending(registration).update(
        state=Registration.State.CANCELLED, cancelled_at=now, verify_by=None
    ):
        raise _not_pending()
    return _after_leaving(registration, meeting, signals.registration_refused, now=now)


def _verified_fields(now: datetime) -> dict[str, datetime | None]:
    """The host who approves somebody knows them; who accepts an offer has their own link."""
    return {"verified_at": now, "verify_by": None}


def _pending(registration: Registration) -> QuerySet[Registration]:
    return Registration.objects.filter(pk=registration.pk, state=Registration.State.PENDING)


def _not_pending() -> UnableToDecide:
    return UnableToDecide("not_pending", _("This registration does not wait for an answer."))


# ---- the waitlist ----------------------------------------------------------------------------------------


@transaction.atomic
def accept_offer(*, registration: Registration, now: datetime) -> Registration:
    """Takes an offered seat within its time. Raises UnableToAccept."""
    meeting = _locked(registration.meeting_id)
    if not meeting.is_open or has_ended(meeting, now=now):
        raise UnableToAccept("cancelled", _("This meeting does not take place any more."))
    offered = Registration.objects.filter(pk=registration.pk, state=Registration.State.OFFERED)
    taken = offered.filter(offered_until__gt=now).update(
        state=Registration.State.CONFIRMED, confirmed_at=now, offered_until=None, **_verified_fields(now)
    )
    if not taken and offered.exists():
        raise UnableToAccept("too_late", _("The time to take this seat is over. The next in line gets it."))
    if not taken:
        raise UnableToAccept("not_offered", _("No seat is offered to you at the moment."))
    registration.refresh_from_db()
    _send(signals.registration_confirmed, registration, now=now)
    _refresh_room_access(registration, meeting)
    return registration


def expire_offers(*, now: datetime) -> int:
    """Ends offers that ran out and moves every waitlist with free seats (also after a capacity was raised).

    Returns how many offers ended. One short transaction for each meeting; running twice does no harm.
    """
    overdue = Registration.objects.filter(state=Registration.State.OFFERED, offered_until__lte=now)
    waiting = Registration.objects.filter(
        state=Registration.State.WAITLISTED, meeting__in=_with_free_seats(now)
    )
    meeting_ids = {
        meeting_id
        for rows in (overdue, waiting)
        for meeting_id in rows.order_by("meeting_id")
        .values_list("meeting_id", flat=True)
        .distinct()[:MEETINGS_PER_RUN]
    }
    return sum(_expire_in(meeting_id, now=now) for meeting_id in sorted(meeting_ids))


def _with_free_seats(now: datetime) -> Subquery:
    """Meetings to come whose waitlist can move."""
    seated = Registration.objects.filter(meeting=OuterRef("pk")).seated().order_by().values("meeting")
    taken = Coalesce(Subquery(seated.values(count=Count("pk"))), 0)
    coming = Q(state=Meeting.State.LIVE) | Q(state=Meeting.State.SCHEDULED, ends_at__gt=now)
    has_room = Q(capacity__isnull=True) | Q(capacity__gt=F("taken"))
    return Subquery(Meeting.objects.filter(coming).annotate(taken=taken).filter(has_room).values("pk"))


@transaction.atomic
def _expire_in(meeting_id: str, *, now: datetime) -> int:
    meeting = _locked(meeting_id)
    offered = Registration.objects.filter(meeting=meeting, state=Registration.State.OFFERED)
    overdue = list(offered.filter(offered_until__lte=now).select_related("person"))
    for registration in overdue:
        _end(registration, meeting, signals.registration_withdrawn, now=now, by_person=False)
    _move_waitlist(meeting, now=now)
    return len(overdue)


def _move_waitlist(meeting: Meeting, *, now: datetime) -> None:
    """Under the meeting's lock: gives each free seat to the first in the queue."""
    if not meeting.is_open or has_ended(meeting, now=now):
        return
    for registration in _queue(meeting)[: _free_seats(meeting)]:
        _give_seat(registration, meeting, now=now)


def _give_seat(registration: Registration, meeting: Meeting, *, now: datetime) -> None:
    """Asks the host where the host approves; confirms within a day of the start; else offers it for a day."""
    if meeting.registration == Meeting.RegistrationMode.APPROVAL:
        registration.state = Registration.State.PENDING
    elif meeting.starts_at - now <= OFFER_LASTS:
        registration.state, registration.confirmed_at = Registration.State.CONFIRMED, now
    else:
        registration.state, registration.offered_until = Registration.State.OFFERED, now + OFFER_LASTS
    if registration.state in Registration.LAPSING_STATES and not registration.is_verified:
        registration.verify_by = _time_to_verify(meeting, Registration.State(registration.state), now=now)
    registration.save(update_fields=["state", "confirmed_at", "offered_until", "verify_by"])
    _send(_SIGNAL_OF_STATE[Registration.State(registration.state)], registration, now=now)
    _refresh_room_access(registration, meeting)


def waitlist_position(registration: Registration) -> int:
    """1 for who gets the next seat; 0 for who does not wait."""
    queue = Registration.objects.filter(meeting=registration.meeting_id).queue()
    before = queue.filter(
        Q(registered_at__lt=registration.registered_at)
        | Q(registered_at=registration.registered_at, pk__lt=registration.pk)
    )
    return before.count() + 1 if registration.state == Registration.State.WAITLISTED else 0


# ---- what is said ----------------------------------------------------------------------------------------

_SIGNAL_OF_STATE = {
    Registration.State.PENDING: signals.registration_requested,
    Registration.State.CONFIRMED: signals.registration_confirmed,
    Registration.State.WAITLISTED: signals.registration_waitlisted,
    Registration.State.OFFERED: signals.registration_offered,
}


def _send(signal: Signal, registration: Registration, *, now: datetime, **details: object) -> None:
    signal.send(sender=Registration, registration=registration, now=now, **details)


def _refresh_room_access(registration: Registration, meeting: Meeting) -> None:
    """Once it is committed: the open sockets of the seat's person are looked at again, in whichever process."""
    look = partial(bus.reauthorize_person, registration.person_id, room=meeting.room_id)
    transaction.on_commit(look, robust=True)
