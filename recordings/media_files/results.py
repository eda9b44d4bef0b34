"""What the process that prepares a recording answers with."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

POSTER = "poster.jpg"


@dataclass(frozen=True)
class Measured:
    """A file as it is: length in seconds, pixels as shown, bytes; `codecs` as RFC 6381 writes them."""

    duration_seconds: float
    content_type: str
    codecs: str
    width: int | None
    height: int | None
    size: int
    sha256: str


@dataclass(frozen=True)
class Ready:
    """The name of the copy in its folder, and what it is. POSTER stands beside it, unless there is only sound."""

    main: str
    measured: Measured
    poster_sha256: str


def sha256_of(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
