"""Notifies browsers of what is due, every few seconds, until it is stopped.

A process of its own, so that a push service that hangs holds up no email and no meeting.
"""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections
from django.utils.timezone import now

from notifications import push_service, pushing

EVERY = 5.0  # seconds


class Command(BaseCommand):
    help = "Notifies browsers of what is due, until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        if not push_service.is_on():
            raise CommandError("VAPID_PRIVATE_KEY is not set: push services would not know who sends.")
        stopping = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_args: stopping.set())
        service = push_service.PushService()
        while not stopping.wait(EVERY):
            close_old_connections()
            pushing.send_all_due(clock=now, service=service, is_stopping=stopping.is_set)
