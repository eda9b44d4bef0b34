"""Words as the search compares them: small letters without marks, so that Żuławy, zulawy and ZUŁAWY are one."""

import re
import unicodedata

# Letters that are not a letter with a mark, to Unicode.
_OWN_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"}
)
_WORD = re.compile(r"[^\W_]+")


def plain(text: str) -> str:
    taken_apart = unicodedata.normalize("NFKD", text.casefold().translate(_OWN_LETTERS))
    return "".join(sign for sign in taken_apart if not unicodedata.combining(sign)).translate(_OWN_LETTERS)


def words(text: str) -> list[str]:
    return _WORD.findall(plain(text))


def words_as_written(text: str) -> list[tuple[str, str]]:
    """Each word as compared, and as its author wrote it."""
    return [(plain(word), word) for word in _WORD.findall(text)]
