"""The directory's page, a company's page, and who may edit it."""

import csv
import html
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from PIL import Image

from companies.models import Company, Person
from tests.factories import (
    NOW,
    company,
    company_admin,
    meeting,
    member,
    need,
    offer,
    person,
    recording,
    secretariat,
    topic,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


# ---- the directory ---------------------------------------------------------------------------------------


def test_the_directory_shows_companies_with_offers_and_needs(client: Client) -> None:
    firm = company(name="Marių Šiluma UAB", city="Klaipėda", country="LT")
    offer(firm, en="Visits to the plant")
    need(firm, en="Ice-proof grids")
    company(name="Hidden AB", is_listed=False)
    text = page(client, "/companies/")
    assert "Marių Šiluma UAB" in text
    assert "Visits to the plant" in text
    assert "Ice-proof grids" in text
    assert "Hidden AB" not in text
    assert '<h2 id="n">1 company</h2>' in text


def test_filters_live_in_the_address_and_stay_chosen(client: Client) -> None:
    company(name="Svensk AB", country="SE")
    company(name="Dansk ApS", country="DK")
    text = page(client, "/companies/?country=DK&country=nonsense&topic=nothing&size=7&page=99")
    assert "1 company" not in text  # an unknown topic matches nothing
    text = page(client, "/companies/?country=DK&country=nonsense&size=7&page=99")
    assert "Dansk ApS" in text
    assert "Svensk AB" not in text
    assert '<input type="checkbox" name="country" value="DK" checked>' in text


def test_nothing_found_says_what_to_do(client: Client) -> None:
    company()
    assert "No results for “zanzibar”" in page(client, "/companies/?q=zanzibar")


def test_what_a_visitor_types_is_shown_as_text(client: Client) -> None:
    company()
    text = page(client, "/companies/?q=<script>alert(1)</script>")
    assert "<script>alert" not in text


def test_the_export_contains_the_matches_and_no_formula(client: Client) -> None:
    company(name="=HYPERLINK(evil)", country="SE", city="Kalmar")
    company(name="Dansk ApS", country="DK")
    answer = client.get("/companies/?country=SE&format=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert len(rows) == 2
    assert rows[1][0].startswith("'=")
    assert rows[1][1:3] == ["Kalmar", "Sweden"]


def test_more_companies_need_no_more_queries(client: Client) -> None:
    counts = []
    for more in (1, 4):
        for _number in range(more):
            firm = company()
            offer(firm, en="Pumps")
            need(firm, en="Grids")
            firm.topics.add(topic(f"topic-{firm.pk}"))
        client.get("/companies/")  # builds the index
        with CaptureQueriesContext(connection) as queries:
            client.get("/companies/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# ---- a company's page ------------------------------------------------------------------------------------


def test_a_text_in_another_language_says_so(client: Client) -> None:
    firm = company(summary={"lt": "Šiluma iš uosto"}, description={"lt": "Veikiame **nuo 2019**."})
    text = page(client, firm.get_absolute_url())
    assert '<span lang="lt">Šiluma iš uosto</span>' in text
    assert "Not translated yet. Shown in Lithuanian." in text
    assert "<strong>nuo 2019</strong>" in text


def test_html_in_a_description_is_shown_not_obeyed(client: Client) -> None:
    firm = company(description={"en": "<script>alert(1)</script> [x](javascript:alert(1))"})
    text = page(client, firm.get_absolute_url())
    assert "<script>alert" not in text
    assert 'href="javascript' not in text


@time_machine.travel(NOW, tick=False)
def test_a_page_shows_upcoming_webinars_and_recordings_that_the_visitor_may_see(client: Client) -> None:
    firm = company()
    meeting(title={"en": "Open to all"}, host_company=firm, visibility="public")
    meeting(title={"en": "For members"}, host_company=firm, visibility="members")
    meeting(title={"en": "By invitation"}, host_company=firm, visibility="invited")
    past = meeting(title={"en": "Held"}, host_company=firm, state="ended")
    recording(meeting=past, state="published", visibility="public", title={"en": "Seen by all"})
    recording(meeting=past, state="published", visibility="members", title={"en": "Seen by members"})
    text = page(client, firm.get_absolute_url())
    assert ("Open to all" in text, "For members" in text, "By invitation" in text) == (True, False, False)
    assert ("Seen by all" in text, "Seen by members" in text) == (True, False)
    client.force_login(member())
    text = page(client, firm.get_absolute_url())
    assert ("For members" in text, "By invitation" in text, "Seen by members" in text) == (True, False, True)


def test_names_of_people_are_shown_to_members_only(client: Client) -> None:
    firm = company()
    company_admin(company=firm, name="Rasa Petrauskienė", email="rasa@siluma.example")
    assert "Rasa" not in page(client, firm.get_absolute_url())
    client.force_login(person())
    assert "Rasa" not in page(client, firm.get_absolute_url())
    client.force_login(member())
    text = page(client, firm.get_absolute_url())
    assert "Rasa Petrauskienė" in text
    assert "rasa@siluma.example" not in text


def test_a_need_that_ones_own_company_offers_is_marked(client: Client) -> None:
    ice = topic("ice")
    firm, own = company(), company()
    need(firm, en="Grids").topics.add(ice)
    client.force_login(member(company=own))
    assert "Matches what your company offers" not in page(client, firm.get_absolute_url())
    offer(own, en="Grids of steel").topics.add(ice)
    assert "Matches what your company offers" in page(client, firm.get_absolute_url())


def test_an_unlisted_company_is_404_for_others(client: Client) -> None:
    hidden = company(is_listed=False)
    assert client.get(hidden.get_absolute_url()).status_code == 404
    client.force_login(member())
    assert client.get(hidden.get_absolute_url()).status_code == 404
    for insider in (member(company=hidden), secretariat()):
        client.force_login(insider)
        assert client.get(hidden.get_absolute_url()).status_code == 200


# ---- editing ---------------------------------------------------------------------------------------------


def form_data(**changes: object) -> dict[str, object]:
    data: dict[str, object] = {
        "name": "Marių Šiluma UAB",
        "country": "LT",
        "city": "Klaipėda",
        "size": "10-49",
        "website": "mariusiluma.example",
        "summary_en": "Heat from the harbour",
        "summary_lt": "Šiluma iš uosto",
        "description_en": "All winter.",
    }
    for kind in ("offers", "needs"):
        data |= {f"{kind}-TOTAL_FORMS": "1", f"{kind}-INITIAL_FORMS": "0", f"{kind}-0-title_en": ""}
    return data | changes


@pytest.fixture
def firm() -> Company:
    return company(name="Old name", slug="mariu-siluma")


def who(kind: str, firm: Company) -> Person | None:
    people = {
        "owner": lambda: company_admin(company=firm),
        "secretariat": secretariat,
        "colleague": lambda: member(company=firm),
        "stranger": company_admin,
        "guest": person,
        "closed": lambda: company_admin(company=firm, is_active=False),
    }
    return people[kind]() if kind in people else None


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("owner", 200),
        ("secretariat", 200),
        ("colleague", 403),
        ("stranger", 403),
        ("guest", 403),
        ("nobody", 302),
        ("closed", 302),
    ],
)
def test_only_its_admins_and_the_secretariat_edit_a_company(
    client: Client, firm: Company, kind: str, status: int
) -> None:
    visitor = who(kind, firm)
    if visitor is not None:
        client.force_login(visitor)
    assert client.get("/companies/mariu-siluma/edit/").status_code == status
    assert client.post("/companies/mariu-siluma/edit/", form_data()).status_code == (
        302 if status == 200 else status
    )
    firm.refresh_from_db()
    assert (firm.name == "Marių Šiluma UAB") is (status == 200)
    before = firm.people.count()
    client.post("/companies/mariu-siluma/people/", {"email": "new@example.org"})
    assert firm.people.count() - before == (1 if status == 200 else 0)


def test_saving_keeps_the_address_and_every_language(client: Client, firm: Company) -> None:
    client.force_login(company_admin(company=firm))
    answer = client.post("/companies/mariu-siluma/edit/", form_data())
    firm.refresh_from_db()
    assert answer["Location"] == "/companies/mariu-siluma/"
    assert firm.summary == {"en": "Heat from the harbour", "lt": "Šiluma iš uosto"}
    assert firm.website == "https://mariusiluma.example"


def test_offers_and_needs_are_added_changed_and_taken_away(client: Client, firm: Company) -> None:
    kept, gone = offer(firm, en="Data"), offer(firm, en="Visits")
    client.force_login(company_admin(company=firm))
    changes = {
        "offers-TOTAL_FORMS": "3",
        "offers-INITIAL_FORMS": "2",
        "offers-0-pk": kept.pk,
        "offers-0-title_en": "Data of two winters",
        "offers-0-title_lt": "Duomenys",
        "offers-1-pk": gone.pk,
        "offers-1-title_en": "Visits",
        "offers-1-DELETE": "on",
        "offers-2-title_sv": "Ritningar",
        "needs-0-title_en": "Grids",
        "needs-0-details_en": "400 m³ an hour",
    }
    client.post("/companies/mariu-siluma/edit/", form_data(**changes))
    assert [(each.pk == kept.pk, each.title) for each in firm.offers.all()] == [
        (True, {"en": "Data of two winters", "lt": "Duomenys"}),
        (False, {"sv": "Ritningar"}),
    ]
    assert [each.details for each in firm.needs.all()] == [{"en": "400 m³ an hour"}]


def test_another_companys_offer_cannot_be_reached_by_its_number(client: Client, firm: Company) -> None:
    theirs = offer(company(), en="Theirs")
    client.force_login(company_admin(company=firm))
    client.post(
        "/companies/mariu-siluma/edit/", form_data(**{"offers-0-pk": theirs.pk, "offers-0-title_en": "Mine"})
    )
    theirs.refresh_from_db()
    assert theirs.title == {"en": "Theirs"}
    assert [each.title for each in firm.offers.all()] == [{"en": "Mine"}]


def test_an_error_keeps_all_that_was_typed(client: Client, firm: Company) -> None:
    client.force_login(company_admin(company=firm))
    answer = client.post(
        "/companies/mariu-siluma/edit/",
        form_data(
            name="",
            summary_pl="Ciepło z portu",
            **{"needs-0-title_de": "", "needs-0-details_de": "Eisfeste Gitter"},
        ),
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Ciepło z portu" in text
    assert "Eisfeste Gitter" in text
    assert "Everything you typed is still here" in text
    firm.refresh_from_db()
    assert firm.name == "Old name"


def test_broken_form_bookkeeping_is_an_error_not_a_crash(client: Client, firm: Company) -> None:
    client.force_login(company_admin(company=firm))
    answer = client.post(
        "/companies/mariu-siluma/edit/", {"name": "X", "country": "LT", "offers-TOTAL_FORMS": "many"}
    )
    assert answer.status_code == 422


def test_an_older_tab_does_not_undo_in_silence_what_another_saved(client: Client, firm: Company) -> None:
    client.force_login(company_admin(company=firm))
    address = "/companies/mariu-siluma/edit/"
    older = client.get(address).context["form"].read_version
    assert client.post(address, form_data(city="Klaipėda", read_version=older)).status_code == 302
    stale = form_data(city="Nida", summary_en="Heat from the lagoon", read_version=older)
    refused = client.post(address, stale)
    assert refused.status_code == 422
    firm.refresh_from_db()
    assert (firm.city, firm.summary["en"]) == ("Klaipėda", "Heat from the harbour")
    (said,) = refused.context["form"].non_field_errors()
    assert "These fields differ from what is saved now: Town, In one sentence." in said
    assert said in html.unescape(refused.content.decode())
    assert 'value="Nida"' in refused.content.decode()
    # Read and sent again, it is what the admin wants.
    (version,) = re.findall(r'name="read_version" value="(\w+)"', refused.content.decode())
    assert client.post(address, {**stale, "read_version": version}).status_code == 302
    firm.refresh_from_db()
    assert firm.city == "Nida"


@pytest.mark.parametrize(("kind", "label"), [("offers", "What you offer"), ("needs", "What you need")])
def test_an_older_tab_takes_away_no_offer_or_need_that_another_added(
    client: Client, firm: Company, kind: str, label: str
) -> None:
    client.force_login(company_admin(company=firm))
    address = "/companies/mariu-siluma/edit/"
    client.post(address, form_data())  # from here on nothing but offers and needs differs
    older = client.get(address).context["form"].read_version
    added = form_data(**{f"{kind}-0-title_en": "Heat", "read_version": older})
    # Sent twice by mistake it is no conflict.
    assert [client.post(address, added).status_code for _time in range(2)] == [302, 302]
    refused = client.post(address, form_data(**{f"{kind}-0-title_en": "Data", "read_version": older}))
    assert refused.status_code == 422
    (said,) = refused.context["form"].non_field_errors()
    assert label in said
    assert [each.title for each in getattr(firm, kind).all()] == [{"en": "Heat"}]


def test_a_change_of_a_company_between_reading_and_saving_is_refused_under_the_lock(
    client: Client, firm: Company
) -> None:
    client.force_login(company_admin(company=firm))
    others = iter([{"city": "Klaipėda"}])

    def another_saves(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        """In the moment in which the flow begins its transaction."""
        if sql.startswith("SAVEPOINT") and (change := next(others, None)):
            Company.objects.filter(pk=firm.pk).update(**change)
        return execute(sql, *rest)

    with connection.execute_wrapper(another_saves):
        refused = client.post("/companies/mariu-siluma/edit/", form_data(city="Nida"))
    assert next(others, None) is None
    assert refused.status_code == 422
    assert "Someone else has changed this" in refused.content.decode()
    firm.refresh_from_db()
    assert firm.city == "Klaipėda"


# ---- the logo --------------------------------------------------------------------------------------------


def picture(size: tuple[int, int] = (900, 300), form: str = "PNG") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, form)
    return SimpleUploadedFile("../../logo.svg", file.getvalue(), content_type="text/html")


def test_a_logo_is_made_small_and_served_as_a_picture(client: Client, firm: Company) -> None:
    client.force_login(company_admin(company=firm))
    client.post("/companies/mariu-siluma/edit/", form_data(logo=picture()))
    firm.refresh_from_db()
    answer = Client().get(firm.logo_address)
    kept = Image.open(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert (answer["Content-Type"], kept.format, kept.size) == ("image/webp", "WEBP", (512, 171))
    assert Client().get(firm.logo_address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert firm.logo_address in page(client, firm.get_absolute_url())


@pytest.mark.parametrize(
    "upload",
    [
        SimpleUploadedFile("logo.png", b"<svg onload='alert(1)'/>", content_type="image/png"),
        SimpleUploadedFile("logo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, content_type="image/png"),
        SimpleUploadedFile("logo.png", b"x" * (4 * 1024 * 1024 + 1)),
        picture((6001, 10)),
    ],
    ids=["svg", "broken", "too heavy", "too wide"],
)
def test_what_is_no_picture_or_too_large_is_refused(
    client: Client, firm: Company, upload: SimpleUploadedFile
) -> None:
    client.force_login(company_admin(company=firm))
    answer = client.post("/companies/mariu-siluma/edit/", form_data(logo=upload))
    firm.refresh_from_db()
    assert answer.status_code == 422
    assert not firm.logo


def test_a_logo_can_be_taken_away_and_its_file_goes(
    client: Client, firm: Company, django_capture_on_commit_callbacks
) -> None:
    client.force_login(company_admin(company=firm))
    client.post("/companies/mariu-siluma/edit/", form_data(logo=picture()))
    firm.refresh_from_db()
    address, file = firm.logo_address, firm.logo.path
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/companies/mariu-siluma/edit/", form_data(no_logo="on"))
    assert client.get(address).status_code == 404
    assert not Path(file).exists()


@pytest.mark.parametrize("name", ["nothing.webp", "..%2f..%2fdb.sqlite3", "%00"])
def test_the_logos_url_serves_no_other_file(client: Client, name: str) -> None:
    assert client.get(f"/logos/{name}").status_code == 404


# ---- people of a company ---------------------------------------------------------------------------------


def test_a_colleague_is_added_by_address_and_made_admin(client: Client, firm: Company) -> None:
    client.force_login(company_admin(company=firm))
    client.post(
        "/companies/mariu-siluma/people/", {"email": "Nils@Havslund.example", "name": "Nils Åkerlund"}
    )
    added = Person.objects.get(email="nils@havslund.example")
    assert (added.company, added.name, added.is_company_admin) == (firm, "Nils Åkerlund", False)
    assert not added.has_usable_password()
    client.post(f"/companies/mariu-siluma/people/{added.pk}/", {"do": "make_admin"})
    added.refresh_from_db()
    assert added.is_company_admin


def test_a_person_of_another_company_is_not_taken_over(client: Client, firm: Company) -> None:
    theirs = member(email="theirs@example.org")
    client.force_login(company_admin(company=firm))
    answer = client.post("/companies/mariu-siluma/people/", {"email": theirs.email})
    assert answer.status_code == 422
    assert "belongs to another company" in answer.content.decode()
    theirs.refresh_from_db()
    assert theirs.company != firm


def test_people_of_another_company_cannot_be_changed_through_ones_own(client: Client, firm: Company) -> None:
    theirs = company_admin()
    client.force_login(company_admin(company=firm))
    answer = client.post(f"/companies/mariu-siluma/people/{theirs.pk}/", {"do": "remove"})
    assert answer.status_code == 404
    theirs.refresh_from_db()
    assert theirs.company is not None


def test_the_last_admin_stays_until_another_is_named(client: Client, firm: Company) -> None:
    admin, colleague = company_admin(company=firm), member(company=firm)
    client.force_login(admin)
    for do in ("remove", "not_admin"):
        client.post(f"/companies/mariu-siluma/people/{admin.pk}/", {"do": do})
        admin.refresh_from_db()
        assert (admin.company, admin.is_company_admin) == (firm, True)
    client.post(f"/companies/mariu-siluma/people/{colleague.pk}/", {"do": "make_admin"})
    client.post(f"/companies/mariu-siluma/people/{admin.pk}/", {"do": "remove"})
    admin.refresh_from_db()
    assert (admin.company, admin.is_company_admin) == (None, False)


def test_people_are_changed_by_buttons_only(client: Client, firm: Company) -> None:
    admin = company_admin(company=firm)
    client.force_login(admin)
    assert client.get(f"/companies/mariu-siluma/people/{admin.pk}/").status_code == 405
    assert client.get("/companies/mariu-siluma/people/").status_code == 405


@pytest.mark.parametrize("language", ["sv", "pl", "de", "da", "lt"])
def test_pages_come_in_every_language_of_the_browser(client: Client, firm: Company, language: str) -> None:
    firm.summary = {"en": "Heat", language: "Eigenes Wort"}
    firm.save()
    answer = client.get("/companies/", headers={"Accept-Language": language})
    assert f'<html lang="{language}">' in answer.content.decode()
    assert "Eigenes Wort" in answer.content.decode()
    translation.activate("en")


@pytest.mark.parametrize("path", ["/companies/%00/", "/meetings/%00/", "/news/a%00b/", "/calendar/%00.ics"])
def test_an_address_with_a_nul_leads_nowhere(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/schedule/?q=%00", "/companies/?q=a%00b", "/recordings/?q=%00"])
def test_a_search_for_a_nul_finds_what_it_can(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200
