"""Decisions and actions: who writes them, who may say that they are done, and where they are listed."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from companies.models import Person
from meetings.access import NotAllowed, Visitor
from meetings.models import MeetingRole
from projects import access, acting, agreeing, joining
from projects.acting import ActionInput, UnableToAct
from projects.models import Action, HistoryEntry, ProjectRoom, Role
from rooms.models import RoomEvent
from tests import factories
from tests.factories import NOW
from tests.projects.conftest import Project
from tests.projects.test_members import remove, signed_in

pytestmark = pytest.mark.django_db


def write(project: Project, text: str = "Ask the waterway office", **owner: Any) -> Action:
    return acting.write_action(
        project=project.room, content=ActionInput(text=text, **owner), by=project.by, now=NOW
    )


def mine(person: Person) -> set[str]:
    visitor = Visitor(Person.objects.get(pk=person.pk))
    return set(access.own_actions(visitor).open().values_list("text", flat=True))


def test_a_message_of_the_chat_becomes_an_action_that_stands_in_its_owners_list_until_it_is_done(
    project: Project,
) -> None:
    RoomEvent.objects.create(
        room=project.room.room,
        seq=7,
        ev="chat.message",
        at=NOW,
        payload={"from": {"name": "Tomasz", "company": ""}, "text": "Who asks for the depths?"},
    )
    client, owner = signed_in(project.member), signed_in(project.lead)
    page = reverse("project_actions", args=[project.room.pk])
    room = client.get(reverse("project_room", args=[project.room.pk])).content.decode()
    assert f"{page}?message=7" in room
    offered = client.get(f"{page}?message=7").content.decode()
    assert 'value="Who asks for the depths?"' in offered
    yesterday = timezone.localdate() - timedelta(days=1)
    given = {"add": "action", "text": "Ask for the depths", "due_on": yesterday.isoformat()}
    wrong = client.post(page, {**given, "owner": "person-0"})
    assert wrong.status_code == 422
    assert 'value="Ask for the depths"' in wrong.content.decode()
    client.post(page, {**given, "owner": f"person-{project.lead.pk}"})
    body = owner.get(reverse("my_actions")).content.decode()
    assert "Ask for the depths" in body
    assert "overdue" in body
    action = Action.objects.get()
    owner.post(reverse("set_action_done", args=[project.room.pk, action.pk]), {"back": "mine"})
    action.refresh_from_db()
    assert action.done_by == project.lead
    assert "Ask for the depths" not in owner.get(reverse("my_actions")).content.decode()
    assert "Ask for the depths" in owner.get(page).content.decode()


def test_the_list_of_a_person_holds_what_is_theirs_and_their_companys_where_they_may_read(
    project: Project,
) -> None:
    write(project, "by person", person=project.member)
    write(project, "by company", company=project.theirs)
    write(project, "by nobody")
    assert mine(project.member) == {"by person", "by company"}
    assert mine(project.lead) == set()
    agreeing.write_terms(project=project.room, text={"en": "Quiet."}, expected=0, by=project.by, now=NOW)
    assert mine(project.member) == set()
    agreeing.accept_terms(project=project.room, version=1, by=Visitor(project.member), now=NOW)
    assert mine(project.member) == {"by person", "by company"}
    ProjectRoom.objects.update(state=ProjectRoom.State.ARCHIVED, state_changed_at=NOW)
    assert mine(project.member) == set()
    ProjectRoom.objects.update(state=ProjectRoom.State.OPEN)
    remove(project, project.member)
    assert mine(project.member) == set()


def test_a_reader_marks_their_own_and_their_companys_action_as_done_and_no_other(project: Project) -> None:
    reader = project.member
    joining.change_role(project=project.room, person=reader, role=Role.READER, by=project.by, now=NOW)
    own, other = write(project, person=reader), write(project, person=project.lead)
    for action in (own, write(project, company=project.theirs)):
        acting.set_done(action=action, is_done=True, by=Visitor(reader), now=NOW)
    with pytest.raises(NotAllowed):
        acting.set_done(action=other, is_done=True, by=Visitor(reader), now=NOW)
    with pytest.raises(NotAllowed):
        acting.write_decision(project=project.room, text="24", by=Visitor(reader), now=NOW)
    assert list(Action.objects.open()) == [other]


def test_an_owner_is_in_the_project_and_stays_named_after_they_have_left(project: Project) -> None:
    for owner in ({"person": factories.member()}, {"company": factories.company()}):
        with pytest.raises(UnableToAct) as refused:
            write(project, **owner)
        assert (refused.value.code, refused.value.field) == ("not_in", "owner")
    action = write(project, person=project.member)
    joining.remove_person(project=project.room, person=project.member, by=project.by, now=NOW)
    content = ActionInput(text="Ask again", person=project.member)
    acting.change_action(action=action, content=content, by=project.by, now=NOW)
    page = reverse("edit_action", args=[project.room.pk, action.pk])
    assert (
        f'value="person-{project.member.pk}" selected' in signed_in(project.lead).get(page).content.decode()
    )


def test_a_decision_that_no_longer_holds_stays_in_the_list_and_is_withdrawn_once(project: Project) -> None:
    made = acting.write_decision(project=project.room, text="24 collectors", by=project.by, now=NOW)
    given = {"project": project.room, "decision_id": made.pk, "by": project.by, "now": NOW}
    acting.withdraw_decision(**given)
    body = signed_in(project.member).get(reverse("project_actions", args=[project.room.pk])).content.decode()
    assert "24 collectors" in body
    assert "no longer valid" in body
    with pytest.raises(UnableToAct):
        acting.withdraw_decision(**given)


def test_an_action_has_one_owner(project: Project) -> None:
    with pytest.raises(UnableToAct):
        write(project, person=project.lead, company=project.ours)
    with pytest.raises(IntegrityError):
        Action.objects.create(
            project=project.room, text="x", person=project.lead, company=project.ours, made_at=NOW
        )


def test_the_actions_of_another_project_cannot_be_reached_by_this_ones_address(project: Project) -> None:
    foreign = factories.room(companies=[factories.company(), factories.company()])
    action = Action.objects.create(project=foreign.project, text="Secret", made_at=NOW)
    client = signed_in(project.lead)
    address = reverse("set_action_done", args=[project.room.pk, action.pk])
    assert client.post(address).status_code == 404
    assert client.get(reverse("edit_action", args=[project.room.pk, action.pk])).status_code == 404


def test_in_the_room_a_member_adds_actions_and_decisions_marks_them_done_and_nothing_typed_is_lost(
    project: Project,
) -> None:
    member, panel = signed_in(project.member), reverse("project_panel", args=[project.room.pk])
    room = member.get(reverse("room", args=[project.room.pk])).content.decode()
    assert f'"projectPanelUrl": "{panel}", "mayWriteInProject": true' in room
    given = {"text": "Ask for the depths", "owner": f"person-{project.lead.pk}", "due_on": "1999-13-01"}
    wrong = member.post(panel, {**given, "add": "action"})
    assert wrong.status_code == 422
    assert 'value="Ask for the depths"' in wrong.content.decode()
    member.post(panel, {**given, "due_on": "2027-03-01", "add": "action"})
    member.post(panel, {"text": "24 collectors", "add": "decision"})
    action = Action.objects.get()
    assert (action.person, action.made_by) == (project.lead, project.member)
    joining.change_role(project=project.room, person=project.member, role=Role.READER, by=project.by, now=NOW)
    read = member.get(panel).content.decode()
    assert "Ask for the depths" in read
    assert "24 collectors" in read
    assert "Mark as done" not in read
    assert member.post(panel, {"text": "Ask again", "add": "action"}).status_code == 403
    assert (
        '"mayWriteInProject": false' in member.get(reverse("room", args=[project.room.pk])).content.decode()
    )
    assert (
        "Ask for the depths" not in signed_in(project.lead).post(panel, {"done": action.pk}).content.decode()
    )
    told = list(project.room.history.order_by("pk").values_list("kind", "details__text"))[-4:]
    kinds = HistoryEntry.Kind
    assert told == [
        (kinds.ACTION_ADDED, "Ask for the depths"),
        (kinds.DECISION_MADE, "24 collectors"),
        (kinds.ROLE_CHANGED, None),
        (kinds.ACTION_DONE, "Ask for the depths"),
    ]


def test_a_speaker_from_outside_has_no_panel_of_the_project(project: Project) -> None:
    speaker = factories.person()
    start = timezone.now() + timedelta(minutes=5)
    meeting = factories.meeting(room=project.room.room, starts_at=start, visibility="invited")
    MeetingRole.objects.create(meeting=meeting, person=speaker, role="speaker")
    client = signed_in(speaker)
    room = client.get(reverse("room", args=[project.room.pk]))
    assert room.status_code == 200
    assert '"projectPanelUrl": ""' in room.content.decode()
    assert client.get(reverse("project_panel", args=[project.room.pk])).status_code == 404
