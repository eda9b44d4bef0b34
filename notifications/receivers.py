"""Connects facts to planning. Receivers only insert outbox rows; after commit a worker is nudged."""

import threading
import time
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.dispatch import receiver
from kombu.exceptions import OperationalError

from meetings import facts
from meetings.models import Meeting, Recording, Registration
from notifications import planning
from notifications.models import Notification
from notifications.tasks import send_due

logger = structlog.get_logger(__name__)
QUIET_AFTER_FAILURE = (
    10.0  # seconds without nudges when the broker is away: the tick finds the rows by itself
)
QUIET_AFTER_NUDGE = 0.1
_knocking = threading.Lock()
_quiet_until = 0.0


def nudge() -> None:
    """Asks a worker to look at once, without waiting for the broker: a page must not hang on one that is dead.

    Only a courtesy: rows whose nudge is lost leave with the next tick.
    """
    if time.monotonic() >= _quiet_until and _knocking.acquire(blocking=False):
        threading.Thread(target=_knock, name="nudge", daemon=True).start()


def _knock() -> None:
    global _quiet_until  # noqa: PLW0603 - one broker, one process
    try:
        send_due.apply_async(retry=False, expires=30)
        _quiet_until = time.monotonic() + QUIET_AFTER_NUDGE
    except (OperationalError, OSError) as error:
        _quiet_until = time.monotonic() + QUIET_AFTER_FAILURE
        logger.warning("no broker to nudge", error=str(error))
    finally:
        _knocking.release()


def _nudge_after_commit() -> None:
    transaction.on_commit(nudge)


@receiver(facts.meeting_scheduled, dispatch_uid="tell of meeting_scheduled")
def invite(*, meeting: Meeting, now: datetime, **_kwargs: Any) -> None:
    planning.plan_invitations(meeting=meeting, now=now)
    _nudge_after_commit()


@receiver(facts.meeting_moved, dispatch_uid="tell of meeting_moved")
def tell_of_move(
    *,
    meeting: Meeting,
    previous_starts_at: datetime,
    previous_ends_at: datetime,
    changed: set[str],
    joined: set[int],
    now: datetime,
    **_kwargs: Any,
) -> None:
    planning.plan_move(
        meeting=meeting,
        previous_starts_at=previous_starts_at,
        previous_ends_at=previous_ends_at,
        changed=changed,
        joined=joined,
        now=now,
    )
    _nudge_after_commit()


@receiver(facts.meeting_changed, dispatch_uid="tell of meeting_changed")
def tell_of_change(
    *, meeting: Meeting, changed: set[str], joined: set[int], now: datetime, **_kwargs: Any
) -> None:
    planning.plan_change(meeting=meeting, changed=changed, joined=joined, now=now)
    _nudge_after_commit()


@receiver(facts.meeting_cancelled, dispatch_uid="tell of meeting_cancelled")
def tell_of_cancellation(*, meeting: Meeting, now: datetime, **_kwargs: Any) -> None:
    planning.plan_cancellation(meeting=meeting, now=now)
    _nudge_after_commit()


@receiver(facts.stage_left, dispatch_uid="tell of stage_left")
def tell_who_left_the_stage(*, meeting: Meeting, people: set[int], now: datetime, **_kwargs: Any) -> None:
    planning.plan_stage_left(meeting=meeting, people=people, now=now)
    _nudge_after_commit()


@receiver(facts.seat_confirmed, dispatch_uid="tell of seat_confirmed")
def confirm(*, registration: Registration, now: datetime, **_kwargs: Any) -> None:
    planning.plan_confirmation(registration=registration, now=now)
    _nudge_after_commit()


@receiver(facts.seat_requested, dispatch_uid="tell of seat_requested")
def say_that_it_waits(*, registration: Registration, now: datetime, **_kwargs: Any) -> None:
    planning.plan_answer(registration=registration, kind=Notification.Kind.REQUESTED, now=now)
    _nudge_after_commit()


@receiver(facts.seat_waitlisted, dispatch_uid="tell of seat_waitlisted")
def say_that_it_is_full(*, registration: Registration, now: datetime, **_kwargs: Any) -> None:
    planning.plan_answer(registration=registration, kind=Notification.Kind.WAITLISTED, now=now)
    _nudge_after_commit()


@receiver(facts.seat_offered, dispatch_uid="tell of seat_offered")
def offer(*, registration: Registration, now: datetime, **_kwargs: Any) -> None:
    planning.plan_answer(registration=registration, kind=Notification.Kind.OFFER, now=now)
    _nudge_after_commit()


@receiver(facts.seat_refused, dispatch_uid="tell of seat_refused")
def say_that_it_was_refused(*, registration: Registration, now: datetime, **_kwargs: Any) -> None:
    planning.plan_answer(registration=registration, kind=Notification.Kind.REFUSED, now=now)
    _nudge_after_commit()


@receiver(facts.seat_to_verify, dispatch_uid="tell of seat_to_verify")
def ask_to_verify(*, registration: Registration, now: datetime, **_kwargs: Any) -> None:
    planning.plan_verification(registration=registration, now=now)
    _nudge_after_commit()


@receiver(facts.seat_lapsed, dispatch_uid="tell of seat_lapsed")
def say_that_it_lapsed(*, registration: Registration, by_host: bool, now: datetime, **_kwargs: Any) -> None:
    planning.plan_lapse(registration=registration, by_host=by_host, now=now)
    _nudge_after_commit()


@receiver(facts.seat_withdrawn, dispatch_uid="tell of seat_withdrawn")
def say_goodbye(*, registration: Registration, by_person: bool, now: datetime, **_kwargs: Any) -> None:
    planning.plan_withdrawal(registration=registration, by_person=by_person, now=now)
    _nudge_after_commit()


@receiver(facts.recording_published, dispatch_uid="tell of recording_published")
def tell_of_recording(*, recording: Recording, now: datetime, **_kwargs: Any) -> None:
    planning.plan_recording(recording=recording, now=now)
    _nudge_after_commit()


@receiver(facts.recording_missing, dispatch_uid="tell of recording_missing")
def tell_of_missing_recording(*, recording: Recording, now: datetime, **_kwargs: Any) -> None:
    planning.plan_recording_alarm(recording=recording, kind=Notification.Kind.RECORDING_MISSING, now=now)
    _nudge_after_commit()


@receiver(facts.recording_failed, dispatch_uid="tell of recording_failed")
def tell_of_failed_recording(*, recording: Recording, now: datetime, **_kwargs: Any) -> None:
    planning.plan_recording_alarm(recording=recording, kind=Notification.Kind.RECORDING_FAILED, now=now)
    _nudge_after_commit()
