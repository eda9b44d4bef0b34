"""Results of the process that prepares a recording."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

POSTER = "poster.jpg"


@dataclass(frozen=True)
class Measured:
    """Measurements of a file: duration in seconds, displayed pixels, bytes; `codecs` as in RFC 6381."""

    duration_seconds: float
    content_type: str
    codecs: str
    width: int | None
    height: int | None
    size: int
    sha256: str


@dataclass(frozen=True)
class Ready:
    """The copy's name in its folder, and its measurements. POSTER is beside it, unless there is only sound."""

    main: str
    measured: Measured
    poster_sha256: str


def sha256_of(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
