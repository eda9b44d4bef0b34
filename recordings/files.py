"""The files of recordings, in Django's storage STORAGES["recordings"]."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import transaction

from recordings.models import Recording
from recordings.models.recording import recordings_storage


class _FinishedFile(File[Any]):
    """A file on this machine's disk: a storage on the same disk moves it, any other reads it."""

    def temporary_file_path(self) -> str:
        return str(self.name)


def local_path(name: str) -> Path:
    """The path of a stored file on this machine. Raises NotImplementedError for a remote storage.

    For what the storage API cannot do: append to and truncate an upload, measure free space, and let FFmpeg seek.
    Everything else uses the storage.
    """
    return Path(recordings_storage().path(name))


def folder_of(recording: Recording) -> Path:
    return local_path(f"recordings/{recording.pk}")


def name_in(recording: Recording, filename: str) -> str:
    return f"recordings/{recording.pk}/{filename}"


def move_in(finished: Path, name: str) -> str:
    """Saves the finished file as `name`, replacing what an aborted attempt left there."""
    recordings_storage().delete(name)
    with finished.open("rb") as content:
        return recordings_storage().save(name, _FinishedFile(content, str(finished)))


def save(name: str, content: File[Any]) -> str:
    """Returns the name given by the storage. On failure nothing remains. Raises OSError."""
    try:
        return recordings_storage().save(name, content)
    except OSError:
        recordings_storage().delete(name)
        raise


def delete_after_commit(names: Iterable[str]) -> None:
    for name in names:
        transaction.on_commit(partial(recordings_storage().delete, name))
