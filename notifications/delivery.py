"""The one place where mail leaves: over a kept SMTP connection, or into files where there is no mail server.

What a failure means is said by its kind: TryLater (surely not delivered), Refused (never will be), InDoubt (the
connection broke after the whole message was sent and before the server answered: nobody can know).
"""

import contextlib
import os
import smtplib
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.translation import gettext_noop

from notifications.mime import Mail, UnusableAddress, ascii_address, content_of

PATIENCE = 10.0  # seconds for each answer of the server
KEEP = 20.0  # seconds that an idle connection is trusted
DEFAULT_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


class UnableToDeliver(Exception):
    """Base of all three; the message is for the operator and the host, without addresses."""


class TryLater(UnableToDeliver):
    """Not delivered, and may be later: a full mailbox, greylisting."""


class ServerAway(TryLater):
    """The mail server cannot be reached or wants nobody at present: it is not this mail's fault."""


class Refused(UnableToDeliver):
    """Not delivered, and will not be: no such mailbox."""


class InDoubt(UnableToDeliver):
    """Sent whole, never acknowledged."""


class Post(Protocol):
    def deliver(self, mail: Mail, *, now: datetime) -> None:
        """Hands one mail over. Raises UnableToDeliver in one of its kinds."""

    def close(self) -> None: ...


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    security: str  # smtp, smtp+tls or smtps
    user: str = ""
    password: str = ""

    @classmethod
    def of(cls, url: str) -> "Server":
        """`smtp://`, `smtps://` or `smtp+tls://user:password@host:port`. Raises ValueError."""
        parts = urlsplit(url)
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            raise ValueError("EMAIL_URL must be smtp://, smtps:// or smtp+tls:// with a host")
        port = parts.port or DEFAULT_PORTS[parts.scheme]
        return cls(
            parts.hostname, port, parts.scheme, unquote(parts.username or ""), unquote(parts.password or "")
        )


class Files:
    """Each mail a file `<time>-<id>.eml`; it has its name only once it is whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

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

    def close(self) -> None:
        """Nothing is kept open."""


class Smtp:
    """One connection, kept between mails and made anew when the server has closed it. For one thread."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._connection: smtplib.SMTP | None = None
        self._used_at = 0.0

    def deliver(self, mail: Mail, *, now: datetime) -> None:
        content = _content(mail, now)
        sender, recipient = ascii_address(mail.sender[1]), ascii_address(mail.recipient[1])
        was_kept = self._is_fresh()
        try:
            self._transmit(sender, recipient, content)
        except ServerAway:
            if not was_kept:
                raise
            self._transmit(
                sender, recipient, content
            )  # a kept connection may have ended meanwhile: once more, anew

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                connection.quit()

    def _is_fresh(self) -> bool:
        if self._connection is not None and time.monotonic() - self._used_at > KEEP:
            self.close()
        return self._connection is not None

    def _transmit(self, sender: str, recipient: str, content: bytes) -> None:
        try:
            with _kinds_of_failure():
                connection = self._open()
                _expect(connection.mail(sender), (250,), otherwise=TryLater)
                _expect(connection.rcpt(recipient), (250, 251), otherwise=Refused)
                _expect(connection.docmd("DATA"), (354,), otherwise=Refused)
                connection.send(_dotted(content))
        except UnableToDeliver as problem:
            self._after(problem)
            raise
        self._acknowledged(connection)

    def _acknowledged(self, connection: smtplib.SMTP) -> None:
        try:
            answer = connection.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._connection = None
            raise InDoubt(
                gettext_noop("The mail server went away before it acknowledged the mail.")
            ) from error
        self._used_at = time.monotonic()
        _expect(answer, (250,), otherwise=Refused)

    def _open(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection = _connected(self.server)
            self._used_at = time.monotonic()
        return self._connection

    def _after(self, problem: UnableToDeliver) -> None:
        """A refusal leaves the connection usable after RSET; anything else does not."""
        if isinstance(problem, ServerAway) or self._connection is None:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()
            return
        try:
            self._connection.rset()
        except (smtplib.SMTPException, OSError):
            self._connection = None


def _connected(server: Server) -> smtplib.SMTP:
    kind = smtplib.SMTP_SSL if server.security == "smtps" else smtplib.SMTP
    connection = kind(server.host, server.port, local_hostname=settings.SITE_HOST, timeout=PATIENCE)
    try:
        connection.ehlo_or_helo_if_needed()
        if server.security == "smtp+tls":
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo()
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def _kinds_of_failure() -> Iterator[None]:
    """Everything that smtplib raises before the message is whole, as ServerAway: it was surely not delivered."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        raise ServerAway(f"The mail server said {error.smtp_code} {_words(error.smtp_error)}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise ServerAway(f"The mail server cannot be reached: {error}") from error


def _expect(answer: tuple[int, bytes], wanted: tuple[int, ...], *, otherwise: type[UnableToDeliver]) -> None:
    """4xx may pass (RFC 5321 4.2.1), 421 means that the server is closing; the rest is `otherwise`."""
    code, words = answer
    if code in wanted:
        return
    said = f"The mail server said {code} {_words(words)}"
    if code in (421, -1):
        raise ServerAway(said)
    raise TryLater(said) if 400 <= code < 500 else otherwise(said)


def _words(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(text.split())[:200]


def _dotted(content: bytes) -> bytes:
    """Transparency (RFC 5321 4.5.2): a line that begins with a dot gets a second one; a lone dot ends."""
    body = content if content.endswith(b"\r\n") else content + b"\r\n"
    body = body.replace(b"\r\n.", b"\r\n..")
    return (b"." + body if body.startswith(b".") else body) + b".\r\n"


def _content(mail: Mail, now: datetime) -> bytes:
    try:
        ascii_address(mail.recipient[1])
        return content_of(mail, sent_at=now)
    except UnusableAddress as error:
        raise Refused(gettext_noop("This address cannot be written to.")) from error


_kept = threading.local()


def kept_post() -> Post:
    """This thread's way out; an SMTP connection stays open between mails."""
    wanted = (settings.EMAIL_URL, str(settings.MAIL_DIR))
    if getattr(_kept, "wanted", None) != wanted:
        _kept.post, _kept.wanted = new_post(), wanted
    post: Post = _kept.post
    return post


def new_post() -> Post:
    return Smtp(Server.of(settings.EMAIL_URL)) if settings.EMAIL_URL else Files(Path(settings.MAIL_DIR))


def deliver_at_once(mail: Mail, *, now: datetime) -> None:
    """For what a person waits for at this moment, a sign-in code: a connection of its own, closed after it."""
    post = new_post()
    try:
        post.deliver(mail, now=now)
    finally:
        post.close()
