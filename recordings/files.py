"""The bytes of recordings: named, opened and deleted through Django's storage API, in STORAGES["recordings"]."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import transaction

from recordings.models import Recording
from recordings.models.recording import recordings_storage


class _FinishedFile(File[Any]):
    """Stands on this machine's disk: a storage on the same disk moves it, any other reads it."""

    def temporary_file_path(self) -> str:
        return str(self.name)


def local_path(name: str) -> Path:
    """Where a file of the storage lies on this machine's disk. Raises NotImplementedError where it lies elsewhere.

    For what the storage API cannot do: append to an upload and cut it off, measure the free space, and have FFmpeg
    seek in a file. Whatever only names, reads or deletes asks the storage.
    """
    return Path(recordings_storage().path(name))


def folder_of(recording: Recording) -> Path:
    return local_path(f"recordings/{recording.pk}")


def name_in(recording: Recording, filename: str) -> str:
    return f"recordings/{recording.pk}/{filename}"


def move_in(finished: Path, name: str) -> str:
    """The finished file becomes `name`, in place of what an attempt that was broken off left there."""
    recordings_storage().delete(name)
    with finished.open("rb") as content:
        return recordings_storage().save(name, _FinishedFile(content, str(finished)))


def save(name: str, content: File[Any]) -> str:
    """The name that it was given. Where it fails nothing of it stays. Raises OSError."""
    try:
        return recordings_storage().save(name, content)
    except OSError:
        recordings_storage().delete(name)
        raise


def delete_after_commit(names: Iterable[str]) -> None:
    for name in names:
        transaction.on_commit(partial(recordings_storage().delete, name))
