"""Search over all that a project has kept, in any spelling of the six languages' letters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.folding import contains_words, words
from companies.languages import LanguageText
from engagement.models import NoteDocument
from engagement.notes.content import Block, read_blocks
from engagement.notes.models import LASTING
from engagement.notes.reading import all_merged
from meetings.models import Meeting
from projects.models import Post, ProjectRoom

MOST_FOUND = 20  # of each kind, the newest
MOST_WORDS = 8
MOST_NOTES = 50  # documents that are read, those last written in


@dataclass(frozen=True)
class Hit:
    """`title` is in several languages, `text` as it was written: one of the two."""

    address: str
    title: LanguageText = field(default_factory=dict)
    text: str = ""
    extract: str = ""


@dataclass(frozen=True)
class Found:
    """Those of a kind; `has_more`: older ones were found, too."""

    label: Any
    hits: list[Hit]
    has_more: bool


@dataclass(frozen=True)
class Source:
    """A kind of what is searched: its rows, the newest first, the columns with words, and how one is shown."""

    label: Any
    rows: Callable[[ProjectRoom], QuerySet[Any]]
    columns: tuple[str, ...]
    hit: Callable[[Any], Hit]


def _on_actions_page(row: Any) -> Hit:
    return Hit(reverse("project_actions", args=[row.project_id]), text=row.text)


def _post(row: Post) -> Hit:
    page = reverse("post", args=[row.thread.project_id, row.thread_id, row.pk])
    return Hit(page, text=row.thread.subject, extract=row.text)


SOURCES: tuple[Source, ...] = (
    Source(
        _("Meetings"),
        lambda project: Meeting.objects.published().filter(room=project.pk).order_by("-starts_at", "pk"),
        ("title", "description"),
        lambda row: Hit(row.get_absolute_url(), row.title),
    ),
    Source(
        _("Decisions"),
        lambda project: project.decisions.order_by("-decided_at", "pk"),
        ("text",),
        _on_actions_page,
    ),
    Source(
        pgettext_lazy("to do", "Actions"),
        lambda project: project.actions.order_by("-made_at", "pk"),
        ("text",),
        _on_actions_page,
    ),
    Source(
        _("Discussions"),
        lambda project: (
            Post.objects.filter(thread__project=project.pk, deleted_at__isnull=True)
            .select_related("thread")
            .order_by("-written_at", "pk")
        ),
        ("thread__subject", "text"),
        _post,
    ),
    Source(
        _("Files"),
        lambda project: project.files.order_by("-changed_at", "pk"),
        ("name",),
        lambda row: Hit(reverse("project_file", args=[row.project_id, row.pk]), text=row.name),
    ),
)


def search(project: ProjectRoom, query: str) -> list[Found]:
    """Rows that have each word, in whichever of their columns; kinds without any are left out."""
    asked = words(query)[:MOST_WORDS]
    if not asked:
        return []
    found = [_found(source, project, asked) for source in SOURCES]
    return [one for one in [*found, _in_notes(project, asked)] if one.hits]


def _found(source: Source, project: ProjectRoom, asked: list[str]) -> Found:
    rows = source.rows(project)
    for word in asked:
        has_word = Q()
        for column in source.columns:
            has_word |= Q(**{f"{column}__folds": word})
        rows = rows.filter(has_word)
    return _shown(source.label, [source.hit(row) for row in rows[: MOST_FOUND + 1]])


def _shown(label: Any, hits: list[Hit]) -> Found:
    return Found(label, hits[:MOST_FOUND], len(hits) > MOST_FOUND)


def _in_notes(project: ProjectRoom, asked: list[str]) -> Found:
    """Their words stand in Yjs's encoding alone, so that the documents are read."""
    written = NoteDocument.objects.filter(room=project.pk, changed_at__isnull=False)
    documents = list(written.order_by("-changed_at")[:MOST_NOTES])
    contents = all_merged(documents)
    titles = Meeting.objects.in_bulk([one.meeting for one in documents if one.meeting])
    query = " ".join(asked)
    hits = []
    for document in documents:
        if contains_words(_text(read_blocks(contents[document.pk])), query):
            meeting = titles.get(document.meeting)
            page = reverse("notes", args=[project.pk, document.meeting or LASTING])
            hits.append(Hit(page, meeting.title if meeting else project.title))
    return _shown(_("Notes"), hits)


def _text(blocks: Sequence[Block]) -> str:
    return "\n".join(
        line for block in blocks for line in ("".join(run.text for run in block.runs), _text(block.blocks))
    )
