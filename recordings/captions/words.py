"""The text of a cue: tags and character references resolved as in WebVTT (W3C WebVTT 1, 6.4), in one pass.

Two differences from the W3C's tokenizer keep text as written: `<` begins a tag only before a tag name
("CO2 < 40 g"), and `<br>`, which SubRip files contain, separates words.
"""

import html
import re
from dataclasses import dataclass

_TAGS = {"b", "c", "i", "lang", "rt", "ruby", "u", "v"}  # of WebVTT; others are ignored if they end soon
_LONGEST_UNKNOWN = 100
_BREAKS = {"br", "div", "p"}
_NAME = re.compile(r"[A-Za-z][^\s./<>]{0,100}")
# A tag, a character reference with its semicolon ("R&D" has none), or `{\\an8}`, a SubRip position.
_SIGN = re.compile(
    r"<(?=[A-Za-z0-9./])|&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][A-Za-z\d]{1,31});|\{\\[^}]{0,60}\}"
)
# Control characters (Cc) and noncharacters.
_UNPRINTABLE = [*range(32), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF]
_ON_ONE_LINE: dict[int, str | None] = {**dict.fromkeys(_UNPRINTABLE, None), 9: " ", 10: " "}


@dataclass(frozen=True)
class Tag:
    """`<v.loud Rasa>`: name `v`, annotation `Rasa`; `</v>` is closing. `end` is the index after it."""

    name: str
    annotation: str
    is_closing: bool
    end: int


def voices(text: str) -> list[tuple[str, str]]:
    """(speaker, text) in the order spoken; the speaker is empty outside voice tags."""
    spoken: list[tuple[str, list[str]]] = [("", [])]
    at = 0
    while (found := _SIGN.search(text, at)) is not None:
        spoken[-1][1].append(text[at : found.start()])
        tag = tag_at(text, found.start())
        if tag is not None and tag.name == "v":
            spoken.append(("" if tag.is_closing else plain(html.unescape(tag.annotation)), []))
        spoken[-1][1].append(_instead_of(found.group(), tag))
        at = found.end() if tag is None else tag.end
    spoken[-1][1].append(text[at:])
    said = [(speaker, plain("".join(pieces))) for speaker, pieces in spoken]
    return [(speaker, words) for speaker, words in said if words]


def _instead_of(sign: str, tag: Tag | None) -> str:
    if tag is not None:
        return " " if tag.name in _BREAKS else ""
    return "" if sign.startswith("{") else html.unescape(sign)


def plain(words: str) -> str:
    """On one line, without control characters; no-break spaces remain."""
    shown = " ".join(part for part in words.translate(_ON_ONE_LINE).split(" ") if part)
    return shown if shown.strip() else ""


def tag_at(text: str, start: int) -> Tag | None:
    """The tag that begins at `start`; None for text."""
    if text[start] != "<":
        return None
    begin = start + 1 + text.startswith("/", start + 1)
    name = _NAME.match(text, begin)
    if name is None:
        return _timestamp_tag(text, start)
    end = text.find(">", name.end(), begin + (len(text) if name.group() in _TAGS else _LONGEST_UNKNOWN))
    if end < 0 and name.group() not in _TAGS:
        return None
    end = len(text) if end < 0 else end
    annotation = text[name.end() : end].replace("\n", " ").replace("\t", " ").partition(" ")[2]
    return Tag(name.group().lower(), annotation.strip(), begin > start + 1, end + 1)


def _timestamp_tag(text: str, start: int) -> Tag | None:
    """`<00:19.000>` reveals text gradually, which is ignored here. Also `</>`."""
    end = text.find(">", start, start + 20)
    if end < 0 or text[start + 1 : end].strip(" 0123456789:./") or end == start + 1:
        return None
    return Tag("", "", is_closing=True, end=end + 1)
