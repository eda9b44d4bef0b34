"""An API client with a token, some weeks before the meetings that it schedules."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from api.models import ApiToken
from api.scopes import SCOPES
from companies.models import Person
from tests import factories
from tests.factories import NOW


@pytest.fixture(autouse=True)
def before_the_meetings() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


@dataclass
class Program:
    """Sends JSON with its token; `seen` of the last answer is its body."""

    token: str
    person: Person

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return Client().generic(
            method,
            f"/api/v1{path}",
            data=b"" if body is None else json.dumps(body).encode(),
            content_type="application/json",
            headers={
                "Authorization": f"Bearer {self.token}",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.ask("PATCH", path, body, **headers)

    def delete(self, path: str) -> Any:
        return self.ask("DELETE", path)


@pytest.fixture
def program(db: None, settings: Any) -> Callable[..., Program]:
    settings.RATE_LIMITS = False

    def of(person: Person | None = None, *, scopes: tuple[str, ...] = SCOPES) -> Program:
        person = person or factories.member()
        key = f"key-of-{person.pk}-{len(scopes)}"
        ApiToken.objects.create(
            person=person, key_hash=ApiToken.hash_of(key), scopes=list(scopes), created_at=timezone.now()
        )
        return Program(key, person)

    return of
