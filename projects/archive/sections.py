"""What an archive of a project holds: what its members may read."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from companies.languages import in_language
from companies.templatetags.page import date_and_time_in_words, day_in_words
from engagement.agenda.describing import items_of
from engagement.models import NoteDocument, Question
from engagement.notes.as_html import html_of
from engagement.notes.as_markdown import markdown_of
from engagement.notes.content import mentioned, read_blocks
from engagement.notes.naming import names_in
from engagement.notes.reading import merged
from engagement.polls.results import polls_opened_in, shown_polls
from engagement.questions.reading import questions_for
from meetings.models import Meeting
from projects import access, files
from projects.archive.writing import STYLE, Archive, Write, file_name, link
from projects.memberships import companies_of, memberships
from projects.models import FileVersion, ProjectRoom
from projects.models.file import files_storage
from rooms.models import RoomEvent

BATCH = 500


def count_of_steps(project: ProjectRoom) -> int:
    return len(_PARTS) + 1 + _meetings_of(project).count() + _versions_of(project).count()


def write_all(archive: Archive, project: ProjectRoom, now: datetime) -> Iterator[None]:
    """Yields after each step."""
    archive.text("style.css", STYLE)
    for write in _PARTS:
        write(archive, project)
        yield
    for meeting in _meetings_of(project).iterator(BATCH):
        _write_meeting(archive, meeting)
        yield
    for version in _versions_of(project).iterator(BATCH):
        with files_storage().open(files.content_name(version.pk)) as content:
            archive.copy(_place_of(version), content)
        yield
    _write_overview(archive, project, now)
    yield


# ---- pages of lists ------------------------------------------------------------------------------------------


def _write_members(archive: Archive, project: ProjectRoom) -> None:
    people = (
        memberships.people_of(project.pk).select_related("company").order_by("company__name", "name", "pk")
    )
    rows = {row.person_id: row for row in access.members_with_a_row(project)}

    def role_of(person: Any) -> str:
        row = rows.get(person.pk)
        return str(row.get_role_display()) if row is not None else _("member")

    with archive.page("members.html", _("Members")) as write:
        names = companies_of(project.pk).order_by("name").values_list("name", flat=True)
        write(_list(format_html("{}", name) for name in names))
        write(
            _list(
                format_html("{}{} ({})", one, f", {one.company.name}" if one.company else "", role_of(one))
                for one in people.iterator(BATCH)
            )
        )
    archive.json(
        "members",
        (
            {"name": str(one), "company": one.company.name if one.company else "", "role": role_of(one)}
            for one in people.iterator(BATCH)
        ),
    )


def _write_terms(archive: Archive, project: ProjectRoom) -> None:
    terms = project.terms.order_by("version")
    with archive.page("terms.html", _("Terms of confidentiality")) as write:
        for one in terms:
            write(format_html("<h2>{}: {}</h2>", one.version, _moment(one.written_at)))
            for language, text in one.text.items():
                write(format_html('<div class="text" lang="{}">{}</div>', language, text))
        accepted = project.acceptances.select_related("person").order_by("accepted_at", "pk")
        write(
            _list(
                format_html("{}: {}, {}", one.version, one.person, _moment(one.accepted_at))
                for one in accepted.iterator(BATCH)
            )
        )
    archive.json("terms", ({"version": one.version, "text": one.text, "at": one.written_at} for one in terms))


def _write_work(archive: Archive, project: ProjectRoom) -> None:
    decisions = project.decisions.select_related("written_by").order_by("decided_at", "pk")
    actions = project.actions.select_related("person", "company", "done_by").order_by("made_at", "pk")
    with archive.page("work.html", _("Decisions and actions")) as write:
        write(format_html("<h2>{}</h2>", _("Decisions")))
        for one in decisions.iterator(BATCH):
            ended = _("no longer valid") if one.withdrawn_at else ""
            write(_entry(one.text, _moment(one.decided_at), one.written_by, ended))
        write(format_html("<h2>{}</h2>", _("Actions")))
        for action in actions.iterator(BATCH):
            due = day_in_words(action.due_on) if action.due_on else ""
            done = f"{_('done')}: {_moment(action.done_at)}" if action.done_at else ""
            write(_entry(action.text, action.person or action.company, due, done))
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
            write(_entry(event.payload["text"], sender["name"], sender.get("company"), _moment(event.at)))
    archive.json(
        "chat",
        (
            {"at": one.at, "name": one.payload["from"]["name"], "text": one.payload["text"]}
            for one in messages()
        ),
    )


def _write_project_notes(archive: Archive, project: ProjectRoom) -> None:
    _write_notes(archive, project.pk, "", "notes/project")


def _write_history(archive: Archive, project: ProjectRoom) -> None:
    entries = access.history_of(project)
    with archive.page("history.html", _("History")) as write:
        for one in entries.iterator(BATCH):
            about = one.company or one.person or one.details.get("name") or one.details.get("version") or ""
            write(_entry(capfirst(str(one.get_kind_display())), about, _moment(one.at), one.by))
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


def _write_files(archive: Archive, project: ProjectRoom) -> None:
    versions = _versions_of(project)
    with archive.page("files.html", _("Files")) as write:
        for one in versions.iterator(BATCH):
            name = link(_place_of(one), one.file.name)
            number = _("version %(number)s") % {"number": one.number}
            write(_entry(name, number, _moment(one.uploaded_at), one.uploaded_by, f"SHA-256: {one.sha256}"))
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


def _write_meetings(archive: Archive, project: ProjectRoom) -> None:
    meetings = _meetings_of(project)
    with archive.page("meetings.html", _("Meetings")) as write:
        for one in meetings.iterator(BATCH):
            write(_entry(link(f"meetings/{one.pk}.html", in_language(one.title)), _moment(one.starts_at)))
    archive.json(
        "meetings",
        (
            {
                "title": one.title,
                "starts_at": one.starts_at,
                "ends_at": one.ends_at,
                "state": one.state,
                "path": f"meetings/{one.pk}.html",
            }
            for one in meetings.iterator(BATCH)
        ),
    )


# ---- a meeting -----------------------------------------------------------------------------------------------


def _write_meeting(archive: Archive, meeting: Meeting) -> None:
    notes = _write_notes(archive, meeting.room_id, meeting.pk, f"notes/{meeting.pk}")
    page = f"meetings/{meeting.pk}.html"
    with archive.page(page, str(in_language(meeting.title))) as write:
        write(format_html('<p class="soft">{}</p>', _moment(meeting.starts_at)))
        if notes:
            write(format_html("<p>{}</p>", link(f"notes/{meeting.pk}.html", _("Notes"), page=page)))
        items = [
            format_html("{} ({})", one.title_in_words, _("%(n)s min") % {"n": one.minutes})
            for one in items_of(meeting.pk)
        ]
        _write_section(write, _("Agenda"), items)
        _write_section(write, _("Questions"), (_question(one) for one in _questions_of(meeting)))
        polls = (
            format_html(
                "<strong>{}</strong> {}",
                poll.title,
                format_html_join("; ", "{}: {}", ((one.text, one.votes) for one in poll.lines)),
            )
            for poll in shown_polls(polls_opened_in(meeting.pk).filter(is_shared=True, state="closed"))
        )
        _write_section(write, _("Polls"), polls)


def _questions_of(meeting: Meeting) -> QuerySet[Question]:
    """As every member saw them."""
    return questions_for(meeting=meeting.pk, person=None, is_host=False, hidden_until=None).order_by(
        "asked_at", "pk"
    )


def _question(question: Question) -> SafeString:
    is_named = question.hidden_from == Question.HiddenFrom.NOBODY
    asker = question.participant.name if is_named else ""
    answer = "" if question.answer_is_private else question.answer
    return format_html(
        '{} <span class="soft">{}</span><div class="text">{}</div>', question.text, asker, answer
    )


def _write_notes(archive: Archive, room_id: str, meeting: str, place: str) -> bool:
    """Whether there are any."""
    document = NoteDocument.objects.filter(room=room_id, meeting=meeting).first()
    blocks = read_blocks(merged(document)) if document is not None else []
    if not blocks:
        return False
    names = names_in(room_id, mentioned(blocks))
    with archive.page(f"{place}.html", _("Notes")) as write:
        write(html_of(blocks, names, top_level=2))
    archive.text(f"{place}.md", markdown_of(blocks, names))
    return True


# ---- the first page ------------------------------------------------------------------------------------------


def _write_overview(archive: Archive, project: ProjectRoom, now: datetime) -> None:
    has_notes = NoteDocument.objects.filter(room=project.pk, meeting="", changed_at__isnull=False)
    with archive.page("index.html", str(in_language(project.title))) as write:
        write(format_html('<div class="text">{}</div>', in_language(project.purpose)))
        write(format_html('<p class="soft">{}: {}</p>', _("Exported"), _moment(now)))
        pages = [
            ("meetings.html", _("Meetings")),
            ("work.html", _("Decisions and actions")),
            ("files.html", _("Files")),
            *([("notes/project.html", _("Project notes"))] if has_notes.exists() else []),
            ("chat.html", _("Chat")),
            ("members.html", _("Members")),
            ("terms.html", _("Terms of confidentiality")),
            ("history.html", _("History")),
        ]
        write(_list(link(target, words) for target, words in pages))
        write(
            format_html(
                '<p class="soft">{}</p>',
                _(
                    "The folder “data” has the same for programs. Recordings and slides are not in this archive."
                ),
            )
        )


# ---- what they share -----------------------------------------------------------------------------------------

_PARTS: tuple[Callable[[Archive, ProjectRoom], None], ...] = (
    _write_members,
    _write_terms,
    _write_work,
    _write_chat,
    _write_project_notes,
    _write_history,
    _write_files,
    _write_meetings,
)


def _meetings_of(project: ProjectRoom) -> QuerySet[Meeting]:
    return (
        Meeting.objects.filter(room=project.pk).exclude(state=Meeting.State.DRAFT).order_by("starts_at", "pk")
    )


def _versions_of(project: ProjectRoom) -> QuerySet[FileVersion]:
    """Those that can be opened."""
    found = FileVersion.objects.filter(file__project=project, state=FileVersion.State.READY)
    return found.select_related("file", "uploaded_by").order_by("file__name", "number", "pk")


def _place_of(version: FileVersion) -> str:
    return f"files/{version.file_id}/{version.number}/{file_name(version.file.name)}"


def _moment(at: datetime) -> str:
    return str(date_and_time_in_words(at))


def _list(lines: Iterable[SafeString]) -> SafeString:
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in lines)))


def _write_section(write: Write, title: str, lines: Iterable[SafeString]) -> None:
    found = list(lines)
    if found:
        write(format_html("<h2>{}</h2>{}", title, _list(found)))


def _entry(text: object, *about: object) -> SafeString:
    """A text and, below it, whatever of these is not empty."""
    below = format_html_join(" · ", "{}", ((one,) for one in about if one))
    return format_html('<div><p class="text">{}</p><p class="soft">{}</p></div>', text, below)
