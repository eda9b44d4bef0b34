"""What search engines, and programs that show a link, are told of pages that anybody may open."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from companies.models import Company
from meetings.models import Meeting
from news.models import Article
from recordings.models import Recording
from tests import factories
from tests.factories import NOW, member

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"
LANGUAGES = {"en", "sv", "pl", "de", "da", "lt"}
XML = {"": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


class Head(HTMLParser):
    """The meta and link tags of a page, and its structured data."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.meta: dict[str, str] = {}
        self.links: list[dict[str, str]] = []
        self.scripts: list[str] = []
        self.is_data = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "meta":
            for name in ("name", "property"):
                self.meta[given.get(name, "")] = given.get("content", "")
        if tag == "link":
            self.links.append(given)
        self.is_data = tag == "script" and given.get("type") == "application/ld+json"
        if self.is_data:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.is_data = False

    def handle_data(self, data: str) -> None:
        if self.is_data:
            self.scripts[-1] += data

    @property
    def data(self) -> dict[str, Any]:
        (script,) = self.scripts
        found: dict[str, Any] = json.loads(script)
        return found

    def addresses(self) -> dict[str, str]:
        return {link["hreflang"]: link["href"] for link in self.links if "hreflang" in link}

    def canonical(self) -> str:
        return next((link["href"] for link in self.links if link.get("rel") == "canonical"), "")


def head(path: str, client: Client | None = None, **headers: str) -> Head:
    response = (client or Client()).get(path, headers=headers)
    assert response.status_code == 200
    return Head(response.content.decode())


def public_recording(**fields: Any) -> Recording:
    return factories.recording(
        state=Recording.State.PUBLISHED,
        visibility=Recording.Visibility.PUBLIC,
        published_at=NOW,
        duration_seconds=65.4,
        **fields,
    )


