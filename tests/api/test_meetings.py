"""Meetings and registrations for programs, as the contract has them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from limits import parse

from api import rate_limits
from api.models import ApiToken, IdempotentAnswer
from meetings.models import Meeting, Registration
from rooms import tickets
from tests import factories
from tests.api.conftest import Program

Programs = Callable[..., Program]

WEBINAR = {
    "kind": "webinar",
    "title": {"en": "Heat from harbour water", "sv": "Värme ur hamnvatten"},
    "starts_at": "2027-01-14T10:00",
    "timezone": "Europe/Vilnius",
    "duration_minutes": 60,
    "capacity": 2,
    "languages": ["en"],
}


def test_scheduling_takes_wall_time_and_answers_with_an_instant(program: Programs) -> None:
    answer = program().post("/meetings", WEBINAR)
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["starts_at"], shown["timezone"]) == ("2027-01-14T08:00:00Z", "Europe/Vilnius")
    assert (shown["state"], shown["revision"], shown["title"]) == ("scheduled", 0, WEBINAR["title"])
    assert shown["uid"].startswith(shown["id"])
    assert shown["url"].endswith(f"/meetings/{shown['id']}/")


def test_scheduling_takes_an_instant_too(program: Programs) -> None:
    shown = program().post("/meetings", {**WEBINAR, "starts_at": "2027-01-14T08:00:00Z"}).json()
    assert Meeting.objects.get(pk=shown["id"]).local_time.hour == 10


def test_a_draft_stays_unpublished_until_it_is_said(program: Programs) -> None:
    host = program()
    draft = host.post("/meetings", {**WEBINAR, "draft": True}).json()
    assert draft["state"] == "draft"
    assert program().get(f"/meetings/{draft['id']}").status_code == 404
    assert host.patch(f"/meetings/{draft['id']}", {"draft": False}).json()["state"] == "scheduled"


def test_a_recurrence_makes_a_series(program: Programs) -> None:
    shown = program().post("/meetings", {**WEBINAR, "recurrence": {"frequency": "weekly", "count": 3}}).json()
    days = (
        Meeting.objects.filter(series=shown["series"])
        .order_by("starts_at")
        .values_list("local_day", flat=True)
    )
    assert [day.isoformat() for day in days] == ["2027-01-14", "2027-01-21", "2027-01-28"]
    assert len(shown["occurrences"]) == 3


def test_a_meeting_gets_further_dates_all_or_none(program: Programs) -> None:
    host = program()
    meeting = host.post("/meetings", WEBINAR).json()
    path = f"/meetings/{meeting['id']}/dates"
    wrong = host.post(path, {"days": ["2027-02-02", "2027-01-14"]})
    assert wrong.status_code == 422
    assert wrong.json()["errors"].keys() == {"days"}
    assert Meeting.objects.count() == 1
    days = {"days": ["2027-05-04", "2027-02-02"]}
    first, again = (host.post(path, days, Idempotency_Key="d") for _ in range(2))
    assert first.status_code == 201
    assert first.json() == again.json()
    made = first.json()
    assert [one["starts_at"] for one in made] == ["2027-02-02T08:00:00Z", "2027-05-04T07:00:00Z"]
    assert {(one["state"], one["series"]) for one in made} == {
        ("scheduled", Meeting.objects.get(pk=meeting["id"]).series_id)
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts_at": "2027-03-28T02:30", "timezone": "Europe/Stockholm"}, "starts_at"),
        ({"starts_at": "2027-10-31T02:30", "timezone": "Europe/Stockholm"}, "starts_at"),
        ({"starts_at": "2001-01-01T10:00"}, "starts_at"),
        ({"starts_at": "soon"}, "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"title": {}}, "title"),
        ({"title": {"xx": "?"}}, "title"),
        ({"title": {"en": "a\x00b"}}, "title.en"),
        ({"capacity": 0}, "capacity"),
        ({"kind": "party"}, "kind"),
        ({"format": "on_site"}, "address"),
        ({"programme": "none-such"}, "programme"),
        ({"recurrence": {"frequency": "weekly"}}, "recurrence.count"),
    ],
)
def test_what_is_wrong_is_said_by_field(program: Programs, change: dict[str, Any], field: str) -> None:
    answer = program().post("/meetings", {**WEBINAR, **change})
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert field in answer.json()["errors"]
    assert not Meeting.objects.exists()


def test_moving_raises_the_revision_and_keeps_the_uid(program: Programs) -> None:
    host = program()
    before = host.post("/meetings", WEBINAR).json()
    after = host.patch(f"/meetings/{before['id']}", {"starts_at": "2027-01-15T10:00"}).json()
    assert (after["revision"], after["uid"]) == (1, before["uid"])
    assert after["starts_at"] == "2027-01-15T08:00:00Z"


def test_a_change_of_what_was_changed_meanwhile_is_refused(program: Programs) -> None:
    host = program()
    read = host.post("/meetings", WEBINAR).json()
    etag = host.get(f"/meetings/{read['id']}")["ETag"]
    assert host.patch(f"/meetings/{read['id']}", {"capacity": 5}, If_Match=etag).status_code == 200
    refused = host.patch(f"/meetings/{read['id']}", {"capacity": 9}, If_Match=etag)
    assert refused.status_code == 412
    assert Meeting.objects.get(pk=read["id"]).capacity == 5


def test_the_same_request_twice_acts_once(program: Programs) -> None:
    host = program()
    first = host.post("/meetings", WEBINAR, Idempotency_Key="a-1")
    again = host.post("/meetings", WEBINAR, Idempotency_Key="a-1")
    assert again.json() == first.json()
    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert Meeting.objects.count() == 1
    assert host.post("/meetings", {**WEBINAR, "capacity": 7}, Idempotency_Key="a-1").status_code == 422


def test_after_a_refusal_the_key_may_be_used_again(program: Programs) -> None:
    host = program()
    assert host.post("/meetings", {**WEBINAR, "capacity": 0}, Idempotency_Key="a-2").status_code == 422
    assert host.post("/meetings", WEBINAR, Idempotency_Key="a-2").status_code == 201


def test_answers_to_keys_are_kept_for_two_days(program: Programs) -> None:
    host, now = program(), timezone.now()
    first = host.post("/meetings", WEBINAR, Idempotency_Key="a-3").json()
    with time_machine.travel(now + timedelta(days=1, hours=23), tick=False):
        assert host.post("/meetings", WEBINAR, Idempotency_Key="a-3").json() == first
    with time_machine.travel(now + timedelta(days=2, minutes=1), tick=False):
        assert host.post("/meetings", WEBINAR, Idempotency_Key="a-4").status_code == 201
        assert [answer.key for answer in IdempotentAnswer.objects.all()] == ["a-4"]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many"])
def test_a_page_has_at_most_two_hundred_items(program: Programs, limit: str) -> None:
    reader = program()
    assert reader.get("/meetings?limit=200").status_code == 200
    refused = reader.get(f"/meetings?limit={limit}")
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["limit"])


def test_pages_go_on_where_the_last_one_ended(program: Programs) -> None:
    reader = program()
    meetings = [factories.meeting(starts_at=factories.STARTS_AT + timedelta(hours=hour)) for hour in range(5)]
    first = reader.get("/meetings?limit=2").json()
    second = reader.get(f"/meetings?limit=2&cursor={first['next']}").json()
    third = reader.get(f"/meetings?limit=2&cursor={second['next']}").json()
    found = [item["id"] for part in (first, second, third) for item in part["items"]]
    assert found == [meeting.pk for meeting in meetings]
    assert third["next"] is None


@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "W10", "WyJhIiwgImIiXQ", "%00", "W3t9LCBbXV0"])
def test_a_made_up_cursor_is_a_field_error(program: Programs, cursor: str) -> None:
    factories.meeting()
    assert program().get(f"/meetings?cursor={cursor}").status_code == 422


def test_registering_fills_the_seats_and_then_the_waitlist(program: Programs) -> None:
    host = program()
    meeting = host.post("/meetings", WEBINAR).json()["id"]
    states = [
        host.post(
            f"/meetings/{meeting}/registrations", {"email": f"p{n}@example.org", "name": f"P {n}"}
        ).json()["state"]
        for n in range(3)
    ]
    assert states == ["confirmed", "confirmed", "waitlisted"]


def test_the_same_address_again_is_a_conflict(program: Programs) -> None:
    host = program()
    meeting = host.post("/meetings", WEBINAR).json()["id"]
    asked = {"email": "rasa@example.org", "name": "Rasa"}
    assert host.post(f"/meetings/{meeting}/registrations", asked).status_code == 201
    assert (
        host.post(f"/meetings/{meeting}/registrations", {**asked, "email": "RASA@example.org"}).status_code
        == 409
    )


def test_withdrawing_frees_the_seat_for_the_one_who_waits(program: Programs) -> None:
    host = program()
    soon = (timezone.now() + timedelta(hours=3)).isoformat(timespec="minutes")
    meeting = host.post("/meetings", {**WEBINAR, "starts_at": soon, "capacity": 1}).json()["id"]
    first, second = (
        host.post(f"/meetings/{meeting}/registrations", {"email": f"p{n}@example.org", "name": "P"}).json()[
            "id"
        ]
        for n in range(2)
    )
    assert host.delete(f"/registrations/{first}").status_code == 204
    assert Registration.objects.get(pk=second).state == Registration.State.CONFIRMED


def test_no_answer_ever_carries_the_personal_link(program: Programs) -> None:
    host = program()
    meeting = factories.meeting(host=host.person)
    registration = factories.registration(meeting=meeting)
    shown = host.get(f"/meetings/{meeting.pk}/registrations").content.decode()
    assert registration.pk in shown
    assert registration.link_key not in shown


def test_only_hosts_read_who_is_registered_and_who_came(program: Programs) -> None:
    meeting = factories.registration().meeting
    stranger = program()
    assert stranger.get(f"/meetings/{meeting.pk}/registrations").status_code == 403
    assert stranger.get(f"/meetings/{meeting.pk}/attendance").status_code == 403
    assert program(meeting.host).get(f"/meetings/{meeting.pk}/attendance").status_code == 200


def test_attendance_merges_a_second_tab(program: Programs) -> None:
    meeting = factories.meeting(state=Meeting.State.ENDED)
    registration = factories.registration(meeting=meeting)
    for number, (start, end) in enumerate([(0, 40), (10, 30), (50, 60)]):
        factories.presence(
            room=meeting.room,
            person=registration.person,
            joined_at=meeting.starts_at + timedelta(minutes=start),
            left_at=meeting.starts_at + timedelta(minutes=end),
            connection=f"c{number}",
        )
    shown = program(meeting.host).get(f"/meetings/{meeting.pk}/attendance").json()["items"]
    assert [(one["minutes"], one["share"], one["counted"], len(one["intervals"])) for one in shown] == [
        (50, 0.8333, True, 2)
    ]


def test_start_and_end_go_through_the_states(program: Programs) -> None:
    host = program()
    meeting = host.post("/meetings", WEBINAR).json()["id"]
    assert host.post(f"/meetings/{meeting}/start").json()["state"] == "live"
    assert host.post(f"/meetings/{meeting}/cancel").status_code == 409
    assert host.post(f"/meetings/{meeting}/end").json()["state"] == "ended"
    assert host.post(f"/meetings/{meeting}/end").status_code == 409


def test_a_token_does_only_what_its_scopes_say(program: Programs) -> None:
    reader = program(scopes=("meetings:read",))
    assert reader.get("/meetings").status_code == 200
    assert reader.post("/meetings", WEBINAR).status_code == 403


def test_without_a_valid_token_nothing_is_shown(program: Programs) -> None:
    host = program()
    ApiToken.objects.update(revoked_at=timezone.now())
    answer = host.get("/meetings")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_guest_may_not_schedule(program: Programs) -> None:
    assert program(factories.person()).post("/meetings", WEBINAR).status_code == 403


def test_broken_json_is_a_problem_and_not_a_failure(program: Programs) -> None:
    from django.test import Client

    host = program()
    answer = Client().post(
        "/api/v1/meetings",
        data="{",
        content_type="application/json",
        headers={"Authorization": f"Bearer {host.token}"},
    )
    assert answer.status_code == 400


def test_a_program_that_asks_too_fast_is_told_when_to_come_back(program: Programs, settings: Any) -> None:
    reader = program()
    settings.RATE_LIMITS = True
    rate_limits.memory_limiter.cache_clear()
    rate_limits.redis_limiter.cache_clear()
    with time_machine.travel(timezone.now(), tick=False):
        counted = [
            rate_limits.hit(parse("600/minute"), "api", ApiToken.hash_of(reader.token)) for _ in range(590)
        ]
        assert all(counted)  # as requests are counted, of which only the last are sent
        answers = [reader.get("/programmes").status_code for _number in range(11)]
        assert answers == [200] * 10 + [429]
        assert int(reader.get("/programmes")["Retry-After"]) > 0
    rate_limits.memory_limiter.cache_clear()
    rate_limits.redis_limiter.cache_clear()


def test_the_calendar_entry_is_there_for_programs(program: Programs) -> None:
    meeting = factories.meeting()
    answer = program().get(f"/meetings/{meeting.pk}/calendar.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    assert f"UID:{meeting.uid}" in answer.content.decode()


def test_a_ticket_is_new_each_time_also_with_a_key(program: Programs) -> None:
    host = program()
    meeting = factories.meeting(host=host.person)
    answers = [host.post(f"/rooms/{meeting.room_id}/tickets", {}, Idempotency_Key="t-1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len({tickets.read(answer.json()["ticket"]).id for answer in answers}) == 2
    operation = host.get("/openapi.json").json()["paths"]["/api/v1/rooms/{room_id}/tickets"]["post"]
    assert "Idempotency-Key" not in [each["name"] for each in operation["parameters"]]
