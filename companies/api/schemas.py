"""Schemas and types that several operations share."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext as gettext_of_django
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
)
from pydantic_core import PydanticCustomError

from companies import email_addresses, text, zones

AnyDay = TypeVar("AnyDay", bound=date)
# Only the formats of RFC 3339: pydantic also accepts numbers as seconds since 1970, and midnight as a date.
WRITTEN_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
WRITTEN_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)


class RequestModel(BaseModel):
    """Base of request bodies. Not ninja's Schema, which would read attributes of arbitrary objects.

    Unknown fields and duplicate values in a list are refused, because ignoring them would not do what was asked.
    """

    model_config = ConfigDict(extra="forbid")

    @field_validator("*")
    @classmethod
    def _each_once(cls, value: Any) -> Any:
        if isinstance(value, list) and any(item in value[:place] for place, item in enumerate(value)):
            raise ValueError(_("Send each value only once."))
        return value


def example(**fields: Any) -> ConfigDict:
    """An example body that works when pasted into the API documentation page."""
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [fields]})


def known_languages_only(texts: dict[str, str]) -> dict[str, str]:
    if set(texts) - set(settings.ALL_LANGUAGES):
        raise ValueError(_("This language is not supported."))
    return {code: words for code, words in texts.items() if words.strip()}


def not_empty(texts: dict[str, str]) -> dict[str, str]:
    if not texts:
        raise ValueError(_("Enter the text in at least one language."))
    return texts


def not_blank(value: str) -> str:
    if not value:
        raise ValueError(gettext_of_django("This field is required."))
    return value


def storable_text(value: str) -> str:
    """As stored (`companies.text`). Control characters are an error here; forms remove them, as people paste them."""
    if text.has_control(value):
        raise ValueError(_("Text cannot contain control characters."))
    return text.cleaned(value)


def single_line(value: str) -> str:
    """Names and the like, which end up in mail headers and calendar lines."""
    if text.has_control(value) or text.has_break(value) or "\t" in value:
        raise ValueError(_("This cannot contain line breaks or control characters."))
    return text.cleaned(value, one_line=True).strip()


def strip_nul(value: str) -> str:
    """For search terms: PostgreSQL accepts NUL in no text."""
    return value.replace("\x00", "")


def known_zone(name: str) -> str:
    if name not in zones.known():
        raise ValueError(_("This is not a time zone. Use a name like Europe/Stockholm."))
    return name


def known_language(code: str) -> str:
    if code not in settings.ALL_LANGUAGES:
        raise ValueError(_("This language is not supported."))
    return code


def stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def mail_address(value: str) -> str:
    """Validated and normalized as in forms."""
    address = email_addresses.normalized(single_line(value))
    try:
        email_addresses.check(address)
    except ValidationError as error:
        raise ValueError(error.messages[0]) from error
    return address


def written_instant(value: object) -> object:
    if not isinstance(value, str) or not WRITTEN_INSTANT.fullmatch(value):
        raise PydanticCustomError("datetime_parsing", "not an instant of RFC 3339")
    return value


def written_day(value: object) -> object:
    if not isinstance(value, str) or not WRITTEN_DAY.fullmatch(value):
        raise PydanticCustomError("date_parsing", "not a full-date of RFC 3339")
    return value


def within_supported_years(day: AnyDay) -> AnyDay:
    """Refuses years outside 2000–2200."""
    if not 2000 <= day.year <= 2200:  # date arithmetic overflows beyond
        raise ValueError(_("This date is too far in the past or future."))
    return day


def in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Flag = Annotated[bool, Field(strict=True)]  # 0 and "no" are refused
WholeNumber = Annotated[int, Field(strict=True)]  # "5" is refused
PlainText = Annotated[str, AfterValidator(storable_text)]
Line = Annotated[str, BeforeValidator(stripped), AfterValidator(single_line), Field(max_length=120)]
Name = Annotated[Line, Field(min_length=1), AfterValidator(not_blank)]
LongText = Annotated[PlainText, Field(max_length=20_000)]
Email = Annotated[
    str,
    BeforeValidator(stripped),
    AfterValidator(mail_address),
    Field(max_length=254, json_schema_extra={"format": "email"}),
]
CountryLetters = Annotated[
    str, Field(pattern=r"^([A-Za-z]{2})?$", description="two-letter ISO 3166 country code, or empty")
]
OptionalText = Annotated[
    dict[str, LongText],
    AfterValidator(known_languages_only),
    Field(description="text by language: en, sv, pl, de, da, lt"),
]
LanguageText = Annotated[
    OptionalText, AfterValidator(not_empty), Field(examples=[{"en": "Heat", "sv": "Värme"}])
]
Title = Annotated[
    dict[str, Annotated[str, BeforeValidator(stripped), AfterValidator(single_line), Field(max_length=200)]],
    AfterValidator(known_languages_only),
    Field(description="one line by language: en, sv, pl, de, da, lt"),
]
NamedTitle = Annotated[Title, AfterValidator(not_empty), Field(examples=[{"en": "Heat", "sv": "Värme"}])]
ZoneName = Annotated[str, AfterValidator(known_zone), Field(examples=["Europe/Stockholm"])]
LanguageCode = Annotated[str, AfterValidator(known_language), Field(examples=["en"])]
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(written_instant),
    AfterValidator(within_supported_years),
    AfterValidator(in_utc),
]
Day = Annotated[date, BeforeValidator(written_day), AfterValidator(within_supported_years)]
