"""What a person wrote, as plain text."""

import html
import re

from companies.secret_paths import IN_EMAILS
from companies.text import cleaned
from notifications.inbound.messages import IncomingMail

LONGEST = 20_000
TAG = re.compile(r"<[^<>]{0,2000}>")
BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
INVISIBLE = (("<style", "</style"), ("<script", "</script"), ("<!--", "-->"), ("<head", "</head"))
PERSONAL_LINK = re.compile(r"(?P<site>https?://[^\s<>\"/]{1,300})/(?P<page>" + IN_EMAILS + r")/[^\s<>\"]+")
BLANK_LINES = re.compile(r"\n{3,}")
LOWER = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}  # keeps the length
CUT = "\n\n[…]"


def written_text(mail: IncomingMail) -> str:
    """The plain text; of an email that has HTML alone, its words. Cut where it is very long."""
    text = mail.text
    if not text.strip():
        part = mail.first("text/html")
        text = words_of(part.text) if part is not None else ""
    lines = (line.rstrip() for line in cleaned(text).split("\n"))
    text = BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
    return shortened(text, LONGEST)


def shortened(text: str, longest: int) -> str:
    """Says that it was cut."""
    return text if len(text) <= longest else text[: longest - len(CUT)] + CUT


def without_personal_links(text: str, site_url: str) -> str:
    """Whoever replies quotes our email, and the link in it would let every reader act as them."""

    def shortened(found: re.Match[str]) -> str:
        return f"{site_url}/{found['page']}/…" if found["site"] == site_url else found[0]

    return PERSONAL_LINK.sub(shortened, text)


def words_of(source: str) -> str:
    """Reads each character of the HTML a few times at most, whatever it is."""
    for begin, end in INVISIBLE:
        source = _without(source, begin, end)
    text = TAG.sub("", BREAK.sub("\n", source.replace("\r", " ").replace("\n", " ")))
    return html.unescape(text).replace("\xa0", " ")


def _without(source: str, begin: str, end: str) -> str:
    folded, kept, at = source.translate(LOWER), [], 0
    while (start := folded.find(begin, at)) >= 0:
        kept.append(source[at:start])
        stop = folded.find(end, start)
        at = folded.find(">", stop) + 1 if stop >= 0 else 0
        if not at:
            return "".join(kept)
    return "".join([*kept, source[at:]])
