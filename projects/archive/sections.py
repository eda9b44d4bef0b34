"""What an archive of a project holds: what its leads may read."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from companies.languages import in_language
from companies.templatetags.page import day_in_words
from engagement.models import NoteDocument
from projects import access, files
from projects.archive.between_meetings import (
    threads_of,
    write_agenda_templates,
    write_date_polls,
    write_discussions,
    write_sheet,
    write_thread,
)
from projects.archive.markup import entry, in_each_language, list_of, moment
from projects.archive.meetings import meetings_of, write_meeting, write_meetings, write_notes, write_resources
from projects.archive.writing import BATCH, STYLE, Archive, file_name, link
from projects.memberships import companies_of, memberships
from projects.models import FileVersion, HistoryEntry, ProjectRoom
from projects.models.file import files_storage
from rooms.models import RoomEvent


def count_of_steps(project: ProjectRoom) -> int:
    counted = (meetings_of(project), threads_of(project), _versions_of(project))
    return len(_PARTS) + 1 + sum(rows.count() for rows in counted)


def write_all(archive: Archive, project: ProjectRoom, now: datetime) -> Iterator[None]:
    """Yields after each step."""
    archive.text("style.css", STYLE)
    for write in _PARTS:
        write(archive, project)
        yield
    for meeting in meetings_of(project).iterator(BATCH):
        write_meeting(archive, meeting)
        yield
    for thread in threads_of(project).iterator(BATCH):
        write_thread(archive, thread)
        yield
    for version in _versions_of(project).iterator(BATCH):
        with files_storage().open(files.content_name(version.pk)) as content:
            archive.copy(_place_of(version), content)
        yield
    _write_overview(archive, project, now)
    yield


def _write_project(archive: Archive, project: ProjectRoom) -> None:
    archive.json(
        "project",
        [
            {
                "title": project.title,
                "purpose": project.purpose,
                "at": project.room.created_at,
                "by": str(project.created_by or ""),
                "state": project.state,
                "state_changed_at": project.state_changed_at,
                "state_changed_by": str(project.state_changed_by or ""),
                "state_reason": project.state_reason,
            }
        ],
    )


# ---- pages of lists ------------------------------------------------------------------------------------------


def _write_members(archive: Archive, project: ProjectRoom) -> None:
    people = (
        memberships.people_of(project.pk).select_related("company").order_by("company__name", "name", "pk")
    )
    rows = {row.person_id: row for row in access.members_with_a_row(project)}

    def role_of(person: Any) -> str:
        row = rows.get(person.pk)
        return str(row.get_role_display()) if row is not None else _("member")

    def last_day_of(person: Any) -> date | None:
        return rows[person.pk].last_day if person.pk in rows else None

    def role_and_end(person: Any) -> str:
        day = last_day_of(person)
        return (
            f"{role_of(person)}, {_('until')} {day_in_words(day, in_sentence=True)}"
            if day
            else role_of(person)
        )

    with archive.page("members.html", _("Members")) as write:
        names = companies_of(project.pk).order_by("name").values_list("name", flat=True)
        write(list_of(format_html("{}", name) for name in names))
        write(
            list_of(
                format_html(
                    "{}{} ({})", one, f", {one.company.name}" if one.company else "", role_and_end(one)
                )
                for one in people.iterator(BATCH)
            )
        )
    archive.json(
        "members",
        (
            {
                "name": str(one),
                "company": one.company.name if one.company else "",
                "role": role_of(one),
                "until": last_day_of(one),
            }
            for one in people.iterator(BATCH)
        ),
    )


def _write_terms(archive: Archive, project: ProjectRoom) -> None:
    terms = project.terms.select_related("written_by").order_by("version")
    accepted = project.acceptances.select_related("person").order_by("accepted_at", "pk")
    with archive.page("terms.html", _("Terms of confidentiality")) as write:
        for one in terms:
            write(format_html("<h2>{}: {}</h2>", one.version, moment(one.written_at)))
            write(in_each_language(one.text))
        write(
            list_of(
                format_html("{}: {}, {}", one.version, one.person, moment(one.accepted_at))
                for one in accepted.iterator(BATCH)
            )
        )
    archive.json(
        "terms",
        (
            {
                "version": one.version,
                "text": one.text,
                "at": one.written_at,
                "by": str(one.written_by or ""),
            }
            for one in terms
        ),
    )
    archive.json(
        "accepted_terms",
        (
            {"version": one.version, "name": str(one.person), "at": one.accepted_at}
            for one in accepted.iterator(BATCH)
        ),
    )


def _write_work(archive: Archive, project: ProjectRoom) -> None:
    decisions = project.decisions.select_related("written_by").order_by("decided_at", "pk")
    actions = project.actions.select_related("person", "company", "made_by", "done_by").order_by(
        "made_at", "pk"
    )
    with archive.page("work.html", _("Decisions and actions")) as write:
        write(format_html("<h2>{}</h2>", _("Decisions")))
        for one in decisions.iterator(BATCH):
            ended = _("no longer valid") if one.withdrawn_at else ""
            write(entry(one.text, moment(one.decided_at), one.written_by, ended))
        write(format_html("<h2>{}</h2>", _("Actions")))
        for action in actions.iterator(BATCH):
            due = day_in_words(action.due_on) if action.due_on else ""
            done = f"{_('done')}: {moment(action.done_at)}" if action.done_at else ""
            write(entry(action.text, action.person or action.company, due, done))
    archive.json(
        "decisions",
        (
            {
                "text": one.text,
                "at": one.decided_at,
                "by": str(one.written_by or ""),
                "ended_at": one.withdrawn_at,
            }
            for one in decisions.iterator(BATCH)
        ),
    )
    archive.json(
        "actions",
        (
            {
                "text": one.text,
                "owner": str(one.person or one.company or ""),
                "at": one.made_at,
                "by": str(one.made_by or ""),
                "due_on": one.due_on,
                "done_at": one.done_at,
                "done_by": str(one.done_by or ""),
            }
            for one in actions.iterator(BATCH)
        ),
    )


def _write_chat(archive: Archive, project: ProjectRoom) -> None:
    def messages() -> Iterator[RoomEvent]:
        for event in access.messages_in(project.room).order_by("seq").iterator(BATCH):
            if not event.payload.get("deleted"):
                yield event

    with archive.page("chat.html", _("Chat")) as write:
        for event in messages():
            sender = event.payload["from"]
            write(entry(event.payload["text"], sender["name"], sender.get("company"), moment(event.at)))
    archive.json(
        "chat",
        (
            {"at": one.at, "name": one.payload["from"]["name"], "text": one.payload["text"]}
            for one in messages()
        ),
    )


def _write_project_notes(archive: Archive, project: ProjectRoom) -> None:
    write_notes(archive, project.pk, "", "notes/project")


def _write_history(archive: Archive, project: ProjectRoom) -> None:
    entries = access.history_of(project)
    with archive.page("history.html", _("History")) as write:
        for one in entries.iterator(BATCH):
            kind = capfirst(str(one.get_kind_display()))
            write(entry(kind, *_about(one), moment(one.at), one.by))
    archive.json(
        "history",
        (
            {
                "kind": one.kind,
                "at": one.at,
                "by": str(one.by or ""),
                "person": str(one.person or ""),
                "company": str(one.company or ""),
                "details": one.details,
            }
            for one in entries.iterator(BATCH)
        ),
    )


def _about(one: HistoryEntry) -> tuple[object, ...]:
    found, title = one.details, one.details.get("title")
    about = one.company or one.person or found.get("text") or (in_language(title) if title else "")
    return (about or found.get("name") or found.get("version"), one.role, found.get("reason"))


def _write_files(archive: Archive, project: ProjectRoom) -> None:
    versions = _versions_of(project)
    with archive.page("files.html", _("Files")) as write:
        for one in versions.iterator(BATCH):
            name = link(_place_of(one), one.file.name)
            number = _("version %(number)s") % {"number": one.number}
            write(entry(name, number, moment(one.uploaded_at), one.uploaded_by, f"SHA-256: {one.sha256}"))
    archive.json(
        "files",
        (
            {
                "name": one.file.name,
                "version": one.number,
                "at": one.uploaded_at,
                "by": str(one.uploaded_by or ""),
                "size": one.size,
                "sha256": one.sha256,
                "path": _place_of(one),
            }
            for one in versions.iterator(BATCH)
        ),
    )


# ---- the first page ------------------------------------------------------------------------------------------


def _write_overview(archive: Archive, project: ProjectRoom, now: datetime) -> None:
    has_notes = NoteDocument.objects.filter(room=project.pk, meeting="", changed_at__isnull=False)
    with archive.page("index.html", str(in_language(project.title))) as write:
        write(in_each_language(project.purpose))
        if project.state_changed_at is not None and not project.is_open:
            since = (moment(project.state_changed_at), project.state_changed_by, project.state_reason)
            write(entry(capfirst(str(project.get_state_display())), *since))
        write(format_html('<p class="soft">{}: {}</p>', _("Exported"), moment(now)))
        pages = [
            ("meetings.html", _("Meetings")),
            ("work.html", _("Decisions and actions")),
            ("discussions.html", _("Discussions")),
            ("date-polls.html", _("Date polls")),
            ("files.html", _("Files")),
            ("resources.html", _("Links and documents")),
            *([("notes/project.html", _("Project notes"))] if has_notes.exists() else []),
            ("chat.html", _("Chat")),
            ("agenda-templates.html", _("Agenda templates")),
            ("sheet.html", _("Project sheet")),
            ("members.html", _("Members")),
            ("terms.html", _("Terms of confidentiality")),
            ("history.html", _("History")),
        ]
        write(list_of(link(target, words) for target, words in pages))
        write(
            format_html(
                '<p class="soft">{}</p>',
                _(
                    "The “data” folder contains the same information as JSON for programs. "
                    "Recordings, slides and attendance are not included."
                ),
            )
        )


# ---- what they share -----------------------------------------------------------------------------------------

_PARTS: tuple[Callable[[Archive, ProjectRoom], None], ...] = (
    _write_project,
    _write_members,
    _write_terms,
    _write_work,
    _write_chat,
    _write_project_notes,
    _write_history,
    _write_files,
    write_meetings,
    write_resources,
    write_discussions,
    write_date_polls,
    write_agenda_templates,
    write_sheet,
)


def _versions_of(project: ProjectRoom) -> QuerySet[FileVersion]:
    """Those that can be opened."""
    found = FileVersion.objects.filter(file__project=project, state=FileVersion.State.READY)
    return found.select_related("file", "uploaded_by").order_by("file__name", "number", "pk")


def _place_of(version: FileVersion) -> str:
    return f"files/{version.file_id}/{version.number}/{file_name(version.file.name)}"
