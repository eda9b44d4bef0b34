"""One search over meetings, companies, recordings and news."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from companies import process_cache
from meetings.models import Meeting
from news.models import Article
from portal.searching import OF_EACH, Results
from recordings.models import Recording
from tests import factories
from tests.factories import NOW, STARTS_AT, member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def found(query: str, client: Client | None = None) -> Results | None:
    response = (client or Client()).get(reverse("search"), {"q": query})
    assert response.status_code == 200
    results: Results | None = response.context["results"]
    return results


def of_everything(word: str, times: int = 1) -> None:
    for number in range(times):
        title = {"da": f"{word} {number}"}
        factories.meeting(title=title)
        ended = factories.meeting(
            title=title,
            state=Meeting.State.ENDED,
            starts_at=NOW - (STARTS_AT - NOW),
            duration=STARTS_AT - NOW,
        )
        factories.company(name=f"{word} {number}", slug=f"company-{number}")
        factories.recording(
            meeting=ended,
            state=Recording.State.PUBLISHED,
            visibility=Recording.Visibility.PUBLIC,
            published_at=NOW,
        )
        Article.objects.create(
            slug=f"article-{number}", title=title, published_at=NOW, created_at=NOW, updated_at=NOW
        )


def test_every_kind_is_found_by_any_spelling() -> None:
    of_everything("Bølgekraft")
    for query in ("boelgekraft", "BOLGEKRAFT 0", "bølge"):
        results = found(query)
        assert results is not None
        parts = (results.upcoming, results.past, results.recordings, results.companies, results.articles)
        assert [part.total for part in parts] == [1, 1, 1, 1, 1]


def test_the_first_of_each_and_where_all_are() -> None:
    of_everything("wind", OF_EACH + 2)
    page = Client().get(reverse("search"), {"q": "wind"}).content.decode()
    for path in (
        "/schedule/?q=wind",
        "/schedule/?q=wind&amp;when=past",
        "/companies/?q=wind",
        "/recordings/?q=wind",
    ):
        assert f'href="{path}"' in page
        assert Client().get(path.replace("&amp;", "&")).status_code == 200
    assert page.count("Show all 6 results") == 4
    assert "6 articles found." in page


def test_what_a_visitor_may_not_see_is_not_found() -> None:
    factories.meeting(title={"en": "Zephyr"}, visibility=Meeting.Visibility.MEMBERS)
    factories.meeting(title={"en": "Zephyr"}, state=Meeting.State.DRAFT)
    Article.objects.create(slug="zephyr", title={"en": "Zephyr"}, created_at=NOW, updated_at=NOW)
    factories.company(name="Zephyr", slug="zephyr", is_listed=False)
    assert found("zephyr") is not None
    assert not found("zephyr")
    client = Client()
    client.force_login(member())
    results = found("zephyr", client)
    assert results is not None
    assert results.upcoming.total == 1


@pytest.mark.parametrize("query", ["", "   ", "\0", "%", "…", "🙂"])
def test_without_a_letter_nothing_is_searched(query: str) -> None:
    factories.meeting()
    assert found(query) is None


@pytest.mark.parametrize("query", ["x" * 5000, "'; drop table", "<script>", "a\0b", "١٢", "[" * 300 + "a"])
def test_odd_searches_are_answered(query: str) -> None:
    found(query)


def test_nothing_found_is_said() -> None:
    page = Client().get(reverse("search"), {"q": "nothing here"}).content.decode()
    assert "No results for “nothing here”" in page
    assert 'value="nothing here"' in page


def test_as_many_queries_however_much_is_found(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    of_everything("wind", OF_EACH + 3)
    process_cache.clear_all()
    with django_assert_max_num_queries(40):
        found("wind")


def test_a_page_that_is_not_found_offers_the_search() -> None:
    response = Client().get("/nothing/")
    assert response.status_code == 404
    assert f'action="{reverse("search")}"' in response.content.decode()
