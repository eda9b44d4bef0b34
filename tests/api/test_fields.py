"""Each field accepts and refuses the values of the contract, and values that cannot be stored."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Annotated, Any

import pytest
from django.utils import timezone
from pydantic import TypeAdapter, ValidationError

from companies.api.schemas import RequestModel
from meetings.models import Meeting
from notifications.models import Notification
from tests import factories
from tests.api.conftest import Program
from tests.api.test_http import problem, schema_of
from tests.api.test_meetings import WEBINAR
from tests.api.test_strict_requests import place_of
from tests.product_modules import import_all
from webinar_service.api import api

Programs = Callable[..., Program]


@pytest.mark.parametrize(
    "starts_at", ["2030-01-10", "20300110T100000", "2030-W02-4", "2030-01-10X10:00", "9"]
)
def test_only_rfc_3339_and_wall_time_are_moments(program: Programs, starts_at: str) -> None:
    assert (
        "starts_at"
        in problem(program().post("/meetings", {**WEBINAR, "starts_at": starts_at}), 422)["errors"]
    )


@pytest.mark.parametrize(
    "starts_at", ["2030-01-10t08:00:00z", "2030-01-10T09:00:00.0+01:00", "2030-01-10 10:00"]
)
def test_every_spelling_of_rfc_3339_is_taken(program: Programs, starts_at: str) -> None:
    shown = program().post("/meetings", {**WEBINAR, "starts_at": starts_at}).json()
    assert shown["starts_at"] == "2030-01-10T08:00:00Z"


@pytest.mark.parametrize("draft", [True, False])
def test_a_meeting_that_would_be_over_is_a_field_error(program: Programs, *, draft: bool) -> None:
    host, begun = program(), timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=10)
    sent = {**WEBINAR, "starts_at": begun.isoformat(), "duration_minutes": 5, "draft": draft}
    answer = host.post("/meetings", sent)
    if draft:
        answer = host.patch(f"/meetings/{answer.json()['id']}", {"draft": False})
    problem(answer, 409 if draft else 422)
    assert not Meeting.objects.exclude(state=Meeting.State.DRAFT).exists()


def test_a_series_shows_its_rule(program: Programs) -> None:
    rule = {"frequency": "weekly", "interval": 2, "weekdays": [0, 3], "monthly_by": "day", "count": 3}
    rule["until"] = None
    host = program()
    shown = host.post("/meetings", {**WEBINAR, "recurrence": rule}).json()
    assert shown["recurrence"] == rule
    assert host.get(f"/meetings/{shown['occurrences'][2]}").json()["recurrence"] == rule
    assert host.post("/meetings", WEBINAR).json()["recurrence"] is None


@pytest.mark.parametrize(
    "change", [{"recurrence": {"frequency": "daily", "count": 2}}, {"draft": True}, {"room": "x"}]
)
def test_what_a_change_cannot_do_is_refused_and_not_ignored(
    program: Programs, change: dict[str, Any]
) -> None:
    host = program()
    meeting = factories.meeting(host=host.person)
    assert set(problem(host.patch(f"/meetings/{meeting.pk}", change), 422)["errors"]) == set(change)


@pytest.mark.parametrize("until", ["2020-01-01", "2060-01-01"])
def test_an_impossible_end_of_a_series_is_named_in_the_words_of_the_request(
    program: Programs, until: str
) -> None:
    rule = {"frequency": "weekly", "until": until}
    assert (
        "recurrence.until"
        in problem(program().post("/meetings", {**WEBINAR, "recurrence": rule}), 422)["errors"]
    )


def test_what_the_pages_allow_is_shown_to_programs(program: Programs) -> None:
    meeting = factories.meeting(description={"en": "x" * 15_000}, languages=[])
    shown = program().get(f"/meetings/{meeting.pk}")
    assert (shown.status_code, len(shown.json()["description"]["en"])) == (200, 15_000)


def test_answers_of_every_shape_are_kept_and_shown(program: Programs) -> None:
    host = program()
    meeting = factories.meeting(host=host.person)
    answers = {"Diet": "none", "Lunch?": True, "Seats": 2, "Topics": ["heat", "wind"]}
    sent = {"email": "rasa@example.org", "name": "Rasa", "answers": answers}
    assert host.post(f"/meetings/{meeting.pk}/registrations", sent).json()["answers"] == answers
    assert host.get(f"/meetings/{meeting.pk}/registrations").json()["items"][0]["answers"] == answers


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "   "),
        ("name", "Ann\nBcc: everybody"),
        ("name", "Ann\u2028Bo"),
        ("country", "1!"),
        ("country", "ﬃﬃ"),  # six letters in upper case
        ("email", "Bo <bo@example.org>"),
        ("email", "bo@example"),
        ("language", "xx"),
        ("answers", {"a": {"b": 1}}),
    ],
)
def test_a_registration_that_cannot_be_kept_is_a_field_error(
    program: Programs, field: str, value: Any
) -> None:
    host = program()
    meeting = factories.meeting(host=host.person)
    sent = {"email": "rasa@example.org", "name": "Rasa", field: value}
    errors = problem(host.post(f"/meetings/{meeting.pk}/registrations", sent), 422)["errors"]
    assert all(name.split(".")[0] == field for name in errors)


def test_spaces_and_case_make_no_second_address(program: Programs) -> None:
    host = program()
    meeting = factories.meeting(host=host.person)
    for email, status in (("rasa@firm.test", 201), (" RASA@Firm.test ", 409)):
        sent = {"email": email, "name": "Rasa"}
        assert host.post(f"/meetings/{meeting.pk}/registrations", sent).status_code == status


def test_a_ticket_is_asked_for_without_a_body(program: Programs) -> None:
    host = program()
    meeting = factories.meeting(host=host.person)
    answer = host.post(f"/rooms/{meeting.room_id}/tickets")
    assert (answer.status_code, {*answer.json()}) == (201, {"ticket", "url", "expires_in"})


def test_a_cancellation_takes_its_reason_from_the_body(program: Programs) -> None:
    host = program()
    meeting = factories.meeting(host=host.person)
    host.post(f"/meetings/{meeting.pk}/cancel", {"reason": "Storm"})
    meeting.refresh_from_db()
    assert meeting.cancel_reason == "Storm"


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2030-01-10T10:00", "soon"]
)
def test_a_moment_out_of_reach_or_without_offset_is_a_field_error(program: Programs, moment: str) -> None:
    secretary = program(factories.secretariat())
    article = {"slug": "warm", "title": {"en": "Warm"}, "published_at": moment}
    assert "published_at" in problem(secretary.post("/news", article), 422)["errors"]
    recording = factories.recording()
    answer = secretary.patch(f"/recordings/{recording.pk}", {"expires_at": moment})
    assert "expires_at" in problem(answer, 422)["errors"]


@pytest.mark.parametrize("by_person", [True, False])
def test_the_email_says_who_withdrew(program: Programs, *, by_person: bool) -> None:
    registration = factories.registration()
    caller = program(registration.person if by_person else registration.meeting.host)
    assert caller.delete(f"/registrations/{registration.pk}").status_code == 204
    row = Notification.objects.get(kind=Notification.Kind.WITHDRAWN)
    assert row.details["by_person"] is by_person


# ---- recordings --------------------------------------------------------------------------------------------

CHAPTERS = [
    {"starts_at_seconds": 0.0, "title": {"en": "Welcome", "sv": "Välkomna"}},
    {"starts_at_seconds": 60.5, "title": {"en": "Heat", "sv": "Värme"}},
]


def test_chapters_are_written_in_several_languages_and_taken_away(program: Programs) -> None:
    host = program()
    recording = factories.recording(meeting=factories.meeting(host=host.person))
    place = f"/recordings/{recording.pk}"
    assert host.patch(place, {"chapters": CHAPTERS}).json()["chapters"] == CHAPTERS
    assert host.patch(place, {"language": "sv"}).json()["chapters"] == CHAPTERS
    only = [{"starts_at_seconds": 0.0, "title": {"sv": "Hej"}}]
    assert host.patch(place, {"chapters": only}).json()["chapters"] == only
    assert host.patch(place, {"chapters": []}).json()["chapters"] == []


@pytest.mark.parametrize(
    "chapters",
    [
        [{"starts_at_seconds": -1, "title": {"en": "x"}}],
        [{"starts_at_seconds": 1, "title": {}}],
        [{"starts_at_seconds": 1, "title": {"en": "x" * 201}}],
        [{"starts_at_seconds": 1, "title": {"en": "x"}}] * 2,
        [{"starts_at_seconds": 1, "title": {"en": "x"}}, {"starts_at_seconds": 2, "title": {"sv": "x"}}],
        [{"starts_at_seconds": 10**6, "title": {"en": "x"}}],
        [{}],
        "x",
    ],
)
def test_bad_chapters_change_nothing(program: Programs, chapters: Any) -> None:
    host = program()
    recording = factories.recording(meeting=factories.meeting(host=host.person), duration_seconds=3600.0)
    host.patch(f"/recordings/{recording.pk}", {"chapters": CHAPTERS})
    errors = problem(host.patch(f"/recordings/{recording.pk}", {"chapters": chapters}), 422)["errors"]
    assert all(name.startswith("chapters") for name in errors)
    assert host.get(f"/recordings/{recording.pk}").json()["chapters"] == CHAPTERS


def test_a_recording_that_changed_meanwhile_is_not_overwritten(program: Programs) -> None:
    host = program()
    recording = factories.recording(meeting=factories.meeting(host=host.person))
    etag = host.get(f"/recordings/{recording.pk}")["ETag"]
    assert (
        host.patch(f"/recordings/{recording.pk}", {"title": {"en": "One"}}, If_Match=etag).status_code == 200
    )
    problem(host.patch(f"/recordings/{recording.pk}", {"title": {"en": "Two"}}, If_Match=etag), 412)
    assert host.get(f"/recordings/{recording.pk}").json()["title"] == {"en": "One"}


def test_a_refused_part_of_an_upload_is_a_problem_too(program: Programs) -> None:
    host = program()
    meeting = factories.meeting(host=host.person, state=Meeting.State.ENDED)
    begun = host.post(f"/meetings/{meeting.pk}/recordings", {"size": 1000}).json()
    place = begun["upload"].split("/api/v1")[1]
    problem(host.ask("PATCH", place), 412)
    problem(host.ask("PATCH", place, Tus_Resumable="1.0.0", Upload_Offset="7"), 415)


# ---- companies ---------------------------------------------------------------------------------------------


def test_pages_of_the_directory_are_stable_when_a_company_is_added(program: Programs) -> None:
    for number in range(6):
        factories.company(name=f"Firm {number}")
    reader = program()
    first = reader.get("/companies?limit=3").json()
    factories.company(name="Aaa")
    second = reader.get(f"/companies?limit=20&cursor={first['next']}").json()
    names = [item["id"] for page in (first, second) for item in page["items"]]
    assert len(set(names)) == len(names)
    assert second["next"] is None


def test_offers_and_needs_are_set_kept_and_taken_away(program: Programs) -> None:
    company = factories.company()
    admin = program(factories.person(company=company, is_company_admin=True))
    place = f"/companies/{company.slug}"
    shown = admin.patch(
        place, {"offers": [{"title": {"en": "Heat"}}], "needs": [{"title": {"en": "Pumps"}}]}
    ).json()
    assert [listing["title"] for listing in (*shown["offers"], *shown["needs"])] == [
        {"en": "Heat"},
        {"en": "Pumps"},
    ]
    kept = {"id": shown["offers"][0]["id"], "title": {"en": "More heat"}}
    shown = admin.patch(place, {"offers": [kept], "needs": []}).json()
    assert [(listing["id"], listing["title"]) for listing in shown["offers"]] == [
        (kept["id"], {"en": "More heat"})
    ]
    assert shown["needs"] == []


def test_a_filter_that_does_not_exist_is_a_field_error(program: Programs) -> None:
    assert "state" in problem(program().get("/meetings?state=bogus"), 422)["errors"]
    assert "state" in problem(program().get("/recordings?state=bogus"), 422)["errors"]


@pytest.mark.parametrize(
    "starts_at", ["2030-01-10T10:00:30", "2030-01-10T10:00:00.5", "2030-01-10T09:00:01Z"]
)
def test_seconds_are_refused_by_field_and_never_cut(program: Programs, starts_at: str) -> None:
    host = program()
    said = problem(host.post("/meetings", {**WEBINAR, "starts_at": starts_at}), 422)
    assert said["errors"] == {"starts_at": ["Enter the start time in hours and minutes, without seconds."]}
    meeting = factories.meeting(host=host.person)
    assert (
        "starts_at" in problem(host.patch(f"/meetings/{meeting.pk}", {"starts_at": starts_at}), 422)["errors"]
    )


def bodies() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Method, path, name of the schema and an example, of every operation with a body."""
    shown = api.get_openapi_schema()
    for path, operations in shown["paths"].items():
        for method, operation in operations.items():
            name = schema_of(operation)
            if name:
                yield method, path, name, shown["components"]["schemas"][name]


