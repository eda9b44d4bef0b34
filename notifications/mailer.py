"""Sends email over persistent SMTP connections, or writes it to files when there is no mail server.

Failures have three kinds: TryLater (certainly not delivered), Refused (never will be), InDoubt (the connection broke
after the whole message was sent and before the server answered).
"""

import contextlib
import os
import re
import smtplib
import ssl
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from functools import lru_cache, partial
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import structlog
from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_noop

from notifications.inbound.reports import ABOUT_THE_ADDRESS, ADDRESS
from notifications.mime import Mail, UnusableAddress, ascii_address, message_bytes

logger = structlog.get_logger(__name__)
REPLY_TIMEOUT = 10.0  # seconds for each reply of the server
IDLE_TIMEOUT = 20.0  # seconds that an idle connection is reused
CONNECTIONS, MOST_CONNECTIONS = 4, 50  # concurrent ones, for each worker process
FEWER_FOR = 600.0  # seconds for which no more connections are tried than the server accepted
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\.?\w)")  # RFC 3463, before the text of a reply
CLOSING = (421, -1)  # the server closes the connection, or has (RFC 5321 4.2.1)
DEFAULT_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


class UnableToDeliver(Exception):
    """Base of all three; the message is for operators and hosts, without addresses."""


class TryLater(UnableToDeliver):
    """Not delivered, and may be later: a full mailbox, greylisting."""


class ServerAway(TryLater):
    """The mail server cannot be reached or accepts nobody at present, whatever the email.

    `is_refusal`: it answered, but does not accept the credentials. `is_for_now`: it answered that it is busy (4xx).
    """

    def __init__(self, message: str, *, is_refusal: bool = False, is_for_now: bool = False) -> None:
        super().__init__(message)
        self.is_refusal = is_refusal
        self.is_for_now = is_for_now


class TooManyConnections(ServerAway):
    """The mail server accepts no further connection at present, while others of this process are open."""


class Refused(UnableToDeliver):
    """Not delivered, and will not be: no such mailbox."""


class NoSuchMailbox(Refused):
    """The server said of the recipient, by its status, that nothing will ever arrive there (RFC 3463 3.2)."""


class InDoubt(UnableToDeliver):
    """Sent completely, not acknowledged."""


Outcome = Exception | None  # of one email; None when it was accepted


class Mailer(Protocol):
    """Thread-safe."""

    @property
    def max_connections(self) -> int:
        """How many emails it sends at a time."""

    @property
    def key(self) -> str:
        """Identifies the destination without revealing it."""

    def deliver(self, mail: Mail, *, now: datetime) -> None:
        """Sends one email. Raises UnableToDeliver in one of its kinds."""

    def deliver_each(self, mails: Iterator[Mail], *, now: datetime) -> Generator[Outcome]:
        """Sends one after the other, and says of each, in their order, what became of it.

        The next one may be taken from `mails` before that; when this is closed then, it was not sent.
        """

    def check(self) -> None:
        """A trial without an email. Raises ServerAway when nothing could be sent at present."""

    def close(self) -> None: ...


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    security: str  # smtp, smtp+tls or smtps
    user: str = ""
    password: str = ""
    connections: int = CONNECTIONS

    @classmethod
    def of(cls, url: str) -> "Server":
        """`smtp://`, `smtps://` or `smtp+tls://user:password@host:port?connections=4`. Raises ValueError."""
        parts = urlsplit(url)
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            raise ValueError("EMAIL_URL must be smtp://, smtps:// or smtp+tls:// with a host")
        (connections,) = parse_qs(parts.query).get("connections", [str(CONNECTIONS)])[:1]
        if not connections.isdigit() or not 1 <= int(connections) <= MOST_CONNECTIONS:
            raise ValueError(f"EMAIL_URL: connections must be a number from 1 to {MOST_CONNECTIONS}")
        return cls(
            host=parts.hostname,
            port=parts.port or DEFAULT_PORTS[parts.scheme],
            security=parts.scheme,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            connections=int(connections),
        )


