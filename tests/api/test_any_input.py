"""Whatever a program sends, the response is one that the OpenAPI page describes, and never a server error."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from requests import Request
from schemathesis.core import NOT_SET
from schemathesis.core.transport import Response

from api.models import ApiToken
from api.scopes import SCOPES
from tests import factories
from webinar_service.api import api

schema = schemathesis.openapi.from_dict(dict(api.get_openapi_schema()))


@pytest.fixture
def token(db: None, settings: Any) -> str:
    settings.RATE_LIMITS = False
    person = factories.secretariat(company=factories.company())
    ApiToken.objects.create(
        person=person, key_hash=ApiToken.hash_of("any"), scopes=list(SCOPES), created_at=timezone.now()
    )
    return "any"


@schema.parametrize()
@hypothesis_settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)
def test_no_input_is_a_failure(case: schemathesis.Case, token: str) -> None:
    query = urlencode(case.query or {}, doseq=True)
    body = (
        b"" if case.body is NOT_SET else case.body if isinstance(case.body, bytes) else json.dumps(case.body)
    )
    response = Client(raise_request_exception=False).generic(
        case.method,
        f"/api/v1{case.formatted_path.removeprefix('/api/v1')}?{query}",
        body,
        case.media_type or "application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert response.status_code != 401
    assert response.status_code < 500, (case.method, case.formatted_path, query, body)
    if case.method.upper() != case.operation.method.upper():  # methods that the schema does not list
        return
    described = case.operation.definition.raw["responses"]
    assert {str(response.status_code), response.status_code} & set(described), (case.method, query, body)
    case.operation.validate_response(as_sent(response))


def as_sent(response: HttpResponse) -> Response:
    return Response(
        status_code=response.status_code,
        headers={name: [value] for name, value in response.items()},
        content=response.content,
        request=Request("GET", "http://testserver/").prepare(),
        elapsed=0.0,
        verify=False,
    )
