"""What an archive holds of a project's work between its meetings: discussions, date polls, agendas and its sheet."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.languages import LanguageTextField, in_language
from companies.templatetags.page import day_in_words
from meetings.models import Meeting
from projects import access
from projects.archive.markup import entry, heading, in_each_language, list_of, moment, write_section
from projects.archive.writing import BATCH, Archive, Write, link
from projects.models import (
    DatePoll,
    DatePollAnswer,
    DatePollTime,
    Post,
    ProjectRoom,
    ProjectSheet,
    PublishedSheet,
    Thread,
)
from projects.models.sheet import SHEET_FIELDS, SheetTexts

# ---- discussions ---------------------------------------------------------------------------------------------


def threads_of(project: ProjectRoom) -> QuerySet[Thread]:
    return project.threads.select_related("started_by").order_by("started_at", "pk")


def write_discussions(archive: Archive, project: ProjectRoom) -> None:
    """Their list; the messages of each are written by `write_thread`."""
    with archive.page("discussions.html", _("Discussions")) as write:
        for one in threads_of(project).iterator(BATCH):
            write(
                entry(link(f"discussions/{one.pk}.html", one.subject), one.started_by, moment(one.started_at))
            )
    archive.json(
        "discussions",
        (
            {
                "subject": one.subject,
                "at": one.started_at,
                "by": str(one.started_by or ""),
                "path": f"discussions/{one.pk}.html",
                "messages": f"data/discussions/{one.pk}.json",
            }
            for one in threads_of(project).iterator(BATCH)
        ),
    )


def write_thread(archive: Archive, thread: Thread) -> None:
    """Without the messages that were deleted."""
    posts = Post.objects.filter(thread=thread, deleted_at__isnull=True).select_related("written_by")
    posts = posts.order_by("written_at", "pk")
    with archive.page(f"discussions/{thread.pk}.html", thread.subject) as write:
        for one in posts.iterator(BATCH):
            marks = (_("by email") if one.is_by_email else "", _("edited") if one.edited_at else "")
            write(entry(one.text, one.written_by, moment(one.written_at), *marks, _attachments(one)))
    archive.json(
        f"discussions/{thread.pk}",
        (
            {
                "at": one.written_at,
                "by": str(one.written_by or ""),
                "text": one.text,
                "edited_at": one.edited_at,
                "by_email": one.is_by_email,
                "attachments_not_kept": one.attachments,
            }
            for one in posts.iterator(BATCH)
        ),
    )


def _attachments(post: Post) -> str:
    if not post.attachments:
        return ""
    words = ngettext(
        "%(n)s email attachment was not kept.",
        "%(n)s email attachments were not kept.",
        post.attachments,
    )
    return words % {"n": post.attachments}


# ---- date polls ----------------------------------------------------------------------------------------------


def write_date_polls(archive: Archive, project: ProjectRoom) -> None:
    polls = project.date_polls.select_related("made_by", "meeting", "agenda").order_by("made_at", "pk")
    with archive.page("date-polls.html", _("Date polls")) as write:
        for one in polls.iterator(BATCH):
            closes = f"{capfirst(_('answers until'))}: {moment(one.closes_at)}"
            meeting = link(_meeting_of(one), _("Meeting")) if _meeting_of(one) else ""
            write(heading(in_language(one.title)))
            write(entry(one.get_state_display(), one.made_by, moment(one.made_at), closes, meeting))
            write(list_of(_time(time, answers) for time, answers in _times_of(one)))
    archive.json(
        "date_polls",
        (
            {
                "title": one.title,
                "state": one.state,
                "at": one.made_at,
                "by": str(one.made_by or ""),
                "timezone": one.timezone,
                "closes_at": one.closes_at,
                "agenda_template": str(one.agenda or ""),
                "meeting": _meeting_of(one),
                "times": [
                    {
                        "starts_at": time.starts_at,
                        "ends_at": time.ends_at,
                        "answers": [
                            {"name": str(given.person), "answer": given.answer, "at": given.answered_at}
                            for given in answers
                        ],
                    }
                    for time, answers in _times_of(one)
                ],
            }
            for one in polls.iterator(BATCH)
        ),
    )


def _meeting_of(poll: DatePoll) -> str:
    """The page in the archive, which drafts have not."""
    meeting = poll.meeting
    is_written = meeting is not None and meeting.state != Meeting.State.DRAFT
    return f"meetings/{meeting.pk}.html" if meeting is not None and is_written else ""


def _times_of(poll: DatePoll) -> Iterable[tuple[DatePollTime, list[DatePollAnswer]]]:
    found: dict[str, list[DatePollAnswer]] = {}
    for given in DatePollAnswer.objects.filter(time__poll=poll).select_related("person").order_by("pk"):
        found.setdefault(given.time_id, []).append(given)
    return [(time, found.get(time.pk, [])) for time in poll.times.order_by("starts_at", "minutes")]


def _time(time: DatePollTime, answers: list[DatePollAnswer]) -> SafeString:
    length = _("%(n)s min") % {"n": time.minutes}
    given = [
        (label, ", ".join(str(one.person) for one in answers if one.answer == answer))
        for answer, label in DatePollAnswer.Answer.choices
    ]
    return entry(
        f"{moment(time.starts_at)} ({length})",
        *(format_html("{}: {}", label, people) for label, people in given if people),
    )


# ---- agenda templates ----------------------------------------------------------------------------------------


def write_agenda_templates(archive: Archive, project: ProjectRoom) -> None:
    templates = list(project.agenda_templates.prefetch_related("items").order_by("name", "pk"))
    items = {one.pk: sorted(one.items.all(), key=lambda item: item.number) for one in templates}
    with archive.page("agenda-templates.html", _("Agenda templates")) as write:
        for one in templates:
            name = f"{one.name} ({_('for new meetings')})" if one.is_default else one.name
            write(heading(name))
            write(list_of(agenda_item(each) for each in items[one.pk]))
    archive.json(
        "agenda_templates",
        (
            {
                "name": one.name,
                "for_new_meetings": one.is_default,
                "items": [row_of_item(each) for each in items[one.pk]],
            }
            for one in templates
        ),
    )


def agenda_item(item: Any) -> SafeString:
    """Of an agenda or of a template."""
    about = format_html_join("", ", {}", ((item.speaker,) for _once in range(1) if item.speaker))
    return format_html("{} ({}){}", in_language(item.title), _("%(n)s min") % {"n": item.minutes}, about)


def row_of_item(item: Any) -> dict[str, Any]:
    return {"title": item.title, "minutes": item.minutes, "speaker": item.speaker}


# ---- the project sheet ---------------------------------------------------------------------------------------


def write_sheet(archive: Archive, project: ProjectRoom) -> None:
    """Also one that is not public while the project is archived or closed."""
    draft = ProjectSheet.objects.filter(project=project).select_related("changed_by").first()
    found = PublishedSheet.objects.filter(sheet__project=project).select_related("published_by")
    published = found.first()
    requests = list(access.requests_to(project))
    with archive.page("sheet.html", _("Project sheet")) as write:
        if published is not None:
            _write_sheet(
                write, _("Published"), published, moment(published.published_at), published.published_by
            )
        if draft is not None:
            _write_sheet(write, _("Draft"), draft, moment(draft.changed_at), draft.changed_by)
        write_section(write, _("Contact requests"), (_request(one) for one in requests))
    archive.json("project_sheet", _rows_of_sheets(draft, published))
    archive.json(
        "contact_requests",
        (
            {
                "name": one.name,
                "company": one.company_name,
                "email": _address_of(one),
                "text": one.text,
                "at": one.created_at,
                "answer": one.answer,
                "answered_at": one.answered_at,
                "answered_by": str(one.answered_by or ""),
            }
            for one in requests
        ),
    )


def _write_sheet(write: Write, title: str, sheet: ProjectSheet | PublishedSheet, *about: object) -> None:
    write(heading(title))
    write(entry("", *about))
    shown = {"countries": ", ".join(sheet.country_names)}
    if sheet.deadline is not None:
        shown["deadline"] = day_in_words(sheet.deadline)
    for field in SheetTexts._meta.local_fields:
        value = getattr(sheet, field.name)
        if value:
            write(format_html("<h3>{}</h3>", capfirst(str(field.verbose_name))))
            is_in_languages = isinstance(field, LanguageTextField)
            text = format_html('<div class="text">{}</div>', shown.get(field.name, value))
            write(in_each_language(value) if is_in_languages else text)


def _rows_of_sheets(draft: ProjectSheet | None, published: PublishedSheet | None) -> Iterable[dict[str, Any]]:
    if published is not None:
        by = {"at": published.published_at, "by": str(published.published_by or "")}
        yield {"kind": "published", **by, **{field: getattr(published, field) for field in SHEET_FIELDS}}
    if draft is not None:
        by = {"at": draft.changed_at, "by": str(draft.changed_by or "")}
        yield {"kind": "draft", **by, **{field: getattr(draft, field) for field in SHEET_FIELDS}}


def _address_of(request: Any) -> str:
    """As leads see it: once one of them has answered."""
    return str(request.person.email) if request.answered_at is not None else ""


def _request(request: Any) -> SafeString:
    asked = entry(
        request.text, request.name, request.company_name, _address_of(request), moment(request.created_at)
    )
    if request.answered_at is None:
        return asked
    answer = entry(request.answer, request.answered_by, moment(request.answered_at))
    return format_html("{}<h3>{}</h3>{}", asked, _("The answer"), answer)