class FileMailer:
    """Each email is a file `<time>-<id>.eml`, which gets its name when it is complete."""

    max_connections = 1

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = _key_of(str(folder))

    def deliver_each(self, mails: Iterator[Mail], *, now: datetime) -> Generator[Outcome]:
        for mail in mails:
            yield _attempt(partial(self.deliver, mail, now=now))

    def deliver(self, mail: Mail, *, now: datetime) -> None:
        content = _content(mail, now)
        name = f"{now.astimezone(UTC):%Y%m%dT%H%M%S.%f}-{mail.reference}.eml"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished = self.folder / f".{name}.{os.getpid()}"
            unfinished.write_bytes(content)
            unfinished.replace(self.folder / name)
        except OSError as error:
            raise ServerAway(f"The mail folder cannot be written: {error.strerror}") from error

    def check(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            trial = self.folder / f".check.{os.getpid()}"
            trial.write_bytes(b"x" * 4096)  # a full disk may still accept an empty file
            trial.unlink()
        except OSError as error:
            raise ServerAway(f"The mail folder cannot be written: {error.strerror}") from error

    def close(self) -> None:
        """There is no connection."""


class SmtpMailer:
    """Keeps connections between emails, each for one at a time, and reconnects when the server has closed one."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.key = _key_of(repr(server))
        self._idle: list[tuple[smtplib.SMTP, float]] = []
        self._lock = threading.Lock()
        self._in_use = 0
        self._accepted, self._accepted_until = server.connections, 0.0

    @property
    def max_connections(self) -> int:
        is_limited = time.monotonic() < self._accepted_until
        return self._accepted if is_limited else self.server.connections

    def deliver(self, mail: Mail, *, now: datetime) -> None:
        (outcome,) = self.deliver_each(iter([mail]), now=now)
        if outcome is not None:
            raise outcome

    def deliver_each(self, mails: Iterator[Mail], *, now: datetime) -> Generator[Outcome]:
        """Over one connection. Where the server offers PIPELINING, each is announced with the end of the one before."""
        letters = (_letter(mail, now) for mail in mails)
        letter, line = next(letters, None), _Line(self)
        try:
            while letter is not None:
                following = None
                if isinstance(letter, _Letter):
                    outcome = _attempt(partial(line.announce, letter))
                    if outcome is None:
                        following = next(letters, None) if line.is_pipelining else None
                        outcome = _attempt(partial(line.send, letter, following))
                else:
                    outcome = letter
                yield outcome
                letter = next(letters, None) if following is None else following
        finally:
            line.release()

    def take_idle(self) -> smtplib.SMTP | None:
        """The connection used last, now owned by this thread; connections idle for too long are closed."""
        with self._lock:
            fresh = [each for each in self._idle if time.monotonic() - each[1] <= IDLE_TIMEOUT]
            idle = [connection for connection, used_at in self._idle if (connection, used_at) not in fresh]
            taken = fresh.pop()[0] if fresh else None
            self._idle = fresh
            self._in_use += taken is not None
        for connection in idle:
            _quit(connection)
        return taken

    def take_new(self) -> smtplib.SMTP:
        """A new connection, owned by this thread. Raises ServerAway."""
        connection = self._new_connection()
        with self._lock:
            self._in_use += 1
            self._accepted = max(self._accepted, self._in_use)
        return connection

    def put_back(self, connection: smtplib.SMTP) -> None:
        with self._lock:
            self._in_use -= 1
            self._idle.append((connection, time.monotonic()))

    def discard(self, connection: smtplib.SMTP) -> None:
        with self._lock:
            self._in_use -= 1
        connection.close()

    def _new_connection(self) -> smtplib.SMTP:
        try:
            with _errors_as_server_away():
                return _connect(self.server)
        except ServerAway as problem:
            with self._lock:
                others = self._in_use + len(self._idle)
                if not others or not problem.is_for_now:
                    raise
                self._accepted, self._accepted_until = others, time.monotonic() + FEWER_FOR
            raise TooManyConnections(str(problem)) from problem

    def check(self) -> None:
        """Up to MAIL FROM, whose reply is about the server rather than a recipient; over an idle connection, if any.

        A server that accepts no more connections than these is not away.
        """
        line = _Line(self)
        try:
            line.try_sender(ascii_address(parseaddr(settings.EMAIL_FROM)[1]))
        finally:
            line.release()

    def close(self) -> None:
        while self._idle:
            _quit(self._idle.pop()[0])


@dataclass(frozen=True)
class _Letter:
    """`content` is dot-stuffed and ends with the line that ends it."""

    sender: str
    recipient: str
    content: bytes

    @property
    def announcement(self) -> bytes:
        """The next content may follow only when the server has answered DATA (RFC 2920 3.1)."""
        return f"MAIL FROM:<{self.sender}>\r\nRCPT TO:<{self.recipient}>\r\nDATA\r\n".encode("ascii")


def _letter(mail: Mail, now: datetime) -> _Letter | Exception:
    try:
        content = _dot_stuffed(_content(mail, now))
        return _Letter(
            ascii_address(mail.return_path or mail.sender[1]), ascii_address(mail.recipient[1]), content
        )
    except UnableToDeliver as problem:
        return problem
    except Exception as problem:
        logger.exception("mail could not be written", reference=mail.reference)
        return problem


def _attempt(act: Callable[[], None]) -> Outcome:
    try:
        act()
    except UnableToDeliver as problem:
        return problem
    except Exception as problem:
        logger.exception("mail could not be delivered")
        return problem
    return None


class _Line:
    """What one thread says to the server: over one connection, or over another when the server has closed that."""

    def __init__(self, connections: SmtpMailer) -> None:
        self._connections = connections
        self._connection: smtplib.SMTP | None = None
        self._announced: _Letter | None = None  # with the end of the one before; its replies are not read yet

    @property
    def is_pipelining(self) -> bool:
        return self._connection is not None and self._connection.has_extn("pipelining")

    def announce(self, letter: _Letter) -> None:
        """Until the server waits for the content. Raises TryLater or Refused: nothing was delivered."""
        self._over_a_live_connection(lambda connection: self._announce(connection, letter))

    def try_sender(self, sender: str) -> None:
        """MAIL FROM and RSET. Raises ServerAway."""

        def ask(connection: smtplib.SMTP) -> None:
            with _errors_as_server_away():
                _expect(connection.mail(sender), (250,), otherwise=ServerAway, for_now=ServerAway)

        self._over_a_live_connection(ask)
        self._reset()

    def send(self, letter: _Letter, following: _Letter | Exception | None) -> None:
        """The content, and after it the next email's announcement. Raises UnableToDeliver in one of its kinds."""
        connection = self._in_use()
        announced = following if isinstance(following, _Letter) else None
        announcement = announced.announcement if announced else b""
        try:
            with _errors_as_server_away():
                _send(connection, letter.content, announcement)
        except ServerAway:
            self._discard()
            raise
        self._announced = announced
        try:
            answer = connection.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._discard()
            raise InDoubt(
                gettext_noop("The mail server disconnected before confirming the email.")
            ) from error
        is_clear = answer[0] == 250 or answer[0] >= 400
        if answer[0] in CLOSING or not is_clear:
            self._discard()
        _expect(answer, (250,), otherwise=Refused if is_clear else InDoubt)

    def release(self) -> None:
        """The connection may be used by others, unless the server waits for the content of an email."""
        if self._connection is not None and self._announced is None:
            self._connections.put_back(self._connection)
            self._connection = None
        self._discard()

    def _over_a_live_connection(self, ask: Callable[[smtplib.SMTP], None]) -> None:
        """Once more over a new one where the server has closed one that was used before."""
        if self._connection is None:
            self._connection = self._connections.take_idle()
        if self._connection is not None:
            with contextlib.suppress(ServerAway):
                return self._ask(ask, self._connection)
        self._connection = self._connections.take_new()
        return self._ask(ask, self._connection)

    def _ask(self, ask: Callable[[smtplib.SMTP], None], connection: smtplib.SMTP) -> None:
        try:
            ask(connection)
        except ServerAway:
            self._discard()
            raise
        except UnableToDeliver:
            self._reset()
            raise

    def _announce(self, connection: smtplib.SMTP, letter: _Letter) -> None:
        with _errors_as_server_away():
            if not connection.has_extn("pipelining"):
                _expect(connection.mail(letter.sender), (250,), otherwise=ServerAway, for_now=ServerAway)
                _expect_recipient(connection.rcpt(letter.recipient))
                _expect(connection.docmd("DATA"), (354,), otherwise=Refused)
                return
            if self._announced is not letter:
                connection.send(letter.announcement)
            self._announced = None
            _read_replies(connection)

    def _reset(self) -> None:
        """After RSET a connection remains usable when the server refused an email."""
        try:
            self._in_use().rset()
        except (smtplib.SMTPException, OSError):
            self._discard()

    def _in_use(self) -> smtplib.SMTP:
        if self._connection is None:
            raise ServerAway("There is no connection.")
        return self._connection

    def _discard(self) -> None:
        connection, self._connection, self._announced = self._connection, None, None
        if connection is not None:
            self._connections.discard(connection)


def _key_of(place: str) -> str:
    return salted_hmac("notifications.mailer", place, algorithm="sha256").hexdigest()


def _quit(connection: smtplib.SMTP) -> None:
    with contextlib.suppress(smtplib.SMTPException, OSError):
        connection.quit()


def _connect(server: Server) -> smtplib.SMTP:
    connection = _open(server)
    try:
        connection.ehlo_or_helo_if_needed()
        if server.security == "smtp+tls":
            # Raises when the server does not offer it: never in plain text (RFC 3207).
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo()
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _open(server: Server) -> smtplib.SMTP:
    """smtplib's default contexts verify neither certificate nor host name."""
    if server.security == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(
            server.host, server.port, settings.SITE_HOST, timeout=REPLY_TIMEOUT, context=context
        )
    return smtplib.SMTP(server.host, server.port, settings.SITE_HOST, timeout=REPLY_TIMEOUT)


@contextlib.contextmanager
def _errors_as_server_away() -> Iterator[None]:
    """Turns whatever smtplib raises before the message is complete into ServerAway: it was certainly not delivered."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        message = f"The mail server said {error.smtp_code} {_reply_text(error.smtp_error)}"
        raise ServerAway(message, is_refusal=500 <= error.smtp_code < 600) from error
    except smtplib.SMTPResponseException as error:
        message = f"The mail server said {error.smtp_code} {_reply_text(error.smtp_error)}"
        raise ServerAway(message, is_for_now=400 <= error.smtp_code < 500) from error
    except (smtplib.SMTPException, OSError) as error:
        raise ServerAway(f"The mail server cannot be reached: {error}") from error


def _expect(
    answer: tuple[int, bytes],
    wanted: tuple[int, ...],
    *,
    otherwise: type[UnableToDeliver],
    for_now: type[TryLater] = TryLater,
) -> None:
    """4xx is temporary (RFC 5321 4.2.1), 421 means that the server is closing; other replies raise `otherwise`."""
    code, reply = answer
    if code in wanted:
        return
    message = f"The mail server said {code} {_reply_text(reply)}"
    if code in CLOSING:
        raise ServerAway(message)
    raise for_now(message) if 400 <= code < 500 else otherwise(message)


def _expect_recipient(answer: tuple[int, bytes]) -> None:
    """A plain 550 may be the server's policy, and 5.2.2 a full mailbox: only the status tells them apart."""
    status = STATUS.match(answer[1].decode("ascii", "replace"))
    is_permanent = (
        500 <= answer[0] < 600 and status is not None and ABOUT_THE_ADDRESS.fullmatch(status[0]) is not None
    )
    _expect(answer, (250, 251), otherwise=NoSuchMailbox if is_permanent else Refused)


def _send(connection: smtplib.SMTP, content: bytes, announcement: bytes) -> None:
    """In one piece; raises only when the content did not leave as a whole, and so was not delivered."""
    whole, sent = content + announcement, 0
    try:
        if connection.sock is None:
            raise smtplib.SMTPServerDisconnected("There is no connection.")
        while sent < len(whole):
            sent += connection.sock.send(whole[sent:] if sent else whole)
    except OSError:
        if sent < len(content):
            raise


def _read_replies(connection: smtplib.SMTP) -> None:
    """To MAIL, RCPT and DATA, which went out together."""
    answers: list[tuple[int, bytes]] = []
    while len(answers) < 3 and (not answers or answers[-1][0] not in CLOSING):
        answers.append(connection.getreply())
    mail, rcpt, data = [*answers, *answers[-1:] * (3 - len(answers))]
    if data[0] == 354 and (mail[0] != 250 or rcpt[0] not in (250, 251)):
        connection.send(b".\r\n")  # it waits for an email to nobody, and refuses it
        connection.getreply()
    _expect(mail, (250,), otherwise=ServerAway, for_now=ServerAway)
    _expect_recipient(rcpt)
    _expect(data, (354,), otherwise=Refused)


def _reply_text(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return ADDRESS.sub("…", " ".join(text.split()))[:200]


def _dot_stuffed(content: bytes) -> bytes:
    """Dot-stuffing (RFC 5321 4.5.2): a leading dot is doubled; a line with one dot ends the message."""
    body = content if content.endswith(b"\r\n") else content + b"\r\n"
    body = body.replace(b"\r\n.", b"\r\n..")
    return (b"." + body if body.startswith(b".") else body) + b".\r\n"


def _content(mail: Mail, now: datetime) -> bytes:
    try:
        ascii_address(mail.recipient[1])
        return message_bytes(mail, sent_at=now)
    except UnusableAddress as error:
        raise Refused(gettext_noop("Emails can’t be sent to this address.")) from error


def shared_mailer() -> Mailer:
    """The mailer of this process, which keeps SMTP connections open between emails."""
    return _shared_mailer(settings.EMAIL_URL, str(settings.MAIL_DIR))


@lru_cache(maxsize=1)
def _shared_mailer(_email_url: str, _mail_dir: str) -> Mailer:
    """Cached by settings."""
    return new_mailer()


def new_mailer() -> Mailer:
    return (
        SmtpMailer(Server.of(settings.EMAIL_URL))
        if settings.EMAIL_URL
        else FileMailer(Path(settings.MAIL_DIR))
    )


def deliver_at_once(mail: Mail, *, now: datetime) -> None:
    """For an email that somebody waits for, such as a sign-in code: over a connection of its own."""
    mailer = new_mailer()
    try:
        mailer.deliver(mail, now=now)
    finally:
        mailer.close()
