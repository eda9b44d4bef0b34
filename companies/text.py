"""Text as it is stored: NFC, without control characters; empty when nothing of it is visible."""

import re
import unicodedata
from typing import Any

# JSON that no text in it can end, as Django's json_script.
JSON_IN_HTML = {ord(character): f"\\u{ord(character):04X}" for character in "<>&"}
# Word processors paste soft line breaks as vertical tab or form feed; the others are Unicode's own.
_BREAK = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_ANY_BREAK = re.compile("[\t\r\n\x0b\x0c\x85\u2028\u2029]")
# C0, DEL, C1; lone surrogates; noncharacters. XML, ICS and PostgreSQL each refuse some of them.
_CONTROL = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe\U0003ffff\U0004fffe\U0004ffff\U0005fffe\U0005ffff"
    "\U0006fffe\U0006ffff\U0007fffe\U0007ffff\U0008fffe\U0008ffff\U0009fffe\U0009ffff\U000afffe\U000affff"
    "\U000bfffe\U000bffff\U000cfffe\U000cffff\U000dfffe\U000dffff\U000efffe\U000effff\U000ffffe\U000fffff"
    "\U0010fffe\U0010ffff]"
)
# Zero-width space, word joiner, byte-order mark, interlinear marks; overrides, embeddings and isolates of direction,
# which would affect text around it. Joiners, soft hyphens and LRM/RLM have a meaning inside words and are kept.
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\ufff9-\ufffb\u180e\u202a-\u202e\u2066-\u2069]")
# Letters and symbols by category that are blank: Hangul fillers and the empty Braille cell.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def cleaned(text: str, *, one_line: bool = False) -> str:
    """NFC; line breaks become line feeds, or spaces when on one line; empty when nothing is visible."""
    if (
        not text.isprintable()
    ):  # most of what people write has neither breaks nor controls nor invisible signs
        text = _BREAK.sub("\n", text)
        if one_line:
            text = text.replace("\n", " ").replace("\t", " ")
        text = _INVISIBLE.sub("", _CONTROL.sub("", text))
    text = unicodedata.normalize("NFC", text)
    if not is_visible(text):
        return ""
    return text.strip() if one_line else text


def masked(text: str) -> str:
    """As many characters as before: breaks and tabs are spaces, and what `cleaned` leaves out is U+FFFD."""
    return _CONTROL.sub("\ufffd", _INVISIBLE.sub("\ufffd", _ANY_BREAK.sub(" ", text)))


def is_visible(text: str) -> bool:
    """False when there are only spaces, joiners and combining marks."""
    return any(unicodedata.category(sign)[0] in "LNPS" and sign not in _BLANK for sign in text)


def has_control(text: str) -> bool:
    return _CONTROL.search(text) is not None


def has_break(text: str) -> bool:
    return _BREAK.search(text) is not None


def cleaned_within(value: Any) -> Any:
    """The same for every text inside JSON, keys too."""
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, dict):
        return {cleaned_within(key): cleaned_within(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned_within(each) for each in value]
    return value
