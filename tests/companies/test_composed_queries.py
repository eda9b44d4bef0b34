"""Queries whose SQL is composed once: the same rows as the queryset itself gives, whatever is asked."""

import inspect
import sys
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from companies.composed_queries import ComposedQuery, _compose
from companies.models import Person
from meetings.models import Meeting
from tests import factories
from tests.product_modules import APPS, import_all

pytestmark = pytest.mark.django_db


def of_people(ids: list[int], name: str) -> "QuerySet[Person, Any]":
    rows = Person.objects.filter(pk__in=ids).exclude(name=name).order_by("pk")
    return rows.values_list("pk", "email", "is_active", "last_login", "company")


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 9])
def test_it_finds_what_the_queryset_finds(size: int) -> None:
    people = [factories.person(name=f"P{number}") for number in range(9)]
    query, ids = ComposedQuery(of_people), [person.pk for person in people[:size]]
    expected = list(of_people(ids, "P0"))
    assert query.rows(ids, "P0") == expected
    assert len(expected) == max(0, size - 1)
    assert query.rows(set(ids), "nobody") == list(of_people(ids, "nobody"))


def test_the_next_call_has_its_own_parameters() -> None:
    query = ComposedQuery(lambda name, pk: Person.objects.filter(name=name, pk=pk).values_list("email"))
    anna, boris = factories.person(name="Anna"), factories.person(name="Boris")
    assert query.rows("Anna", anna.pk) == [(anna.email,)]
    assert query.rows("Boris", boris.pk) == [(boris.email,)]
    assert query.rows("Anna", boris.pk) == []
    assert query.rows("'; --", boris.pk) == []


def test_the_sql_is_composed_once_for_a_size() -> None:
    composed = []

    def build(ids: list[int]) -> "QuerySet[Person, Any]":
        composed.append(len(ids))
        return Person.objects.filter(pk__in=ids).values_list("pk")

    query = ComposedQuery(build)
    with CaptureQueriesContext(connection) as asked:
        for size in (1, 3, 4, 3, 1, 2):
            query.rows(range(1, size + 1))
    assert (composed, len(asked)) == ([1, 4, 2], 6)


def test_values_come_back_in_their_python_types() -> None:
    meeting = factories.meeting()
    query = ComposedQuery(
        lambda pk: Meeting.objects.filter(pk=pk).values_list("title", "starts_at", "record", "languages")
    )
    [(title, starts_at, record, languages)] = query.rows(meeting.pk)
    assert (title, record, languages) == (meeting.title, False, meeting.languages)
    assert isinstance(starts_at, datetime)
    assert starts_at == meeting.starts_at.astimezone(UTC)


def compose(query: ComposedQuery) -> str:
    build = query._build
    given = inspect.signature(build).parameters.values()
    count = sum(each.kind is not each.VAR_POSITIONAL for each in given)
    for parameters in product((1, [1]), repeat=count):
        try:
            return _compose(build(*parameters)).sql
        except TypeError:  # a number where a collection is expected, or the other way round
            continue
    raise AssertionError(f"{build} takes other parameters")


def test_two_threads_may_compose_the_same_query() -> None:
    """What a query changes while it is built must not be shared: the second visitor of a new process met it changed."""
    import_all()
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] in APPS]
    queries = [each for module in modules for each in vars(module).values() if type(each) is ComposedQuery]
    assert len(queries) >= 5
    for query in queries:
        assert compose(query) == compose(query)
