"""Texts that break documents, and the characters that must not be stored."""

from collections.abc import Iterator
from typing import Any

from companies.text import has_control

# Vertical tab, NUL, escape, DEL, C1, lone surrogate, noncharacter, zero-width space, unterminated override, NEL.
HOSTILE = "A\x0bB\x00\x1b\x7f\x9b\ud800\ufffe\u200b\u202eC\x85e\u0301"
NOTHING = "\u200b \u3164\u200d\u2060"


def is_clean(text: str) -> bool:
    return not has_control(text) and not set("\x0b\x0c\x85\u2028\u2029\u200b\u202e") & set(text)


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for each in value.items() for part in each for text in texts_in(part))
    elif isinstance(value, list | tuple):
        yield from (text for each in value for text in texts_in(each))
    elif hasattr(value, "__dict__"):
        yield from texts_in(vars(value))
