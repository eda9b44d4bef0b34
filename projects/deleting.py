"""A project is deleted for good by a lead's decision, thirty days later; until then the decision can be revoked."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from companies.models import Person
from companies.signals import access_changed
from meetings.access import Visitor
from meetings.models import Meeting
from projects import access, files, history, signals
from projects.exporting import forget
from projects.leading import UnableToChange, lock, locked
from projects.memberships import memberships
from projects.models import FileVersion, HistoryEntry, ProjectDeletion, ProjectRoom
from rooms.models import Room, RoomEvent

TERM = timedelta(days=30)
# What stays of a room, for the secretariat alone: that people met, for the funder.
KEPT = frozenset({"breakouts", "meetings", "participants", "presences", "project", "recordings"})


@transaction.atomic
def decide_deletion(*, project: ProjectRoom, by: Visitor, now: datetime) -> ProjectDeletion:
    """All members are told by email. Raises UnableToChange, and as `access.lead_of`."""
    lead = locked(project, by)
    if ProjectDeletion.objects.filter(project=project).exists():
        raise UnableToChange("outdated", _("The project has been changed since you opened this page."))
    if _has_meetings_ahead(project, now):
        message = _("The project still has a meeting ahead. Cancel it first, or wait until it is over.")
        raise UnableToChange("meetings_ahead", message)
    deletion = ProjectDeletion.objects.create(
        project=project, title=lead.project.title, decided_by=lead.person, decided_at=now, due_at=now + TERM
    )
    history.write(project, HistoryEntry.Kind.DELETION_DECIDED, by=lead.person, now=now)
    _tell(project, deletion, lead.person, now, is_revoked=False)
    return deletion


@transaction.atomic
def revoke_deletion(*, project: ProjectRoom, by: Visitor, now: datetime) -> None:
    """By any lead; all members are told. Raises UnableToChange, and as `access.lead_of`."""
    lead = locked(project, by)
    deletion = ProjectDeletion.objects.filter(project=project).first()
    if deletion is None:
        raise UnableToChange("outdated", _("The project has been changed since you opened this page."))
    _tell(project, deletion, lead.person, now, is_revoked=True)
    deletion.delete()
    history.write(project, HistoryEntry.Kind.DELETION_REVOKED, by=lead.person, now=now)


def _tell(
    project: ProjectRoom, deletion: ProjectDeletion, by: Person, now: datetime, *, is_revoked: bool
) -> None:
    people = memberships.people_of(project.pk).order_by("pk").values_list("pk", flat=True)
    signals.deletion_decided.send(
        ProjectRoom,
        project=project,
        people=list(people),
        by=by,
        deletion=deletion,
        is_revoked=is_revoked,
        now=now,
    )


def _has_meetings_ahead(project: ProjectRoom, now: datetime) -> bool:
    ahead = Meeting.objects.filter(room=project.pk, state__in=Meeting.OPEN_STATES, ends_at__gt=now)
    return ahead.exists()


# ---- when the term is over -----------------------------------------------------------------------------------


def delete_due_projects(*, now: datetime) -> None:
    """Those whose term is over; one with a meeting ahead waits until that is over."""
    due = ProjectDeletion.objects.filter(due_at__lte=now, deleted_at__isnull=True).order_by("due_at")
    for pk in list(due.values_list("pk", flat=True)[:20]):
        _delete(pk, now)


@transaction.atomic
def _delete(pk: str, now: datetime) -> None:
    found = ProjectDeletion.objects.select_related("project__room")
    deletion = found.filter(pk=pk, deleted_at__isnull=True, project__isnull=False).first()
    if deletion is None or deletion.project is None:
        return
    project = deletion.project
    lock(project)
    deletion = ProjectDeletion.objects.select_for_update().filter(pk=pk, project=project).first()
    if deletion is None or _has_meetings_ahead(project, now):  # revoked meanwhile
        return
    people = list(memberships.people_of(project.pk).values_list("pk", flat=True))
    leads = list(access.leads_of(project).values_list("person", flat=True)) or people
    deletion.counts, deletion.deleted_at, deletion.project = _counts(project, len(people)), now, None
    deletion.title = project.title
    deletion.save(update_fields=["counts", "deleted_at", "project", "title"])
    deletion.leads.set(leads)
    signals.project_deleted.send(ProjectRoom, project=project, now=now)
    _empty(project, now)
    access_changed.send(Person, people=people)


def _counts(project: ProjectRoom, members: int) -> dict[str, int]:
    room = project.room
    return {
        "members": members,
        "files": project.files.count(),
        "bytes": sum(FileVersion.objects.filter(file__project=project).values_list("size", flat=True)),
        "discussions": project.threads.count(),
        "date_polls": project.date_polls.count(),
        "decisions": project.decisions.count(),
        "actions": project.actions.count(),
        "messages": access.messages_in(room).count(),
        "notes": room.note_documents.count(),
        "meetings": room.meetings.count(),
    }


def _empty(project: ProjectRoom, now: datetime) -> None:
    """Files of slides and documents are found by the nightly rules when their rows are gone."""
    for version in FileVersion.objects.filter(file__project=project):
        files.delete_after_commit(version.pk)
    for upload in project.uploads.all():
        files.delete_after_commit(upload.pk)
    for export in project.exports.all():
        forget(export)
    room = project.room
    _delete_rows_of(project, frozenset())
    _delete_rows_of(room, KEPT)
    RoomEvent.objects.filter(room__parent=room).delete()
    room.companies.clear()
    ProjectRoom.objects.filter(pk=project.pk).update(
        title=_title_of_deleted(),
        purpose={},
        created_by=None,
        terms_version=0,
        state=ProjectRoom.State.CLOSED,
        state_changed_at=now,
        state_changed_by=None,
        state_reason="",
    )


def _delete_rows_of(row: ProjectRoom | Room, kept: frozenset[str]) -> None:
    """Of every table that hangs on it, also those of features that are added later."""
    for relation in row._meta.related_objects:
        if relation.on_delete is models.CASCADE and relation.get_accessor_name() not in kept:
            rows: Any = relation.related_model._base_manager
            rows.filter(**{relation.field.name: row}).delete()


def _title_of_deleted() -> dict[str, str]:
    titles: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            titles[language] = _("Deleted project")
    return titles
