"""Connects signals to planning. Receivers only insert outbox rows; after the commit a worker is woken."""

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

from companies.signals import person_added, sessions_ended, signed_out_everywhere
from engagement.questions.signals import question_answered
from matchmaking import signals as matchmaking_signals
from meetings import signals
from notifications import contacting, planning, planning_afterwards, pushing
from notifications.models import Notification
from notifications.tasks import send_due
from projects import signals as project_signals

Kind = Notification.Kind
logger = structlog.get_logger(__name__)
PAUSE_AFTER_FAILURE = (
    10.0  # seconds without waking a worker when the broker is away: the tick finds the rows by itself
)
PAUSE_AFTER_WAKE_UP = 0.1
_waking = threading.Lock()
_next_wake_up = 0.0


def wake_worker() -> None:
    """Wakes a worker from a thread, so that no page waits for a broker that is dead.

    Only an optimisation: the next tick sends rows whose message is lost.
    """
    if time.monotonic() >= _next_wake_up and _waking.acquire(blocking=False):
        threading.Thread(target=_send_wake_up, name="wake-worker", daemon=True).start()


def _send_wake_up() -> None:
    global _next_wake_up  # noqa: PLW0603 - one broker, one process
    try:
        send_due.apply_async(retry=False, expires=30)
        _next_wake_up = time.monotonic() + PAUSE_AFTER_WAKE_UP
    except (OperationalError, OSError) as error:
        _next_wake_up = time.monotonic() + PAUSE_AFTER_FAILURE
        logger.warning("no broker to wake a worker", error=str(error))
    finally:
        _waking.release()


PLANS: tuple[tuple[Signal, Callable[..., None]], ...] = (
    (signals.meeting_started, pushing.plan_live),
    (signals.meeting_ended, planning_afterwards.plan_open_questions),
    (signals.meeting_ended, planning_afterwards.plan_thanks),
    (question_answered, planning_afterwards.plan_question_answered),
    (signals.meeting_scheduled, planning.plan_invitations),
    (signals.meeting_moved, planning.plan_move),
    (signals.meeting_changed, planning.plan_change),
    (signals.meeting_cancelled, planning.plan_cancellation),
    (signals.stage_left, planning.plan_stage_left),
    (signals.people_invited, planning.plan_people_invited),
    (signals.invitation_answered, planning.plan_invitation_answer),
    (signals.invitation_withdrawn, planning.plan_invitation_withdrawal),
    (signals.registration_confirmed, planning.plan_confirmation),
    (signals.registration_requested, partial(planning.plan_answer, kind=Kind.REQUESTED)),
    (signals.registration_waitlisted, partial(planning.plan_answer, kind=Kind.WAITLISTED)),
    (signals.registration_offered, partial(planning.plan_answer, kind=Kind.OFFER)),
    (signals.registration_refused, partial(planning.plan_answer, kind=Kind.REFUSED)),
    (signals.registration_resent, planning.plan_resending),
    (signals.registration_to_verify, planning.plan_verification),
    (signals.registration_lapsed, planning.plan_lapse),
    (signals.registration_withdrawn, planning.plan_withdrawal),
    (signals.proposal_declined, planning.plan_proposal_declined),
    (signals.recording_published, planning_afterwards.plan_recording),
    (
        signals.recording_missing,
        partial(planning_afterwards.plan_recording_alarm, kind=Kind.RECORDING_MISSING),
    ),
    (signals.recording_failed, partial(planning_afterwards.plan_recording_alarm, kind=Kind.RECORDING_FAILED)),
    (person_added, planning.plan_colleague_added),
    (project_signals.companies_added, planning.plan_project_room),
    (project_signals.person_added, planning.plan_project_person),
    (project_signals.action_due, planning.plan_action_due),
    (project_signals.deletion_decided, planning.plan_project_deletion),
    (project_signals.export_ready, planning.plan_export_ready),
    (project_signals.post_written, planning.plan_post),
    (project_signals.date_poll_asks, planning.plan_date_poll),
    (matchmaking_signals.contact_request_to_confirm, planning.plan_contact_confirmation),
    (matchmaking_signals.contact_request_arrived, planning.plan_contact_request),
    (matchmaking_signals.contact_request_answered, planning.plan_contact_answer),
    (matchmaking_signals.contact_request_reported, contacting.forward_report),
    (project_signals.partner_request_to_confirm, planning.plan_partner_confirmation),
    (project_signals.partner_request_arrived, planning.plan_partner_request),
    (project_signals.partner_request_answered, planning.plan_partner_answer),
    (project_signals.date_poll_over, planning.plan_date_poll_over),
)


def connect() -> None:
    for number, (signal, plan) in enumerate(PLANS):
        signal.connect(receiver_of(plan), weak=False, dispatch_uid=f"outbox:{number}")
    sessions_ended.connect(turn_off_signed_out, dispatch_uid="notify no browser that is signed out")
    signed_out_everywhere.connect(turn_off_everywhere, dispatch_uid="notify no browser of this person")


def turn_off_signed_out(*, sessions: list[int], **_kwargs: Any) -> None:
    pushing.turn_off_signed_out(sessions=sessions)


def turn_off_everywhere(*, person: int, **_kwargs: Any) -> None:
    pushing.turn_off_everywhere(person=person)


def receiver_of(plan: Callable[..., None]) -> Callable[..., None]:
    """Passes those arguments of the signal that the plan takes, by name."""
    takes = signature(plan).parameters.keys()

    def receive(*, signal: Signal, sender: type[Model], **kwargs: Any) -> None:
        plan(**{name: value for name, value in kwargs.items() if name in takes})
        transaction.on_commit(wake_worker)

    return receive