@pytest.mark.parametrize(
    ("method", "path", "name", "schema"), [pytest.param(*one, id=one[2]) for one in bodies()]
)
def test_a_field_that_an_operation_does_not_know_is_refused_by_name(
    program: Programs, method: str, path: str, name: str, schema: dict[str, Any]
) -> None:
    assert schema["additionalProperties"] is False
    asks = program(factories.secretariat(company=factories.company()))
    place = place_of(path, asks)
    body = {**schema.get("examples", [{}])[0], "no_such_field": 1}
    said = problem(asks.ask(method.upper(), place, body), 422)
    assert said["errors"] == {"no_such_field": ["This field does not exist."]}


def test_a_field_within_a_field_that_is_not_known_is_refused_too(program: Programs) -> None:
    host = program()
    sent = {**WEBINAR, "speakers": [{"email": "elin@example.org", "nick": "E"}]}
    assert problem(host.post("/meetings", sent), 422)["errors"] == {
        "speakers.0.nick": ["This field does not exist."]
    }


def test_a_change_that_cannot_be_done_whole_does_nothing(program: Programs) -> None:
    host = program()
    meeting = factories.meeting(host=host.person)
    before = host.get(f"/meetings/{meeting.pk}").json()
    for impossible in (
        {"no_such_field": 1},
        {"programme": "none"},
        {"starts_at": "2001-01-01T10:00"},
        {"draft": True},
    ):
        problem(host.patch(f"/meetings/{meeting.pk}", {"capacity": 7, **impossible}), 422)
    assert host.get(f"/meetings/{meeting.pk}").json() == before


