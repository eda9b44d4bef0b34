"""The encoding of a caption file: Unicode by its bytes, others by the letters of the language."""

import codecs
from itertools import chain

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN = ("cp1252",)  # Windows-1252 holds all of ISO 8859-1
_ENCODINGS = {
    "pl": ("cp1250", "iso8859-2"),
    "lt": ("cp1257", "iso8859-13"),
    "sv": _WESTERN,
    "da": _WESTERN,
    "de": _WESTERN,
    "en": _WESTERN,
}
_LETTERS = {"pl": "ąćęłńóśźż", "lt": "ąčęėįšųūž", "sv": "åäöé", "da": "æøåé", "de": "äöüß", "en": "éèêñöüçï"}
_SIGNS = set("\xa0–—…“”„‘’‚»«•·°²³€£§½¼¾×±µ´‑")
_EXPECTED_SHARE = 0.9  # of the non-ASCII characters; some names are foreign


class Undecodable(Exception):
    """Neither Unicode nor an encoding of the language."""


def decoded(raw: bytes, *, language: str) -> str:
    """The text, without a byte order mark. Raises Undecodable."""
    try:
        for mark, encoding in _MARKS:
            if raw.startswith(mark):
                return raw.decode(encoding)
        if b"\0" in raw[:4]:
            return raw.decode("utf-16-be" if raw[0] == 0 else "utf-16-le")
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.encoding != "utf-8" or raw.startswith(codecs.BOM_UTF8):
            raise Undecodable from error
        return _of_language(raw, language)


def _of_language(raw: bytes, language: str) -> str:
    candidates = [(_share(text, language), text) for text in _candidates(raw, language)]
    share, text = max(candidates, default=(0.0, ""), key=lambda candidate: candidate[0])
    if share < _EXPECTED_SHARE:
        raise Undecodable
    return text


def _candidates(raw: bytes, language: str) -> list[str]:
    found = []
    for encoding in _ENCODINGS.get(language, ()):
        try:
            found.append(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return found


def _share(text: str, language: str) -> float:
    """The share of non-ASCII characters that text in this language uses."""
    expected = _SIGNS | set(chain(_LETTERS[language], _LETTERS[language].upper()))
    beyond = [sign for sign in text if not sign.isascii()]
    return sum(sign in expected for sign in beyond) / len(beyond) if beyond else 1.0
