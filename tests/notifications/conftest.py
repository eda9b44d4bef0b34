"""A fixed time, a mailer that stores emails in memory, and due rows sent as a worker would."""

import email
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from notifications import dispatching, mime, rendering
from notifications.mailer import Outcome, ServerAway, UnableToDeliver
from notifications.models import Notification
from tests.factories import NOW


@dataclass
class InMemoryMailer:
    """A mailer that stores what it gets; `failures` are raised first, one for each attempt."""

    mails: list[mime.Mail] = field(default_factory=list)
    failures: list[UnableToDeliver] = field(default_factory=list)
    attempts: int = 0
    max_connections: int = 1
    key: str = "pigeonhole"

    def check(self) -> None:
        if self.failures and isinstance(self.failures[0], ServerAway):
            raise self.failures[0]

    def deliver(self, mail: mime.Mail, *, now: datetime) -> None:
        self.attempts += 1
        if self.failures:
            raise self.failures.pop(0)
        mime.message_bytes(mail, sent_at=now)
        self.mails.append(mail)

    def deliver_each(self, mails: Iterator[mime.Mail], *, now: datetime) -> Generator[Outcome]:
        for mail in mails:
            try:
                self.deliver(mail, now=now)
            except Exception as problem:
                yield problem
            else:
                yield None

    def close(self) -> None:
        """There is no connection."""

    def to(self, address: str) -> list[mime.Mail]:
        return [mail for mail in self.mails if mail.recipient[1] == address]


Send = Callable[[datetime], dispatching.SendStats]


@pytest.fixture
def mailer() -> InMemoryMailer:
    return InMemoryMailer()


@pytest.fixture
def send(mailer: InMemoryMailer) -> Send:
    """Sends everything that is due at the given time."""
    return lambda now=NOW: dispatching.send_all_due(clock=lambda: now, mailer=mailer, worker="test")


def dispatch(held: Notification, mailer: InMemoryMailer, now: datetime = NOW) -> dispatching.SendStats:
    """Sends one row that this test has claimed itself."""
    stats = dispatching.SendStats()
    with ThreadPoolExecutor(1) as executor:
        dispatching.dispatch(
            [held], now=now, renderer=rendering.MailRenderer(), mailer=mailer, executor=executor, stats=stats
        )
    return stats


@pytest.fixture
def mail_dir(settings, tmp_path: Path) -> Path:
    settings.EMAIL_URL = ""
    settings.MAIL_DIR = tmp_path / "mail"
    return settings.MAIL_DIR


def parsed(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message
