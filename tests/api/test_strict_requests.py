"""Unknown, duplicate or malformed parts of a request are refused by name, never ignored."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from meetings.models import Meeting, Programme
from news.models import Article
from tests import factories
from tests.api.conftest import Program
from tests.api.test_http import problem, schema_of, send_raw
from tests.api.test_meetings import WEBINAR
from webinar_service.api import api

Programs = Callable[..., Program]
UNKNOWN = ["This parameter does not exist."]
TWICE = ["Send each value only once."]
ONCE = ["Send this only once."]
NO_DAY = ["Enter a date without a time, like 2030-01-10."]
NO_INSTANT = ["Enter a date and time with a UTC offset, like 2030-01-10T10:00:00Z."]


def operations() -> Iterator[Any]:
    for path, found in api.get_openapi_schema()["paths"].items():
        for method, operation in found.items():
            yield pytest.param(method, path, operation, id=f"{method} {path}")


def place_of(path: str, asks: Program) -> str:
    meeting = factories.meeting(host=asks.person)
    return path.removeprefix("/api/v1").format(
        meeting_id=meeting.pk,
        registration_id=factories.registration(meeting=meeting).pk,
        recording_id=factories.recording(meeting=meeting).pk,
        room_id=meeting.room_id,
        resource_id=factories.resource(meeting).pk,
        upload_id="x",
        slug=factories.company().slug,
        project_id="x",
        action_id="x",
        thread_id="x",
        file_id="x",
        number=1,
        poll_id="x",
        export_id="x",
        sheet_id="x",
    )


@pytest.mark.parametrize(("method", "path", "operation"), list(operations()))
def test_a_parameter_that_an_operation_does_not_know_is_refused_by_name(
    program: Programs, method: str, path: str, operation: Any
) -> None:
    asks = program(factories.secretariat(company=factories.company()))
    name = schema_of(operation)
    examples = (
        api.get_openapi_schema()["components"]["schemas"][name].get("examples", [{}]) if name else [None]
    )
    answer = asks.ask(method.upper(), f"{place_of(path, asks)}?no_such=1", examples[0])
    if method == "head":
        assert answer.status_code == 422
    else:
        assert problem(answer, 422)["errors"] == {"no_such": UNKNOWN}
    assert 422 in operation["responses"]


@pytest.mark.parametrize(("method", "path", "operation"), list(operations()))
def test_every_parameter_of_the_page_is_taken_once(
    program: Programs, method: str, path: str, operation: Any
) -> None:
    asks = program(factories.secretariat(company=factories.company()))
    place = place_of(path, asks)
    for parameter in (one for one in operation["parameters"] if one["in"] == "query"):
        name, schema = parameter["name"], parameter["schema"]
        value = {"integer": "7", "boolean": "true"}.get(schema.get("type", ""), "")
        once = asks.ask(method.upper(), f"{place}?{name}={value}")
        assert name not in (once.json().get("errors") or {}) or value == ""
        twice = problem(asks.ask(method.upper(), f"{place}?{name}={value}&{name}={value}"), 422)
        assert name in {field.partition(".")[0] for field in twice["errors"]}


def test_a_page_is_asked_for_with_one_limit(program: Programs) -> None:
    assert problem(program().get("/meetings?limit=2&limit=3"), 422)["errors"] == {"limit": ONCE}


def test_a_filter_takes_several_values_each_once(program: Programs) -> None:
    asks = program()
    assert asks.get("/companies?country=SE&country=LT").status_code == 200
    assert problem(asks.get("/companies?country=SE&country=SE"), 422)["errors"] == {"country": TWICE}


@pytest.mark.parametrize("query", ["country=-8329099", "country=se", "size=7", "topics=heat&topics=123"])
def test_a_filter_by_what_does_not_exist_is_refused_at_its_field(query: str, program: Programs) -> None:
    asks = program()
    factories.topic("heat")
    field, _is, _value = query.partition("=")
    assert [each.partition(".")[0] for each in problem(asks.get(f"/companies?{query}"), 422)["errors"]] == [
        field
    ]
    assert asks.get("/companies?country=SE&size=10-49&topics=heat").status_code == 200


def test_authentication_is_checked_first(program: Programs) -> None:
    outsider = Program("made-up", factories.member())
    problem(outsider.get("/meetings?no_such=1"), 401)


@pytest.mark.parametrize(
    ("field", "value", "at"),
    [
        ("languages", ["en", "en"], "languages"),
        ("interpreted_into", ["sv", "sv"], "interpreted_into"),
        ("speakers", [{"email": "elin@example.org"}] * 2, "speakers"),
        (
            "recurrence",
            {"frequency": "weekly", "weekdays": [1, 1], "count": 2},
            "recurrence.weekdays",
        ),
    ],
)
def test_a_duplicate_value_is_refused(program: Programs, field: str, value: Any, at: str) -> None:
    said = problem(program().post("/meetings", {**WEBINAR, field: value}), 422)
    assert said["errors"] == {at: TWICE}
    assert not Meeting.objects.exists()


def test_duplicate_topics_are_refused(program: Programs) -> None:
    company = factories.company()
    admin = program(factories.person(company=company, is_company_admin=True))
    said = problem(admin.patch(f"/companies/{company.slug}", {"topics": ["heat", "heat "]}), 422)
    assert said["errors"] == {"topics": TWICE}


@pytest.mark.parametrize("key", ["", "k"])
@pytest.mark.parametrize(
    ("body", "at"),
    [(b'{"slug": "a-b", "slug": "c-d"}', "slug"), (b'{"title": {"en": "A", "en": "B"}}', "en")],
)
def test_a_duplicate_name_in_an_object_is_refused(program: Programs, body: bytes, at: str, key: str) -> None:
    asks = program(factories.secretariat())
    said = problem(send_raw(asks, body, path="/news", **{"Idempotency-Key": key}), 422)
    assert said["errors"] == {at: ONCE}


def test_nesting_that_one_of_the_parsers_cannot_follow_is_not_a_failure(program: Programs) -> None:
    problem(send_raw(program(), b"[" * 1020 + b"]" * 1020), 400)


@pytest.mark.parametrize("action", ["start", "end"])
def test_an_operation_without_a_body_says_so(program: Programs, action: str) -> None:
    host = program()
    meeting = factories.meeting(host=host.person)
    said = problem(host.post(f"/meetings/{meeting.pk}/{action}", {"at": "now"}), 422)
    assert said["errors"] == {"at": ["This field does not exist."]}
    said = problem(host.post(f"/meetings/{meeting.pk}/{action}", ["now"]), 422)
    assert said["errors"] == {"body": ["This operation does not accept a body."]}
    problem(send_raw(host, b"{", path=f"/meetings/{meeting.pk}/{action}"), 400)
    assert host.post(f"/meetings/{meeting.pk}/start", {}).status_code == 200


MOMENTS = ["2030-01-10T00:00:00Z", "2030-01-10T00:00:00", "2030-01-10 10:00"]
NO_DAYS = [*MOMENTS, "20300110", "2030-1-1", "1893456000", 1893456000, "2030-13-01", " 2030-01-10"]
NO_INSTANTS = [
    "2030-01-10",
    "2030-01-10T10:00:00",
    "2030-01-10_10:00:00Z",
    "2030-01-10T10:00:00+0100",
    1893456000,
]


@pytest.mark.parametrize("until", NO_DAYS)
def test_the_last_day_of_a_series_is_a_date(program: Programs, until: Any) -> None:
    rule = {"frequency": "weekly", "until": until}
    said = problem(program().post("/meetings", {**WEBINAR, "recurrence": rule}), 422)
    assert said["errors"] == {"recurrence.until": NO_DAY}


@pytest.mark.parametrize("field", ["starts_on", "ends_on"])
@pytest.mark.parametrize("day", NO_DAYS)
def test_the_days_of_a_programme_are_dates(program: Programs, field: str, day: Any) -> None:
    sent = {"slug": "heat", "kind": "conference", "title": {"en": "Heat"}, field: day}
    said = problem(program(factories.secretariat()).post("/programmes", sent), 422)
    assert said["errors"] == {field: NO_DAY}
    assert not Programme.objects.exists()


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "9999-12-31"])
def test_a_day_that_arithmetic_cannot_reach_is_refused(program: Programs, day: str) -> None:
    sent = {"slug": "heat", "kind": "conference", "title": {"en": "Heat"}, "starts_on": day}
    assert "starts_on" in problem(program(factories.secretariat()).post("/programmes", sent), 422)["errors"]


@pytest.mark.parametrize("moment", NO_INSTANTS)
def test_an_article_is_published_at_an_instant(program: Programs, moment: Any) -> None:
    sent = {"slug": "heat", "title": {"en": "Heat"}, "published_at": moment}
    said = problem(program(factories.secretariat()).post("/news", sent), 422)
    assert said["errors"] == {"published_at": NO_INSTANT}
    assert not Article.objects.exists()


@pytest.mark.parametrize("moment", NO_INSTANTS)
def test_a_recording_expires_at_an_instant(program: Programs, moment: Any) -> None:
    host = program()
    found = factories.recording(meeting=factories.meeting(host=host.person))
    said = problem(host.patch(f"/recordings/{found.pk}", {"expires_at": moment}), 422)
    assert said["errors"] == {"expires_at": NO_INSTANT}


def test_a_topic_with_nul_is_one_that_does_not_exist(program: Programs) -> None:
    factories.topic("heat", en="Heat")
    said = problem(program().get("/companies?topics=heat%00"), 422)
    assert said["errors"] == {"topics": ["There is no topic “heat”."]}
