"""The waitlist: offers of free seats, and their deadlines."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from meetings import signals
from meetings.models import Invitation, Meeting, Registration
from meetings.registration_states import (
    SIGNAL_OF_STATE,
    UnableToChangeRegistration,
    confirm_registration,
    end_registration,
    refresh_room_access,
    send_signal,
)
from meetings.seats import free_seats, locked_meeting, time_to_verify, waitlist_of

OFFER_LASTS = timedelta(hours=24)
MEETINGS_PER_RUN = 200


class UnableToAccept(UnableToChangeRegistration):
    """`code`: not_offered, too_late or cancelled."""


@transaction.atomic
def accept_offer(*, registration: Registration, now: datetime) -> Registration:
    """offered → confirmed, before the offer runs out. Raises UnableToAccept."""
    meeting = locked_meeting(registration.meeting_id)
    if not meeting.is_open or meeting.has_ended(now=now):
        raise UnableToAccept("cancelled", _("This meeting is cancelled or over."))
    offered = Registration.objects.filter(pk=registration.pk, state=Registration.State.OFFERED)
    if confirm_registration(registration, meeting, held=offered.filter(offered_until__gt=now), now=now):
        return registration
    if offered.exists():
        raise UnableToAccept(
            "too_late", _("This offer has expired. The seat goes to the next person on the waitlist.")
        )
    raise UnableToAccept("not_offered", _("You have no seat offer at the moment."))


def expire_offers(*, now: datetime) -> int:
    """Ends offers that ran out and moves every waitlist with free seats (also after a capacity was raised).

    Returns how many offers ended. One short transaction per meeting; running it twice does no harm.
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
    """Upcoming meetings whose waitlist can move."""
    seated = Registration.objects.filter(meeting=OuterRef("pk")).seated().order_by().values("meeting")
    taken = Coalesce(Subquery(seated.values(count=Count("pk"))), 0)
    has_room = Q(capacity__isnull=True) | Q(capacity__gt=F("taken"))
    return Subquery(
        Meeting.objects.upcoming(now).order_by().annotate(taken=taken).filter(has_room).values("pk")
    )


@transaction.atomic
def _expire_in(meeting_id: str, *, now: datetime) -> int:
    meeting = locked_meeting(meeting_id)
    offered = Registration.objects.filter(meeting=meeting, state=Registration.State.OFFERED)
    overdue = list(offered.filter(offered_until__lte=now).select_related("person"))
    for registration in overdue:
        end_registration(
            registration,
            meeting,
            signals.registration_withdrawn,
            now=now,
            by_person=False,
            offer_ended=True,
        )
    move_waitlist(meeting, now=now)
    return len(overdue)


def move_waitlist(meeting: Meeting, *, now: datetime) -> None:
    """Under the meeting's lock: gives each free seat to the first in the queue."""
    if not meeting.is_open or meeting.has_ended(now=now):
        return
    for registration in waitlist_of(meeting)[: free_seats(meeting)]:
        _give_seat(registration, meeting, now=now)


def _give_seat(registration: Registration, meeting: Meeting, *, now: datetime) -> None:
    """Pending where the host approves, unless invited; confirmed within a day of the start; else offered for a day."""
    if meeting.registration == Meeting.RegistrationMode.APPROVAL and not _is_invited(registration):
        registration.state = Registration.State.PENDING
    elif meeting.starts_at - now <= OFFER_LASTS:
        registration.state, registration.confirmed_at = Registration.State.CONFIRMED, now
    else:
        registration.state, registration.offered_until = Registration.State.OFFERED, now + OFFER_LASTS
    if registration.state in Registration.LAPSING_STATES and not registration.is_verified:
        registration.verify_by = time_to_verify(meeting, Registration.State(registration.state), now=now)
    registration.save(update_fields=["state", "confirmed_at", "offered_until", "verify_by"])
    send_signal(SIGNAL_OF_STATE[Registration.State(registration.state)], registration, now=now)
    refresh_room_access(registration, meeting)


def _is_invited(registration: Registration) -> bool:
    invitations = Invitation.objects.filter(meeting=registration.meeting_id, person=registration.person_id)
    return invitations.filter(state=Invitation.State.ACCEPTED).exists()


def waitlist_position(registration: Registration) -> int:
    """From 1; 0 for a registration that is not on the waitlist."""
    queue = Registration.objects.filter(meeting=registration.meeting_id).queue()
    before = queue.filter(
        Q(registered_at__lt=registration.registered_at)
        | Q(registered_at=registration.registered_at, pk__lt=registration.pk)
    )
    return before.count() + 1 if registration.state == Registration.State.WAITLISTED else 0
