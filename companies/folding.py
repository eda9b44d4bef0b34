"""Letters as every search compares them: small, without marks, and one spelling for æ/ae/ä, ø/oe/ö, å/aa and ü/ue."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

# Letters that are not a letter with a mark, to Unicode.
OWN_LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"}
_FROM_OWN_LETTERS = str.maketrans(OWN_LETTERS)
# Written out where a keyboard lacks the letter: “boelgekraft” and “bølgekraft” both become “bolgekraft”.
_WRITTEN_OUT = re.compile(r"(a)[ae]+|(o)e+|(u)e+")
LONGEST_KEY = 240  # of a name of 120 letters: compatibility forms can be several letters each
_WORD = re.compile(r"[^\W_]+")

MAX_ROWS = 2000  # rows that one search for words reads


def fold_text(text: str) -> str:
    """The form in which two spellings of a word are one. For comparing only: it is not to be shown."""
    return _WRITTEN_OUT.sub(r"\1\2\3", base_letters(text))


def base_letters(text: str) -> str:
    """Small and without marks: “Łódź” is “lodz”, “Straße” is “strasse”."""
    # Twice: capitals hide in signs like ℡ until they are taken apart, and small letters bring marks of their own.
    taken_apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    without_marks = "".join(sign for sign in taken_apart if not unicodedata.combining(sign))
    return without_marks.translate(_FROM_OWN_LETTERS)


def words(text: str) -> list[str]:
    return _WORD.findall(fold_text(text))


def words_as_written(text: str) -> list[tuple[str, str]]:
    """Each word as compared, and as its author wrote it."""
    return [(fold_text(word), word) for word in _WORD.findall(unicodedata.normalize("NFC", text))]


def contains_words(texts: str, query: str) -> bool:
    """Whether every word of the query stands somewhere in the texts."""
    folded = fold_text(texts)
    return all(word in folded for word in words(query))


def texts_contain_words(texts: Iterable[Mapping[str, str] | str | None], query: str) -> bool:
    """Whether texts, in whatever language, hold each of the words."""
    written = [text.values() if isinstance(text, Mapping) else [text] for text in texts if text]
    return contains_words(" ".join(word for several in written for word in several), query)


def name_key_of(name: str) -> str:
    """By this a name that identifies is one, whatever its capitals, spaces and way of writing accents."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())[:LONGEST_KEY]
