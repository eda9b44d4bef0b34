"""Programs ask questions at registration and answer them; what does not fit is refused by field."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.models import Meeting, Registration
from tests import factories
from tests.api.conftest import Program

Programs = Callable[..., Program]
FOOD = {
    "key": "food",
    "kind": "choice",
    "label": {"en": "Which food?", "sv": "Vilken mat?"},
    "choices": [{"id": "fish", "text": {"en": "Fish"}}, {"id": "peas", "text": {"en": "Peas"}}],
    "required": True,
}
WHY = {"key": "why", "kind": "text", "label": {"en": "Why?"}, "choices": [], "required": False}


def scheduled(host: Program, **fields: Any) -> dict[str, Any]:
    body = {"title": {"en": "Heat"}, "starts_at": "2030-01-10T10:00", "timezone": "Europe/Vilnius", **fields}
    answer = host.post("/meetings", body)
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = answer.json()
    return made


def registering(host: Program, meeting: str, **fields: Any) -> Any:
    return host.post(
        f"/meetings/{meeting}/registrations", {"email": "rasa@example.org", "name": "Rasa", **fields}
    )


def test_questions_are_asked_read_and_replaced(program: Programs) -> None:
    host = program()
    made = scheduled(host, questions=[FOOD, WHY])
    assert made["questions"] == [FOOD, WHY]
    path = f"/meetings/{made['id']}"
    assert host.get(path).json()["questions"] == [FOOD, WHY]
    assert host.get("/meetings?hosted=true").json()["items"][0]["questions"] == [FOOD, WHY]
    assert host.patch(path, {"capacity": 5}).json()["questions"] == [FOOD, WHY]
    assert host.patch(path, {"questions": None}).json()["questions"] == [FOOD, WHY]
    assert host.patch(path, {"questions": [WHY, FOOD]}).json()["questions"] == [WHY, FOOD]
    (own,) = host.patch(path, {"questions": [{"kind": "text", "label": {"en": "Hm?"}}]}).json()["questions"]
    assert own["key"] not in {"", "why", "food"}
    assert host.patch(path, {"questions": []}).json()["questions"] == []


def test_a_series_asks_the_same_under_the_same_keys(program: Programs) -> None:
    asked = [{"kind": "text", "label": {"en": "Why?"}}]
    scheduled(program(), questions=asked, recurrence={"frequency": "weekly", "count": 3})
    keys = [meeting.registration_questions.get().key for meeting in Meeting.objects.all()]
    assert len(keys) == 3
    assert len(set(keys)) == 1


@pytest.mark.parametrize(
    ("questions", "field"),
    [
        ([{**WHY, "kind": "number"}], "questions.0.kind"),
        ([{**WHY, "label": {}}], "questions.0.label"),
        ([{**WHY, "label": {"xx": "Hm"}}], "questions.0.label"),
        ([{**WHY, "key": "a key"}], "questions.0.key"),
        ([{**WHY, "required": "yes"}], "questions.0.required"),
        ([{**WHY, "choices": FOOD["choices"]}], "questions.0.choices"),
        ([WHY, {**FOOD, "choices": []}], "questions.1.choices"),
        ([{**WHY, "more": 1}], "questions.0.more"),
        ([WHY, {**WHY, "required": True}], "questions"),
        ([{**WHY, "key": f"k{number}"} for number in range(11)], "questions"),
    ],
)
def test_impossible_questions_are_named(program: Programs, questions: list[Any], field: str) -> None:
    host = program()
    body = {"title": {"en": "Heat"}, "starts_at": "2030-01-10T10:00", "timezone": "Europe/Vilnius"}
    refused = host.post("/meetings", {**body, "questions": questions})
    assert refused.status_code == 422
    assert list(refused.json()["errors"]) == [field]
    made = scheduled(host)
    refused = host.patch(f"/meetings/{made['id']}", {"questions": questions})
    assert (refused.status_code, list(refused.json()["errors"])) == (422, [field])
    assert not Meeting.objects.get().registration_questions.exists()


def test_the_kind_of_an_answered_question_stays(program: Programs) -> None:
    host = program()
    made = scheduled(host, questions=[WHY])
    assert registering(host, made["id"], answers={"why": "Heat"}).status_code == 201
    refused = host.patch(f"/meetings/{made['id']}", {"questions": [{**WHY, "kind": "consent"}]})
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["questions.0.kind"])


def test_answers_come_by_key_and_go_out_by_key(program: Programs) -> None:
    host = program()
    made = scheduled(host, questions=[FOOD, WHY])
    given = registering(host, made["id"], answers={"food": "peas", "why": " Heat "})
    assert (given.status_code, given.json()["answers"]) == (201, {"food": "peas", "why": "Heat"})
    listed = host.get(f"/meetings/{made['id']}/registrations").json()["items"]
    assert listed[0]["answers"] == {"food": "peas", "why": "Heat"}


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({}, "answers.food"),
        ({"food": None}, "answers.food"),
        ({"food": "meat"}, "answers.food"),
        ({"food": True}, "answers.food"),
        ({"food": ["fish"]}, "answers.food"),
        ({"food": "fish", "why": 5}, "answers.why"),
        ({"food": "fish", "diet": "none"}, "answers.diet"),
    ],
)
def test_answers_that_do_not_fit_are_named(program: Programs, answers: dict[str, Any], field: str) -> None:
    host = program()
    made = scheduled(host, questions=[FOOD, WHY])
    refused = registering(host, made["id"], answers=answers)
    assert refused.status_code == 422
    assert refused["Content-Type"] == "application/problem+json"
    assert list(refused.json()["errors"]) == [field]
    assert not Registration.objects.exists()


def test_a_meeting_that_asks_nothing_keeps_free_answers(program: Programs) -> None:
    host = program()
    made = scheduled(host)
    assert registering(host, made["id"], answers={"diet": "none", "bags": 2}).status_code == 201
    assert Registration.objects.get().answers == {"diet": "none", "bags": 2}


def test_a_change_of_the_questions_changes_the_etag(program: Programs) -> None:
    host = program()
    path = f"/meetings/{scheduled(host)['id']}"
    etag = host.get(path)["ETag"]
    assert host.patch(path, {"questions": [WHY]}, if_match=etag).status_code == 200
    assert host.patch(path, {"questions": []}, if_match=etag).status_code == 412


def test_a_list_reads_the_questions_of_all_meetings_at_once(program: Programs) -> None:
    host = program(factories.member(), scopes=("meetings:read",))
    counts = []
    for number in (1, 3):
        for _ in range(number):
            factories.question(factories.meeting(host=host.person), "choice")
        with CaptureQueriesContext(connection) as counted:
            assert host.get("/meetings?hosted=true").status_code == 200
        counts.append(len(counted))
    assert counts[0] == counts[1]
