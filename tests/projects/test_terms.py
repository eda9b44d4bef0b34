"""Terms of confidentiality are accepted before anything of the project opens."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from api.models import ApiToken
from companies.models import Person
from meetings import access as meeting_access
from meetings.access import Visitor
from meetings.models import Meeting
from projects import agreeing, ending
from projects.leading import UnableToChange
from projects.models import HistoryEntry, ProjectRoom, ProjectTerms
from recordings import access as recording_access
from recordings.models import Recording
from tests import factories
from tests.factories import NOW
from tests.projects.conftest import Project
from tests.projects.test_members import signed_in

pytestmark = pytest.mark.django_db


def write(project: Project, expected: int = 0) -> ProjectTerms:
    text = {"en": "Tell nobody of the ice.", "pl": "Nikomu nie mów o lodzie."}
    return agreeing.write_terms(project=project.room, text=text, expected=expected, by=project.by, now=NOW)


def ticket(project: Project, person: Person) -> tuple[int, str]:
    """As a program asks for one."""
    ApiToken.objects.get_or_create(
        key_hash=ApiToken.hash_of(person.email),
        defaults={"person": person, "scopes": ["rooms:enter"], "created_at": timezone.now()},
    )
    headers = {"Authorization": f"Bearer {person.email}"}
    path = f"/api/v1/rooms/{project.room.pk}/tickets"
    answer = Client().post(path, "{}", "application/json", headers=headers)
    return answer.status_code, str(json.loads(answer.content).get("code", ""))


def test_page_room_recording_and_program_open_once_the_terms_are_accepted_and_close_with_a_new_version(
    project: Project,
) -> None:
    meeting = factories.meeting(
        room=project.room.room, state=Meeting.State.ENDED, visibility=Meeting.Visibility.INVITED
    )
    factories.recording(meeting=meeting, state=Recording.State.PUBLISHED)
    client, visitor = signed_in(project.member), Visitor(project.member)
    terms, page = (reverse(name, args=[project.room.pk]) for name in ("project_terms", "project_room"))
    doors = [
        page,
        reverse("meeting", args=[meeting.pk]),
        *(reverse(name, args=[project.room.pk]) for name in ("room", "project_history")),
    ]

    def is_open() -> set[bool]:
        at = {client.get(door).status_code == 200 for door in doors}
        at.add(recording_access.visible_recordings(visitor).exists())
        at.add(meeting_access.own_meetings(visitor).exists())
        at.add(client.post(reverse("room_ticket", args=[project.room.pk])).status_code == 200)
        return at

    assert is_open() == {True}
    for version in (1, 2):
        write(project, expected=version - 1)
        assert is_open() == {False}
        assert [client.get(door).headers["Location"] for door in doors] == [terms] * len(doors)
        assert ticket(project, project.member) == (403, "terms_not_accepted")
        body = client.get(terms, headers={"Accept-Language": "pl"}).content.decode()
        assert "Tell nobody of the ice." in body
        client.post(terms, {"version": str(version)})
        assert is_open() == {True}
        assert ticket(project, project.member)[0] == 201
    kinds = project.room.history.filter(by=project.member).values_list("kind", "details")
    accepted = HistoryEntry.Kind.TERMS_ACCEPTED
    assert list(kinds.order_by("pk")) == [(accepted, {"version": 1}), (accepted, {"version": 2})]


def test_nobody_accepts_what_they_have_not_read_or_writes_over_what_another_wrote(project: Project) -> None:
    write(project)
    write(project, expected=1)
    with pytest.raises(UnableToChange, match="newer"):
        agreeing.accept_terms(project=project.room, version=1, by=Visitor(project.member), now=NOW)
    with pytest.raises(UnableToChange, match="Someone else"):
        write(project, expected=1)
    client = signed_in(project.member)
    for version in ("1", "", "x", "9" * 400):
        client.post(reverse("project_terms", args=[project.room.pk]), {"version": version})
    assert not project.room.acceptances.filter(person=project.member).exists()


def test_who_does_not_accept_can_leave(project: Project) -> None:
    write(project)
    signed_in(project.member).post(reverse("leave_project", args=[project.room.pk]))
    assert project.room.members.gone().get().person == project.member


def test_the_terms_of_a_project_that_ended_stay_as_they_are(project: Project) -> None:
    ending.change_state(
        project=project.room, state=ProjectRoom.State.ARCHIVED, reason="", by=project.by, now=NOW
    )
    with pytest.raises(UnableToChange) as refused:
        write(project)
    assert refused.value.code == "not_open"
