"""What a project has to tell: its meetings, decisions, actions, notes, discussions, files and members, newest first.

Nothing is kept for it: each kind is a query of rows that there are, and a page reads those of its own entries.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.languages import LanguageText
from engagement.models import NoteDocument
from engagement.notes.models import LASTING
from meetings.models import Meeting
from projects.models import Action, Decision, HistoryEntry, ProjectRoom

Entries = QuerySet[Any, Any]
Kind = HistoryEntry.Kind
TOLD_OF_MEMBERS = (
    *(Kind.CREATED, Kind.COMPANY_ADDED, Kind.COMPANY_REMOVED, Kind.PERSON_ADDED, Kind.PERSON_REMOVED),
    *(Kind.LEFT, Kind.ENDED, Kind.RENAMED, Kind.ARCHIVED, Kind.REOPENED, Kind.CLOSED),
)


@dataclass(frozen=True)
class Source:
    """A kind of entry: its rows, the column that says when, and what an entry says and leads to."""

    label: Any
    rows: Callable[[ProjectRoom], QuerySet[Any]]
    at: str
    text: Callable[[Any], str | LanguageText]
    address: Callable[[Any], str]
    by: Callable[[Any], object] = lambda _row: None


@dataclass(frozen=True)
class Entry:
    source: Source
    row: Any
    at: datetime

    @property
    def label(self) -> str:
        return str(self.row.get_kind_display() if isinstance(self.row, HistoryEntry) else self.source.label)

    @property
    def text(self) -> str:
        """As it was written; empty where it is a title in several languages."""
        found = self.source.text(self.row)
        return found if isinstance(found, str) else ""

    @property
    def title(self) -> LanguageText:
        found = self.source.text(self.row)
        return {} if isinstance(found, str) else found

    @property
    def address(self) -> str:
        return self.source.address(self.row)

    @property
    def by(self) -> object:
        return self.source.by(self.row)


def _actions_page(row: Action | Decision) -> str:
    return reverse("project_actions", args=[row.project_id])


def _whom(entry: HistoryEntry) -> str | LanguageText:
    if entry.company is not None:
        return entry.company.name
    if entry.person is not None and entry.person_id != entry.by_id:
        return str(entry.person)
    title: LanguageText = entry.details.get("title") or {}
    return title


SOURCES: dict[str, Source] = {
    "meeting": Source(
        _("meeting"),
        lambda project: (
            Meeting.objects.published().filter(room=project.pk).exclude(state=Meeting.State.CANCELLED)
        ),
        "starts_at",
        lambda row: row.title,
        lambda row: str(row.get_absolute_url()),
    ),
    "decision": Source(
        _("decision"),
        lambda project: project.decisions.select_related("written_by"),
        "decided_at",
        lambda row: row.text,
        _actions_page,
        lambda row: row.written_by,
    ),
    "action": Source(
        _("action done"),
        lambda project: project.actions.filter(done_at__isnull=False).select_related("done_by"),
        "done_at",
        lambda row: row.text,
        _actions_page,
        lambda row: row.done_by,
    ),
    "notes": Source(
        pgettext_lazy("in a timeline", "notes"),
        lambda project: NoteDocument.objects.filter(room=project.pk, changed_at__isnull=False).defer("state"),
        "changed_at",
        lambda row: "",
        lambda row: reverse("notes", args=[row.room_id, row.meeting or LASTING]),
    ),
    "thread": Source(
        _("discussion started"),
        lambda project: project.threads.select_related("started_by"),
        "started_at",
        lambda row: row.subject,
        lambda row: reverse("discussion", args=[row.project_id, row.pk]),
        lambda row: row.started_by,
    ),
    "file": Source(
        _("file added"),
        lambda project: project.files.select_related("added_by"),
        "added_at",
        lambda row: row.name,
        lambda row: reverse("project_file", args=[row.project_id, row.pk]),
        lambda row: row.added_by,
    ),
    "history": Source(
        _("history"),
        lambda project: project.history.filter(kind__in=TOLD_OF_MEMBERS).select_related(
            "by", "person", "company"
        ),
        "at",
        _whom,
        lambda row: reverse("project_history", args=[row.project_id]),
        lambda row: row.by,
    ),
}


def entries_of(project: ProjectRoom) -> Entries:
    """Kind, key and time of each, the latest first: what is still to come before what was."""
    first, *others = (
        source.rows(project)
        .order_by()
        .select_related(None)
        .annotate(of=Value(kind, CharField()), key=Cast("pk", CharField(max_length=32)), on=F(source.at))
        .values_list("of", "key", "on")
        for kind, source in SOURCES.items()
    )
    entries: Entries = first.union(*others, all=True).order_by("-on", "of", "key")
    return entries


def read(project: ProjectRoom, listed: list[tuple[str, str, datetime]]) -> Iterator[Entry]:
    """With a query for each kind among them."""
    rows = {
        kind: {str(row.pk): row for row in source.rows(project).filter(pk__in=_keys_of(kind, listed))}
        for kind, source in SOURCES.items()
        if any(of == kind for of, _key, _on in listed)
    }
    for kind, key, on in listed:
        if key in rows[kind]:
            yield Entry(SOURCES[kind], rows[kind][key], on)


def _keys_of(kind: str, listed: list[tuple[str, str, datetime]]) -> list[str]:
    return [key for of, key, _on in listed if of == kind]
