"""The tick of the outbox."""

import os
import socket

from celery import shared_task
from django.utils.timezone import now

from notifications import dispatching
from notifications.delivery import kept_post


@shared_task(name="notifications.tasks.send_due")
def send_due() -> int:
    """Sends whatever is due; any number of these may run at once. Returns how many mails left."""
    worker = f"{socket.gethostname()[:24]}:{os.getpid()}"
    return dispatching.send_all_due(clock=now, post=kept_post(), worker=worker).sent
