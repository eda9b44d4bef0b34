"""People's texts, however they arrive: normalized, without characters that break documents, never invisible."""

import sys
import unicodedata
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from companies import email_addresses, form_fields
from companies.forms import LanguageTextFormField
from companies.languages import LanguageTextField
from companies.models import Company, Person
from companies.sign_in_forms import SignInForm, SignUpForm
from companies.text import cleaned, is_visible, masked
from meetings.forms import MeetingForm
from meetings.meeting_form_fields import SpeakersField
from meetings.models import Programme
from news.models import Article
from portal.forms import AcceptForm, RegistrationForm
from recordings.forms import DescriptionForm
from rooms.models import Room
from tests import factories
from tests.hostile import HOSTILE, NOTHING, is_clean, texts_in
from tests.product_modules import APPS, import_all


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Va\u0308rme", "Värme"),
        ("Heat\x0bpump\r\nPump\rHeat", "Heat\npump\nPump\nHeat"),
        ("Heat\x00\ud800\ufdd0", "Heat"),
        ("\u202eHeat", "Heat"),
        ("\ufeffHav\u200bslund", "Havslund"),
        ("Kunden\u00adservice 👩\u200d🔧", "Kunden\u00adservice 👩\u200d🔧"),
        ("\u200b", ""),
        ("\u3164\u2800 \u0301", ""),
    ],
)
def test_a_text_is_kept_without_what_cannot_be_seen(written: str, kept: str) -> None:
    assert cleaned(written) == kept


def test_no_character_that_is_left_out_or_replaced_counts_as_printable() -> None:
    """A printable text is not searched for them."""
    printable = "".join(sign for sign in map(chr, range(sys.maxunicode + 1)) if sign.isprintable())
    assert masked(printable) == printable


@given(st.text(st.characters()))
def test_cleaning_again_changes_nothing_and_xml_takes_it(text: str) -> None:
    kept = cleaned(text)
    assert cleaned(kept) == kept == unicodedata.normalize("NFC", kept)
    assert is_visible(kept) or kept == ""
    element = ET.Element("t")
    element.text = kept
    ET.fromstring(ET.tostring(element))
    assert "\n" not in cleaned(text, one_line=True)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Rasa@Example.ORG ", "rasa@example.org"),
        ("info@BÜCHER.example", "info@xn--bcher-kva.example"),
        ("info@bu\u0308cher.example", "info@xn--bcher-kva.example"),
        ("jose\u0301@example.org", "josé@example.org"),
        ("no address", "no address"),
    ],
)
def test_an_address_has_one_spelling(typed: str, kept: str) -> None:
    assert email_addresses.normalized(typed) == kept


# ---- forms -------------------------------------------------------------------------------------------------


def all_forms() -> Iterator[type[forms.BaseForm]]:
    import_all()
    waiting: list[Any] = [forms.BaseForm]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        if kind.__module__.startswith(("companies.", "meetings.", "notifications.", "news.")):
            yield kind


def fields_of_forms() -> Iterator[tuple[str, forms.Field]]:
    for kind in all_forms():
        if kind not in {SignInForm, SignUpForm}:
            for name, field in kind.base_fields.items():  # type: ignore[attr-defined]
                yield f"{kind.__qualname__}.{name}", field
    meeting = MeetingForm(
        companies=Company.objects.all(), programmes=Programme.objects.all(), rooms=Room.objects.all()
    )
    sign_in, sign_up = SignInForm(), SignUpForm()  # without some fields of their base classes
    for form in (meeting, sign_in, sign_up, DescriptionForm(recording=factories.recording())):
        yield from ((f"{type(form).__name__}.{name}", field) for name, field in form.fields.items())
    request = RequestFactory().get("/")
    request.user = factories.secretariat()
    for model, site in admin.site._registry.items():
        if site.has_add_permission(request) and model._meta.app_label in {"companies", "meetings", "news"}:
            for name, field in site.get_form(request).base_fields.items():
                yield f"admin {model.__name__}.{name}", field


def cleaned_by(field: forms.Field, text: str) -> list[str] | None:
    """The cleaned value; None when the field refuses it."""
    try:
        return list(texts_in(field.clean({"en": text} if isinstance(field, LanguageTextFormField) else text)))
    except ValidationError:
        return None


