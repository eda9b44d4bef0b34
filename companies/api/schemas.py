"""Shapes that operations on several things share."""

from typing import Annotated

from django.conf import settings
from pydantic import AfterValidator, Field

from companies import zones


def spoken_here(text: dict[str, str]) -> dict[str, str]:
    unknown = set(text) - set(settings.ALL_LANGUAGES)
    if unknown:
        raise ValueError(f"not a language of this service: {', '.join(sorted(unknown))}")
    return {code: words for code, words in text.items() if words.strip()}


def not_empty(text: dict[str, str]) -> dict[str, str]:
    if not text:
        raise ValueError("give the text in at least one language")
    return text


def without_nul(value: str) -> str:
    if "\x00" in value:
        raise ValueError("a text cannot hold the character NUL")
    return value


def dropping_nul(value: str) -> str:
    """For what is only looked up: PostgreSQL takes NUL in no text."""
    return value.replace("\x00", "")


def known_zone(name: str) -> str:
    if name not in zones.known():
        raise ValueError("not a time zone; use a name like Europe/Stockholm")
    return name


def known_language(code: str) -> str:
    if code not in settings.ALL_LANGUAGES:
        raise ValueError(f"one of {', '.join(settings.ALL_LANGUAGES)}")
    return code


Plain = Annotated[str, AfterValidator(without_nul)]
Line = Annotated[Plain, Field(max_length=120)]
Words = Annotated[Plain, Field(max_length=10_000)]
OptionalText = Annotated[dict[str, Words], AfterValidator(spoken_here)]
LanguageText = Annotated[
    OptionalText, AfterValidator(not_empty), Field(examples=[{"en": "Heat", "sv": "Värme"}])
]
ZoneName = Annotated[str, AfterValidator(known_zone), Field(examples=["Europe/Stockholm"])]
LanguageCode = Annotated[str, AfterValidator(known_language), Field(examples=["en"])]
