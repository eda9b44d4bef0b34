"""Uploading a PDF, changing and deleting its deck."""

from datetime import datetime
from pathlib import PurePath

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from companies.refusals import Refusal
from companies.text import cleaned
from engagement.slides import files
from engagement.slides.announcing import tell_presenters
from engagement.slides.describing import MOST_DECKS, decks_of, shown_slides
from engagement.slides.messages import SlidesHidden, SlidesShown
from engagement.slides.models import LONGEST_TITLE, Presentation, Slide, SlideDeck, slides_storage
from engagement.slides.rendering import LARGEST_FILE, MESSAGES, looks_like_pdf
from rooms import journal
from rooms.models import Room
from rooms.refusals import Refused


class UnableToUpload(Refusal):
    """`code`: not_a_pdf, too_large, too_many, disk_full; or bad_title. All but that about the field `file`."""

    def __init__(self, code: str, message: str, *, field: str = "file") -> None:
        super().__init__(code, message, field=field)


def upload_deck(
    *,
    room_id: str,
    meeting: str,
    file: "UploadedFile[bytes]",
    title: str,
    is_downloadable: bool,
    by: int | None,
    now: datetime,
) -> SlideDeck:
    """Stores the PDF, which a worker then renders. Raises UnableToUpload.

    The file is stored first: the room is locked no longer than it takes to write a row.
    """
    refuse_file(file)
    _refuse_too_many(room_id, meeting)
    deck = SlideDeck(
        room_id=room_id,
        meeting=meeting,
        title=_title_of(title, file.name or ""),
        size=file.size or 0,
        is_downloadable=is_downloadable,
        uploaded_by_id=by,
        uploaded_at=now,
    )
    try:
        slides_storage().save(files.source_name(deck.pk), file)
        _insert(deck, by, now)
    except BaseException:
        files.delete_folder(deck.pk)
        raise
    return deck


@transaction.atomic
def _insert(deck: SlideDeck, by: int | None, now: datetime) -> None:
    Room.objects.select_for_update().get(pk=deck.room_id)  # so that two at once are counted
    _refuse_too_many(deck.room_id, deck.meeting)
    deck.save(force_insert=True)
    tell_presenters(deck, now, by=by)


def _refuse_too_many(room_id: str, meeting: str) -> None:
    if decks_of(room_id, meeting).count() >= MOST_DECKS:
        message = _("A meeting can have at most %(most)s slide files. Delete one first.") % {
            "most": MOST_DECKS
        }
        raise UnableToUpload("too_many", message)


def refuse_file(file: "UploadedFile[bytes]") -> None:
    """Raises UnableToUpload for what can be seen at once; a worker finds the rest."""
    size = file.size or 0
    if size > LARGEST_FILE:
        raise UnableToUpload("too_large", str(MESSAGES["too_large"]))
    file.seek(0)
    head = file.read(1024)
    file.seek(0)
    if not looks_like_pdf(head):
        raise UnableToUpload("not_a_pdf", str(MESSAGES["not_a_pdf"]))
    if not files.has_room_for(size):
        raise UnableToUpload(
            "disk_full", _("The server does not have enough disk space for this file. Try again later.")
        )


def _title_of(title: str, filename: str) -> str:
    """The given one, else the file's name. Raises UnableToUpload when neither can be read."""
    given = cleaned(title, one_line=True) or cleaned(PurePath(filename).stem.replace("_", " "), one_line=True)
    if not given:
        raise UnableToUpload("bad_title", _("Enter a title."), field="title")
    return given[:LONGEST_TITLE]


@transaction.atomic
def change_deck(
    *, deck_id: str, room_id: str, title: str, is_downloadable: bool, by: int | None, now: datetime
) -> None:
    """What the room shows changes with it. Raises Refused."""
    deck = locked_deck(deck_id, room_id)
    deck.title = _title_of(title, deck.title)
    deck.is_downloadable = is_downloadable
    deck.save(update_fields=["title", "is_downloadable"])
    tell_presenters(deck, now, by=by)
    presentation = Presentation.objects.filter(room=room_id, deck=deck).first()
    if presentation is not None:
        at = journal.protocol_time(now)
        event = SlidesShown(slides=shown_slides(deck, presentation.page), by=None, at=at)
        journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)


@transaction.atomic
def delete_deck(*, deck_id: str, room_id: str, by: int | None, now: datetime) -> None:
    """With its files; it goes from the stage, too. Raises Refused."""
    deck = locked_deck(deck_id, room_id)
    if Presentation.objects.filter(room=room_id, deck=deck).update(deck=None):
        event = SlidesHidden(by=None, at=journal.protocol_time(now))
        journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)
    tell_presenters(deck, now, by=by, is_deleted=True)
    deck.delete()
    files.delete_after_commit(deck_id)


@transaction.atomic
def write_notes(*, deck_id: str, room_id: str, notes: dict[int, str]) -> None:
    """By page. Raises Refused."""
    deck = locked_deck(deck_id, room_id)
    slides = list(Slide.objects.filter(deck=deck, number__in=notes))
    if len(slides) < len(notes):
        raise Refused("not_found")
    for slide in slides:
        slide.notes = notes[slide.number]
    Slide.objects.bulk_update(slides, ["notes"])


def locked_deck(deck_id: str, room_id: str) -> SlideDeck:
    """Raises Refused when the room has no such deck."""
    found = SlideDeck.objects.select_for_update(of=("self",)).select_related("room")
    deck = found.filter(pk=deck_id, room=room_id).first()
    if deck is None:
        raise Refused("not_found")
    return deck
