"""The periodic task of the outbox."""

import os
import socket
from dataclasses import asdict

import structlog
from celery import shared_task
from django.utils.timezone import now

from notifications import digests, dispatching, personal_data
from notifications.mailer import shared_mailer

logger = structlog.get_logger(__name__)


@shared_task(name="notifications.tasks.send_due")
def send_due() -> int:
    """Sends whatever is due; any number of these may run at once. Returns how many emails were sent."""
    worker = f"{socket.gethostname()[:24]}:{os.getpid()}"
    stats = dispatching.send_all_due(clock=now, mailer=shared_mailer(), worker=worker)
    if stats != dispatching.SendStats(server_is_away=stats.server_is_away):  # logged once by `outage`
        logger.info("outbox", **asdict(stats))
    return stats.sent


@shared_task(ignore_result=True)
def plan_digests() -> None:
    digests.plan_due(now=now())


@shared_task(ignore_result=True)
def forget_last_addresses() -> None:
    personal_data.forget_last_addresses(now=now())
