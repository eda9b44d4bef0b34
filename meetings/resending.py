"""Sending a lost confirmation again: the personal link, and the calendar event of the present state."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies import email_addresses
from meetings import signals
from meetings.models import ConfirmationRequest, Meeting, Registration
from meetings.registration_states import UnableToChangeRegistration, send_signal

PAUSE = timedelta(minutes=10)  # between two for one registration, whoever asks
REQUESTS_PER_RUN = 200


class UnableToResend(UnableToChangeRegistration):
    """`code`: too_soon, withdrawn, or over (cancelled or ended)."""


@transaction.atomic
def resend(*, registration: Registration, now: datetime) -> Registration:
    """Raises UnableToResend."""
    _refuse_unless_upcoming(registration.meeting, now=now)
    active = Registration.objects.active().filter(pk=registration.pk)
    rested = Q(resent_at__isnull=True) | Q(resent_at__lte=now - PAUSE)
    if not active.filter(rested).update(resent_at=now):
        raise _too_soon(active.first(), now=now)
    registration.refresh_from_db()
    send_signal(signals.registration_resent, registration, now=now)
    return registration


def request_confirmation(*, meeting: Meeting, email: str, now: datetime) -> None:
    """For anybody who types an address. One statement whether or not it is registered: nobody learns which.

    Raises UnableToResend for a meeting that is over, to everybody alike.
    """
    _refuse_unless_upcoming(meeting, now=now)
    request = ConfirmationRequest(meeting=meeting, email=email_addresses.normalized(email), requested_at=now)
    ConfirmationRequest.objects.bulk_create([request], ignore_conflicts=True)


def answer_requests(*, now: datetime) -> int:
    """Returns how many confirmations are sent again. May run several times at once: a request is answered by whoever
    deletes it."""
    oldest = ConfirmationRequest.objects.select_related("meeting").order_by("pk")
    return sum(_answer(request, now=now) for request in oldest[:REQUESTS_PER_RUN])


@transaction.atomic
def _answer(request: ConfirmationRequest, *, now: datetime) -> bool:
    deleted, _by_model = ConfirmationRequest.objects.filter(pk=request.pk).delete()
    registrations = Registration.objects.active().filter(meeting=request.meeting, person__email=request.email)
    registration = registrations.select_related("meeting", "person").first()
    if not deleted or registration is None:
        return False
    try:
        resend(registration=registration, now=now)
    except UnableToResend:
        return False
    return True


def _refuse_unless_upcoming(meeting: Meeting, *, now: datetime) -> None:
    if not meeting.is_open or meeting.has_ended(now=now):
        raise UnableToResend("over", _("This meeting is over or cancelled, so there is nothing to send."))


def _too_soon(registration: Registration | None, *, now: datetime) -> UnableToResend:
    if registration is None or registration.resent_at is None:
        return UnableToResend("withdrawn", _("This registration has been cancelled."))
    minutes = max(1, -int((now - registration.resent_at - PAUSE).total_seconds() // 60))
    words = ngettext(
        "It was sent a moment ago. You can send it again in %(minutes)d minute.",
        "It was sent a moment ago. You can send it again in %(minutes)d minutes.",
        minutes,
    )
    return UnableToResend("too_soon", words % {"minutes": minutes})
