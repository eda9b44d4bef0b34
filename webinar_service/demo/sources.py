"""The demo data: what is the same in every language, and the texts in each.

`companies.toml` beside this module holds the facts: names, numbers, dates, who belongs to whom.
`texts/de/companies.toml` holds what is read in German, under the same keys and in the same order; so for each language.
`read` puts both together: a text becomes `{"en": …, "sv": …}`, as a `LanguageTextField` keeps it.

Names of people, towns and companies are facts. To add something, write its facts once and its texts in the files of all
languages; a text that one of them lacks, or has alone, is a `TextMissing`.
"""

import tomllib
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from companies import zones
from companies.folding import base_letters
from companies.languages import LanguageText

_FOLDER = Path(__file__).parent


class TextMissing(ValueError):
    """A text of the demo does not exist in all languages, or is empty in one."""


def read(name: str) -> dict[str, Any]:
    """The facts with their texts."""
    return _together(_load(_FOLDER / f"{name}.toml"), read_texts(name))


def read_texts(name: str) -> dict[str, Any]:
    """The texts alone, each in all languages. Raises TextMissing."""
    trees = {
        language: _load(_FOLDER / "texts" / language / f"{name}.toml") for language in settings.ALL_LANGUAGES
    }
    texts: dict[str, Any] = _in_all_languages(trees, where=name)
    return texts


def in_default_language(text: LanguageText) -> str:
    """For what has one language in the product, such as a message: that of the service."""
    return text[settings.LANGUAGE_CODE]


def in_one_line(text: LanguageText) -> str:
    """The text in all languages side by side, for a line that everybody should understand."""
    return " · ".join(dict.fromkeys(text.values()))


def _load(path: Path) -> dict[str, Any]:
    with path.open("rb") as source:
        return tomllib.load(source)


def _in_all_languages(parts: dict[str, Any], *, where: str) -> Any:
    """`{"en": {"title": "Heat"}, "sv": {"title": "Värme"}}` as `{"title": {"en": "Heat", "sv": "Värme"}}`."""
    if all(isinstance(part, str) for part in parts.values()):
        if empty := [language for language, text in parts.items() if not text.strip()]:
            raise TextMissing(f"{where} is empty in {', '.join(empty)}")
        return parts
    shapes = {language: _keys_of(part, where=f"{where} ({language})") for language, part in parts.items()}
    for language, shape in shapes.items():
        if others := set().union(*shapes.values()) - set(shape):
            raise TextMissing(f"{where}: {language} lacks {', '.join(sorted(map(str, others)))}")
    merged = {
        key: _in_all_languages(
            {language: part[key] for language, part in parts.items()}, where=f"{where}.{key}"
        )
        for key in shapes["en"]
    }
    return list(merged.values()) if isinstance(parts["en"], list) else merged


def _keys_of(part: Any, *, where: str) -> list[str | int]:
    if not isinstance(part, (dict, list)):
        raise TextMissing(f"{where} is not what the other languages have there")
    return list(part) if isinstance(part, dict) else list(range(len(part)))


def _together(facts: dict[str, Any], texts: dict[str, Any]) -> dict[str, Any]:
    """One tree of both. They share tables, never a value."""
    merged = dict(facts)
    for key, text in texts.items():
        if key not in merged:
            merged[key] = text
        elif isinstance(merged[key], dict) and isinstance(text, dict):
            merged[key] = _together(merged[key], text)
        else:
            raise ValueError(f"{key} stands in the facts and in the texts")
    return merged


def plain_letters(words: str) -> str:
    """Małgorzata Dąbrowska as in an email address: malgorzata dabrowska."""
    return base_letters(words).encode("ascii", "ignore").decode()


def address(name: str, domain: str) -> str:
    return f"{'.'.join(plain_letters(name).split())}@{domain}"


def local_start_of(source: dict[str, Any], now: datetime) -> tuple[date, time]:
    """Wall-clock start in the meeting's time zone: `soon` minutes from now, else `day` days from today at `time`."""
    if "soon" in source:
        start = now + timedelta(minutes=source["soon"])
        start -= timedelta(minutes=start.minute % 5, seconds=start.second, microseconds=start.microsecond)
        local = start.astimezone(zones.zone(source["zone"]))
        return local.date(), local.time().replace(tzinfo=None)
    return workday(
        now.date() + timedelta(days=source["day"]), or_before=source["day"] < 0
    ), time.fromisoformat(source["time"])


def workday(day: date, *, or_before: bool = False) -> date:
    """The day itself, or for a weekend the next Monday; with `or_before` the Friday before."""
    over = day.weekday() - 4
    if over <= 0:
        return day
    return day - timedelta(days=over) if or_before else day + timedelta(days=3 - over)
