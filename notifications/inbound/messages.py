"""Reads the bytes of an email from anybody, within limits: size, lines and parts are counted before it is parsed."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parseaddr

from companies.text import cleaned

LARGEST = 10 * 1024 * 1024  # taken from a mail server
MOST_PARSED = 1024 * 1024  # of a larger one the rest is attachments
# The standard parser tries each line against the boundaries of all the parts that it is in, and calls itself for each
# part within a part: lines times parts bound its time, parts its depth.
MOST_LINES = 20_000
MOST_PARTS = 40
MOST_LINES_TIMES_PARTS = 400_000
LONGEST_HEADER = 1_000
LONGEST_TEXT = 64 * 1024
LARGEST_PART = 256 * 1024
# Others are read as Latin-1: Python's own list holds some that take quadratic time, such as punycode.
CHARSET = re.compile(
    r"utf-?8|us-ascii|ascii|iso-8859-\d{1,2}|windows-125\d|cp125\d|koi8-[ru]|latin-?1", re.IGNORECASE
)
REPORTS = {"message/delivery-status", "message/global-delivery-status", "message/feedback-report"}
# A boundary becomes a regular expression: one of a megabyte took a quarter of a minute.
LONG_CONTENT_TYPE = re.compile(rb"content-type[ \t]*:(?:[^\r\n]|\r\n?[ \t]|\n[ \t]){2000}", re.IGNORECASE)
CONTENT_TYPE = re.compile(
    rb"content-type[ \t]*:", re.IGNORECASE
)  # wherever: a line may begin after a bare CR


class UnableToRead(Exception):
    """Beyond a limit, or no email at all; the message is for operators and holds nothing of the email."""


@dataclass(frozen=True)
class Part:
    """A part that holds no other; `parameters` are those of its Content-Type, in lower case by name."""

    content_type: str
    content: bytes
    parameters: dict[str, str] = field(default_factory=dict)
    is_attachment: bool = False

    @property
    def text(self) -> str:
        charset = self.parameters.get("charset", "utf-8")
        known = charset if CHARSET.fullmatch(charset) else "latin-1"
        return self.content[:LONGEST_TEXT].decode(known, "replace")


@dataclass(frozen=True)
class IncomingMail:
    headers: tuple[tuple[str, str], ...]  # as they stand, the last mail server's first; each cut
    parts: tuple[Part, ...]
    digest: str  # of all its bytes
    content_type: str
    report_type: str  # of a multipart/report (RFC 6522)

    def header(self, name: str) -> str:
        """The first of this name, else empty."""
        return next((value for found, value in self.headers if found == name.lower()), "")

    @property
    def message_id(self) -> str:
        return self.header("message-id").strip()

    @property
    def sender(self) -> tuple[str, str]:
        """Name and address; both may be anything or empty."""
        name, address = parseaddr(self.header("from"))
        return decoded(name), address

    @property
    def subject(self) -> str:
        return decoded(self.header("subject"))

    @property
    def text(self) -> str:
        """What a person wrote: the first plain text."""
        plain = (part for part in self.parts if part.content_type == "text/plain" and not part.is_attachment)
        return next((part.text for part in plain), "")

    def first(self, *content_types: str) -> Part | None:
        return next((part for part in self.parts if part.content_type in content_types), None)


def read(content: bytes) -> IncomingMail:
    """Raises UnableToRead."""
    if len(content) > LARGEST:
        raise UnableToRead("The email is too large.")
    digest = hashlib.sha256(content).hexdigest()
    content = content[:MOST_PARSED]
    _refuse_expensive(content)
    message = BytesParser(policy=compat32).parsebytes(content)
    if not message.keys():
        raise UnableToRead("This is not an email.")
    return IncomingMail(
        headers=tuple((name.lower(), _header(value)) for name, value in message.items()),
        parts=tuple(_parts(message)),
        digest=digest,
        content_type=message.get_content_type(),
        report_type=_parameters(message).get("report-type", "").lower(),
    )


def _refuse_expensive(content: bytes) -> None:
    lines, parts = max(content.count(b"\n"), content.count(b"\r")), len(CONTENT_TYPE.findall(content))
    if lines > MOST_LINES or lines * parts > MOST_LINES_TIMES_PARTS:
        raise UnableToRead("The email has too many lines.")
    if parts > MOST_PARTS:
        raise UnableToRead("The email has too many parts.")
    if LONG_CONTENT_TYPE.search(content):
        raise UnableToRead("The email has a boundary that is too long.")


def decoded(value: str) -> str:
    """Encoded words (RFC 2047) as text of one line."""
    try:
        words = [
            word.decode(charset if charset and CHARSET.fullmatch(charset) else "latin-1", "replace")
            if isinstance(word, bytes)
            else word
            for word, charset in decode_header(value)
        ]
    except (HeaderParseError, ValueError):
        words = [value]
    return cleaned("".join(words), one_line=True)


def _header(value: object) -> str:
    """Bytes that are not ASCII, which no header may hold, are replaced."""
    text = str(value)[:LONGEST_HEADER].encode("ascii", "replace").decode("ascii")
    return " ".join(text.split())


def _parts(message: Message) -> Iterator[Part]:
    """An email within this one is not looked into: it is what somebody forwards, or what a mail server returns."""
    if message.get_content_type() in REPORTS:
        yield Part(message.get_content_type(), _blocks(message), _parameters(message))
    elif message.is_multipart() and message.get_content_maintype() != "message":
        for part in message.get_payload():
            yield from _parts(part) if isinstance(part, Message) else ()
    elif not message.is_multipart():
        content = message.get_payload(decode=True)
        yield Part(
            content_type=message.get_content_type(),
            content=content[:LARGEST_PART] if isinstance(content, bytes) else b"",
            parameters=_parameters(message),
            is_attachment=_header(message.get("content-disposition", "")).lower().startswith("attachment"),
        )


def _blocks(report: Message) -> bytes:
    """A report's fields as lines; the parser takes them for the headers of emails."""
    payload = report.get_payload()
    blocks = payload[:MOST_PARTS] if isinstance(payload, list) else []
    headers = (block.items() for block in blocks if isinstance(block, Message))
    lines = [f"{name}: {_header(value)}" for items in headers for name, value in items]
    return "\n".join(lines).encode("ascii", "replace")[:LONGEST_TEXT]


def _parameters(part: Message) -> dict[str, str]:
    """Without those in the extended form of RFC 2231, which none of those that we read needs."""
    found = _header(part.get("content-type", ""))
    given = (item.partition("=") for item in found.split(";")[1:])
    return {
        name.strip().lower(): value.strip().strip('"') for name, _equals, value in given if "*" not in name
    }
