"""Texts in several languages: an object by language code, with a fallback that is marked as such."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from babel.dates import format_skeleton
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from companies.text import cleaned

LanguageText = dict[str, str]

NATIVE_NAMES = {
    "en": "English",
    "sv": "Svenska",
    "pl": "Polski",
    "de": "Deutsch",
    "da": "Dansk",
    "lt": "Lietuvių",
}


@dataclass(frozen=True)
class LocalizedText:
    """A text for one reader: `language` is the one it is in, `is_fallback` when that is not the requested one."""

    text: str
    language: str
    is_fallback: bool

    def __str__(self) -> str:
        return self.text


def other_language(text: LocalizedText | str) -> str:
    """Its language for a `lang` attribute; empty where it is the page's, or it has none of its own."""
    return text.language if isinstance(text, LocalizedText) and text.is_fallback else ""


def codes() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def active_language() -> str:
    """The language of this request or email, always one of those configured."""
    code = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return code if code in codes() else settings.LANGUAGE_CODE


def in_language(text: LanguageText | None, language: str | None = None) -> LocalizedText:
    """The text in `language` (default: the active one), else in English, else in the first available."""
    wanted = language or active_language()
    texts = {code: words for code, words in (text or {}).items() if words}
    if not texts:
        return LocalizedText("", wanted, is_fallback=False)
    found = next((code for code in (wanted, "en", *texts) if code in texts), wanted)
    return LocalizedText(texts[found], found, is_fallback=found != wanted)


def with_language(text: LocalizedText) -> str:
    """For places without markup: followed by its language where it is not the requested one, as `Heat (English)`."""
    return f"{text.text} ({language_name(text.language)})" if text.is_fallback else text.text


def language_name(code: str) -> str:
    """In the reader's language."""
    return str(settings.ALL_LANGUAGES.get(code, code))


def validate_language_text(value: Any) -> None:
    if not isinstance(value, dict):
        raise ValidationError(
            _("Send the text as an object with one value per language."), code="not_an_object"
        )
    for code, words in value.items():
        if code not in settings.ALL_LANGUAGES:
            raise ValidationError(
                _("“%(code)s” is not a supported language."), code="language", params={"code": code}
            )
        if not isinstance(words, str):
            raise ValidationError(
                _("The value for “%(code)s” must be text."), code="not_text", params={"code": code}
            )


class LanguageTextField(models.JSONField):
    """`{"en": "Heat", "sv": "Värme"}`; at least one language unless `blank`. One line unless `prose`."""

    default_validators = [validate_language_text]

    def __init__(self, *args: Any, prose: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        self.prose = prose
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 - Django's signature
        value = self.get_prep_value(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if not isinstance(value, dict):
            return value
        return {
            code: cleaned(words, one_line=not self.prose) if isinstance(words, str) else words
            for code, words in value.items()
        }


def date_as_written(day: date) -> str:
    """`14 January 2027`, in the format of the reader's language; in Lithuanian no line ends before “m.” or “d.”."""
    if active_language() == "lt":
        return formats.date_format(day, "Y\u00a0\\m. E j\u00a0\\d.")
    return formats.date_format(day, "j. F Y" if active_language() in {"de", "da"} else "j E Y")


def short_date_as_written(day: date, *, shown_year: int) -> str:
    """`14 Jan`; `14 Jan 2027` where the year is another than `shown_year`."""
    language = active_language()
    month = "MMMM" if language == "lt" else "MMM"  # CLDR writes short months as numbers in Lithuanian
    skeleton = f"{month}d" if day.year == shown_year else f"y{month}d"
    return str(format_skeleton(skeleton, day, locale="en_GB" if language == "en" else language))


def time_as_written(moment: datetime | time) -> str:
    """`18:06`; in Danish `18.06`."""
    return f"{moment:%H.%M}" if active_language() == "da" else f"{moment:%H:%M}"
