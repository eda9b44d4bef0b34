"""What 2,000 people open within half a minute after a reminder: their queries are composed once for all of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models.sql.compiler import SQLCompiler
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engagement.models import Question
from meetings import access
from meetings.models import Meeting
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@contextmanager
def composed() -> Iterator[list[str]]:
    """The models whose querysets are composed meanwhile."""
    models: list[str] = []
    execute = SQLCompiler.execute_sql

    def execute_sql(self: SQLCompiler, *arguments: Any, **options: Any) -> Any:
        models.append(self.query.model.__name__ if self.query.model else "")
        return execute(self, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLCompiler, "execute_sql", execute_sql)
        yield models


def visitor_of(meeting: Meeting) -> Client:
    """With the session of somebody who has opened the personal link."""
    client = Client()
    session = client.session
    session[access.SESSION_REGISTRATIONS] = [factories.registration(meeting=meeting).pk]
    session.save()
    return client


@pytest.fixture(autouse=True)
def in_the_same_second() -> Iterator[None]:
    """Who is present is counted once a second."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(("step", "round_trips"), [("meeting", 3), ("room", 3), ("room_ticket", 4)])
def test_the_next_visitor_composes_no_query_and_makes_few(step: str, round_trips: int) -> None:
    meeting = factories.meeting(state=Meeting.State.LIVE, starts_at=NOW, started_at=NOW)
    factories.agenda_item(meeting)
    factories.resource(meeting)
    visitors = [visitor_of(meeting) for _number in range(3)]
    address = reverse(step, args=[meeting.pk if step == "meeting" else meeting.room_id])
    for before in visitors[:2]:
        (before.post if step == "room_ticket" else before.get)(address)
    with composed() as models, CaptureQueriesContext(connection) as queries:
        answer = (visitors[2].post if step == "room_ticket" else visitors[2].get)(address)
    assert (answer.status_code, models) == (200, [])
    assert len(queries) == round_trips, [query["sql"] for query in queries]


def test_composed_queries_are_seen() -> None:
    with composed() as models:
        assert not Question.objects.exists()
    assert models == ["Question"]
