"""A mailbox that replies come to, read over IMAP (RFC 9051) as they arrive, by IDLE (RFC 2177), or every half minute.

Nothing in the mailbox is changed. How far it was read is kept in the database, after the commit of what follows from
an email; one that is read again is recognised. Messages older than a week are left alone when a mailbox is first read.
"""

import contextlib
import imaplib
import select
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils.crypto import salted_hmac

from notifications import receiving, reply_addresses
from notifications.inbound.messages import MOST_PARSED

logger = structlog.get_logger(__name__)
TIMEOUT = 60.0  # seconds for each answer of the server
LOOK_EVERY = 30.0  # seconds, also while the server says by itself what is new
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
FIRST_READ = timedelta(days=7)
LARGEST_HEADER = 64 * 1024
MOST_ADDRESSES = 50
# Where a mail server notes for whom an email was, the surest first.
RECIPIENT_HEADERS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Away = (imaplib.IMAP4.error, OSError, OperationalError, InterfaceError)


@dataclass(frozen=True)
class Mailbox:
    host: str
    port: int
    user: str
    password: str
    folder: str

    @classmethod
    def of(cls, url: str) -> "Mailbox":
        """`imaps://user:password@host:port/folder`."""
        parts = urlsplit(url)
        return cls(
            host=parts.hostname or "",
            port=parts.port or 993,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            folder=unquote(parts.path.strip("/")) or "INBOX",
        )

    @property
    def key(self) -> str:
        """Stands for it in the database, without saying whose it is."""
        place = f"{self.user}@{self.host}:{self.port}/{self.folder}"
        return salted_hmac("notifications.imap", place, algorithm="sha256").hexdigest()


def read_until(stopped: threading.Event, mailbox: Mailbox, *, clock: Callable[[], datetime]) -> None:
    """Reads until it is stopped; while the server is away it is tried again, ever less often."""
    pause = FIRST_PAUSE
    while not stopped.is_set():
        try:
            with _connected(mailbox) as connection:
                logger.info("mailbox opened")
                validity = _validity(connection)
                while not stopped.is_set():
                    read_new(connection, mailbox, validity, clock=clock)
                    pause = FIRST_PAUSE
                    _wait(connection, stopped)
        except Away as error:
            logger.warning("mailbox away", error=type(error).__name__, again_in=pause)
            stopped.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


def read_new(
    connection: imaplib.IMAP4, mailbox: Mailbox, validity: int, *, clock: Callable[[], datetime]
) -> int:
    """Takes what came since it was read last, in order. Returns how many emails there were."""
    close_old_connections()
    last = receiving.last_read(mailbox.key, validity=validity)
    uids = _uids_after(connection, last, now=clock())
    for uid in uids:
        _take(connection, uid, clock())
        receiving.note_read(mailbox.key, validity=validity, uid=uid, now=clock())
    close_old_connections()
    return len(uids)


def _take(connection: imaplib.IMAP4, uid: int, now: datetime) -> None:
    header = _fetch(connection, uid, f"BODY.PEEK[HEADER]<0.{LARGEST_HEADER}>")
    recipient = recipient_in(header)
    if not recipient:
        return
    with contextlib.suppress(reply_addresses.NotOurs):
        receiving.take(_fetch(connection, uid, f"BODY.PEEK[]<0.{MOST_PARSED}>"), recipient=recipient, now=now)


def recipient_in(header: bytes) -> str:
    """The first of our signed addresses in a header, else our untagged one; empty for an email to somebody else."""
    message = BytesHeaderParser(policy=compat32).parsebytes(header)
    given = [str(value)[:2000] for name in RECIPIENT_HEADERS for value in message.get_all(name, [])[:10]]
    addresses = [address for _name, address in getaddresses(given)][:MOST_ADDRESSES]
    for address in addresses:
        with contextlib.suppress(reply_addresses.NotOurs):
            reply_addresses.resolve(address)
            return address
    return next((address for address in addresses if reply_addresses.is_untagged(address)), "")


# ---- the protocol -----------------------------------------------------------------------------------------


@contextlib.contextmanager
def _connected(mailbox: Mailbox) -> Iterator[imaplib.IMAP4]:
    """Logged in, with the folder open for reading alone. Certificate and host name are verified."""
    connection = imaplib.IMAP4_SSL(
        mailbox.host, mailbox.port, ssl_context=ssl.create_default_context(), timeout=TIMEOUT
    )
    try:
        connection.login(mailbox.user, mailbox.password)
        _expect(connection.select(_quoted(mailbox.folder), readonly=True))
        yield connection
    finally:
        with contextlib.suppress(*Away):
            connection.logout()


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _validity(connection: imaplib.IMAP4) -> int:
    """Another one means that all UIDs are others (RFC 9051, 2.3.1.1)."""
    found = connection.response("UIDVALIDITY")[1]
    if found and isinstance(found[0], bytes) and found[0].isdigit():
        return int(found[0])
    raise imaplib.IMAP4.error("no UIDVALIDITY")


def _uids_after(connection: imaplib.IMAP4, last: int | None, *, now: datetime) -> list[int]:
    """In ascending order. `n:*` names the last message also where its UID is lower."""
    if last is None:
        since = now - FIRST_READ
        criteria = f"SINCE {since.day}-{MONTHS[since.month - 1]}-{since.year}"
    else:
        criteria = f"UID {last + 1}:*"
    answer = _expect(connection.uid("SEARCH", criteria))
    found = b" ".join(part for part in answer if isinstance(part, bytes)).split()
    return sorted(int(uid) for uid in found if uid.isdigit() and int(uid) > (last or 0))


def _fetch(connection: imaplib.IMAP4, uid: int, item: str) -> bytes:
    """Empty for one that was deleted meanwhile."""
    answer = _expect(connection.uid("FETCH", str(uid), f"({item})"))
    return next((part[1] for part in answer if isinstance(part, tuple)), b"")


def _expect(answer: tuple[str, Sequence[Any]]) -> Sequence[Any]:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error("the server said " + status)
    return data


def _wait(connection: imaplib.IMAP4, stopped: threading.Event) -> None:
    """Until something is new, LOOK_EVERY has passed, or it is stopped."""
    if "IDLE" not in connection.capabilities:
        stopped.wait(LOOK_EVERY)
        _expect(connection.noop())
        return
    tag = connection._new_tag()  # imaplib itself knows IDLE from Python 3.14 on
    connection.send(tag + b" IDLE\r\n")
    if not connection.readline().startswith(b"+"):
        raise imaplib.IMAP4.error("the server does not wait")
    for _second in range(int(LOOK_EVERY)):
        if stopped.is_set() or select.select([connection.socket()], [], [], 1.0)[0]:
            break
    connection.send(b"DONE\r\n")
    while not (line := connection.readline()).startswith(tag):
        if not line:
            raise imaplib.IMAP4.abort("the server has hung up")
