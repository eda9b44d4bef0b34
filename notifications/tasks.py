"""The tick of the outbox."""

import os
import socket
from dataclasses import asdict

import structlog
from celery import shared_task
from django.utils.timezone import now

from notifications import dispatching
from notifications.mailer import kept_post

logger = structlog.get_logger(__name__)


@shared_task(name="notifications.tasks.send_due")
def send_due() -> int:
    """Sends whatever is due; any number of these may run at once. Returns how many mails left."""
    worker = f"{socket.gethostname()[:24]}:{os.getpid()}"
    tally = dispatching.send_all_due(clock=now, post=kept_post(), worker=worker)
    if tally != dispatching.Tally(server_is_away=tally.server_is_away):  # `outage` says that by itself, once
        logger.info("outbox", **asdict(tally))
    return tally.sent
