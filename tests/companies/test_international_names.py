"""Email and web addresses of international domains: one identity in every spelling, written in letters on pages."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client, override_settings
from django.urls import reverse

from companies import email_addresses, host_names
from companies.api import schemas
from companies.forms import DeleteAccountForm
from companies.models import Company, Person
from meetings.invitation_lists import read_lines
from meetings.meeting_form_fields import SpeakersField
from meetings.models import Registration
from notifications import mime
from tests import factories

OF_ALL_LANGUAGES = [
    ("müller.example", "xn--mller-kva.example"),
    ("ørsted.example", "xn--rsted-uua.example"),
    ("łódź.example", "xn--d-uga0v4h.example"),
    ("šiluma.example", "xn--iluma-udb.example"),
    ("hållbar.sjöbo.example", "xn--hllbar-iua.xn--sjbo-6qa.example"),
    ("straße.example", "xn--strae-oqa.example"),
]


@pytest.mark.parametrize(("letters", "ascii_name"), OF_ALL_LANGUAGES)
def test_a_name_has_one_identity_and_is_shown_in_letters(letters: str, ascii_name: str) -> None:
    for typed in (letters, letters.upper().replace("SS", "ß"), ascii_name, ascii_name.upper()):
        assert email_addresses.normalized(f"Info@{typed}") == f"info@{ascii_name}"
    assert host_names.readable(ascii_name) == letters
    assert email_addresses.readable(f"info@{ascii_name}") == f"info@{letters}"


@pytest.mark.parametrize(
    "host",
    [
        "xn--80ak6aa92e.com",  # Cyrillic, looks like apple.com
        "xn--pple-43d.com",  # with one Cyrillic letter
        "xn--strm-lnz.example",  # not a valid name
        "xn--.example",
        "xn--\udc80.example",
        "xn--" + "a" * 300,
        "example.org",
        "",
    ],
)
def test_what_could_be_taken_for_another_name_stays_as_it_is(host: str) -> None:
    assert host_names.readable(host) == host


@pytest.mark.parametrize(("letters", "ascii_name"), OF_ALL_LANGUAGES)
def test_a_mail_server_gets_ascii(letters: str, ascii_name: str) -> None:
    assert mime.ascii_address(f"info@{letters}") == f"info@{ascii_name}"
    with pytest.raises(mime.UnusableAddress):
        mime.ascii_address(f"jörg@{letters}")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://Müller.example/Über?q=ü#ö", "https://xn--mller-kva.example/Über?q=ü#ö"),
        ("http://łódź.example:8080", "http://xn--d-uga0v4h.example:8080"),
        ("https://xn--mller-kva.example/", "https://xn--mller-kva.example/"),
        ("https://example.org/ü", "https://example.org/ü"),
        ("https://[::1/ü", "https://[::1/ü"),
        ("", ""),
    ],
)
def test_a_web_address_is_kept_with_an_ascii_host(typed: str, kept: str) -> None:
    assert host_names.address_in_ascii(typed) == kept


# ---- letters before the @ ----------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["jörg@example.org", "żółw@łódź.example", "š@xn--mller-kva.example"])
def test_an_address_that_needs_smtputf8_is_refused_with_the_reason(address: str) -> None:
    with pytest.raises(ValidationError, match="Before the @"):
        email_addresses.check(email_addresses.normalized(address))
    (invitee,) = read_lines(address)
    assert invitee.problem.startswith("Before the @")
    with pytest.raises(ValidationError, match="Line 1: Before the @"):
        SpeakersField().clean(f"Jörg <{address}>")


@pytest.mark.django_db
@override_settings(RATE_LIMITS=False)
def test_each_form_says_so_at_the_field(client: Client) -> None:
    meeting = factories.meeting()
    signed_in = Client()
    signed_in.force_login(factories.company_admin())
    posts = [
        (client, reverse("register", args=[meeting.pk]), {"email": "jörg@example.org"}),
        (client, reverse("lost_confirmation", args=[meeting.pk]), {"email": "jörg@example.org"}),
        (client, reverse("contact"), {"email": "jörg@example.org"}),
        (client, reverse("account_signup"), {"email": "jörg@example.org"}),
        (client, reverse("account_login"), {"login": "jörg@example.org"}),
        (signed_in, reverse("account_email"), {"email": "jörg@example.org", "action_add": ""}),
    ]
    for browser, path, fields in posts:
        page = browser.post(path, fields).content.decode()
        assert "Before the @, an email address can’t have letters such as" in page, path
        assert "jörg@example.org" in page, path
    assert not Person.objects.filter(email__startswith="j").exists()


def test_the_api_says_so_at_the_field() -> None:
    with pytest.raises(ValueError, match="Before the @"):
        schemas.mail_address("jörg@example.org")
    assert schemas.mail_address("Info@Müller.example") == "info@xn--mller-kva.example"


# ---- on pages ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
@override_settings(RATE_LIMITS=False)
def test_both_spellings_register_one_person_and_the_page_shows_letters(client: Client) -> None:
    meeting = factories.meeting()
    path = reverse("register", args=[meeting.pk])
    for typed in ("elin@müller.example", "Elin@xn--mller-kva.example"):
        fields = {"name": "Elin", "email": typed, "country": "DE", "language": "en"}
        assert client.post(path, fields).status_code == 302
    (registration,) = Registration.objects.filter(meeting=meeting)
    assert registration.email == "elin@xn--mller-kva.example"
    page = client.get(path).content.decode()
    assert "elin@müller.example" in page
    assert "xn--" not in page.partition("<main")[2].partition("</main>")[0]


@pytest.mark.django_db
def test_a_company_keeps_one_spelling_of_its_website_and_shows_letters(client: Client) -> None:
    company: Company = factories.company(website="https://Łódź.example/oferta")
    company.refresh_from_db()
    assert company.website == "https://xn--d-uga0v4h.example/oferta"
    page = client.get(company.get_absolute_url()).content.decode()
    assert 'href="https://xn--d-uga0v4h.example/oferta"' in page
    assert ">łódź.example</a>" in page


@pytest.mark.django_db
def test_who_deletes_the_account_may_type_either_spelling() -> None:
    for typed in ("elin@müller.example", "ELIN@xn--mller-kva.example"):
        assert DeleteAccountForm({"email": typed}, email="elin@xn--mller-kva.example").is_valid()
