"""Every URL and every role: one that is missing in the matrix, or that opens to another role, fails the build."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from api.models import ApiToken
from api.scopes import SCOPES
from companies import account_urls
from rooms.features import registry
from rooms.rights import ParticipantContext
from tests import matrix, world
from tests.world import ROLES, World
from webinar_service.api import api
from webinar_service.tasks import HEARTBEAT

# Django's administration and allauth have their own permissions, tested in tests/companies/.
OF_LIBRARIES = ("account/", "admin/", "i18n/")


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        place = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver) and pattern.urlconf_name is account_urls:
            yield from ((place + str(own.pattern), own.name or "") for own in account_urls.urlpatterns)
            continue
        if place.startswith(OF_LIBRARIES):
            continue
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, place)
        else:
            yield place, pattern.name or ""


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One world for all rows, in a transaction around theirs."""
    with django_db_blocker.unblock(), transaction.atomic():
        everything = world.build()
        for role in ROLES:  # signed in once for all rows
            everything.client(role)
        yield everything
        transaction.set_rollback(True)


@pytest.fixture
def here(built: World, db: None, settings: Any) -> World:
    settings.RATE_LIMITS = False  # limits would add up over the rows of one test, which share addresses
    cache.delete(HEARTBEAT)
    settings.LIVEKIT_URL = settings.LIVEKIT_API_KEY = settings.LIVEKIT_API_SECRET = ""
    return deepcopy(built)


def test_every_address_is_in_the_matrix() -> None:
    known = {name for place, name in addresses(get_resolver().url_patterns) if not place.startswith("api/")}
    assert known == {row.name for row in matrix.PAGES}


def answers_of(here: World, row: matrix.Row) -> dict[str, int]:
    address = reverse(row.name, kwargs=row.arguments(here))
    found = {}
    for role in ROLES:
        client = here.client(role)
        with transaction.atomic():  # the changes of one role are rolled back for the next
            found[role] = ask(client, row, address)
            transaction.set_rollback(True)
    return found


def ask(client: Client, row: matrix.Row, address: str) -> int:
    response = (
        client.post(address, row.sends) if row.method == "POST" else client.generic(row.method, address)
    )
    return response.status_code


@pytest.mark.parametrize("row", matrix.PAGES, ids=lambda row: f"{row.method} {row.name} {row.of}".strip())
def test_a_page_opens_to_these_roles_and_to_no_others(here: World, row: matrix.Row) -> None:
    assert answers_of(here, row) == dict(zip(ROLES, row.answers, strict=True))


# ---- the API -----------------------------------------------------------------------------------------------


def operations() -> set[str]:
    paths = api.get_openapi_schema()["paths"]
    return {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, found in paths.items()
        for method in found
    }


def test_every_operation_of_the_api_is_in_the_matrix() -> None:
    assert operations() == {f"{row.method} {row.path}" for row in matrix.OPERATIONS}


@pytest.mark.parametrize("row", matrix.OPERATIONS, ids=lambda row: f"{row.method} {row.path}")
def test_an_operation_opens_to_these_people_and_to_no_others(here: World, row: matrix.Operation) -> None:
    found = {}
    for role in matrix.CALLERS:
        with transaction.atomic():
            found[role] = call(here, row, token_for(here, role, row.scope))
            transaction.set_rollback(True)
    assert found == dict(zip(matrix.CALLERS, row.answers, strict=True))


@pytest.mark.parametrize("row", matrix.OPERATIONS, ids=lambda row: f"{row.method} {row.path}")
def test_an_operation_needs_a_token_with_its_scope(here: World, row: matrix.Operation) -> None:
    others = [scope for scope in SCOPES if scope != row.scope]
    assert call(here, row, "nobody's") == 401
    assert call(here, row, token_for(here, "secretariat", *others)) == 403


def token_for(here: World, role: str, *scopes: str) -> str:
    key = f"{role} {' '.join(scopes)}"
    ApiToken.objects.create(
        person=here.people[role],
        key_hash=ApiToken.hash_of(key),
        scopes=list(scopes),
        created_at=timezone.now(),
    )
    return key


def call(here: World, row: matrix.Operation, token: str) -> int:
    path = row.path.format(**matrix.parts_of_paths(here, row))
    body = json.dumps(row.sends(here)) if row.sends else ""
    headers = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}
    response = Client().generic(row.method, f"/api/v1{path}", body, "application/json", headers=headers)
    return response.status_code


# ---- live rooms --------------------------------------------------------------------------------------------


def test_every_live_command_is_in_the_matrix() -> None:
    assert set(registry.commands) == {row.command for row in matrix.COMMANDS}


@pytest.mark.parametrize("row", matrix.COMMANDS, ids=lambda row: row.command)
def test_a_live_command_is_open_to_these_levels_and_to_no_others(row: matrix.LiveCommand) -> None:
    """In a webinar that is live and recorded, or has not started for what starts it; sent by somebody on the stage."""
    allowed = tuple(
        any(
            registry.refusal(
                row.command, ParticipantContext(level, is_admitted=admitted, on_stage=True), state
            )
            is None
            for state in matrix.room_states()
        )
        for level, admitted in matrix.LEVELS
    )
    assert allowed == row.open_to