@pytest.mark.parametrize(
    "field",
    [
        {"draft": 0},
        {"draft": "no"},
        {"record": 1},
        {"duration_minutes": "60"},
        {"capacity": 5.5},
        {"capacity": True},
    ],
)
def test_a_number_is_no_boolean_and_a_text_is_no_number(program: Programs, field: dict[str, Any]) -> None:
    said = problem(program().post("/meetings", {**WEBINAR, **field}), 422)
    assert set(said["errors"]) == set(field)


def shapes() -> Iterator[type[RequestModel]]:
    import_all()
    waiting = [RequestModel]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        yield kind


def test_every_boolean_and_number_that_a_program_sends_is_strict() -> None:
    for shape in shapes():
        for name, field in shape.model_fields.items():
            kind = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
            adapter: TypeAdapter[Any] = TypeAdapter(kind)
            schema = adapter.json_schema()
            kinds = {one.get("type") for one in (schema, *schema.get("anyOf", []))}
            wrong = {"boolean": [0, "true"], "integer": ["5", True], "number": ["5.5"]}
            for value in (each for one in kinds & set(wrong) for each in wrong[one]):
                if name != "answers":
                    with pytest.raises(ValidationError):
                        adapter.validate_python(value)


@pytest.mark.parametrize("written", [1893456000, "1893456000", True])
def test_seconds_since_1970_are_no_date(program: Programs, written: Any) -> None:
    asks = program(factories.secretariat())
    sent = {"slug": "new", "kind": "conference", "title": {"en": "A"}, "starts_on": written}
    assert "starts_on" in problem(asks.post("/programmes", sent), 422)["errors"]
    news = {"slug": "new", "title": {"en": "A"}, "published_at": written}
    assert "published_at" in problem(asks.post("/news", news), 422)["errors"]


def test_a_calendar_event_has_the_time_of_a_programs_change(program: Programs) -> None:
    host = program()
    key = host.post("/meetings", WEBINAR).json()["id"]
    before = host.get(f"/meetings/{key}/calendar.ics")
    assert host.get(f"/meetings/{key}/calendar.ics").content == before.content
    host.patch(f"/meetings/{key}", {"description": {"en": "Three winters."}})
    after = host.get(f"/meetings/{key}/calendar.ics")
    changed_at = Meeting.objects.get().changed_at
    assert changed_at is not None
    assert f"LAST-MODIFIED:{changed_at:%Y%m%dT%H%M%SZ}" in after.content.decode()
    assert after["ETag"] != before["ETag"]
