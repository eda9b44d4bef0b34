"""A person's own profile, time zone, and the language of pages."""

from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from companies import zones
from companies.forms import LanguageTextFormField
from companies.models import Person
from tests.factories import company, member, person, secretariat

pytestmark = pytest.mark.django_db

ME = {
    "name": "Elin Sandberg",
    "title": "Engineer",
    "country": "SE",
    "language": "sv",
    "timezone": "Europe/Vilnius",
}


def test_a_profile_is_saved_and_the_pages_follow_it(client: Client) -> None:
    somebody = member(language="en")
    client.force_login(somebody)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "pl"
    answer = client.post(
        "/profile/",
        {
            **ME,
            "wants_follow_ups": "on",
            "wants_digest": "on",
            "wants_newsletter": "on",
            "has_quiet_hours": "on",
        },
    )
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME]["max-age"] == 0
    del client.cookies[settings.LANGUAGE_COOKIE_NAME]  # as a browser does
    somebody.refresh_from_db()
    assert (somebody.name, somebody.language, somebody.timezone) == ("Elin Sandberg", "sv", "Europe/Vilnius")
    assert (somebody.wants_reminders, somebody.wants_follow_ups, somebody.wants_digest) == (False, True, True)
    assert somebody.wants_newsletter
    assert somebody.has_quiet_hours
    assert '<html lang="sv">' in client.get("/companies/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"timezone": "Europe/Atlantis"},
        {"timezone": "../../etc"},
        {"language": "xx"},
        {"country": "USA"},
    ],
)
def test_an_impossible_profile_is_refused_and_what_was_typed_stays(
    client: Client, wrong: dict[str, str]
) -> None:
    somebody = member(name="Before")
    client.force_login(somebody)
    answer = client.post("/profile/", {**ME, **wrong})
    somebody.refresh_from_db()
    assert answer.status_code == 422
    assert "Engineer" in answer.content.decode()
    assert somebody.name == "Before"


def test_nobody_makes_themselves_secretariat_or_joins_a_company(client: Client) -> None:
    firm, somebody = company(), person()
    client.force_login(somebody)
    client.post(
        "/profile/",
        {**ME, "is_secretariat": "on", "company": firm.pk, "is_company_admin": "on", "email": "x@y.example"},
    )
    somebody.refresh_from_db()
    assert (somebody.is_secretariat, somebody.company, somebody.is_company_admin) == (False, None, False)
    assert somebody.email != "x@y.example"


def test_a_guest_is_sent_to_sign_in(client: Client) -> None:
    assert client.get("/profile/")["Location"] == "/account/login/?next=/profile/"
    sent = client.post("/profile/calendar/", headers={"Referer": "http://testserver/profile/"})
    assert sent["Location"] == "/account/login/?next=/profile/"


def test_a_new_calendar_address_ends_the_old_one(client: Client) -> None:
    somebody = member()
    before = somebody.calendar_key
    client.force_login(somebody)
    assert before in client.get("/profile/").content.decode()
    assert client.get("/profile/calendar/").status_code == 405
    client.post("/profile/calendar/")
    somebody.refresh_from_db()
    assert somebody.calendar_key != before
    assert client.get(f"/calendar/{before}.ics").status_code == 404


def test_a_guests_time_zone_is_in_the_browser_and_a_members_in_the_profile(client: Client) -> None:
    answer = client.post("/clock/set/", {"timezone": "Europe/Vilnius", "next": "/companies/"})
    assert answer["Location"] == "/companies/"
    assert "Times are shown in Vilnius time" in client.get("/companies/").content.decode()
    somebody = member(timezone="Europe/Stockholm")
    client.force_login(somebody)
    client.post("/clock/set/", {"timezone": "Europe/London"})
    assert Person.objects.get(pk=somebody.pk).timezone == "Europe/London"


@pytest.mark.parametrize(
    ("language", "place"), [("lt", "Vilnius"), ("pl", "Warsaw"), ("da", "Copenhagen"), ("en", "Stockholm")]
)
def test_until_the_browser_sends_one_the_time_zone_is_that_of_the_language(
    client: Client, language: str, place: str
) -> None:
    page = client.get("/privacy/", headers={"accept-language": language}).content.decode()
    assert f'data-zone="Europe/{place}"' in page
    client.cookies[zones.COOKIE] = "Europe%2FLondon"
    page = client.get("/privacy/", headers={"accept-language": language}).content.decode()
    assert 'data-zone="Europe/London"' in page


@pytest.mark.parametrize("zone", ["", "Mars/Phobos", "../../../etc/passwd", "Europe/Berlin\x00"])
def test_an_unknown_zone_is_refused(client: Client, zone: str) -> None:
    answer = client.post("/clock/set/", {"timezone": zone})
    assert answer.status_code == 422
    assert zones.COOKIE not in answer.cookies


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_choosing_a_time_zone_sends_nobody_to_another_site(client: Client, elsewhere: str) -> None:
    answer = client.post("/clock/set/", {"timezone": "UTC", "next": elsewhere})
    assert answer["Location"] == "/clock/"


