"""Public holidays by country, German state and the reader's language."""

from datetime import date

import pytest

from companies.languages import LocalizedText
from meetings.holidays import COUNTRIES, STATES, Holiday, holidays_on

MIDSUMMER_EVE = date(2027, 6, 25)


@pytest.mark.parametrize(
    ("day", "language", "country", "name", "name_language"),
    [
        (date(2027, 6, 26), "sv", "SE", "Midsommardagen", "sv"),
        (date(2027, 6, 26), "en", "SE", "Midsummer Day", "en"),
        (date(2027, 6, 26), "lt", "SE", "Midsommardagen", "sv"),
        (date(2027, 3, 25), "da", "DK", "Skærtorsdag", "da"),
        (date(2027, 3, 25), "sv", "DK", "Skærtorsdag", "da"),
        (date(2027, 11, 11), "pl", "PL", "Narodowe Święto Niepodległości", "pl"),
        (date(2027, 11, 11), "de", "PL", "Nationalfeiertag der Unabhängigkeit", "de"),
        (date(2027, 11, 11), "da", "PL", "Narodowe Święto Niepodległości", "pl"),
        (date(2027, 3, 11), "lt", "LT", "Lietuvos nepriklausomybės atkūrimo diena", "lt"),
        (date(2027, 10, 3), "pl", "DE", "Tag der Deutschen Einheit", "de"),
    ],
)
def test_a_holiday_is_named_in_the_readers_language_else_in_the_countrys_own(
    day: date, language: str, country: str, name: str, name_language: str
) -> None:
    expected = LocalizedText(name, name_language, is_fallback=name_language != language)
    assert holidays_on(day, COUNTRIES, language) == [Holiday(country, expected)]


def test_a_holiday_of_some_german_states_names_them() -> None:
    (found,) = holidays_on(date(2027, 10, 31), ["DE"], "de")
    assert found.name.text == "Reformationstag"
    assert {"Mecklenburg-Vorpommern", "Schleswig-Holstein"} <= set(found.states)
    assert "Bayern" not in found.states
    (of_all,) = holidays_on(date(2027, 3, 26), ["DE"], "de")
    assert of_all.states == ()


def test_a_custom_is_no_public_holiday() -> None:
    assert holidays_on(MIDSUMMER_EVE, ["SE"], "sv") == [
        Holiday("SE", LocalizedText("Midsommarafton", "sv", is_fallback=False), is_public=False)
    ]


def test_only_the_countries_named_count_and_others_have_none() -> None:
    assert holidays_on(date(2027, 11, 11), ["SE", "DK", "DE", "LT"], "en") == []
    assert holidays_on(date(2027, 12, 25), ["XX", "", "US"], "en") == []
    assert [found.country for found in holidays_on(date(2027, 12, 25), COUNTRIES, "en")] == list(COUNTRIES)


def test_two_holidays_of_one_day_are_two() -> None:
    names = [found.name.text for found in holidays_on(date(2033, 5, 1), ["LT"], "en")]
    assert names == ["International Workers’ Day", "Mother’s Day"]


@pytest.mark.parametrize("year", [1, 9999])
def test_a_day_of_any_year_may_be_asked_for(year: int) -> None:
    assert isinstance(holidays_on(date(year, 1, 1), COUNTRIES, "en"), list)


def test_the_states_are_those_of_the_library() -> None:
    import holidays

    assert set(STATES) == {code for code in holidays.country_holidays("DE").subdivisions if len(code) == 2}
