"""What an archive holds of a project's meetings, with their notes, links and documents."""

from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from companies.languages import in_language
from engagement.agenda.describing import items_of
from engagement.models import NoteDocument, Question
from engagement.notes.as_html import html_of
from engagement.notes.as_markdown import markdown_of
from engagement.notes.content import mentioned, read_blocks
from engagement.notes.naming import names_in
from engagement.notes.reading import merged
from engagement.polls.results import ShownPoll, polls_opened_in, shown_polls
from engagement.questions.reading import questions_for
from engagement.resources.describing import resources_of_meeting
from engagement.resources.files import name_of
from engagement.resources.models import Resource, resources_storage
from meetings.models import Meeting
from projects.archive.between_meetings import agenda_item, row_of_item
from projects.archive.markup import entry, in_each_language, list_of, moment, write_section
from projects.archive.writing import BATCH, Archive, file_name, link
from projects.models import ProjectRoom


def meetings_of(project: ProjectRoom) -> QuerySet[Meeting]:
    return (
        Meeting.objects.filter(room=project.pk).exclude(state=Meeting.State.DRAFT).order_by("starts_at", "pk")
    )


def write_meetings(archive: Archive, project: ProjectRoom) -> None:
    meetings = meetings_of(project)
    with archive.page("meetings.html", _("Meetings")) as write:
        for one in meetings.iterator(BATCH):
            write(entry(link(f"meetings/{one.pk}.html", in_language(one.title)), moment(one.starts_at)))
    archive.json(
        "meetings",
        (
            {
                "title": one.title,
                "starts_at": one.starts_at,
                "ends_at": one.ends_at,
                "state": one.state,
                "path": f"meetings/{one.pk}.html",
                "description": one.description,
                "agenda": [row_of_item(item) for item in items_of(one.pk)],
                "questions": [
                    {"text": asked.text, "name": _asker(asked), "answer": _answer(asked)}
                    for asked in _questions_of(one)
                ],
                "polls": [
                    {
                        "title": poll.title,
                        "results": [{"text": line.text, "votes": line.votes} for line in poll.lines],
                    }
                    for poll in _polls_of(one)
                ],
                "resources": [_row_of_resource(shared) for shared in resources_of_meeting(one.pk)],
            }
            for one in meetings.iterator(BATCH)
        ),
    )


# ---- a meeting -----------------------------------------------------------------------------------------------


def write_meeting(archive: Archive, meeting: Meeting) -> None:
    notes = write_notes(archive, meeting.room_id, meeting.pk, f"notes/{meeting.pk}")
    page = f"meetings/{meeting.pk}.html"
    with archive.page(page, str(in_language(meeting.title))) as write:
        write(format_html('<p class="soft">{}</p>', moment(meeting.starts_at)))
        write(in_each_language(meeting.description))
        if notes:
            write(format_html("<p>{}</p>", link(f"notes/{meeting.pk}.html", _("Notes"), page=page)))
        write_section(write, _("Agenda"), (agenda_item(one) for one in items_of(meeting.pk)))
        write_section(write, _("Questions"), (_question(one) for one in _questions_of(meeting)))
        polls = (
            format_html(
                "<strong>{}</strong> {}",
                poll.title,
                format_html_join("; ", "{}: {}", ((one.text, one.votes) for one in poll.lines)),
            )
            for poll in _polls_of(meeting)
        )
        write_section(write, _("Polls"), polls)
        shared = (_resource(one, page) for one in resources_of_meeting(meeting.pk))
        write_section(write, _("Links and documents"), shared)
    _copy_documents(archive, resources_of_meeting(meeting.pk))


def _questions_of(meeting: Meeting) -> QuerySet[Question]:
    """As every member saw them."""
    return questions_for(meeting=meeting.pk, person=None, is_host=False, hidden_until=None).order_by(
        "asked_at", "pk"
    )


def _question(question: Question) -> SafeString:
    about = (question.text, _asker(question), _answer(question))
    return format_html('{} <span class="soft">{}</span><div class="text">{}</div>', *about)


def _asker(question: Question) -> str:
    return question.participant.name if question.hidden_from == Question.HiddenFrom.NOBODY else ""


def _answer(question: Question) -> str:
    return "" if question.answer_is_private else question.answer


def _polls_of(meeting: Meeting) -> list[ShownPoll]:
    return shown_polls(polls_opened_in(meeting.pk).filter(is_shared=True, state="closed"))


# ---- links and documents -------------------------------------------------------------------------------------


def write_resources(archive: Archive, project: ProjectRoom) -> None:
    """Those shared between the meetings; each meeting's page has its own."""
    shared = project.room.resources.filter(meeting="").order_by("shared_at", "pk")
    with archive.page("resources.html", _("Links and documents")) as write:
        write(list_of(_resource(one, "resources.html") for one in shared))
    archive.json("resources", (_row_of_resource(one) for one in shared))
    _copy_documents(archive, shared)


def _resource(resource: Resource, page: str) -> SafeString:
    target = _place_of_document(resource)
    shown = link(target, resource.title, page=page) if target else _link_outside(resource)
    return format_html('{} <span class="soft">{}</span>', shown, moment(resource.shared_at))


def _link_outside(resource: Resource) -> SafeString:
    """Its address as a text, too: the archive is read for years, and the link may lead elsewhere by then."""
    return format_html('{}: <a href="{}">{}</a>', resource.title, resource.address, resource.address)


def _row_of_resource(resource: Resource) -> dict[str, Any]:
    path = _place_of_document(resource)
    return {"title": resource.title, "at": resource.shared_at, "address": resource.address, "path": path}


def _place_of_document(resource: Resource) -> str:
    """Empty for a link."""
    name = file_name(f"{resource.title}.{resource.file_type}")
    return "" if resource.is_link else f"documents/{resource.pk}/{name}"


def _copy_documents(archive: Archive, shared: QuerySet[Resource]) -> None:
    for one in shared.filter(address=""):
        with resources_storage().open(name_of(one.pk, one.file_type)) as content:
            archive.copy(_place_of_document(one), content)


# ---- notes ---------------------------------------------------------------------------------------------------


def write_notes(archive: Archive, room_id: str, meeting: str, place: str) -> bool:
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
