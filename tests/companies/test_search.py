"""The directory's search: six languages, endings, typing errors, filters."""

import pytest

from companies import directory
from companies.directory import Filters
from companies.models import Company
from companies.search_index import word_similarity
from tests.factories import NOW, company, need, offer, topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def firms() -> dict[str, Company]:
    heat = topic("heat", en="Heat and cold", sv="Värme och kyla", lt="Šiluma ir šaltis")
    pumps = company(
        name="Marių Šiluma UAB",
        country="LT",
        city="Klaipėda",
        size="10-49",
        summary={"lt": "Dideli šilumos siurbliai uostams"},
    )
    pumps.topics.add(heat)
    need(pumps, en="Ice-proof intake grids")
    solar = company(
        name="Żuławy Solar Sp. z o.o.",
        country="PL",
        city="Elbląg",
        summary={"pl": "Pływające kolektory słoneczne"},
    )
    offer(solar, pl="Fotowoltaika na wodzie")
    dry = company(
        name="Falster Tang ApS", country="DK", city="Nykøbing", summary={"da": "Sukkertang dyrket på liner"}
    )
    need(dry, da="Varmepumpe til tørring")
    boards = company(
        name="Greifswalder Moorbaustoffe GmbH", country="DE", summary={"de": "Dämmplatten aus nassem Moor"}
    )
    return {"pumps": pumps, "solar": solar, "dry": dry, "boards": boards}


def found(query: str, **filters: object) -> list[str]:
    names = {each.pk: each.name for each in Company.objects.all()}
    return [names[hit.pk] for hit in directory.find(Filters(query=query, **filters)).hits]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "query",
    [
        "heat pump",
        "värmepump",
        "Wärmepumpe",
        "pompa ciepła",
        "varmepumpe",
        "šilumos siurblys",
        "silumos siurblys",
        "POMPY CIEPŁA",
    ],
)
def test_a_synonym_finds_the_same_companies_in_every_language(firms: dict[str, Company], query: str) -> None:
    assert sorted(found(query)) == ["Falster Tang ApS", "Marių Šiluma UAB"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("zulawy", "Żuławy Solar Sp. z o.o."),
        ("żuławy", "Żuławy Solar Sp. z o.o."),
        ("zulavy", "Żuławy Solar Sp. z o.o."),
        ("klaipeda", "Marių Šiluma UAB"),
        ("Nykobing", "Falster Tang ApS"),
        ("greifswader", "Greifswalder Moorbaustoffe GmbH"),
        ("daemmplatten", "Greifswalder Moorbaustoffe GmbH"),
        ("fotovoltaika", "Żuławy Solar Sp. z o.o."),
        ("intake gird", "Marių Šiluma UAB"),
    ],
)
def test_missing_marks_and_slips_of_the_finger_still_find(
    firms: dict[str, Company], query: str, name: str
) -> None:
    assert found(query)[0] == name


def test_synonyms_are_shown_and_can_be_left_out(firms: dict[str, Company]) -> None:
    with_others = directory.find(Filters(query="varmepumpe"))
    assert {"heat pump", "šilumos siurblys", "pompa ciepła"} <= set(with_others.added)
    assert found("varmepumpe", word_for_word=True) == ["Falster Tang ApS"]
    assert directory.find(Filters(query="varmepumpe", word_for_word=True)).added == []


def test_a_match_shows_the_words_by_which_it_was_found(firms: dict[str, Company]) -> None:
    [hit] = directory.find(Filters(query="solar collector")).hits
    assert hit.pk == firms["solar"].pk
    assert hit.words == ("kolektory słoneczne",)


def test_a_name_counts_more_than_a_description(firms: dict[str, Company]) -> None:
    firm = company(name="Tang Nord AB", description={"sv": "…"})
    firms["dry"].description = {"da": "Vi ligner Tang Nord"}
    firms["dry"].save()
    directory._built.clear()
    assert found("tang nord")[0] == firm.name


def test_all_words_must_fit_and_the_best_part_is_shown_when_none_do(firms: dict[str, Company]) -> None:
    assert found("heat pump lithuania") == ["Marių Šiluma UAB"]
    assert found("heat pump zanzibar") == found("heat pump")
    assert found("zanzibar") == []


def test_a_filter_leaves_companies_that_need_what_is_searched(firms: dict[str, Company]) -> None:
    assert found("heat pump", has_needs=True) == ["Falster Tang ApS"]
    assert found("", has_needs=True) == ["Falster Tang ApS", "Marių Šiluma UAB"]
    assert found("", countries=("PL", "DE")) == ["Greifswalder Moorbaustoffe GmbH", "Żuławy Solar Sp. z o.o."]
    assert found("", topics=("heat",)) == ["Marių Šiluma UAB"]
    assert found("", sizes=("10-49",)) == ["Marių Šiluma UAB"]


def test_counts_say_what_a_further_choice_would_leave(firms: dict[str, Company]) -> None:
    all_of_them = directory.find(Filters(countries=("PL",)))
    assert len(all_of_them) == 1
    assert dict(all_of_them.countries) == {"LT": 1, "PL": 1, "DK": 1, "DE": 1}
    assert (all_of_them.has_offers, all_of_them.has_needs) == (1, 0)


def test_a_company_outside_the_directory_is_not_found(firms: dict[str, Company]) -> None:
    firms["solar"].is_listed = False
    firms["solar"].save()
    assert found("zulawy") == []


def test_a_changed_page_is_found_by_its_new_words_at_once(firms: dict[str, Company]) -> None:
    assert found("seaweed") == ["Falster Tang ApS"]
    firms["boards"].summary = {"de": "Platten aus Seetang"}
    firms["boards"].updated_at = NOW.replace(year=2027)
    firms["boards"].save()
    assert sorted(found("seaweed")) == ["Falster Tang ApS", "Greifswalder Moorbaustoffe GmbH"]


@pytest.mark.parametrize("query", ["", "   ", "%%%", "''\"--", "a" * 5000, "🙂", "о" * 40, "x y z " * 80])
def test_odd_queries_do_no_harm(firms: dict[str, Company], query: str) -> None:
    assert len(found(query)) in {0, 4}


@pytest.mark.parametrize(
    ("asked", "known", "is_same"),
    [
        ("siurblys", "siurbliai", True),
        ("pompa", "pompy", True),
        ("varmepump", "havsvarmepumpar", True),
        ("varmepump", "varme", False),
        ("wind", "wine", False),
        ("harbour", "harbours", True),
    ],
)
def test_endings_and_compounds_are_the_same_word(asked: str, known: str, is_same: bool) -> None:
    assert bool(word_similarity(asked, known)) is is_same
