"""Public holidays of the countries of the cluster, and other days on which many there do not work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from companies.languages import LocalizedText
from companies.models.company import Country, country_name
from rooms.media.loading import Lazily

if TYPE_CHECKING:
    import holidays as library
else:
    library = Lazily("holidays")

COUNTRIES = tuple(country.value for country in Country if country != Country.OTHER)
# Not in the law as holidays, and worked on by few: Midsummer Eve, Christmas Eve, Danish Constitution Day.
CUSTOMARY = {"SE": "de_facto", "DK": "optional"}
STATES = {
    "BB": "Brandenburg",
    "BE": "Berlin",
    "BW": "Baden-Württemberg",
    "BY": "Bayern",
    "HB": "Bremen",
    "HE": "Hessen",
    "HH": "Hamburg",
    "MV": "Mecklenburg-Vorpommern",
    "NI": "Niedersachsen",
    "NW": "Nordrhein-Westfalen",
    "RP": "Rheinland-Pfalz",
    "SH": "Schleswig-Holstein",
    "SL": "Saarland",
    "SN": "Sachsen",
    "ST": "Sachsen-Anhalt",
    "TH": "Thüringen",
}


@dataclass(frozen=True)
class Holiday:
    """The name is in the reader's language where the library has it, else in the country's own and marked so."""

    country: str
    name: LocalizedText
    states: tuple[str, ...] = ()  # of Germany; empty where all of the country has it
    is_public: bool = True  # else a custom only

    @property
    def country_name(self) -> str:
        return country_name(self.country)


def holidays_on(day: date, countries: Iterable[str], language: str) -> list[Holiday]:
    """Of those of COUNTRIES that are named, in that order."""
    named = set(countries)
    return [
        found
        for country in COUNTRIES
        if country in named
        for found in _of_year(country, day.year, language).get(day, ())
    ]


@lru_cache(maxsize=256)
def _of_year(country: str, year: int, language: str) -> dict[date, list[Holiday]]:
    wanted = "en_US" if language == "en" else language
    known = library.country_holidays(country)
    is_fallback = wanted not in known.supported_languages
    shown = str(known.default_language) if is_fallback else wanted

    def named(words: str) -> LocalizedText:
        return LocalizedText(words.replace("'", "’"), shown if is_fallback else language, is_fallback)

    def read(state: str | None = None, *, kind: str | None = None) -> list[tuple[date, str]]:
        found = library.country_holidays(country, state, years=year, language=shown, categories=kind)
        return [(day, words) for day in sorted(found) for words in found.get_list(day)]

    public = read()
    holidays = [(day, Holiday(country, named(words))) for day, words in public]
    if country in CUSTOMARY:
        customary = read(kind=CUSTOMARY[country])
        holidays += [(day, Holiday(country, named(words), is_public=False)) for day, words in customary]
    if country == Country.GERMANY:
        states: dict[tuple[date, str], list[str]] = {}
        for code, state in STATES.items():
            for one in set(read(code)) - set(public):
                states.setdefault(one, []).append(state)
        holidays += [
            (day, Holiday(country, named(words), tuple(having))) for (day, words), having in states.items()
        ]
    by_day: dict[date, list[Holiday]] = {}
    for day, holiday in holidays:
        by_day.setdefault(day, []).append(holiday)
    return by_day
