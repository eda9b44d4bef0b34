"""Receives replies and returned emails, as INBOUND_EMAIL_URL says, until it is stopped."""

import asyncio
import signal
import threading
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from notifications import imap, lmtp


class Command(BaseCommand):
    help = "Receives replies and returned emails, as INBOUND_EMAIL_URL says."

    def handle(self, *args: Any, **options: Any) -> None:
        server = urlsplit(settings.INBOUND_EMAIL_URL)
        if server.scheme == "imaps":
            self.read_mailbox()
            return
        if server.scheme != "lmtp":
            raise CommandError("INBOUND_EMAIL_URL is not set: there is nothing to receive from.")
        asyncio.run(self.listen(server.hostname or "127.0.0.1", server.port or 24))

    def read_mailbox(self) -> None:
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_args: stopped.set())
        self.stdout.write(f"Reading email for {settings.INBOUND_EMAIL_ADDRESS}")
        self.stdout.flush()
        imap.read_until(stopped, imap.Mailbox.of(settings.INBOUND_EMAIL_URL), clock=now)

    async def listen(self, host: str, port: int) -> None:
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        server = await lmtp.listen(host, port)
        self.stdout.write(f"Receiving email for {settings.INBOUND_EMAIL_ADDRESS} on {host}:{port}")
        self.stdout.flush()
        async with server:
            await stopped.wait()
