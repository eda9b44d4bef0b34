"""Registrations whose email address nobody has confirmed yet: once seats are scarce, they have a deadline."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from meetings import signals
from meetings.models import Meeting, Registration
from meetings.registration_states import (
    UnableToChangeRegistration,
    UnableToWithdraw,
    end_registration,
    send_signal,
)
from meetings.seats import is_scarce, locked_meeting, verification_deadline
from meetings.waitlist import MEETINGS_PER_RUN, move_waitlist

ASKED_AT_ONCE = 50  # so that the meeting's lock is short; the next registration asks the next fifty


class UnableToVerify(UnableToChangeRegistration):
    """`code`: lapsed (too late) or not_held."""


def verify(*, registration: Registration, now: datetime) -> Registration:
    """Confirms the address: the person used their personal link. Twice does no harm. Raises UnableToVerify.

    A registration past its deadline that the periodic task has not ended yet is kept. The meeting's lock is not needed:
    no seat changes hands, and thousands may come at once; the flows that end registrations lock their rows.
    """
    held = Registration.objects.active().filter(pk=registration.pk)
    if held.filter(verified_at__isnull=True).update(verified_at=now, verify_by=None):
        _verify_same_registrations(registration, now=now)
        registration.verified_at, registration.verify_by = now, None
        return registration
    if not held.exists():
        raise UnableToVerify(
            "lapsed", _("This registration was not confirmed in time, so the seat was released.")
        )
    registration.refresh_from_db()
    return registration


def _verify_same_registrations(registration: Registration, *, now: datetime) -> None:
    """Who registered for a whole series got the links in one email: one of them shows that it arrived."""
    if registration.meeting.series_id is not None:
        same = Registration.objects.active().filter(
            person=registration.person_id,
            registered_at=registration.registered_at,
            meeting__series=registration.meeting.series_id,
            verified_at__isnull=True,
        )
        same.update(verified_at=now, verify_by=None)


def expire_unverified(*, now: datetime) -> int:
    """Ends registrations not confirmed in time; their seats go to the waitlist. Returns how many ended."""
    overdue = Registration.objects.filter(verify_by__lte=now).order_by("meeting_id")
    meeting_ids = list(overdue.values_list("meeting_id", flat=True).distinct()[:MEETINGS_PER_RUN])
    return sum(_expire_unverified_in(meeting_id, now=now) for meeting_id in meeting_ids)


@transaction.atomic
def _expire_unverified_in(meeting_id: str, *, now: datetime) -> int:
    meeting = locked_meeting(meeting_id)
    overdue = Registration.objects.filter(meeting=meeting, verify_by__lte=now)
    unverified = list(_locked_rows(overdue.unverified()))
    kept = overdue.exclude(pk__in=[registration.pk for registration in unverified])
    kept.update(verify_by=None, verified_at=now)  # signed in meanwhile
    if not meeting.is_open or meeting.has_ended(now=now) or not is_scarce(meeting):
        overdue.update(verify_by=None)  # nobody needs the seats: the registrations stay
        return 0
    for registration in unverified:
        end_registration(registration, meeting, signals.registration_lapsed, now=now, by_host=False)
    move_waitlist(meeting, now=now)
    return len(unverified)


@transaction.atomic
def remove_unverified(*, meeting: Meeting, now: datetime, only: str | None = None) -> list[Registration]:
    """The host ends every registration with an unconfirmed address, or `only` one; the people are notified.

    Returns those removed. Raises UnableToWithdraw.
    """
    meeting = locked_meeting(meeting.pk)
    if meeting.has_ended(now=now):
        raise UnableToWithdraw("ended", _("This meeting is over."))
    unverified = _locked_rows(Registration.objects.filter(meeting=meeting).unverified())
    if only is not None:
        unverified = unverified.filter(pk=only)
    removed = [
        end_registration(registration, meeting, signals.registration_lapsed, now=now, by_host=True)
        for registration in unverified
    ]
    move_waitlist(meeting, now=now)
    return removed


def _locked_rows(registrations: QuerySet[Registration]) -> QuerySet[Registration]:
    """PostgreSQL checks the condition again once it has the row's lock: who confirms in that moment keeps the seat."""
    return registrations.select_related("person").select_for_update(of=("self",))


def ask_to_verify(meeting: Meeting, *, now: datetime) -> None:
    """Once seats are scarce, earlier registrations with an unconfirmed address get a deadline and an email, too."""
    if not is_scarce(meeting):
        return
    unasked = _locked_rows(Registration.objects.filter(meeting=meeting, verify_by__isnull=True).unverified())
    for registration in unasked.order_by("-registered_at")[:ASKED_AT_ONCE]:
        registration.verify_by = verification_deadline(meeting, now=now)
        registration.save(update_fields=["verify_by"])
        send_signal(signals.registration_to_verify, registration, now=now)
