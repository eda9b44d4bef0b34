"""Files in a storage on this machine's disk: their parts, whether there is room, and what their rows left behind."""

import errno
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from io import FileIO
from pathlib import Path

from django.conf import settings
from django.core.files.storage import Storage

LONGEST_UPLOAD = timedelta(hours=1)
logger = logging.getLogger(__name__)


class DiskFull(Exception):
    """Nothing of the part was kept; it can be sent again later."""


def append(path: Path, offset: int, part: bytes) -> None:
    """Writes a part of an upload at `offset`, and discards what a crash left behind it uncounted. Raises DiskFull."""
    try:
        with path.open("r+b", buffering=0) as kept:
            kept.truncate(offset)
            kept.seek(offset)
            _write_whole(kept, part)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        os.truncate(path, offset)
        logger.warning("no disk space for a part of %s bytes", len(part))
        raise DiskFull from error


def _write_whole(kept: FileIO, part: bytes) -> None:
    left = memoryview(part)
    while left:
        left = left[kept.write(left) :]


def has_room_for(storage: Storage, size: int) -> bool:
    folder = Path(storage.path(""))
    folder.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(folder).free - size > settings.MIN_FREE_BYTES


def orphans(folder: Path, known: Callable[[list[str]], Iterable[str]], now: datetime) -> Iterator[Path]:
    """Files or folders named by ids whose rows went with their room; not those that are being uploaded.

    `known` gives those of some ids that have a row.
    """
    paths = sorted(folder.iterdir()) if folder.exists() else []
    for start in range(0, len(paths), 500):
        some = paths[start : start + 500]
        kept = set(known([path.stem for path in some]))
        for path in some:
            if path.stem not in kept and _changed_at(path) < now - LONGEST_UPLOAD:
                yield path


def _changed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
