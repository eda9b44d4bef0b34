"""Text folded for search: lower case, no diacritics, and one spelling for æ/ae/ä, ø/oe/ö, å/aa and ü/ue."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from django.utils.text import slugify

# Letters that Unicode does not decompose.
OWN_LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"}
_FROM_OWN_LETTERS = str.maketrans(OWN_LETTERS)
# Spellings for keyboards without the letter: “boelgekraft” and “bølgekraft” both become “bolgekraft”.
_WRITTEN_OUT = re.compile(r"(a)[ae]+|(o)e+|(u)e+")
LONGEST_KEY = 240  # of a name of 120 letters: compatibility forms can expand to several letters each
_WORD = re.compile(r"[^\W_]+")

LONGEST_QUERY = 100  # characters
MAX_ROWS = 2000  # rows that one search reads


def fold_text(text: str) -> str:
    """Two spellings of a word fold to the same text. For comparison only, not for display."""
    return _WRITTEN_OUT.sub(r"\1\2\3", base_letters(text))


def base_letters(text: str) -> str:
    """Lower case, without diacritics: “Łódź” is “lodz”, “Straße” is “strasse”."""
    # Twice: signs like ℡ decompose into capitals, and lower-casing may add combining marks.
    taken_apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    without_marks = "".join(sign for sign in taken_apart if not unicodedata.combining(sign))
    return without_marks.translate(_FROM_OWN_LETTERS)


def slug_of(text: str, longest: int) -> str:
    """For an address: “Łódź Wind” is “lodz-wind”. Empty when the text has no letter or number for it."""
    return slugify(base_letters(text))[:longest].strip("-")


def asked_words(given: str) -> str:
    """What was typed into a search, on one line and bounded."""
    return " ".join(given.replace("\0", "").split())[:LONGEST_QUERY]


def words(text: str) -> list[str]:
    return _WORD.findall(fold_text(text))


def words_as_written(text: str) -> list[tuple[str, str]]:
    """Pairs of each word folded and as written."""
    return [(fold_text(word), word) for word in _WORD.findall(unicodedata.normalize("NFC", text))]


def contains_words(texts: str, query: str) -> bool:
    """Whether every word of the query occurs in the texts."""
    folded = fold_text(texts)
    return all(word in folded for word in words(query))


def texts_contain_words(texts: Iterable[Mapping[str, str] | str | None], query: str) -> bool:
    """Whether the texts, in any language, contain every word."""
    written = [text.values() if isinstance(text, Mapping) else [text] for text in texts if text]
    return contains_words(" ".join(word for several in written for word in several), query)


def name_key_of(name: str) -> str:
    """The key by which a name is unique: regardless of case, spaces and how accents are encoded."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())[:LONGEST_KEY]
