"""Names: sort order in each alphabet, folding for search, and when two names are one company."""

import json
import unicodedata
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companies import directory
from companies.collation import sorted_by_name
from companies.company_names import companies_by_key, listed_company_named
from companies.directory import Filters
from companies.folding import fold_text
from companies.models import Company, Person
from companies.models.company import countries_by_name
from meetings.forms import MeetingForm
from meetings.models import Programme
from rooms.models import Room
from tests import factories


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("sv", "Alm Vik Wik Über Yxa Zeta Åsa Ärla Öst"),
        ("da", "Ask Zoo Æbler Ängel Østby Ål Aalborg"),
        ("pl", "Ad Azot Ąb Lublin Lz Łódź Ma Zyz Źdź Żuk"),
        ("lt", "Az Ąžuolas Cuk Čia Yla Įla Ilga Jonas Zuika Žalia"),
        ("de", "Arg Ärger Arz Ol Öl Om Strasse Straße Strast Zoo"),
        ("en", "10a 2b Åsa Ash Oak Ølby Zed Żuk"),
    ],
)
def test_names_are_sorted_by_the_readers_alphabet(language: str, names: str) -> None:
    assert " ".join(sorted_by_name(reversed(names.split()), str, language)) == names


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "first", "last"), [("sv", "Zeta AB", "Åland Vind"), ("de", "Åland Vind", "Zeta AB")]
)
def test_the_directory_follows_the_alphabet_of_its_reader(language: str, first: str, last: str) -> None:
    for name in (first, last):
        factories.company(name=name)
    with translation.override(language):
        hits = directory.find(Filters()).hits
    assert [Company.objects.get(pk=hit.pk).name for hit in hits] == [first, last]


@pytest.mark.django_db
def test_choices_of_rows_and_languages_follow_the_alphabet() -> None:
    for name in ("Zeta AB", "Åland Vind", "Alm"):
        factories.company(name=name)
    with translation.override("sv"):
        form = MeetingForm(
            companies=Company.objects.all(), programmes=Programme.objects.all(), rooms=Room.objects.all()
        )
        offered = [str(label) for _value, label in form.fields["host_company"].choices]  # type: ignore[attr-defined]
        spoken = [str(label) for _value, label in form.fields["languages"].choices]  # type: ignore[attr-defined]
    assert offered == ["Inget valt", "Alm", "Zeta AB", "Åland Vind"]
    assert spoken == sorted(spoken)


def test_countries_are_sorted_by_the_readers_alphabet() -> None:
    with translation.override("en"):
        assert [code for code, _name in countries_by_name()] == ["DK", "DE", "LT", "PL", "SE", "XX"]


FOUND = [
    ("Bølgekraft", "boelgekraft"),
    ("Bølgekraft", "bolgekraft"),
    ("Värme", "vaerme"),
    ("Varme på vej", "vaerme"),
    ("Straße", "STRASSE"),
    ("Ålborg", "aalborg"),
    ("Łódź", "lodz"),
    ("Žalioji šiluma", "zalioji siluma"),
    ("Æbler", "aebler"),
    ("Über", "ueber"),
    ("Va\u0308rme", "värme"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "query"), FOUND)
@time_machine.travel(factories.NOW, tick=False)
def test_every_search_folds_letters_the_same_way(client: Client, name: str, query: str) -> None:
    host = factories.secretariat(name="Rūta")
    company = factories.company(name=f"{name} AB")
    meeting = factories.meeting(title={"sv": name}, host=host)
    factories.recording(meeting=meeting, state="published", visibility="public")
    registration = factories.registration(meeting=meeting, name=name)
    article = factories.article(title={"en": name})
    assert [hit.pk for hit in directory.find(Filters(query=query)).hits] == [company.pk]
    client.force_login(host)
    for model, row in (
        ("companies/company", company),
        ("meetings/meeting", meeting),
        ("news/article", article),
    ):
        shown = client.get(f"/admin/{model}/", {"q": query}).content.decode()
        assert f"/admin/{model}/{row.pk}/change/" in shown, model
    assert meeting.registrations.filter(name__folds=query).get() == registration
    shown = client.get("/schedule/", {"q": query}).content.decode()
    assert meeting.get_absolute_url() in shown
    shown = client.get("/recordings/", {"q": query}).content.decode()
    assert "/recordings/" in shown


@pytest.mark.django_db
def test_a_search_for_a_pattern_finds_the_sign_and_not_everything() -> None:
    factories.company(name="Heat 100% AB")
    factories.company(name="Heat AB")
    assert Company.objects.filter(name__folds="100%").count() == 1
    assert Company.objects.filter(name__folds="heat_ab").count() == 0


LATIN = st.text(st.sampled_from("aeouåäöøæüß AEÅÄÖØÆÜŁłŻżąĄėĖš" + "\u0301\u0308"), max_size=12)


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(LATIN)
def test_the_database_folds_as_the_service_does(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT folded(%s)", [text])
        assert cursor.fetchone()[0] == fold_text(text)


def test_the_browser_folds_the_same_letters() -> None:
    """By frontend/tests/folding.test.ts, which reads the same file."""
    letters = json.loads(Path(__file__).with_name("letters.json").read_text())
    assert {written: fold_text(written) for written in letters} == letters


@given(st.text())
def test_folding_a_folded_word_changes_nothing(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


@pytest.mark.django_db
def test_spellings_of_a_company_name_are_one_company() -> None:
    company = factories.company(name="Vėjo Jėga")
    decomposed = unicodedata.normalize("NFD", "VĖJO  jėga ")
    assert listed_company_named(decomposed) == company
    keys = companies_by_key([(None, decomposed), (company.pk, company.name), (None, "vėjo jėga"), (None, "")])
    assert keys == [f"#{company.pk}", f"#{company.pk}", f"#{company.pk}", ""]
    longest = factories.company(name="\ufdfa" * 120)  # expands to eighteen letters each
    assert listed_company_named(longest.name) == longest
    unknown = companies_by_key([(None, "Bøge Kraft"), (None, "bøge  KRAFT"), (None, "Bøge Vind")])
    assert unknown[0] == unknown[1] != unknown[2]


@pytest.mark.django_db
def test_spellings_of_an_address_are_one_person() -> None:
    first = factories.registration(person=factories.person(email="ro\u0308d@exämple.org")).person
    again, is_new = Person.objects.get_or_create(email="RÖD@EXA\u0308MPLE.org")
    assert (again, is_new) == (first, False)
