"""Invitations by a host's program."""

from collections.abc import Callable
from typing import Any

import pytest

from meetings import inviting
from meetings.models import Invitation, Meeting
from tests import factories
from tests.api.conftest import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting() -> Meeting:
    return factories.meeting(visibility=Meeting.Visibility.INVITED)


@pytest.fixture
def host(program: Callable[..., Program], meeting: Meeting) -> Program:
    return program(meeting.host)


def path(meeting: Meeting) -> str:
    return f"/meetings/{meeting.pk}/invitations"


def line(email: str, **fields: Any) -> dict[str, Any]:
    return {"email": email, **fields}


def test_each_line_has_a_result(host: Program, meeting: Meeting) -> None:
    lines = [
        line("Rasa@Example.lt", name="Rasa", language="lt", company="Vėjas", timezone="Europe/Vilnius"),
        line("not an address"),
        line("rasa@example.lt"),
        line("rasa@example.lt"),
        line(meeting.host.email),
    ]
    answer = host.post(path(meeting), {"invitations": lines})
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [one["status"] for one in results] == [
        *("invited", "invalid", "repeated", "repeated", "takes_part"),
    ]
    made = results[0]["invitation"]
    assert {name: made[name] for name in ("email", "name", "language", "company", "timezone", "state")} == {
        "email": "rasa@example.lt",
        "name": "Rasa",
        "language": "lt",
        "company": "Vėjas",
        "timezone": "Europe/Vilnius",
        "state": "invited",
    }
    assert results[1]["detail"]
    assert results[1]["invitation"] is None
    stored = Invitation.objects.get()
    assert (stored.pk, stored.invited_by) == (made["id"], meeting.host)
    assert stored.link_key not in answer.content.decode()


def test_the_same_key_invites_once_and_a_later_call_finds_them_invited(
    host: Program, meeting: Meeting
) -> None:
    body = {"invitations": [line("rasa@example.lt")]}
    first = host.post(path(meeting), body, Idempotency_Key="one")
    again = host.post(path(meeting), body, Idempotency_Key="one")
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert host.post(path(meeting), body).json()["results"][0]["status"] == "already_invited"
    assert meeting.invitations.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "invitations"),
        ({"invitations": []}, "invitations"),
        ({"invitations": "rasa@example.lt"}, "invitations"),
        ({"invitations": [{"name": "Rasa"}]}, "invitations.0.email"),
        ({"invitations": [line("a@example.org", language="xx")]}, "invitations.0.language"),
        ({"invitations": [line("a@example.org", timezone="Nowhere")]}, "invitations.0.timezone"),
        ({"invitations": [line("a@example.org", name="x" * 121)]}, "invitations.0.name"),
        ({"invitations": [line("a@example.org", role="host")]}, "invitations.0.role"),
        ({"invitations": [line(5)]}, "invitations.0.email"),  # type: ignore[arg-type]
        ({"invitations": [line("a@example.org")], "draft": True}, "draft"),
        (
            {"invitations": [line(f"a{n}@example.org") for n in range(inviting.MOST_AT_ONCE + 1)]},
            "invitations",
        ),
    ],
)
def test_a_wrong_body_is_refused_by_field_and_invites_nobody(
    host: Program, meeting: Meeting, body: dict[str, Any], field: str
) -> None:
    answer = host.post(path(meeting), body)
    assert answer.status_code == 422, answer.content
    assert [name for name in answer.json()["errors"] if name.startswith(field)], answer.json()
    assert not Invitation.objects.exists()


def test_a_draft_is_published_first(program: Callable[..., Program]) -> None:
    draft = factories.meeting(state=Meeting.State.DRAFT)
    answer = program(draft.host).post(path(draft), {"invitations": [line("a@example.org")]})
    assert (answer.status_code, answer.json()["code"]) == (409, "draft")


def test_the_list_is_paged_and_for_hosts(
    host: Program, meeting: Meeting, program: Callable[..., Program]
) -> None:
    made = [factories.invitation(meeting=meeting) for _ in range(3)]
    first = host.get(f"{path(meeting)}?limit=2").json()
    second = host.get(f"{path(meeting)}?limit=2&cursor={first['next']}").json()
    found = [one["id"] for one in [*first["items"], *second["items"]]]
    assert (sorted(found), second["next"]) == (sorted(one.pk for one in made), None)
    assert program(made[0].person).get(path(meeting)).status_code == 403
    assert program().get(path(meeting)).status_code == 404


def test_who_is_invited_sees_the_meeting_and_registers_nobody_else(
    meeting: Meeting, program: Callable[..., Program]
) -> None:
    invitation = factories.invitation(meeting=meeting)
    guest = program(invitation.person)
    assert guest.get(f"/meetings/{meeting.pk}").status_code == 200
    assert program().get(f"/meetings/{meeting.pk}").status_code == 404
    answer = guest.post(f"{path(meeting)}", {"invitations": [line("friend@example.org")]})
    assert answer.status_code == 403
