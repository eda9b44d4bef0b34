"""The emails that a trial has written to files, for display."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

from companies.folding import contains_words
from meetings import calendar
from meetings.calendar import ParsedEvent

NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,150}\.eml")
MOST_SHOWN = 200


class NoSuchMail(Exception):
    """No file of the mailbox has this name."""


@dataclass(frozen=True)
class Envelope:
    name: str
    to: str
    subject: str
    sent_at: datetime | None
    language: str


@dataclass(frozen=True)
class StoredMail:
    envelope: Envelope
    headers: list[tuple[str, str]]
    text: str
    html: str
    entry: bytes
    entries: list[ParsedEvent]


def envelopes(search: str = "") -> list[Envelope]:
    """Newest first; `search` matches address and subject."""
    names = sorted((path.name for path in _folder().glob("*.eml")), reverse=True)
    found = []
    for name in names:
        envelope = _envelope(name, BytesHeaderParser(policy=policy.default).parsebytes(_content(name)))
        if contains_words(f"{envelope.to} {envelope.subject}", search):
            found.append(envelope)
        if len(found) == MOST_SHOWN:
            break
    return found


def open_mail(name: str) -> StoredMail:
    """Raises NoSuchMail."""
    return parsed(_content(name), name=name)


def parsed(content: bytes, *, name: str) -> StoredMail:
    message = BytesParser(policy=policy.default).parsebytes(content)
    entry = next((part for part in message.walk() if part.get_content_type() == "text/calendar"), None)
    payload = entry.get_payload(decode=True) if entry is not None else b""
    ics = payload if isinstance(payload, bytes) else b""
    return StoredMail(
        envelope=_envelope(name, message),
        headers=[(key, str(value)) for key, value in message.items() if not key.startswith("Content-Type")],
        text=_part(message, "plain"),
        html=_part(message, "html"),
        entry=ics,
        entries=calendar.parse(ics) if ics else [],
    )


def _content(name: str) -> bytes:
    if not NAME.fullmatch(name):
        raise NoSuchMail(name)
    try:
        return (_folder() / name).read_bytes()
    except OSError as error:
        raise NoSuchMail(name) from error


def _envelope(name: str, message: EmailMessage) -> Envelope:
    return Envelope(
        name=name,
        to=str(message.get("To", "")),
        subject=str(message.get("Subject", "")),
        sent_at=parsedate_to_datetime(str(message["Date"])) if message["Date"] else None,
        language=str(message.get("Content-Language", "")),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


def _folder() -> Path:
    return Path(settings.MAIL_DIR)
