"""Emails as bytes: deterministic, and safe from header injection.

multipart/mixed( multipart/alternative( text, HTML, text/calendar; method=… ), invite.ics ), as calendar programs
expect it (RFC 6047 2.4); without a calendar object only the alternative. Everything is seven-bit.
"""

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, formataddr
from functools import lru_cache
from typing import Protocol

from companies import host_names

CRLF = "\r\n"
SOFT_BREAK = b"=\r\n"
LONGEST_LINE = 75  # of quoted-printable, before the sign of a soft line break
LONGEST_NAME = 75
LONGEST_SUBJECT = 200
LONGEST_WORD = 45  # bytes: 60 characters of base64, and twelve for the encoded word's delimiters
# Line breaks for some readers only, and characters not allowed in a header.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
UNPRINTABLE_IN_BODY = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f\ud800-\udfff]")
LITERAL = re.compile(r"[!-<>-~]+")  # such as a link: the same in quoted-printable, but for its line breaks
SPACE_AT_A_LONG_LINES_END = re.compile(rb"(?<=[^\r\n]{74})(?:=20|=09)(?=\r\n|\Z)")
ADDRESS = re.compile(r"^[^\s<>,;:\"\\()\[\]@\x00-\x1f\x7f]+@[A-Za-z0-9.\-]+")


class UnusableAddress(ValueError):
    """Cannot be used in a header."""


@dataclass(frozen=True)
class CalendarPart:
    method: str
    content: bytes


class Body(Protocol):
    """What an email says, as plain text and as HTML."""

    @property
    def text(self) -> str: ...

    @property
    def html(self) -> str: ...

    def quoted_text(self) -> bytes:
        """As quoted-printable, with CRLF."""

    def quoted_html(self) -> bytes: ...


@dataclass(frozen=True)
class WrittenBody:
    text: str
    html: str

    def quoted_text(self) -> bytes:
        return _quoted(self.text)

    def quoted_html(self) -> bytes:
        return _quoted(self.html)


class QuotedTemplate:
    """A text with placeholders, encoded once for all who get it; what replaces them is encoded for each."""

    def __init__(self, text: str, placeholders: tuple[str, ...]) -> None:
        parts = [text]
        for placeholder in placeholders:
            parts = [piece for part in parts for piece in _split(part, placeholder)]
        self._parts = [part if part in placeholders else _quoted(part) for part in parts]

    def filled(self, values: Mapping[str, str]) -> bytes:
        """Each part begins on a line of its own, after a soft line break (RFC 2045 6.7)."""
        encoded = {placeholder: _quoted(value) for placeholder, value in values.items()}
        parts = [encoded[part] if isinstance(part, str) else part for part in self._parts]
        return SOFT_BREAK.join(part for part in parts if part)


def _split(text: str, placeholder: str) -> list[str]:
    """The placeholder stays among the pieces."""
    first, *rest = text.split(placeholder)
    return [first, *(piece for each in rest for piece in (placeholder, each))]


@dataclass(frozen=True)
class Mail:
    """One email to one person. Message-ID and file name derive from `reference`."""

    reference: str
    sender: tuple[str, str]  # name, address
    recipient: tuple[str, str]
    subject: str
    language: str
    body: Body
    calendar: CalendarPart | None = None
    headers: tuple[tuple[str, str], ...] = ()
    reply_to: str = ""  # an address
    return_path: str = ""  # of the envelope; the sender's address where it is empty

    @property
    def text(self) -> str:
        return self.body.text

    @property
    def html(self) -> str:
        return self.body.html

    @property
    def message_id(self) -> str:
        return f"<{self.reference}@{_domain_of(self.sender[1])}>"