def article(**fields: Any) -> Article:
    given = {
        "slug": "wind",
        "title": {"en": "Wind"},
        "published_at": NOW,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Article.objects.create(**{**given, **fields})


def test_a_page_names_its_address_in_each_language() -> None:
    meeting = factories.meeting(title={"en": "Heat", "pl": "Ciepło"})
    path = meeting.get_absolute_url()
    page = head(path)
    assert page.addresses() == {
        **{code: f"{SITE}{path}?lang={code}" for code in LANGUAGES - {"en"}},
        "en": f"{SITE}{path}",
        "x-default": f"{SITE}{path}",
    }
    assert page.canonical() == f"{SITE}{path}"


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_each_of_these_addresses_shows_that_language_to_everybody(is_signed_in: bool) -> None:
    client = signed_in("lt") if is_signed_in else Client()
    path = factories.meeting(title={"en": "Heat", "pl": "Ciepło"}).get_absolute_url()
    for language, title in (("pl", "Ciepło"), ("de", "Heat")):
        response = client.get(f"{path}?lang={language}", headers={"accept-language": "da"})
        page = Head(response.content.decode())
        assert f'<html lang="{language}">' in response.content.decode()
        assert page.canonical() == f"{SITE}{path}?lang={language}"
        assert page.meta["og:title"] == title
    # That page alone, and a language that we do not have is none.
    own = '<html lang="lt">' if is_signed_in else '<html lang="da">'
    for query in ("", "?lang=xx", "?lang=", "?lang=pl&lang=xx"):
        assert own in client.get(f"{path}{query}", headers={"accept-language": "da"}).content.decode()


def signed_in(language: str) -> Client:
    client = Client()
    client.force_login(member(language=language))
    return client


def test_a_meeting_is_an_event() -> None:
    company = factories.company(name="Havslund", is_listed=True)
    meeting = factories.meeting(
        title={"en": "Heat </script><b>"},
        description={"en": "**Pumps** and more."},
        host_company=company,
        format=Meeting.Format.BOTH,
        address="Kalmar, Skeppsbron 1",
    )
    page = head(meeting.get_absolute_url())
    data = page.data
    assert (data["@context"], data["@type"], data["name"]) == (
        "https://schema.org",
        "Event",
        "Heat </script><b>",
    )
    assert data["startDate"] == meeting.starts_at.isoformat()
    assert data["endDate"] == meeting.ends_at.isoformat()
    assert data["eventStatus"] == "https://schema.org/EventScheduled"
    assert data["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert [place["@type"] for place in data["location"]] == ["Place", "VirtualLocation"]
    assert data["organizer"]["name"] == "Havslund"
    assert page.meta["og:description"] == "Pumps and more."


def test_a_cancelled_meeting_says_so() -> None:
    meeting = factories.meeting(state=Meeting.State.CANCELLED)
    assert head(meeting.get_absolute_url()).data["eventStatus"] == "https://schema.org/EventCancelled"


def test_what_not_everybody_sees_is_no_public_page() -> None:
    person = member()
    client = Client()
    client.force_login(person)
    hidden = factories.meeting(visibility=Meeting.Visibility.MEMBERS)
    draft = factories.meeting(state=Meeting.State.DRAFT, host=person)
    for path in (hidden.get_absolute_url(), draft.get_absolute_url()):
        page = head(path, client)
        assert (page.scripts, page.addresses(), page.canonical()) == ([], {}, "")


def test_company_article_and_recording() -> None:
    company = factories.company(
        name="Bølgekraft", city="Aarhus", country="DK", website="https://example.org/"
    )
    data = head(company.get_absolute_url()).data
    assert (data["@type"], data["address"]["addressCountry"], data["sameAs"]) == (
        "Organization",
        "DK",
        company.website,
    )
    page = head(article(title={"pl": "Wiatr"}, summary={"pl": "Nowe."}).get_absolute_url())
    assert (page.data["@type"], page.data["headline"], page.data["inLanguage"]) == (
        "NewsArticle",
        "Wiatr",
        "pl",
    )
    assert page.meta["og:type"] == "article"
    data = head(public_recording(meeting=factories.meeting(title={"en": "Heat"})).get_absolute_url()).data
    assert (data["@type"], data["duration"], data["uploadDate"]) == ("VideoObject", "PT65S", NOW.isoformat())


def test_a_further_page_of_a_list_is_not_one_of_its_own() -> None:
    assert head(reverse("schedule")).canonical() == f"{SITE}/schedule/"
    assert head(f"{reverse('schedule')}?q=heat").canonical() == ""
    assert head(f"{reverse('schedule')}?lang=sv").canonical() == f"{SITE}/schedule/?lang=sv"


# ---- the list of all pages -------------------------------------------------------------------------------


def addresses_in(path: str) -> list[str]:
    response = Client().get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml"
    return [str(found.text) for found in ET.fromstring(response.content).iterfind(".//loc", XML)]


def test_the_sitemap_lists_what_anybody_may_open_and_nothing_else() -> None:
    shown = [
        factories.meeting(),
        factories.meeting(state=Meeting.State.CANCELLED),
        factories.company(name="Listed", slug="listed"),
        article(),
        public_recording(meeting=factories.meeting()),
        factories.programme(is_published=True),
    ]
    factories.meeting(state=Meeting.State.DRAFT)
    factories.meeting(visibility=Meeting.Visibility.MEMBERS)
    factories.meeting(visibility=Meeting.Visibility.INVITED)
    factories.company(name="Hidden", slug="hidden", is_listed=False)
    article(slug="draft", published_at=None)
    public_recording(meeting=factories.meeting(visibility=Meeting.Visibility.MEMBERS))
    factories.programme(is_published=False)
    files = addresses_in("/sitemap.xml")
    found = [address for file in files for address in addresses_in(file.removeprefix(SITE))]
    assert {f"{SITE}{one.get_absolute_url()}" for one in shown} <= set(found)
    for address in found:
        assert address.startswith(SITE)
        assert Client().get(address.removeprefix(SITE)).status_code == 200
    hidden = {*Meeting.objects.exclude(visibility="public"), *Meeting.objects.filter(state="draft")}
    assert not {f"{SITE}{one.get_absolute_url()}" for one in hidden} & set(found)
    assert len(found) == len(set(found))
    assert Company.objects.get(slug="hidden").get_absolute_url() not in "".join(found)


def test_a_sitemap_that_does_not_exist() -> None:
    assert Client().get("/sitemap-nothing.xml").status_code == 404
    for page in ("0", "2", "x", "99999999999999999999"):
        assert Client().get("/sitemap-meetings.xml", {"p": page}).status_code == 404


def test_robots_are_told_where_it_is_and_what_is_not_for_them() -> None:
    text = Client().get("/robots.txt").content.decode()
    assert f"Sitemap: {SITE}/sitemap.xml" in text
    assert "Disallow: /j/\n" in text
    assert "Disallow: /meetings" not in text
