"""Methods that an address does not take, and answers without a body, on every page of the service."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import factories
from webinar_service.methods import methods_of


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["PROPFIND", "MKCOL", "PUT", "DELETE", "TRACE", "REPORT"])
def test_a_calendar_program_that_asks_for_more_than_the_feed_is_told_the_methods(method: str) -> None:
    owner = factories.member()
    answer = Client(enforce_csrf_checks=True).generic(
        method, reverse("calendar_feed", args=[owner.calendar_key])
    )
    assert (answer.status_code, answer.content) == (405, b"")
    assert answer["Allow"] == "GET, HEAD"


def views(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, f"{prefix}{pattern.pattern}")
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.pattern}", pattern.callback


def test_no_page_takes_a_method_that_only_files_and_calendars_have() -> None:
    found = [(path, view) for path, view in views(get_resolver().url_patterns) if not path.startswith("api/")]
    assert len(found) > 100
    for path, view in found:
        allowed = methods_of(view)
        assert allowed, path
        assert not {"PROPFIND", "TRACE", "MKCOL"} & set(allowed), path


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/schedule/", "/companies/", "/news/", "/profile/", "/admin/", "/account/login/"]
)
def test_pages_answer_405_and_not_with_a_page_about_cookies(path: str) -> None:
    answer = Client(enforce_csrf_checks=True).generic("PROPFIND", path)
    assert answer.status_code in {404, 405}
    if answer.status_code == 405:
        assert "GET" in answer["Allow"]


@pytest.mark.django_db
def test_a_post_that_an_address_does_not_take_is_405_too() -> None:
    answer = Client(enforce_csrf_checks=True).post("/schedule/")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/account/login/", "/account/signup/", "/account/"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_pages_of_signing_in_take_what_browsers_send_alone(path: str, method: str) -> None:
    answer = Client(enforce_csrf_checks=True).generic(method, path)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")
