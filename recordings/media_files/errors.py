"""Why a file cannot become a recording: a code and values, worded by the parent process."""

import errno
import sqlite3
from collections.abc import Iterator

_POSTGRESQL_DISK_FULL = "53100"


class MediaError(Exception):
    """`code` is a key of `media_files.MESSAGES`, `values` fill its sentence."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def is_disk_full(error: BaseException) -> bool:
    """Also when FFmpeg or a database met it and raised another error."""
    return any(
        getattr(each, "errno", None) in {errno.ENOSPC, errno.EDQUOT}
        or getattr(each, "sqlstate", None) == _POSTGRESQL_DISK_FULL
        or getattr(each, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        for each in _chain(error)
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
