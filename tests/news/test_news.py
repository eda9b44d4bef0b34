"""News, archive, feed, the operator's pages, and error pages."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext

from news.models import Article, Page
from tests.companies.test_pictures import picture_file
from tests.factories import NOW, article, company, meeting, member, secretariat
from webinar_service import errors

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def today(time_machine) -> None:
    time_machine.move_to(NOW)


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def test_news_are_listed_newest_first_without_drafts_and_future_articles(client: Client) -> None:
    article(title={"en": "Older"}, published_at=NOW - timedelta(days=9))
    article(title={"en": "Newer"}, published_at=NOW - timedelta(days=2))
    article(title={"en": "Draft text"}, published_at=None)
    article(title={"en": "Embargoed"}, published_at=NOW + timedelta(minutes=1))
    text = text_of(client, "/news/")
    assert text.index("Newer") < text.index("Older")
    assert "Draft text" not in text
    assert "Embargoed" not in text


def test_a_draft_is_read_by_the_secretariat_alone(client: Client) -> None:
    draft = article(published_at=None)
    assert client.get(draft.get_absolute_url()).status_code == 404
    client.force_login(member(is_company_admin=True))
    assert client.get(draft.get_absolute_url()).status_code == 404
    client.force_login(secretariat())
    assert "Draft" in text_of(client, draft.get_absolute_url())


def test_the_archive_has_a_page_for_each_year_with_news(client: Client) -> None:
    article(title={"en": "Of 2024"}, published_at=datetime(2024, 5, 1, tzinfo=UTC))
    article(title={"en": "Of 2026"})
    text = text_of(client, "/news/2024/")
    assert "Of 2024" in text
    assert "Of 2026" not in text
    assert 'href="/news/2024/" aria-current="page"' in text
    assert client.get("/news/2023/").status_code == 404
    assert client.get("/news/0/").status_code == 404
    assert client.get("/news/99999999999/").status_code == 404


def test_new_years_eve_belongs_to_the_readers_year(client: Client) -> None:
    article(title={"en": "At midnight"}, published_at=datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
    assert "At midnight" in text_of(client, "/news/2026/")  # half past midnight in Stockholm
    client.cookies["timezone"] = "UTC"
    assert "At midnight" in text_of(client, "/news/2025/")


def test_an_article_without_the_readers_language_says_so(client: Client) -> None:
    one = article(title={"sv": "Värme ur hamnen"}, body={"sv": "Det *fungerar*."})
    text = text_of(client, one.get_absolute_url())
    assert '<span lang="sv">Värme ur hamnen</span>' in text
    assert "Not translated yet. Shown in Swedish." in text
    assert "<em>fungerar</em>" in text


def test_an_article_links_only_to_what_its_reader_may_see(client: Client) -> None:
    hidden = meeting(title={"en": "Among ourselves"}, visibility="invited")
    unlisted = company(name="Quiet AB", is_listed=False)
    one = article(meeting=hidden, company=unlisted)
    text = text_of(client, one.get_absolute_url())
    assert "Among ourselves" not in text
    assert hidden.get_absolute_url() not in text
    assert unlisted.get_absolute_url() not in text


def test_more_news_need_no_more_queries(client: Client) -> None:
    counts = []
    for more in (1, 4):
        for _number in range(more):
            article(company=company())
        with CaptureQueriesContext(connection) as queries:
            client.get("/news/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# ---- the feed --------------------------------------------------------------------------------------------


def feed(client: Client, **asked: str) -> ET.Element:
    answer = client.get("/news/feed/", asked)
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.content)


def test_the_feed_is_atom_with_all_that_rfc_4287_asks_for(client: Client) -> None:
    one = article(title={"en": "Pumps & <pipes>"})
    article(published_at=None)
    root = feed(client)
    [entry] = root.findall(f"{ATOM}entry")
    assert root.tag == f"{ATOM}feed"
    for part in ("id", "title", "updated", "author", "link"):
        assert root.find(f"{ATOM}{part}") is not None, part
    for part in ("id", "title", "updated", "link"):
        assert entry.find(f"{ATOM}{part}") is not None, part
    assert entry.findtext(f"{ATOM}title") == "Pumps & <pipes>"
    assert entry.find(f"{ATOM}link").attrib["href"].endswith(one.get_absolute_url())  # type: ignore[union-attr]


def test_the_feed_speaks_the_language_asked_for_or_the_browsers(client: Client) -> None:
    article(title={"en": "Pump", "lt": "Siurblys"})
    assert feed(client, lang="lt").findtext(f"{ATOM}entry/{ATOM}title") == "Siurblys"
    assert feed(client, lang="nonsense").findtext(f"{ATOM}entry/{ATOM}title") == "Pump"
    answer = client.get("/news/feed/", headers={"Accept-Language": "lt"})
    assert "Siurblys" in answer.content.decode()
    assert "Accept-Language" in answer["Vary"]


def test_an_unchanged_feed_is_not_sent_again(client: Client) -> None:
    article()
    etag = client.get("/news/feed/")["ETag"]
    assert client.get("/news/feed/", headers={"If-None-Match": etag}).status_code == 304
    article()
    assert client.get("/news/feed/", headers={"If-None-Match": etag}).status_code == 200


def test_a_draft_is_in_nobodys_feed(client: Client) -> None:
    article(title={"en": "Draft text"}, published_at=None)
    client.force_login(secretariat())
    assert "Draft text" not in client.get("/news/feed/").content.decode()


# ---- the operator's pages --------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["privacy", "imprint", "accessibility"])
def test_the_operators_own_text_takes_the_place_of_ours(client: Client, slug: str) -> None:
    ours = text_of(client, f"/{slug}/")
    Page.objects.create(
        slug=slug, title={"en": "By us", "de": "Von uns"}, body={"de": "Kurhaus **1**"}, updated_at=NOW
    )
    own = text_of(client, f"/{slug}/")
    assert "By us" not in ours
    assert "By us" in own
    assert "<strong>1</strong>" in own
    assert "Shown in German" in own


# ---- error pages -----------------------------------------------------------------------------------------


def test_a_missing_page_helps_on(client: Client) -> None:
    answer = client.get("/nothing/here/")
    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()


def test_a_form_without_its_token_changes_nothing_and_says_so() -> None:
    answer = Client(enforce_csrf_checks=True).post("/clock/set/", {"timezone": "UTC"})
    assert answer.status_code == 403
    assert "nothing was changed" in answer.content.decode()
    assert "timezone" not in answer.cookies


def test_the_page_for_our_own_faults_asks_the_database_nothing() -> None:
    request = RequestFactory().get("/")
    with CaptureQueriesContext(connection) as queries:
        answer = errors.server_error(request)
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()
    assert len(queries) == 0


@override_settings(ACCOUNT_RATE_LIMITS={"login": "1/m/ip"})
def test_too_many_tries_get_a_page_of_ours(client: Client) -> None:
    from django.core.cache import cache

    cache.clear()
    answers = [client.post("/account/login/", {"login": ""}) for _attempt in range(3)]
    cache.clear()
    assert answers[-1].status_code == 429
    assert "Too many attempts" in answers[-1].content.decode()


def test_a_picture_of_a_draft_is_not_public(client: Client, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    draft = article(published_at=None)
    draft.picture.save("secret.png", picture_file())
    assert client.get(draft.picture_address).status_code == 404
    Article.objects.update(published_at=NOW - timedelta(days=1))
    assert client.get(draft.picture_address).status_code == 200
