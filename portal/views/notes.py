"""Notes to read: with their history, as files, and an earlier version to restore. They are written in the room."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from companies.collation import sorted_by_name
from companies.languages import in_language
from engagement.attachments import filename_of
from engagement.models import NoteVersion
from engagement.notes import restoring
from engagement.notes.as_docx import docx_of
from engagement.notes.as_html import html_of
from engagement.notes.as_markdown import markdown_of
from engagement.notes.content import Block, mentioned, read_blocks
from engagement.notes.naming import names_in
from engagement.notes.reading import NOTHING, merged
from meetings import access
from portal.notes import VERSIONS_SHOWN, NotesAccess, notes_for
from projects.views.terms_first import terms_first
from rooms.refusals import Refused

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KINDS = {"md": "text/markdown; charset=utf-8", "html": "text/html; charset=utf-8", "docx": WORD}


@require_safe
@never_cache
@terms_first
def notes_page(request: HttpRequest, room_id: str, document: str) -> HttpResponse:
    notes = notes_for(access.visitor_of(request), room_id, document)
    versions = [
        (version, sorted_by_name(version.people.all(), str)) for version in notes.versions()[:VERSIONS_SHOWN]
    ]
    context = {"notes": notes, "content": _html(notes, _blocks(notes)), "versions": versions, "kinds": KINDS}
    return render(request, "portal/notes/page.html", {**context, "section": "schedule"})


@require_safe
@never_cache
@terms_first
def notes_file(request: HttpRequest, room_id: str, document: str, kind: str) -> HttpResponse:
    if kind not in KINDS:
        raise Http404
    notes = notes_for(access.visitor_of(request), room_id, document)
    blocks, title = _blocks(notes), str(in_language(notes.title))
    heading = f"{_('Notes')}: {title}"
    names = names_in(room_id, mentioned(blocks))
    if kind == "docx":
        response = HttpResponse(docx_of(heading, blocks, names))
    elif kind == "md":
        response = HttpResponse(markdown_of(blocks, names))
    else:
        content = html_of(blocks, names, top_level=2)
        response = render(request, "portal/notes/file.html", {"heading": heading, "content": content})
    response.headers["Content-Type"] = KINDS[kind]
    response.headers["X-Content-Type-Options"] = "nosniff"
    name = content_disposition_header(as_attachment=True, filename=filename_of(heading, f".{kind}"))
    response.headers["Content-Disposition"] = name or "attachment"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@terms_first
def notes_version(request: HttpRequest, room_id: str, document: str, number: int) -> HttpResponse:
    """Shows an earlier version, and restores it."""
    notes = notes_for(access.visitor_of(request), room_id, document)
    version = notes.version(number)
    if request.method == "POST":
        return _restore(request, notes, version)
    content = _html(notes, read_blocks(bytes(version.content)))
    context = {"notes": notes, "version": version, "content": content, "section": "schedule"}
    return render(request, "portal/notes/version.html", context)


def _restore(request: HttpRequest, notes: NotesAccess, version: NoteVersion) -> HttpResponse:
    person = access.visitor_of(request).person
    if person is None or not notes.can_restore:
        raise access.NotAllowed
    try:
        restoring.restore(version=version, by=person.pk, now=timezone.now())
    except Refused:  # full
        messages.error(request, _("This version could not be restored. The notes are unchanged."))
    else:
        messages.success(request, _("Version restored. The previous text is in the history."))
    return redirect("notes", room_id=notes.room_id, document=notes.name)


def _blocks(notes: NotesAccess) -> list[Block]:
    return read_blocks(merged(notes.document) if notes.document is not None else NOTHING)


def _html(notes: NotesAccess, blocks: list[Block]) -> SafeString:
    return html_of(blocks, names_in(notes.room_id, mentioned(blocks)))
