"""What flows share when a registration gets a new state: its signal, and the access of its open connections."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import Signal

from companies.refusals import Refusal
from meetings import signals
from meetings.models import Invitation, Meeting, Registration
from rooms import bus

SIGNAL_OF_STATE = {
    Registration.State.PENDING: signals.registration_requested,
    Registration.State.CONFIRMED: signals.registration_confirmed,
    Registration.State.WAITLISTED: signals.registration_waitlisted,
    Registration.State.OFFERED: signals.registration_offered,
}


class UnableToChangeRegistration(Refusal):
    """The registration is not in a state from which this step is possible."""


class UnableToWithdraw(UnableToChangeRegistration):
    """`code`: withdrawn (already) or ended."""


def verified_fields(now: datetime) -> dict[str, datetime | None]:
    """The host who approves somebody knows them; who accepts an offer has their own link."""
    return {"verified_at": now, "verify_by": None}


def confirm_registration(
    registration: Registration, meeting: Meeting, *, held: QuerySet[Registration], now: datetime
) -> bool:
    """Under the meeting's lock: confirms it if it is `held`, the row in the state that allows it. Else False."""
    if not held.filter(pk=registration.pk).update(
        state=Registration.State.CONFIRMED, confirmed_at=now, offered_until=None, **verified_fields(now)
    ):
        return False
    registration.refresh_from_db()
    send_signal(signals.registration_confirmed, registration, now=now)
    refresh_room_access(registration, meeting)
    return True


def end_registration(
    registration: Registration, meeting: Meeting, signal: Signal, *, now: datetime, **details: object
) -> Registration:
    """Under the meeting's lock."""
    registration.state, registration.cancelled_at = Registration.State.CANCELLED, now
    registration.offered_until = registration.verify_by = None
    registration.save(update_fields=["state", "cancelled_at", "offered_until", "verify_by"])
    end_invitation(registration, Invitation.State.DECLINED, now=now)
    send_signal(signal, registration, now=now, **details)
    refresh_room_access(registration, meeting)
    return registration


def end_invitation(registration: Registration, state: Invitation.State, *, now: datetime) -> None:
    """An invitation that was accepted ends with its registration: declined by the person, or withdrawn by the host."""
    field = "withdrawn_at" if state == Invitation.State.WITHDRAWN else "answered_at"
    accepted = Invitation.objects.filter(
        meeting=registration.meeting_id, person=registration.person_id, state=Invitation.State.ACCEPTED
    )
    accepted.update(state=state, **{field: now})


def send_signal(signal: Signal, registration: Registration, *, now: datetime, **details: object) -> None:
    signal.send(sender=Registration, registration=registration, now=now, **details)


def refresh_room_access(registration: Registration, meeting: Meeting) -> None:
    """After the commit the rights of the person's open connections are read again, in whichever process they are."""
    look = partial(bus.reauthorize_person, registration.person_id, room=meeting.room_id)
    transaction.on_commit(look, robust=True)
