"""Emails as bytes: deterministic, and safe from header injection.

multipart/mixed( multipart/alternative( text, HTML, text/calendar; method=… ), invite.ics ), as calendar programs
expect it (RFC 6047 2.4); without a calendar object only the alternative. Everything is seven-bit.
"""

import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, formataddr

CRLF = "\r\n"
LONGEST_NAME = 75
LONGEST_SUBJECT = 200
LONGEST_WORD = 45  # bytes: 60 characters of base64, and twelve for the encoded word's delimiters
# Line breaks for some readers only, and characters not allowed in a header.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
UNPRINTABLE_IN_BODY = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f\ud800-\udfff]")
ADDRESS = re.compile(r"^[^\s<>,;:\"\\()\[\]@\x00-\x1f\x7f]+@[A-Za-z0-9.\-]+")


class UnusableAddress(ValueError):
    """Cannot be used in a header."""


@dataclass(frozen=True)
class CalendarPart:
    method: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One email to one person. Message-ID and file name derive from `reference`."""

    reference: str
    sender: tuple[str, str]  # name, address
    recipient: tuple[str, str]
    subject: str
    language: str
    text: str
    html: str
    calendar: CalendarPart | None = None
    headers: tuple[tuple[str, str], ...] = ()
    reply_to: str = ""  # an address

    @property
    def message_id(self) -> str:
        return f"<{self.reference}@{ascii_address(self.sender[1]).rpartition('@')[2]}>"


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
    try:
        plain = f"{local}@{domain.encode('idna').decode('ascii')}"
        plain.encode("ascii")
    except UnicodeError as error:
        raise UnusableAddress(address) from error
    if not ADDRESS.fullmatch(plain):
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
        ("From", mailbox(*mail.sender)),
        ("To", mailbox(*mail.recipient)),
        *([("Reply-To", ascii_address(mail.reply_to))] if mail.reply_to else []),
        ("Subject", _encoded(clean(mail.subject, LONGEST_SUBJECT))),
        ("Date", format_datetime(sent_at)),
        ("Message-ID", mail.message_id),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("Content-Language", mail.language),
        *mail.headers,
        ("MIME-Version", "1.0"),
    ]
    head = "".join(f"{name}: {value}{CRLF}" for name, value in headers)
    return (head + _body(mail)).encode("ascii")


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


def _body(mail: Mail) -> str:
    alternatives = [_readable("plain", mail.text), _readable("html", mail.html)]
    if mail.calendar is None:
        return _multipart("alternative", mail.reference, alternatives)
    entry = mail.calendar
    alternatives.append(_part(f'text/calendar; charset="utf-8"; method={entry.method}', entry.content))
    attached = _part('application/ics; name="invite.ics"', entry.content, 'attachment; filename="invite.ics"')
    inner = _multipart("alternative", mail.reference, alternatives)
    return _multipart("mixed", f"{mail.reference}-all", [inner, attached])


def _multipart(kind: str, reference: str, parts: list[str]) -> str:
    # "=_" does not occur in quoted-printable or base64, so no content can contain the boundary (RFC 2045 6.7).
    boundary = f"=_{reference}_{kind}"
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"{CRLF}{CRLF}'
    return head + "".join(f"--{boundary}{CRLF}{part}{CRLF}" for part in parts) + f"--{boundary}--{CRLF}"


def _readable(kind: str, text: str) -> str:
    lines = UNPRINTABLE_IN_BODY.sub("", text).replace("\r\n", "\n").replace("\r", "\n").replace("\n", CRLF)
    quoted = binascii.b2a_qp(lines.encode(), istext=True).decode("ascii")
    head = (
        f'Content-Type: text/{kind}; charset="utf-8"{CRLF}Content-Transfer-Encoding: quoted-printable{CRLF}'
    )
    return f"{head}{CRLF}{quoted}"


def _part(content_type: str, content: bytes, disposition: str = "") -> str:
    encoded = binascii.b2a_base64(content, newline=False).decode("ascii")
    lines = CRLF.join(encoded[start : start + 76] for start in range(0, len(encoded), 76))
    head = f"Content-Type: {content_type}{CRLF}Content-Transfer-Encoding: base64{CRLF}"
    if disposition:
        head += f"Content-Disposition: {disposition}{CRLF}"
    return f"{head}{CRLF}{lines}"
