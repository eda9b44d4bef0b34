"""Names sorted by the reader's alphabet, as CLDR has it for the six languages.

No library does it here: PyICU has no wheels, icu4py no collation, pyuca no tailoring by language.
Lists that are complete in memory are sorted in Python; the database's order is used only where the database pages
and for the administration.
"""

import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar

from companies.folding import OWN_LETTERS
from companies.languages import active_language

Item = TypeVar("Item")
Key = tuple[tuple[tuple[int, int], ...], tuple[str, ...], str]

_LATIN = "a b c d e f g h i j k l m n o p q r s t u v w x y z"
# Letters with a place of their own. All others sort as their base letter: ä with a in German, ą with a in Lithuanian.
_ALPHABETS = {
    "en": _LATIN,
    "de": _LATIN,
    "sv": f"{_LATIN} å ä ö",
    "da": f"{_LATIN} æ ø å",
    "pl": "a ą b c ć d e ę f g h i j k l ł m n ń o ó p q r s ś t u v w x y z ź ż",
    "lt": "a b c č d e f g h i j k l m n o p q r s š t u v w x z ž",
}
# Letters that sort as another letter, or as several.
_AS = {
    "": OWN_LETTERS,
    "sv": {"æ": "ä", "ø": "ö", "œ": "ö", "ü": "y"},
    "da": {"ä": "æ", "ö": "ø", "œ": "ø", "ü": "y", "aa": "å"},
    "lt": {"y": "i"},
}
_SPACE, _SIGN, _DIGIT, _LETTER, _OTHER = range(5)


def sort_key(text: str, language: str | None = None) -> Key:
    """For `sorted`: by letters, then by diacritics, then as written. In the reader's language by default."""
    return _key(text, language or active_language())


def sorted_by_name(
    items: Iterable[Item], name: Callable[[Item], str], language: str | None = None
) -> list[Item]:
    """Sorted by name in the reader's alphabet; stable."""
    spoken = language or active_language()
    return sorted(items, key=lambda item: _key(name(item), spoken))


@lru_cache(maxsize=20_000)
def _key(text: str, language: str) -> Key:
    letters = unicodedata.normalize("NFC", text).casefold().replace("ß", "ss")
    weights: list[tuple[int, int]] = []
    marks: list[str] = []
    for letter in _letters(letters, language):
        for base in _bases(letter, language):
            weights.append(_weight(base, language))
            marks.append(letter)
    return tuple(weights), tuple(marks), text


def _letters(text: str, language: str) -> Iterable[str]:
    """Yields letters; a digraph that the alphabet counts as one letter (Danish aa) stays together."""
    at = 0
    while at < len(text):
        size = 2 if text[at : at + 2] in _AS.get(language, {}) else 1
        yield text[at : at + size]
        at += size


def _bases(letter: str, language: str) -> str:
    if letter in _places(language):
        return letter
    for table in (_AS.get(language, {}), _AS[""]):
        if letter in table:
            return table[letter]
    without_marks = "".join(
        sign for sign in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(sign)
    )
    return without_marks or letter


@lru_cache
def _places(language: str) -> dict[str, int]:
    return {letter: place for place, letter in enumerate(_ALPHABETS.get(language, _LATIN).split())}


def _weight(sign: str, language: str) -> tuple[int, int]:
    place = _places(language).get(sign)
    if place is not None:
        return _LETTER, place
    if sign.isspace():
        return _SPACE, 0
    if sign.isdecimal():
        return _DIGIT, int(sign)
    return (_OTHER if sign.isalpha() else _SIGN), ord(sign)
