"""A mail server's door to us: LMTP (RFC 2033) on a loopback address, one recipient at a time.

An email is confirmed after the commit of what follows from it. Addresses that are not ours are refused before the
email is sent, so that no one else's mail is taken.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session
from django.conf import settings
from django.db import close_old_connections
from django.utils.timezone import now

from notifications import receiving, reply_addresses
from notifications.inbound.messages import LARGEST

logger = structlog.get_logger(__name__)
MOST_CONNECTIONS = 20
IDLE_SECONDS = 60.0
LONGEST_LINE = 1024 * 1024
TAKEN = "250 2.0.0 Taken"
NOT_OURS = "550 5.1.1 No such address"
LATER = "451 4.3.0 Not now, please try again"
ONE_AT_A_TIME = "452 4.5.3 One recipient at a time"


class Receiver:
    """Takes one email after another, in a thread of its own: the order in which they came stays."""

    def __init__(self) -> None:
        self.executor = ThreadPoolExecutor(1, thread_name_prefix="inbound-mail")

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: LMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if envelope.rcpt_tos:  # one answer for each would be due after the email, and aiosmtpd gives one
            return ONE_AT_A_TIME
        if not reply_addresses.is_untagged(address):
            try:
                reply_addresses.resolve(address)
            except reply_addresses.NotOurs:
                return NOT_OURS
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: LMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        take = partial(take_email, content, recipient=envelope.rcpt_tos[0], moment=now())
        try:
            await asyncio.get_running_loop().run_in_executor(self.executor, take)
        except reply_addresses.NotOurs:  # sent to the untagged address, and no complaint
            return NOT_OURS
        except Exception:
            logger.exception("inbound mail will come again")
            return LATER
        return TAKEN

    async def handle_exception(self, error: Exception) -> str:
        """The library's own answer would be 500: the email would be lost."""
        logger.error("inbound mail connection", error=type(error).__name__)
        return LATER


def take_email(content: bytes, *, recipient: str, moment: datetime) -> None:
    close_old_connections()
    try:
        receiving.take(content, recipient=recipient, now=moment)
    finally:
        close_old_connections()


class Connection(LMTP):
    """Refused while there are too many: each may hold a whole email in memory."""

    open: ClassVar[set["Connection"]] = set()
    unbroken = 0  # bytes since the last line feed

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if len(self.open) >= MOST_CONNECTIONS:
            transport.write(b"421 4.3.2 Too many connections\r\n")
            transport.close()
        self.open.add(self)

    def data_received(self, data: bytes) -> None:
        """aiosmtpd keeps a line until it ends, however long it is (RFC 5321 allows 1,000 bytes)."""
        _before, newline, rest = data.rpartition(b"\n")
        self.unbroken = len(rest) if newline else self.unbroken + len(data)
        if self.unbroken > LONGEST_LINE and isinstance(self.transport, asyncio.Transport):
            self.transport.abort()
            return
        super().data_received(data)

    def connection_lost(self, error: Exception | None) -> None:
        self.open.discard(self)
        super().connection_lost(error)


async def listen(host: str, port: int) -> asyncio.Server:
    logging.getLogger("mail.log").setLevel(
        logging.WARNING
    )  # aiosmtpd writes several lines for each connection
    receiver = Receiver()
    factory = partial(
        Connection,
        receiver,
        data_size_limit=LARGEST,
        timeout=IDLE_SECONDS,
        hostname=settings.SITE_HOST,
        ident="LMTP",
        enable_SMTPUTF8=True,
        loop=asyncio.get_running_loop(),
    )
    return await asyncio.get_running_loop().create_server(factory, host, port)
