"""The files of slides, in Django's storage STORAGES["slides"]: the PDF, and two pictures of each page."""

import shutil
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path

from django.db import transaction

from engagement import stored_files
from engagement.slides.models import SlideDeck, slides_storage
from engagement.slides.rendering import picture_name

FOLDER = "slides"
SOURCE = "source.pdf"


def source_name(deck_id: str) -> str:
    return f"{FOLDER}/{deck_id}/{SOURCE}"


def picture_file(deck_id: str, number: int, size: str) -> str:
    """The name in the storage; `size` is one of rendering.SIZES."""
    return f"{FOLDER}/{deck_id}/{picture_name(number, size)}"


def folder_of(deck_id: str) -> Path:
    """On this machine's disk, where the process that renders writes."""
    return Path(slides_storage().path(f"{FOLDER}/{deck_id}"))


def has_room_for(size: int) -> bool:
    """Pictures take about as much again as the PDF, seldom more than twice."""
    return stored_files.has_room_for(slides_storage(), 3 * size)


def delete_after_commit(deck_id: str) -> None:
    transaction.on_commit(partial(delete_folder, deck_id))


def delete_folder(deck_id: str) -> None:
    shutil.rmtree(folder_of(deck_id), ignore_errors=True)


def delete_pictures(deck_id: str) -> None:
    """What an attempt left behind that was stopped."""
    for path in folder_of(deck_id).glob("*.webp"):
        path.unlink(missing_ok=True)


def delete_orphans(now: datetime) -> None:
    def known(ids: list[str]) -> Iterable[str]:
        return SlideDeck.objects.filter(pk__in=ids).values_list("pk", flat=True)

    for folder in stored_files.orphans(Path(slides_storage().path(FOLDER)), known, now):
        shutil.rmtree(folder, ignore_errors=True)
