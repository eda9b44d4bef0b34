"""The files of projects in Django's storage STORAGES["projects"]: a folder for each version, with its preview."""

import hashlib
import shutil
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction

from engagement import stored_files
from projects.models import FileUpload, FileVersion
from projects.models.file import files_storage

FOLDER = "project-files"
BLOCK = 1024 * 1024
LONGEST_TEXT = 20_000  # bytes of a text that are shown


def content_name(version_id: str) -> str:
    """The name in the storage, also while it is being uploaded."""
    return f"{FOLDER}/{version_id}/content"


def picture_name(version_id: str, number: int) -> str:
    return f"{FOLDER}/{version_id}/{number}-large.webp"


def folder_of(version_id: str) -> Path:
    """On this machine's disk, where parts are appended and previews are drawn."""
    return Path(files_storage().path(f"{FOLDER}/{version_id}"))


def content_path(version_id: str) -> Path:
    return folder_of(version_id) / "content"


def begin(version_id: str) -> None:
    files_storage().save(content_name(version_id), ContentFile(b""))


def save(version_id: str, content: File[Any]) -> None:
    files_storage().save(content_name(version_id), content)


def has_room_for(size: int) -> bool:
    return stored_files.has_room_for(files_storage(), size)


def checksum(version_id: str) -> str:
    with content_path(version_id).open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def text_of(version_id: str) -> tuple[str, bool]:
    """The beginning of a text, and whether that is all of it."""
    with content_path(version_id).open("rb") as content:
        found = content.read(LONGEST_TEXT + 1)
    is_utf16 = found[:2] in {b"\xff\xfe", b"\xfe\xff"}
    text = found[:LONGEST_TEXT].decode("utf-16" if is_utf16 else "utf-8-sig", errors="replace")
    return text, len(found) <= LONGEST_TEXT


def delete_previews(version_id: str) -> None:
    """What an attempt left behind that was stopped."""
    for path in folder_of(version_id).glob("*.webp"):
        path.unlink(missing_ok=True)


def delete_folder(version_id: str) -> None:
    shutil.rmtree(folder_of(version_id), ignore_errors=True)


def delete_after_commit(version_id: str) -> None:
    transaction.on_commit(partial(delete_folder, version_id))


def delete_orphans(now: datetime) -> None:
    """Of projects that are gone with their rows."""

    def known(ids: list[str]) -> Iterable[str]:
        versions = FileVersion.objects.filter(pk__in=ids).values_list("pk", flat=True)
        return [*versions, *FileUpload.objects.filter(pk__in=ids).values_list("pk", flat=True)]

    for folder in stored_files.orphans(Path(files_storage().path(FOLDER)), known, now):
        shutil.rmtree(folder, ignore_errors=True)
