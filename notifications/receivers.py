"""Connects facts to planning. Receivers only insert outbox rows; after commit a worker is nudged."""

import threading
import time
from collections.abc import Callable
from functools import partial
from inspect import signature
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Model
from django.dispatch import Signal
from kombu.exceptions import OperationalError

from meetings import signals
from notifications import planning
from notifications.models import Notification
from notifications.tasks import send_due

Kind = Notification.Kind
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


PLANS: tuple[tuple[Signal, Callable[..., None]], ...] = (
    (signals.meeting_scheduled, planning.plan_invitations),
    (signals.meeting_moved, planning.plan_move),
    (signals.meeting_changed, planning.plan_change),
    (signals.meeting_cancelled, planning.plan_cancellation),
    (signals.stage_left, planning.plan_stage_left),
    (signals.seat_confirmed, planning.plan_confirmation),
    (signals.seat_requested, partial(planning.plan_answer, kind=Kind.REQUESTED)),
    (signals.seat_waitlisted, partial(planning.plan_answer, kind=Kind.WAITLISTED)),
    (signals.seat_offered, partial(planning.plan_answer, kind=Kind.OFFER)),
    (signals.seat_refused, partial(planning.plan_answer, kind=Kind.REFUSED)),
    (signals.seat_to_verify, planning.plan_verification),
    (signals.seat_lapsed, planning.plan_lapse),
    (signals.seat_withdrawn, planning.plan_withdrawal),
    (signals.recording_published, planning.plan_recording),
    (signals.recording_missing, partial(planning.plan_recording_alarm, kind=Kind.RECORDING_MISSING)),
    (signals.recording_failed, partial(planning.plan_recording_alarm, kind=Kind.RECORDING_FAILED)),
)


def connect() -> None:
    for signal, plan in PLANS:
        signal.connect(receiver_of(plan), weak=False, dispatch_uid="outbox")


def receiver_of(plan: Callable[..., None]) -> Callable[..., None]:
    """A signal carries what its plan takes, by the same names, and may carry more for others."""
    takes = signature(plan).parameters.keys()

    def receive(*, signal: Signal, sender: type[Model], **about: Any) -> None:
        plan(**{name: value for name, value in about.items() if name in takes})
        transaction.on_commit(nudge)

    return receive
