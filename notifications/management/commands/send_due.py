"""Sends what is due, without a broker: once, or every two seconds until stopped."""

import os
import socket
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import now

from notifications import dispatching
from notifications.mailer import shared_mailer

TICK = 2.0


class Command(BaseCommand):
    help = "Sends all emails that are due."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="send due emails once and exit")

    def handle(self, *_args: Any, **options: Any) -> None:
        worker = f"{socket.gethostname()[:24]}:{os.getpid()}"
        while True:
            stats = dispatching.send_all_due(clock=now, mailer=shared_mailer(), worker=worker)
            if options["once"] or any((stats.sent, stats.failed, stats.doubtful)):
                self.stdout.write(
                    f"sent {stats.sent}, dropped {stats.dropped}, postponed {stats.put_off}, "
                    f"failed {stats.failed}, uncertain {stats.doubtful}"
                )
            if options["once"]:
                return
            time.sleep(TICK)
