"""Decks of slides for tests: uploaded by the flow, and rendered as a worker does."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from companies.models import Person
from engagement.models import SlideDeck
from engagement.slides import preparing, uploading
from meetings.models import Meeting
from tests.engagement.slides.pdfs import pdf_of
from tests.factories import slide_deck as deck_of

__all__ = ["deck_of", "file_of", "prepared", "role_of", "uploaded"]


def file_of(content: bytes, name: str = "Heat_for harbours.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def uploaded(meeting: Meeting, content: bytes | None = None, **fields: Any) -> SlideDeck:
    given = {"title": "", "is_downloadable": False, "by": meeting.host_id, "now": timezone.now()}
    return uploading.upload_deck(
        room_id=meeting.room_id,
        meeting=meeting.pk,
        file=file_of(content if content is not None else pdf_of()),
        **{**given, **fields},
    )


def prepared(meeting: Meeting, content: bytes | None = None, **fields: Any) -> SlideDeck:
    """Rendered by the real process."""
    deck = uploaded(meeting, content, **fields)
    preparing.prepare(deck_id=deck.pk, now=timezone.now())
    deck.refresh_from_db()
    return deck


def role_of(person: Person, meeting: Meeting, role: str = "speaker") -> Person:
    meeting.roles.create(person=person, role=role)
    return person
