"""What is new in an email: without what it quotes, and without a signature.

Programs announce a quotation in a line of their own ("On … wrote:"), in the language of who writes, or with the first
lines of the email's head ("From: …", "Sent: …"). What stands below it is not new.
"""

import re

TIME = re.compile(r"\d{1,2}[:.]\d{2}")
WROTE = re.compile(
    r"\b(?:wrote|writes|skrev|schrieb|pisze|napisał|napisała|napisał\(a\)|napisana przez|rašė)\b"
)
MOST_LINES_ANNOUNCING = 3  # that programs break it into
FROM = re.compile(r"\*?(?:From|Från|Von|Od|Fra|Nuo)\s?:\*? ?\S", re.IGNORECASE)
SENT = re.compile(
    r"\*?(?:Sent|Date|Skickat|Datum|Gesendet|Wysłano|Data|Sendt|Dato|Išsiųsta|Siųsta)\s?:\*? ?\S",
    re.IGNORECASE,
)
LINES_OF_A_HEAD = 5
RULE = re.compile(r"_{10,200}|-{2,20}[^-\n]{3,60}-{2,20}")
ABOUT_THE_PROGRAM = re.compile(
    r"(?:Sent from (?:my|Outlook)|Skickat från|Von mein|Gesendet von|Wysłane? z|Wysłano z|Sendt fra|Išsiųsta iš"
    r"|(?:Get|Hämta|Skaffa|Holen Sie sich|Pobierz|Hent|Gaukite) Outlook)\b",
    re.IGNORECASE,
)


def without_quotes(text: str) -> str:
    """Empty when nothing of it is new."""
    lines = text.split("\n")
    end = next((number for number in range(len(lines)) if _begins_old(lines, number)), len(lines))
    kept = [line for line in lines[:end] if not line.lstrip().startswith(">")]
    return "\n".join(kept).strip()


def _begins_old(lines: list[str], number: int) -> bool:
    line = lines[number].strip()
    if line == "--" or ABOUT_THE_PROGRAM.match(line):
        return True
    if RULE.fullmatch(line):
        return "-" in line or _is_head(lines, number + 1)
    return _is_head(lines, number) or _announces(lines, number)


def _is_head(lines: list[str], number: int) -> bool:
    below = [line.strip() for line in lines[number : number + LINES_OF_A_HEAD + 1] if line.strip()]
    return bool(below and FROM.match(below[0])) and any(SENT.match(line) for line in below[1:])


def _announces(lines: list[str], number: int) -> bool:
    """From here, and from no later line, up to a colon: who wrote, and when."""
    for end in range(number, min(number + MOST_LINES_ANNOUNCING, len(lines))):
        if not lines[end].strip():
            return False
        if lines[end].rstrip().endswith(":"):
            said = [" ".join(lines[start : end + 1]) for start in range(number, end + 1)]
            return _says_who_and_when(said[0]) and not any(map(_says_who_and_when, said[1:]))
    return False


def _says_who_and_when(said: str) -> bool:
    return bool(WROTE.search(said) and TIME.search(said))
