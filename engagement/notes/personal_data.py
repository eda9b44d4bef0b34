"""Who wrote in notes, and when. What they wrote belongs to all who wrote, and stays without their name."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from companies.languages import in_language
from companies.models import Person
from companies.personal_data import (
    Column,
    Export,
    RetentionRule,
    register,
    register_impersonal,
    register_retention,
)
from companies.retention import delete_in_batches, months_before
from engagement.notes.models import NoteDocument, NoteUpdate, NoteVersion, NoteWriter
from rooms.models import Room
from rooms.policy import titles

WHICH = (
    Column("room", _("room"), lambda row: row.document.room_id),
    Column("title", _("title"), lambda row: row.room_title),
    Column("meeting", _("meeting"), lambda row: row.document.meeting),
)


def register_all() -> None:
    register(
        NoteWriter,
        "note_writers",
        export=Export(
            rows=lambda person: NoteWriter.objects.filter(person=person).select_related("document"),
            columns=[*WHICH, "wrote_at"],
            prepare=_add_room_titles,
            title=_("Notes that you wrote in"),
        ),
        erase=lambda person, _now: NoteWriter.objects.filter(person=person).update(person=None),
        without={
            "document": "the room and the meeting name it",
            "person": "the person",
            "client": "a number made by the browser",
            "clock": "a count of the browser's changes",
        },
    )
    register(
        NoteVersion,
        "note_versions",
        export=Export(
            rows=lambda person: NoteVersion.objects.filter(people=person).select_related("document"),
            columns=[*WHICH, "at"],
            prepare=_add_room_titles,
            title=_("Versions of notes that you wrote in"),
        ),
        erase=_leave_versions,
        without={
            "document": "the room and the meeting name it",
            "number": "a number of the service",
            "content": "what all of its writers wrote together: they read it in the notes",
        },
    )
    register_impersonal("what several people wrote together, without their names", NoteDocument, NoteUpdate)
    register_retention(RetentionRule("notes", delete_old_notes))


def _leave_versions(person: Person, _now: datetime) -> None:
    NoteVersion.people.through.objects.filter(person=person).delete()


def _add_room_titles(rows: list[Any]) -> None:
    found = titles(Room.objects.filter(pk__in={row.document.room_id for row in rows}))
    for row in rows:
        row.room_title = in_language(found.get(row.document.room_id)).text


def delete_old_notes(now: datetime, limit: int) -> int:
    """Documents in which nobody has written for RETENTION_CHAT_MONTHS, with their versions."""
    rows = NoteDocument.objects.annotate(last=Coalesce("changed_at", "created_at"))
    old = rows.filter(last__lt=months_before(now, settings.RETENTION_CHAT_MONTHS))
    return delete_in_batches(old.order_by("last"), limit)
