"""HTTP for every URL of the API: methods, errors, tokens, repeated requests."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from api import rate_limits, throttling
from api.models import ApiToken, IdempotentAnswer
from meetings.models import Meeting
from projects.models import Action, ProjectFile
from tests import factories
from tests.api.conftest import Program
from tests.api.test_meetings import WEBINAR

Programs = Callable[..., Program]


def problem(answer: Any, status: int) -> Any:
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    shown = answer.json()
    assert {"type", "title", "status", "detail"} <= set(shown)
    assert shown["status"] == status
    return shown


def send_raw(
    program: Program, body: bytes, method: str = "POST", path: str = "/meetings", **headers: str
) -> Any:
    return Client(raise_request_exception=False).generic(
        method,
        f"/api/v1{path}",
        body,
        "application/json",
        headers={"Authorization": f"Bearer {program.token}", **headers},
    )


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/meetings/", "/meetings/x/nothing", "/webinars?q=1"])
def test_an_address_that_leads_nowhere_is_a_problem_and_not_a_page(program: Programs, path: str) -> None:
    problem(program().ask("GET", path or "/"), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/meetings", "GET, HEAD, OPTIONS, POST"),
        ("GET", "/meetings/x/cancel", "OPTIONS, POST"),
        ("DELETE", "/openapi.json", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_wrong_method_gets_the_allowed_ones(
    program: Programs, method: str, path: str, allowed: str
) -> None:
    answer = program().ask(method, path)
    problem(answer, 405)
    assert answer["Allow"] == allowed
    asked = Client().options(f"/api/v1{path}")
    assert (asked.status_code, asked["Allow"]) == (204, allowed)


def test_head_is_get_without_a_body(program: Programs) -> None:
    meeting = factories.meeting()
    answer = program().ask("HEAD", f"/meetings/{meeting.pk}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["ETag"] == program().get(f"/meetings/{meeting.pk}")["ETag"]


def test_what_the_caller_has_is_not_sent_again(program: Programs) -> None:
    meeting, reader = factories.meeting(), program()
    etag = reader.get(f"/meetings/{meeting.pk}")["ETag"]
    assert reader.get(f"/meetings/{meeting.pk}", If_None_Match=etag).status_code == 304


def test_answers_are_kept_by_no_shared_cache(program: Programs) -> None:
    answer = program().get("/meetings")
    assert answer["Cache-Control"] == "private, no-cache"
    assert "Authorization" in answer["Vary"]


def test_the_answer_names_the_missing_scope(program: Programs) -> None:
    lacking = program(scopes=("meetings:read",)).post("/meetings", WEBINAR)
    assert "meetings:write" in problem(lacking, 403)["detail"]
    assert 'error="insufficient_scope", scope="meetings:write"' in lacking["WWW-Authenticate"]
    unknown = Client().get("/api/v1/meetings", headers={"Authorization": "Bearer made-up"})
    assert 'error="invalid_token"' in unknown["WWW-Authenticate"]
    assert Client().get("/api/v1/meetings")["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"capacity": NaN}',
        b'{"title": {"en": "\\ud800"}, "starts_at": "2030-01-10T10:00"}',
        b'{"title": {"\\udfff": "x"}, "starts_at": "2030-01-10T10:00"}',
        b'{"title": {"en": "\xe9"}}',
        b"[" * 100_000,
        '{"a": 1}'.encode("utf-16"),
    ],
)
@pytest.mark.parametrize("key", ["", "k"])
def test_a_body_that_is_not_json_is_refused(program: Programs, body: bytes, key: str) -> None:
    problem(send_raw(program(), body, **{"Idempotency-Key": key}), 400)


@pytest.mark.parametrize("key", ["", "k"])
def test_a_body_without_end_is_too_large(program: Programs, settings: Any, key: str) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    problem(send_raw(program(), b'{"title": "' + b"x" * 2000 + b'"}', **{"Idempotency-Key": key}), 413)


@pytest.mark.parametrize(
    "body", [b"[]", b'"x"', b"null", b"5", b'{"recurrence": "x"}', b'{"recurrence": []}']
)
def test_a_body_of_another_shape_says_so_by_field(program: Programs, body: bytes) -> None:
    shown = problem(send_raw(program(), body), 422)
    assert "attribute" not in json.dumps(shown)
    assert shown["errors"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("sv", "Detta fält måste fyllas i."),
        ("de", "Bitte füllen Sie dieses Feld aus."),
        ("pl", "To pole jest wymagane."),
    ],
)
def test_field_errors_speak_the_language_of_the_caller(program: Programs, language: str, words: str) -> None:
    shown = problem(program().post("/meetings", {}, Accept_Language=language), 422)
    assert shown["errors"]["title"] == [words]


def test_the_same_key_with_another_query_is_another_request(program: Programs) -> None:
    host = program()
    meeting = factories.meeting(host=host.person)
    assert host.post(f"/meetings/{meeting.pk}/cancel?reason=storm", Idempotency_Key="c").status_code == 200
    problem(host.post(f"/meetings/{meeting.pk}/cancel?reason=fog", Idempotency_Key="c"), 422)


def test_two_long_keys_are_never_taken_for_one(program: Programs) -> None:
    shown = problem(program().post("/meetings", WEBINAR, Idempotency_Key="k" * 201), 422)
    assert "Idempotency-Key" in shown["errors"]


def test_a_key_of_a_failed_request_leaves_nothing_behind(program: Programs) -> None:
    host = program()
    meeting = factories.meeting(host=host.person, state=Meeting.State.ENDED)
    problem(host.post(f"/meetings/{meeting.pk}/start", Idempotency_Key="s"), 409)
    assert not IdempotentAnswer.objects.exists()


@pytest.mark.parametrize("path", ["/meetings", "/news", "/programmes", "/recordings", "/companies"])
@pytest.mark.parametrize(
    "cursor",
    [
        "WyIyMDI3LTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwgIlx1ZDgwMCJd",  # half of a surrogate pair
        "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwgIngiXQ",  # before the first year
        "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5LCA1XQ",
        "MTA",
    ],
)
def test_a_cursor_that_no_database_takes_is_a_field_error(program: Programs, path: str, cursor: str) -> None:
    assert "cursor" in problem(program().get(f"{path}?cursor={cursor}"), 422)["errors"]


def test_requests_that_come_together_are_all_counted(settings: Any) -> None:
    settings.RATE_LIMITS, settings.REDIS_URL = True, ""
    rate_limits.memory_limiter.cache_clear()
    rate_limits.redis_limiter.cache_clear()
    throttle, request = throttling.TokenThrottle("50/minute"), HttpRequest()
    request.auth = ApiToken(key_hash="together")  # type: ignore[attr-defined]
    with ThreadPoolExecutor(8) as threads:
        allowed = list(threads.map(lambda _number: throttle.allow_request(request), range(200)))
    assert allowed.count(True) == 50
    rate_limits.memory_limiter.cache_clear()
    rate_limits.redis_limiter.cache_clear()


# ---- the documentation page ------------------------------------------------------------------------------


@pytest.fixture
def described(db: None) -> Any:
    return Client().get("/api/v1/openapi.json").json()


def test_the_page_names_every_refusal_and_scope_and_describes_each_operation(described: Any) -> None:
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert {"401", "403", "429"} <= set(operation["responses"]), (method, path)
            assert "Needs the scope `" in operation["description"]
            assert " " in operation["summary"]
            assert len(operation["description"].splitlines()[0]) > 10
    assert described["servers"][0]["url"].startswith("http")
    assert "api_token" in described["info"]["description"]
    names = [one["operationId"] for found in described["paths"].values() for one in found.values()]
    assert len(set(names)) == len(names) - 2  # HEAD and PATCH of an upload are one operation


def test_every_example_of_the_page_works_when_it_is_pasted(program: Programs, described: Any) -> None:
    asks = program(factories.secretariat(company=factories.company()))
    meeting = factories.meeting(host=asks.person)
    recording = factories.recording(meeting=meeting)
    resource = factories.resource(meeting)
    company = factories.company()
    project = factories.room(companies=[asks.person.company, company]).project
    action = Action.objects.create(project=project, text="Ask", made_at=timezone.now())
    file = ProjectFile.objects.create(
        project=project, name="Ice.csv", file_type="csv", added_at=timezone.now(), changed_at=timezone.now()
    )
    poll = factories.date_poll(project)
    example = described["components"]["schemas"]["AnswersIn"]["examples"][0]["answers"]
    for time, key in zip(poll.times.all(), example, strict=True):
        poll.times.filter(pk=time.pk).update(id=key)
    tried = 0
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            name = schema_of(operation)
            if not name or method == "head":
                continue
            schema = described["components"]["schemas"][name]
            place = path.removeprefix("/api/v1").format(
                meeting_id=factories.meeting(host=asks.person).pk if "cancel" in path else meeting.pk,
                recording_id=recording.pk,
                resource_id=resource.pk,
                room_id=meeting.room_id,
                slug=company.slug,
                project_id=project.pk,
                action_id=action.pk,
                file_id=file.pk,
                poll_id=poll.pk,
            )
            body = schema.get("examples", [{}])[0]
            answer = asks.ask(method.upper(), place, body)
            assert answer.status_code in {200, 201}, (method, place, answer.content)
            tried += 1
    assert tried == 22


def schema_of(operation: Any) -> str:
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    found = [sent, *sent.get("anyOf", [])]
    return next((one["$ref"].split("/")[-1] for one in found if "$ref" in one), "")


# ---- the form of responses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""]
)
@pytest.mark.parametrize("key", ["", "k"])
def test_a_body_that_is_not_called_json_is_of_the_wrong_kind(
    program: Programs, content_type: str, key: str
) -> None:
    headers = {"Authorization": f"Bearer {program().token}", "Idempotency-Key": key}
    answer = Client().generic("POST", "/api/v1/meetings", json.dumps(WEBINAR), content_type, headers=headers)
    problem(answer, 415)


def test_an_answer_without_a_body_has_no_headers_about_one(program: Programs) -> None:
    host = program()
    registration = factories.registration(meeting=factories.meeting(host=host.person))
    answer = host.delete(f"/registrations/{registration.pk}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert not {"Content-Type", "Content-Length"} & set(answer.headers)


@pytest.mark.parametrize(
    ("table", "status"),
    [("api_idempotentanswer", 500), ("api_apitoken", 500), ("meetings_meeting", 500)],
)
@pytest.mark.django_db(transaction=True)
def test_a_failure_inside_or_around_a_repeatable_post_is_a_problem(
    program: Programs, table: str, status: int
) -> None:
    """A missing table is the simplest failure of a database."""
    host = program()
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {table}_gone")
    try:
        answer = send_raw(host, json.dumps(WEBINAR).encode(), **{"Idempotency-Key": "k"})
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table}_gone RENAME TO {table}")
    problem(answer, 503 if connection.vendor == "sqlite" else status)