@pytest.mark.django_db
def test_every_text_field_of_every_form_cleans_or_refuses() -> None:
    tried = 0
    for name, field in fields_of_forms():
        if isinstance(field, forms.CharField | LanguageTextFormField):
            kept = cleaned_by(field, HOSTILE)
            assert kept is None or all(is_clean(text) for text in kept), name
            kept = cleaned_by(field, NOTHING)
            assert kept is None or not any(text for text in kept if text != "en"), name
            tried += 1
    assert tried > 50


@pytest.mark.parametrize(
    ("field", "typed", "shown"),
    [
        (form_fields.NameField(), "Ra\x00sa \x1b", "Rasa"),
        (form_fields.EmailAddressField(), "rasa\x00@example.org", "rasa@example.org"),
        (form_fields.PeopleField(), "Rasa\x00 <rasa@example.org>\nOla", "Rasa <rasa@example.org>\nOla"),
        (SpeakersField(), "rasa@example\x7f.org", "rasa@example.org"),
    ],
)
def test_a_name_or_an_address_with_control_characters_is_shown_again_without_them(
    field: forms.Field, typed: str, shown: str
) -> None:
    form = type("OneField", (forms.Form,), {"who": field})({"who": typed})
    assert "We removed characters" in str(form.errors["who"])
    assert form["who"].value() == shown
    assert not type(form)({"who": shown}).errors


@pytest.mark.django_db
def test_every_form_asks_for_names_and_addresses_in_this_way() -> None:
    of_people = {"name", "email", "company_name", "speakers", "people"}
    compared_only = "DeleteAccountForm.email"
    fields = [
        field
        for name, field in fields_of_forms()
        if name.rpartition(".")[2] in of_people and name != compared_only and not name.startswith("admin ")
    ]
    fields += [RegistrationForm.base_fields["company"], AcceptForm.base_fields["name"]]
    for field in fields:
        if isinstance(field, form_fields.LineField | forms.EmailField | form_fields.ProseField):
            assert cleaned_by(field, "Ra\x00sa@example.org") is None, field.label
    assert len(fields) > 8


# ---- models ------------------------------------------------------------------------------------------------

# Columns whose values the service itself generates: codes, keys, hashes, file names.
OWN = {"id", "uid", "slug", "language", "timezone", "country", "state", "key", "codecs", "sha256", "path"}
OWN |= {"password", "calendar_key", "key_hash", "link_key", "fingerprint", "connection", "process", "ev"}
OWN |= {"content_type", "claimed_by", "dedupe_key", "name_key", "body", "scopes", "weekdays", "reminders"}
OWN |= {"endpoint", "p256dh", "auth"}  # keys and address of a browser, whose form they are checked for
OWN |= {
    "counts",
    "reaction",
    "stage_order",
    "languages",
    "interpreted_into",
    "client_id",
    "audience",
    "choices",
    "pinned",
    "role",
    "meeting",
    "failure",
    "failure_values",
    "recent",
    "file_type",
    "source",
    "item",
}


def text_columns() -> Iterator[models.Field[Any, Any]]:
    for label in filter(apps.is_installed, APPS):
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.get_fields():
                is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
                is_written = isinstance(field, LanguageTextField) or field.name not in OWN
                if is_text and is_written and not field.choices:
                    yield field


def test_every_column_of_text_is_clean_whichever_way_it_is_written() -> None:
    tried = 0
    for field in text_columns():
        given = {"en": HOSTILE} if isinstance(field, models.JSONField) else HOSTILE
        row = field.model(**{field.name: given})
        saved = field.pre_save(row, add=True)
        assert all(is_clean(text) for text in texts_in(saved)), field
        assert all(is_clean(text) for text in texts_in(field.get_prep_value(given))), field
        tried += 1
    assert tried > 30


@pytest.mark.django_db
def test_a_row_is_found_by_either_spelling_and_made_once() -> None:
    person = factories.person(email="Info@bücher.example", name="Ru\u0308ta")
    assert (person.email, person.name) == ("info@xn--bcher-kva.example", "Rüta")
    assert Person.objects.get(email="INFO@BU\u0308CHER.example") == person
    assert Person.objects.get(name="Rüta") == person


# ---- output ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_feed_of_news_is_xml_whatever_the_database_holds(client: Client) -> None:
    article = factories.article()
    # An old row, written without the fields' cleaning.
    Article.objects.filter(pk=article.pk).update(
        title=models.Value({"en": "Heat\x0b\ufffe"}, models.JSONField())
    )
    answer = client.get("/news/feed/")
    assert answer.status_code == 200
    titles = [each.text for each in ET.fromstring(answer.content).iter("{http://www.w3.org/2005/Atom}title")]
    assert "Heat" in titles
