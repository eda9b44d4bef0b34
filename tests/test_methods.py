"""Unsupported methods, and responses without a body, on every page of the service."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import factories
from webinar_service.methods import methods_of, named_methods

OWN = {"companies", "meetings", "news", "notifications", "webinar_service"}


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["PROPFIND", "MKCOL", "PUT", "DELETE", "TRACE", "REPORT"])
def test_a_calendar_program_that_asks_for_more_than_the_feed_is_told_the_methods(method: str) -> None:
    owner = factories.member()
    answer = Client(enforce_csrf_checks=True).generic(
        method, reverse("calendar_feed", args=[owner.calendar_key])
    )
    assert (answer.status_code, answer.content) == (405, b"")
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


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
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/account/login/", "/account/signup/", "/account/"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_pages_of_signing_in_take_what_browsers_send_alone(path: str, method: str) -> None:
    answer = Client(enforce_csrf_checks=True).generic(method, path)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")


# ---- OPTIONS -------------------------------------------------------------------------------------------------


def every_address() -> list[tuple[str, Any]]:
    """A concrete path for each page. The API has tests of its own."""
    found = []
    for path, view in views(get_resolver().url_patterns):
        if not path.startswith("api/"):
            plain = re.sub(r"<int:\w+>", "2030", re.sub(r"<(?!int:)[^>]+>", "x", path))
            found.append((f"/{plain}", view))
    return [(path, view) for path, view in found if re.fullmatch(r"[\w/.-]*", path)]


@pytest.mark.django_db
def test_options_names_the_methods_of_every_address_and_does_nothing() -> None:
    addresses = every_address()
    assert len(addresses) > 100
    for path, _view in addresses:
        answer = Client(enforce_csrf_checks=True).options(path)
        assert (answer.status_code, answer.content) == (204, b""), path
        allowed = set(answer["Allow"].split(", "))
        assert len(allowed - {"OPTIONS"}) > 0, path
        assert "OPTIONS" in allowed, path
        assert not {"PUT", "TRACE", "PROPFIND"} & allowed, path
        assert "Set-Cookie" not in answer, path


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/news/feed/", "GET, HEAD, OPTIONS"),
        ("/", "GET, HEAD, OPTIONS"),
        ("/meetings/x/calendar.ics", "GET, HEAD, OPTIONS"),
        ("/meetings/x/start/", "GET, POST, OPTIONS"),
        ("/profile/calendar/", "POST, OPTIONS"),
        ("/account/login/", "GET, HEAD, POST, OPTIONS"),
    ],
)
def test_options_of_an_address_are_the_methods_that_it_takes(path: str, allowed: str) -> None:
    assert Client().options(path)["Allow"] == allowed


@pytest.mark.django_db
def test_options_of_a_calendar_feed_tell_nothing_of_the_owner() -> None:
    path = reverse("calendar_feed", args=[factories.member().calendar_key])
    answer = Client().options(path)
    assert (answer.status_code, answer.content, answer["Allow"]) == (204, b"", "GET, HEAD, OPTIONS")
    assert "ETag" not in answer


@pytest.mark.django_db
def test_a_page_that_takes_a_post_alone_says_so_with_options() -> None:
    answer = Client().get(reverse("set_time_zone"))
    assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")


@pytest.mark.django_db
def test_uploads_answer_options_in_their_own_protocol() -> None:
    answer = Client().options(reverse("uploads"))
    assert (answer.status_code, answer["Tus-Version"]) == (204, "1.0.0")
    assert answer["Allow"] == "POST, OPTIONS"


def test_options_of_an_address_that_leads_nowhere_are_not_found() -> None:
    assert Client().options("/nothing/here/").status_code == 404


def test_every_page_of_ours_names_its_methods() -> None:
    """Otherwise OPTIONS and 405 would list POST, which the page answers like GET."""
    nameless = [
        path
        for path, view in views(get_resolver().url_patterns)
        if not path.startswith("api/") and view.__module__.split(".")[0] in OWN and not named_methods(view)
    ]
    assert nameless == []


@pytest.mark.django_db
def test_who_opens_the_address_of_a_form_reads_what_to_do() -> None:
    person = factories.member()
    client = Client()
    client.force_login(person)
    answer = client.get(reverse("change_picture"), headers={"accept": "text/html"})
    assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")
    assert "This page cannot be opened" in answer.content.decode()
    assert client.get(reverse("change_picture")).content == b""  # a program
