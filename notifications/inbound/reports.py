"""What programs send by themselves: bounces (RFC 3464), complaints (RFC 5965), automatic replies (RFC 3834)."""

import re
from dataclasses import dataclass

from companies.text import cleaned
from notifications.inbound.messages import IncomingMail, Part

FIELD = re.compile(r"^([A-Za-z-]{1,40}):(.*)$", re.MULTILINE)
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
LONGEST_REASON = 300
ADDRESS = re.compile(r"<?[^\s<>]{1,80}@[^\s<>]{1,80}>?")  # hosts may not know it
MAILER = re.compile(r"mailer-daemon@|postmaster@", re.IGNORECASE)
# No such mailbox, domain or syntax, moved, null MX (RFC 7505), disabled; no such host. Not: a full mailbox (5.2.2), and
# whatever is refused for what the email or its sender is (5.7).
ABOUT_THE_ADDRESS = re.compile(r"5\.1\.(?:1|2|3|6|10)|5\.2\.1|5\.4\.4")


@dataclass(frozen=True)
class Bounce:
    """`is_permanent`: nothing will ever arrive there. Else the server gave up, or may still try."""

    is_permanent: bool
    has_failed: bool  # else only delayed
    reason: str
    recipients: frozenset[str] = frozenset()  # the address as it was sent to, and as it was delivered to


def bounce_of(mail: IncomingMail) -> Bounce | None:
    """Of the first recipient that it tells of: our emails have one."""
    part = mail.first("message/delivery-status") or mail.first("message/global-delivery-status")
    if mail.report_type != "delivery-status" and part is None:
        return None
    fields = _fields(part)
    action, status = fields.get("action", "").lower(), STATUS.search(fields.get("status", ""))
    code = status[0] if status else ""
    if action not in {"failed", "delayed"}:  # delivered, relayed, expanded
        return Bounce(is_permanent=False, has_failed=False, reason="")
    diagnostic = fields.get("diagnostic-code", "").partition(";")[2].strip() or code
    has_failed = action == "failed"
    return Bounce(
        is_permanent=has_failed and bool(ABOUT_THE_ADDRESS.fullmatch(code)),
        has_failed=has_failed,
        reason=ADDRESS.sub("…", cleaned(diagnostic, one_line=True)[:LONGEST_REASON]),
        recipients=frozenset(
            fields.get(name, "").rpartition(";")[2].strip().lower()
            for name in ("original-recipient", "final-recipient")
        ),
    )


@dataclass(frozen=True)
class Complaint:
    envelope_sender: str  # of the email that it is about, where the report names it


def complaint_of(mail: IncomingMail) -> Complaint | None:
    """The recipient pressed “spam” (RFC 5965); a report that says “not-spam” is none."""
    part = mail.first("message/feedback-report")
    if part is None:
        return None
    fields = _fields(part)
    if fields.get("feedback-type", "abuse").lower() not in {"abuse", "fraud", "other"}:
        return None
    return Complaint(fields.get("original-mail-from", "").strip("<> "))


def is_automatic(mail: IncomingMail) -> bool:
    """Written by a program: nothing follows from it, and it is never answered."""
    submitted = mail.header("auto-submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if mail.header("x-autoreply") or mail.header("x-autorespond") or mail.header("list-id"):
        return True
    if mail.header("precedence").strip().lower() in {"bulk", "list", "junk", "auto_reply"}:
        return True
    return mail.header("return-path").strip() == "<>" or bool(MAILER.match(mail.sender[1]))


def _fields(part: Part | None) -> dict[str, str]:
    """Of all blocks; the first of a name stays."""
    found: dict[str, str] = {}
    for name, value in FIELD.findall(part.text if part else ""):
        found.setdefault(name.lower(), value.strip())
    return found