@pytest.mark.parametrize(
    "wanted",
    ["nonsense", "home", "24:00", "a\x00b", "/a\x00b", b"/\xed\xa0\x80", "/" + "x" * 9000, "?q=1", "😀"],
)
def test_choosing_a_time_zone_redirects_to_paths_only(client: Client, wanted: str | bytes) -> None:
    body = urlencode({"timezone": "UTC", "next": wanted})
    answer = client.post("/clock/set/", body, content_type="application/x-www-form-urlencoded")
    where = answer.headers["Location"]
    assert answer.status_code == 302
    # Bytes that are not UTF-8 are decoded to surrogates, and appear in a path like other characters.
    assert where == "/clock/" or (isinstance(wanted, bytes) and where.startswith("/%EF%BF%BD"))


def test_choosing_a_time_zone_leads_back_to_the_page_before(client: Client) -> None:
    answer = client.post("/clock/set/", {"timezone": "UTC", "next": "/schedule/?q=vinterström"})
    assert answer.headers["Location"] == "/schedule/?q=vinterstr%C3%B6m"


@pytest.mark.parametrize(
    ("cookie", "place"),
    [
        ("Europe%2FVilnius", "Vilnius"),
        ("Europe/Vilnius", "Vilnius"),
        ("Nowhere/Else", "Stockholm"),
        ("%00", "Stockholm"),
    ],
)
def test_the_zone_that_a_script_wrote_is_understood(client: Client, cookie: str, place: str) -> None:
    client.cookies[zones.COOKIE] = cookie
    assert f"Times are shown in {place} time" in client.get("/clock/").content.decode()


# ---- texts in several languages --------------------------------------------------------------------------


def test_a_text_in_several_languages_cleans_to_those_that_were_filled() -> None:
    field = LanguageTextFormField()
    assert field.clean({"en": " Heat ", "sv": "", "lt": "Šiluma"}) == {"en": "Heat", "lt": "Šiluma"}


@pytest.mark.parametrize("given", [{}, {"en": "  "}, None])
def test_a_required_text_needs_one_language(given: dict[str, str] | None) -> None:
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError, match="at least one language"):
        LanguageTextFormField().clean(given)
    assert LanguageTextFormField(required=False).clean(given) == {}


def test_a_language_that_the_service_lost_is_not_lost_with_the_next_save(settings) -> None:
    settings.LANGUAGES = [("en", "English"), ("sv", "Swedish")]
    widget = LanguageTextFormField().widget
    page = widget.render("title", {"en": "Heat", "lt": "Šiluma"}, {"id": "id_title"})
    assert '<input type="hidden" name="title_lt" value="Šiluma">' in page
    assert (
        widget.value_from_datadict({"title_en": "Heat", "title_lt": "Šiluma"}, {}, "title")["lt"] == "Šiluma"
    )


# ---- the administration ----------------------------------------------------------------------------------


def test_the_administration_is_for_the_secretariat(client: Client) -> None:
    assert client.get("/admin/").status_code == 302
    client.force_login(member(is_company_admin=True))
    assert client.get("/admin/companies/company/").status_code in {302, 403}
    client.force_login(secretariat())
    assert client.get("/admin/companies/company/").status_code == 200


@pytest.mark.parametrize(
    "path", ["companies/company", "companies/topic", "news/article", "news/page", "meetings/programme"]
)
def test_texts_are_six_fields_in_the_administration_and_nothing_runs_inline(
    client: Client, path: str
) -> None:
    client.force_login(secretariat())
    page = client.get(f"/admin/{path}/add/").content.decode()
    assert all(page.count(f' lang="{code}"') >= 1 for code in ("en", "sv", "pl", "de", "da", "lt"))
    assert "<script>" not in page
    assert "onclick=" not in page


def test_a_company_is_added_and_changed_in_the_administration(client: Client) -> None:
    from companies.models import Company

    client.force_login(secretariat())
    forms = {
        f"{kind}-{part}": "0" for kind in ("offers", "needs") for part in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    data = {
        "name": "Nemuno UAB",
        "slug": "nemuno-uab",
        "country": "LT",
        "color_theme": "sea",
        "is_listed": "on",
        "summary_lt": "Kaupikliai",
        **forms,
    }
    data |= {"needs-TOTAL_FORMS": "1", "needs-0-title_lt": "Baterijos"}
    answer = client.post("/admin/companies/company/add/", data)
    assert answer.status_code == 302, answer.context["errors"]
    made = Company.objects.get(slug="nemuno-uab")
    assert made.summary == {"lt": "Kaupikliai"}
    assert [need.title for need in made.needs.all()] == [{"lt": "Baterijos"}]


def test_a_person_added_in_the_administration_has_no_password(client: Client) -> None:
    client.force_login(secretariat())
    data = {"email": "New@Example.org", "name": "New", "language": "en", "timezone": "Europe/Stockholm"}
    client.post("/admin/companies/person/add/", data)
    made = Person.objects.get(email="new@example.org")
    assert not made.has_usable_password()


def test_the_administration_shows_no_secrets(client: Client) -> None:
    somebody = member()
    client.force_login(secretariat())
    page = client.get(f"/admin/companies/person/{somebody.pk}/change/").content.decode()
    assert somebody.calendar_key not in page
    assert client.get("/admin/mfa/authenticator/").status_code == 403


def test_a_project_room_is_not_in_the_administration(client: Client) -> None:
    from tests.factories import room

    project = room(companies=[company(), company()])
    client.force_login(secretariat())
    assert project.pk not in client.get("/admin/rooms/room/").content.decode()
    assert client.get(f"/admin/rooms/room/{project.pk}/change/").status_code == 302
