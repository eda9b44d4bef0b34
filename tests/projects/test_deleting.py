"""A project is deleted for good: who decides it, who is told, what goes and what stays."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.urls import reverse
from django.utils import timezone

from companies.models import Person
from meetings.access import NotAllowed, Visitor
from meetings.models import Meeting
from notifications.models import Notification
from projects import access, deleting, exporting
from projects.files import folder_of
from projects.leading import UnableToChange
from projects.models import FileVersion, HistoryEntry, ProjectDeletion, ProjectRoom
from recordings.models import Recording
from rooms.models import Room
from tests import factories
from tests.factories import NOW
from tests.projects.conftest import Project
from tests.projects.test_exports import lived_in
from tests.projects.test_members import signed_in

pytestmark = pytest.mark.django_db
DUE = NOW + deleting.TERM


def decide(project: Project) -> ProjectDeletion:
    return deleting.decide_deletion(project=project.room, by=project.by, now=NOW)


def told() -> set[Person | None]:
    return {mail.person for mail in Notification.objects.filter(kind=Notification.Kind.PROJECT_DELETION)}


def test_a_lead_decides_it_all_are_told_and_any_lead_stops_it(project: Project) -> None:
    with pytest.raises(NotAllowed):
        deleting.decide_deletion(project=project.room, by=Visitor(project.member), now=NOW)
    ahead = factories.meeting(room=project.room.room, starts_at=NOW + timedelta(days=1))
    with pytest.raises(UnableToChange):
        decide(project)
    Meeting.objects.filter(pk=ahead.pk).update(state=Meeting.State.CANCELLED)
    page = signed_in(project.lead).get(reverse("delete_project", args=[project.room.pk])).content.decode()
    assert "Files, discussions, date polls, notes" in page
    decide(project)
    assert told() == {project.lead, project.member}
    page = reverse("project_room", args=[project.room.pk])
    assert "This project will be deleted" in signed_in(project.member).get(page).content.decode()
    deleting.delete_due_projects(now=DUE - timedelta(minutes=1))
    lead = signed_in(project.lead)
    lead.post(reverse("delete_project", args=[project.room.pk]), {"do": "revoke"})
    deleting.delete_due_projects(now=DUE)
    assert project.room.history.latest("pk").kind == HistoryEntry.Kind.DELETION_REVOKED
    assert Notification.objects.filter(kind=Notification.Kind.PROJECT_DELETION).count() == 4
    assert "This project will be deleted" not in lead.get(page).content.decode()


def rows_of(row: ProjectRoom | Room, kept: frozenset[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for relation in row._meta.related_objects:
        if relation.on_delete is models.CASCADE and relation.get_accessor_name() not in kept:
            rows: Any = relation.related_model
            found[rows.__name__] = rows._base_manager.filter(**{relation.field.name: row.pk}).count()
    return {name: count for name, count in found.items() if count}


def test_when_the_term_is_over_everything_goes_but_that_people_met(
    project: Project, django_capture_on_commit_callbacks: Any
) -> None:
    meeting = lived_in(project)
    room = project.room.room
    recording = factories.recording(meeting=meeting, state=Recording.State.PUBLISHED)
    presence = factories.presence(room=room, person=project.member, joined_at=NOW, left_at=NOW)
    export = exporting.ask_for_export(project=project.room, by=project.by, now=NOW)
    exporting.make(export_id=export.pk, now=timezone.now())
    versions = list(FileVersion.objects.values_list("pk", flat=True))
    assert len(rows_of(room, deleting.KEPT)) > 4
    decision = decide(project)
    with django_capture_on_commit_callbacks(execute=True):
        deleting.delete_due_projects(now=DUE)
    assert rows_of(room, deleting.KEPT) == {}
    assert rows_of(project.room, frozenset()) == {}
    assert not any(folder_of(version).exists() for version in versions)
    assert not exporting.folder_of(export.pk).exists()
    recording.refresh_from_db()
    assert recording.state == Recording.State.DELETED
    presence.refresh_from_db()
    assert Meeting.objects.get(pk=meeting.pk).room_id == room.pk
    assert not access.project_rooms(project.by).exists()
    assert signed_in(project.lead).get(reverse("project_room", args=[room.pk])).status_code == 404
    decision.refresh_from_db()
    receipt = reverse("deletion_receipt", args=[decision.pk])
    shown = signed_in(project.lead).get(receipt).content.decode()
    assert all(words in shown for words in ("Floating collectors", "Discussions", "Date polls"))
    assert (decision.counts["discussions"], decision.counts["date_polls"]) == (1, 1)
    assert (decision.counts["files"], decision.counts["messages"], decision.counts["members"]) == (1, 2, 2)
    assert receipt in signed_in(project.lead).get(reverse("project_rooms")).content.decode()
    assert signed_in(project.member).get(receipt).status_code == 404
    secretariat = signed_in(factories.person(is_secretariat=True))
    assert secretariat.get(reverse("attendance", args=[meeting.pk])).status_code == 200
    deleting.delete_due_projects(now=DUE + timedelta(days=1))  # once is enough


def test_a_meeting_that_is_still_ahead_is_held_before(project: Project) -> None:
    decide(project)
    meeting = factories.meeting(room=project.room.room, starts_at=DUE + timedelta(hours=1))
    deleting.delete_due_projects(now=DUE)
    assert access.project_rooms(project.by).exists()
    deleting.delete_due_projects(now=meeting.ends_at + timedelta(minutes=1))
    assert not access.project_rooms(project.by).exists()
