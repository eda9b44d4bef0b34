"""Shapes that operations on several things share."""

from datetime import UTC, datetime
from typing import Annotated, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from companies import zones


class Asked(BaseModel):
    """What a program sends. Not a Schema of the framework: that one would read attributes of whatever came."""


def example(**fields: Any) -> ConfigDict:
    """A body that works when it is pasted into the page of the API."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


def spoken_here(text: dict[str, str]) -> dict[str, str]:
    if set(text) - set(settings.ALL_LANGUAGES):
        raise ValueError(_("This is not a language of the service."))
    return {code: words for code, words in text.items() if words.strip()}


def not_empty(text: dict[str, str]) -> dict[str, str]:
    if not text:
        raise ValueError(_("Give the text in at least one language."))
    return text


def without_nul(value: str) -> str:
    if "\x00" in value:
        raise ValueError(_("A text cannot hold the character NUL."))
    return value


def on_one_line(value: str) -> str:
    """Names and the like go into mail headers and calendar lines."""
    if any(character < " " or character in "\x7f\x85\u2028\u2029" for character in value):
        raise ValueError(_("This cannot hold line breaks or control characters."))
    return value.strip()


def dropping_nul(value: str) -> str:
    """For what is only looked up: PostgreSQL takes NUL in no text."""
    return value.replace("\x00", "")


def known_zone(name: str) -> str:
    if name not in zones.known():
        raise ValueError(_("This is not a time zone. Use a name like Europe/Stockholm."))
    return name


def known_language(code: str) -> str:
    if code not in settings.ALL_LANGUAGES:
        raise ValueError(_("This is not a language of the service."))
    return code


def stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def mail_address(value: str) -> str:
    """As the forms take it, in lower case."""
    try:
        validate_email(value)
    except ValidationError as error:
        raise ValueError(error.messages[0]) from error
    return value.lower()


def within_reach(moment: datetime) -> datetime:
    if not 2000 <= moment.year <= 2200:  # beyond lies arithmetic that overflows
        raise ValueError(_("This moment is out of reach."))
    return moment.astimezone(UTC)


Plain = Annotated[str, AfterValidator(without_nul)]
Line = Annotated[str, BeforeValidator(stripped), AfterValidator(on_one_line), Field(max_length=120)]
Name = Annotated[Line, Field(min_length=1)]
Words = Annotated[Plain, Field(max_length=20_000)]
Email = Annotated[
    str,
    BeforeValidator(stripped),
    AfterValidator(mail_address),
    Field(max_length=254, json_schema_extra={"format": "email"}),
]
CountryLetters = Annotated[str, Field(pattern=r"^([A-Za-z]{2})?$", description="ISO 3166, two letters")]
OptionalText = Annotated[
    dict[str, Words],
    AfterValidator(spoken_here),
    Field(description="text by language: en, sv, pl, de, da, lt"),
]
LanguageText = Annotated[
    OptionalText, AfterValidator(not_empty), Field(examples=[{"en": "Heat", "sv": "Värme"}])
]
Title = Annotated[dict[str, Annotated[Line, Field(max_length=200)]], AfterValidator(spoken_here)]
ZoneName = Annotated[str, AfterValidator(known_zone), Field(examples=["Europe/Stockholm"])]
LanguageCode = Annotated[str, AfterValidator(known_language), Field(examples=["en"])]
Moment = Annotated[AwareDatetime, AfterValidator(within_reach)]