def clean(text: str, longest: int) -> str:
    """One line of printable characters, cut at a word where possible."""
    line = " ".join(UNPRINTABLE.sub(" ", text).split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[longest // 2 :] else cut) + "…"


def ascii_address(address: str) -> str:
    """The address with its domain as an A-label. Raises UnusableAddress."""
    local, _at, domain = address.strip().rpartition("@")
    plain = f"{local}@{host_names.in_ascii(domain)}"
    if not plain.isascii() or not ADDRESS.fullmatch(plain):
        raise UnusableAddress(address)
    return plain


def mailbox(name: str, address: str) -> str:
    """`"Energi, Havslund" <a@b>`: quoted, so that a name cannot become a second address (RFC 5322 3.4)."""
    name = clean(name, LONGEST_NAME)
    if name.isascii():
        return formataddr((name, ascii_address(address)))
    return f"{_encoded(name)} <{ascii_address(address)}>"


def message_bytes(mail: Mail, *, sent_at: datetime) -> bytes:
    """The complete message. Raises UnusableAddress."""
    headers = [
        ("From", _of_sender(*mail.sender)),
        ("To", mailbox(*mail.recipient)),
        *([("Reply-To", ascii_address(mail.reply_to))] if mail.reply_to else []),
        ("Subject", _subject(mail.subject)),
        ("Date", _date(sent_at)),
        ("Message-ID", mail.message_id),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("Content-Language", mail.language),
        *mail.headers,
        ("MIME-Version", "1.0"),
    ]
    head = "".join(f"{name}: {value}{CRLF}" for name, value in headers)
    return head.encode("ascii") + _content(mail)


def _encoded(text: str) -> str:
    """Encoded words of at most 75 characters, never splitting a character (RFC 2047 2 and 5)."""
    if text.isascii():
        return text
    words, word = [], ""
    for character in text:
        if len((word + character).encode()) > LONGEST_WORD:
            words.append(word)
            word = ""
        word += character
    coded = (binascii.b2a_base64(each.encode(), newline=False).decode("ascii") for each in [*words, word])
    return f"{CRLF} ".join(f"=?utf-8?b?{each}?=" for each in coded)


def _content(mail: Mail) -> bytes:
    alternatives = [_readable("plain", mail.body.quoted_text()), _readable("html", mail.body.quoted_html())]
    if mail.calendar is None:
        return _multipart("alternative", mail.reference, alternatives)
    entry = mail.calendar
    lines = _base64(entry.content)
    alternatives.append(_part(f'text/calendar; charset="utf-8"; method={entry.method}', lines))
    attached = _part('application/ics; name="invite.ics"', lines, 'attachment; filename="invite.ics"')
    inner = _multipart("alternative", mail.reference, alternatives)
    return _multipart("mixed", f"{mail.reference}-all", [inner, attached])


def _multipart(kind: str, reference: str, parts: list[bytes]) -> bytes:
    # "=_" does not occur in quoted-printable or base64, so no content can contain the boundary (RFC 2045 6.7).
    boundary = f"=_{reference}_{kind}"
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"{CRLF}{CRLF}--{boundary}{CRLF}'
    between, end = f"{CRLF}--{boundary}{CRLF}", f"{CRLF}--{boundary}--{CRLF}"
    return head.encode("ascii") + between.encode("ascii").join(parts) + end.encode("ascii")


def _readable(kind: str, quoted: bytes) -> bytes:
    head = (
        f'Content-Type: text/{kind}; charset="utf-8"{CRLF}Content-Transfer-Encoding: quoted-printable{CRLF}'
    )
    return f"{head}{CRLF}".encode("ascii") + quoted


def _quoted(text: str) -> bytes:
    """Quoted-printable (RFC 2045 6.7), whose last line leaves room for a soft line break."""
    if LITERAL.fullmatch(text):
        plain = text.encode("ascii")
        return SOFT_BREAK.join(
            plain[start : start + LONGEST_LINE] for start in range(0, len(plain), LONGEST_LINE)
        )
    return _quoted_words(text) if len(text) <= LONGEST_SUBJECT else _quoted_lines(text)


def _quoted_lines(text: str) -> bytes:
    lines = UNPRINTABLE_IN_BODY.sub("", text).replace("\r\n", "\n").replace("\r", "\n").replace("\n", CRLF)
    quoted = binascii.b2a_qp(lines.encode(), istext=True)
    if CRLF not in lines:  # then it ends its lines with a line feed alone
        quoted = quoted.replace(b"\n", b"\r\n")
    quoted = SPACE_AT_A_LONG_LINES_END.sub(SOFT_BREAK + rb"\g<0>", quoted)  # for which it makes no room
    last = quoted.rpartition(b"\n")[2]
    if len(last) <= LONGEST_LINE:
        return quoted
    cut = len(quoted) - (3 if last[-3:-2] == b"=" else 1)  # an encoded byte stays whole
    return quoted[:cut] + SOFT_BREAK + quoted[cut:]


def _base64(content: bytes) -> bytes:
    encoded = binascii.b2a_base64(content, newline=False)
    return b"\r\n".join(encoded[start : start + 76] for start in range(0, len(encoded), 76))


def _part(content_type: str, lines: bytes, disposition: str = "") -> bytes:
    head = f"Content-Type: {content_type}{CRLF}Content-Transfer-Encoding: base64{CRLF}"
    if disposition:
        head += f"Content-Disposition: {disposition}{CRLF}"
    return f"{head}{CRLF}".encode("ascii") + lines


# What thousands of emails share.
_quoted_words = lru_cache(maxsize=1024)(_quoted_lines)
_of_sender = lru_cache(maxsize=64)(mailbox)
_date = lru_cache(maxsize=64)(format_datetime)


@lru_cache(maxsize=256)
def _subject(text: str) -> str:
    return _encoded(clean(text, LONGEST_SUBJECT))


@lru_cache(maxsize=64)
def _domain_of(address: str) -> str:
    return ascii_address(address).rpartition("@")[2]
