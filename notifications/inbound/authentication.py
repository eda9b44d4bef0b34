"""What our receiving mail server found out about the sender (RFC 8601)."""

import re

from notifications.inbound.messages import IncomingMail

RESULT = re.compile(r"(?:^|;)\s*(dmarc|dkim|spf)\s*=\s*([a-z]+)", re.IGNORECASE)
COMMENT = re.compile(r"\([^()]*\)")


def is_forged(mail: IncomingMail) -> bool:
    """DMARC failed; or, without a word about DMARC, both DKIM and SPF did.

    The topmost header is of the server that handed the email over. Others count only where they name the same server,
    because some write one header for each method. Headers further down may be the sender's own; all that they could
    do is to make the email look forged.
    """
    headers = [value for name, value in mail.headers if name == "authentication-results"]
    if not headers:
        return False
    server = _server(headers[0])
    found: dict[str, set[str]] = {"dmarc": set(), "dkim": set(), "spf": set()}
    for header in headers:
        if _server(header) == server:
            for method, result in RESULT.findall(COMMENT.sub("", header)):
                found[method.lower()].add(result.lower())
    if found["dmarc"] & {"pass", "fail"}:
        return "fail" in found["dmarc"]
    fails = {"fail", "softfail", "permerror"}
    return bool(found["dkim"] & fails and found["spf"] & fails) and "pass" not in found["dkim"] | found["spf"]


def _server(header: str) -> str:
    return header.partition(";")[0].split(" ")[0].strip().lower()
