"""Who may read the notes of a meeting or of a project room on their pages, and who may restore an earlier version."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from companies.languages import LanguageText
from engagement.models import NoteDocument, NoteVersion
from engagement.notes.models import LASTING
from meetings import access
from meetings.access import Level, NotAllowed, NotVisible, Visitor
from meetings.models import Meeting
from projects import access as project_access

VERSIONS_SHOWN = 50


@dataclass(frozen=True)
class NotesAccess:
    """`document` is none until somebody has written; `title` and `back` are the meeting's or the project room's."""

    room_id: str
    name: str
    document: NoteDocument | None
    title: LanguageText
    back: str
    can_restore: bool

    def versions(self) -> QuerySet[NoteVersion]:
        """The newest first, without their contents."""
        found = NoteVersion.objects.filter(document=self.document).defer("content").order_by("-number")
        return found.prefetch_related("people")

    def version(self, number: int) -> NoteVersion:
        """Raises NotVisible."""
        found = NoteVersion.objects.filter(document=self.document, number=number).first()
        if found is None:
            raise NotVisible
        return found


def notes_for(visitor: Visitor, room_id: str, name: str) -> NotesAccess:
    """Raises NotVisible, NotAllowed."""
    if name == LASTING:
        member = project_access.reader_of(visitor, room_id)
        back = reverse("project_room", args=[room_id])
        document, title = _document(room_id, ""), member.project.title
        return NotesAccess(room_id, name, document, title, back, can_restore=member.may_write)
    meeting = access.meeting_for(visitor, name, Level.READ)
    if meeting.room_id != room_id:
        raise NotVisible
    document = _document(room_id, meeting.pk)
    level = access.level_in(visitor, meeting)
    if not _may_read(visitor, meeting, level, document):
        raise NotAllowed
    back = reverse("meeting", args=[meeting.pk])
    return NotesAccess(room_id, name, document, meeting.title, back, can_restore=level >= Level.SPEAK)


def _document(room_id: str, meeting: str) -> NoteDocument | None:
    return NoteDocument.objects.filter(room=room_id, meeting=meeting).first()


def _may_read(visitor: Visitor, meeting: Meeting, level: Level, document: NoteDocument | None) -> bool:
    """As in the room. The secretariat sees no more of a project room than that a meeting takes place."""
    if meeting.room.is_project_room:
        in_it = access.opened_project_rooms(visitor).filter(pk=meeting.room_id)
        return not visitor.is_secretariat or in_it.exists()
    if level >= Level.SPEAK or not meeting.is_webinar:
        return True
    return document is not None and document.is_shown


def links_to_notes(visitor: Visitor, meeting: Meeting, level: Level) -> bool:
    """Whether the meeting's page links to notes: somebody has written, and the visitor may read them."""
    if level < Level.READ:
        return False
    document = _document(meeting.room_id, meeting.pk)
    written = document is not None and document.changed_at is not None
    return written and _may_read(visitor, meeting, level, document)
