"""What Django and allauth say in the product is in the reader's language, in the form of address of our pages."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import allauth
import django
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.template.defaultfilters import filesizeformat
from django.test import RequestFactory
from django.utils import timezone, translation
from django.utils.timesince import timeuntil
from django.views.i18n import JavaScriptCatalog

from tools.translations import LANGUAGES, SOURCE_LANGUAGE
from webinar_service import library_texts

DJANGO, ALLAUTH = Path(django.__path__[0]), Path(allauth.__path__[0])
CATALOGUES = (
    DJANGO / "conf/locale",
    DJANGO / "contrib/admin/locale",
    DJANGO / "contrib/auth/locale",
    DJANGO / "contrib/contenttypes/locale",
    ALLAUTH / "locale",
)
TRANSLATED = [language for language in LANGUAGES if language != SOURCE_LANGUAGE]
# Names of languages that we do not offer, pages that ours replace, and apps of allauth that are not installed.
NOT_SHOWN = (
    "conf/global_settings",
    "views/csrf",
    "views/templates",
    "views/debug",
    "idp/",
    "socialaccount/",
    "headless/",
)
SAME_IN_ALL = {", ", "…", "IPv4", "IPv6"}
GERMAN_FRIEND = re.compile(r"\b(du|dich|dir|dein\w*)\b", re.IGNORECASE)


def messages_of(catalogue: Path, language: str) -> Catalog:
    with (catalogue / language / "LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file, locale=language)


def shown(catalogue: Path) -> Iterator[Message]:
    """The messages that reach people; allauth's templates and emails are replaced by ours."""
    # Of Django's catalogues the English one alone says where a text is from.
    for message in messages_of(catalogue, SOURCE_LANGUAGE):
        places = [place for place, _line in message.locations]
        if catalogue.parent == ALLAUTH:
            places = [place for place in places if place.endswith(".py")]
        if message.id and not message.context and any(not place.startswith(NOT_SHOWN) for place in places):
            yield message


def is_translated(message: Message, theirs: Catalog) -> bool:
    found = theirs.get(message.id)
    return found is not None and not found.fuzzy and all(_as_tuple(found.string))


def said(message: Message) -> tuple[str, ...]:
    """In the active language, each form of a plural."""
    if isinstance(message.id, str):
        return (translation.gettext(message.id),)
    return tuple(translation.ngettext(*message.id, number) for number in (1, 2, 10))


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.parent.name)
def test_what_a_library_leaves_untranslated_our_catalogue_says(catalogue: Path, language: str) -> None:
    theirs = messages_of(catalogue, language)
    with translation.override(language):
        holes = [message for message in shown(catalogue) if not is_translated(message, theirs)]
        english = [message.id for message in holes if set(said(message)) & set(_as_tuple(message.id))]
    assert set(english) <= SAME_IN_ALL


def _as_tuple(text: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_listed_text_is_not_shown_in_english(language: str) -> None:
    with translation.override(language):
        same = {text for text in library_texts.TEXTS if translation.gettext(text) == text}
        plurals = [str(text % 2) for text in library_texts.PLURALS]
    with translation.override(SOURCE_LANGUAGE):
        english = [str(text % 2) for text in library_texts.PLURALS]
    assert same <= SAME_IN_ALL
    assert not set(plurals) & set(english)


@pytest.mark.parametrize(
    ("language", "sizes"),
    [
        ("lt", ["1 baitas", "2 baitai", "10 baitų", "21 baitas"]),
        ("pl", ["1 bajt", "2 bajty", "10 bajtów", "21 bajtów"]),
    ],
)
def test_a_size_in_bytes_has_the_case_of_its_number(language: str, sizes: list[str]) -> None:
    with translation.override(language):
        assert [filesizeformat(size).replace("\N{NO-BREAK SPACE}", " ") for size in (1, 2, 10, 21)] == sizes


EMAIL_OTHERWISE = {
    "sv": re.compile(r"e-?post", re.IGNORECASE),
    "da": re.compile(r"\be-?mail", re.IGNORECASE),
    "pl": re.compile(r"(?<!e-)\be?mail", re.IGNORECASE),
    "de": re.compile(r"\bE?-?mail(?!-)|\bEmail"),
}


@pytest.mark.parametrize(("language", "other_word"), EMAIL_OTHERWISE.items())
def test_django_calls_an_email_as_our_pages_do(language: str, other_word: re.Pattern[str]) -> None:
    with translation.override(language):
        for text in library_texts.TEXTS:
            written = re.sub(r"[%{][^\s]*", "", translation.gettext(text))
            assert not other_word.search(written), written


@pytest.mark.parametrize("language", ["lt", "de"])
def test_the_scripts_of_the_administration_are_translated(language: str) -> None:
    catalogue = DJANGO / "contrib/admin/locale" / SOURCE_LANGUAGE / "LC_MESSAGES/djangojs.po"
    with catalogue.open("rb") as file:
        texts = [message.id for message in read_po(file, locale=SOURCE_LANGUAGE) if message.id]
    with translation.override(language):
        said = JavaScriptCatalog(packages=["django.contrib.admin"])
        said.get(RequestFactory().get("/"))
        catalog = said.get_catalog()
    keys = [text if isinstance(text, str) else text[0] for text in texts]
    assert [key for key in keys if not _is_whole(catalog, key)] == []


def _is_whole(catalog: dict[str, Any], key: str) -> bool:
    found = next((value for name, value in catalog.items() if name.rpartition("\x04")[2] == key), "")
    return bool(found) and all(found)


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.parent.name)
def test_german_addresses_nobody_as_a_friend(catalogue: Path) -> None:
    with translation.override("de"):
        friends = [
            text for message in shown(catalogue) for text in said(message) if GERMAN_FRIEND.search(text)
        ]
    assert friends == []


def test_a_span_of_time_is_lithuanian_in_lithuanian() -> None:
    now = timezone.now()
    with translation.override("lt"):
        spans = [timeuntil(now + timedelta(days=days, seconds=1), now) for days in (1, 2, 8)]
    assert spans == ["1\xa0diena", "2\xa0dienos", "1\xa0savaitė, 1\xa0diena"]
