"""Texts with characters that break documents, in every body: stored cleaned, or refused by field."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from companies.models import Person
from meetings.models import Meeting, Programme
from news.models import Article
from tests import factories
from tests.api.conftest import Program
from tests.hostile import NOTHING, is_clean, texts_in


def leaves(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(body, str):
        yield path
    elif isinstance(body, dict):
        for key, value in body.items():
            yield from leaves(value, (*path, key))
    elif isinstance(body, list):
        for number, value in enumerate(body):
            yield from leaves(value, (*path, number))


def with_leaf(body: Any, path: tuple[Any, ...], text: str) -> Any:
    changed = json.loads(json.dumps(body))
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = text
    return changed


BODIES: dict[str, tuple[str, Any]] = {
    "/meetings": (
        "POST",
        {
            "title": {"en": "Heat"},
            "description": {"en": "Heat"},
            "starts_at": "2030-01-10T10:00",
            "address": "Quay 1",
            "format": "both",
            "speakers": [{"email": "elin@example.org", "name": "Elin"}],
        },
    ),
    "/meetings/{meeting}/registrations": (
        "POST",
        {
            "email": "rasa@example.org",
            "name": "Rasa",
            "company": "Vėjas",
            "country": "LT",
            "answers": {"Why?": "Heat"},
        },
    ),
    "/companies": (
        "POST",
        {"slug": "new", "name": "New", "country": "SE", "offers": [{"title": {"en": "A"}}]},
    ),
    "/companies/{company}": (
        "PATCH",
        {"name": "New", "city": "Kalmar", "summary": {"en": "A"}, "website": "https://example.org"},
    ),
    "/programmes": (
        "POST",
        {
            "slug": "new",
            "kind": "conference",
            "title": {"en": "A"},
            "summary": {"en": "A"},
            "place": "Kalmar",
        },
    ),
    "/news": ("POST", {"slug": "new", "title": {"en": "A"}, "summary": {"en": "A"}, "body": {"en": "A"}}),
    "/meetings/{meeting}/recordings": ("POST", {"title": {"en": "A"}, "filename": "a.webm", "size": 5}),
}


@pytest.mark.parametrize("place", BODIES)
@pytest.mark.parametrize("text", ["A\x0bB", "A\x00", "e\u0301\u200b", "\u202eA", NOTHING])
def test_every_text_that_a_program_sends_is_clean_or_refused(
    program: Callable[..., Program], place: str, text: str
) -> None:
    asks = program(factories.secretariat(company=factories.company()))
    meeting = factories.meeting(host=asks.person)
    path = place.format(meeting=meeting.pk, company=factories.company().slug)
    method, body = BODIES[place]
    for leaf in leaves(body):
        answer = asks.ask(method, path, with_leaf(body, leaf, text))
        assert answer.status_code in {200, 201, 409, 422}, (leaf, answer.content)
        if answer.status_code < 300:
            assert all(is_clean(kept) for kept in texts_in(answer.json())), leaf
    for titled in (*Meeting.objects.all(), *Programme.objects.all(), *Article.objects.all()):
        assert str(titled).strip(), "a title that shows nothing"


@pytest.mark.parametrize("zone", ["Etc/UTC", "US/Eastern", "Etc/GMT+6"])
def test_a_program_may_name_any_zone(program: Callable[..., Program], zone: str) -> None:
    host = program()
    sent = {"title": {"en": "Heat"}, "starts_at": "2030-01-10T10:00", "timezone": zone}
    shown = host.post("/meetings", sent).json()
    assert shown["timezone"] == zone
    asked = {"email": "a@example.org", "name": "A", "timezone": zone}
    assert host.post(f"/meetings/{shown['id']}/registrations", asked).status_code == 201
    assert Person.objects.get(email="a@example.org").timezone == zone
