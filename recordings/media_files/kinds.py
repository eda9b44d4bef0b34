"""The kind of a file by its content, and where recordings begin in it: some files are concatenations."""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from recordings.media_files.errors import MediaError

WEBM = "webm"
MP4 = "mp4"
MOST_PIECES = 200
_EBML = b"\x1a\x45\xdf\xa3"  # RFC 8794
_LONGEST_HEADER = 100  # bytes from the EBML mark to the name of the document type
_LARGE = 1  # ISO/IEC 14496-12: the box's size is in the eight bytes after its name
_TO_THE_END = 0


@dataclass(frozen=True)
class Piece:
    """Bytes `start` to `end` (exclusive) of a file are a recording of their own."""

    path: Path
    start: int
    end: int
    is_whole_file: bool

    @property
    def address(self) -> str:
        """The URL by which FFmpeg opens it."""
        return (
            str(self.path)
            if self.is_whole_file
            else f"subfile,,start,{self.start},end,{self.end},,:{self.path}"
        )


def kind_of(head: bytes) -> str | None:
    """`webm`, `mp4`, or None for anything else. The file's name is ignored."""
    if head[:4] == _EBML:
        return WEBM
    if head[4:8] in {b"ftyp", b"moov", b"styp"}:
        return MP4
    return None


def pieces_of(path: Path) -> tuple[str, list[Piece]]:
    """The kind of the file and the recordings in it, mostly one. Raises MediaError."""
    size = path.stat().st_size
    with path.open("rb") as source:
        kind = kind_of(source.read(12))
        if kind is None:
            raise MediaError("unknown_kind")
        with mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as content:
            starts = list(_matroska_starts(content) if kind == WEBM else _mp4_starts(content))
    bounds = [*starts, size]
    pieces = [Piece(path, start, bounds[number + 1], len(starts) == 1) for number, start in enumerate(starts)]
    return kind, pieces


def _matroska_starts(content: mmap.mmap) -> Iterator[int]:
    """Each EBML header that contains the name of its document type."""
    at, found = 0, 0
    while at >= 0:
        head = content[at : at + _LONGEST_HEADER]
        if at == 0 or (b"\x42\x82" in head and (b"webm" in head or b"matroska" in head)):
            yield _counted(at, found)
            found += 1
        at = content.find(_EBML, at + 4)


def _mp4_starts(content: mmap.mmap) -> Iterator[int]:
    """Where a file type box follows the index of the recording before; a truncated one has no successors."""
    at, has_index, found = 0, False, 1
    yield 0
    while at + 8 <= len(content):
        size, name = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        if name == b"ftyp" and has_index:
            yield _counted(at, found)
            has_index, found = False, found + 1
        has_index = has_index or name == b"moov"
        if size == _LARGE:
            size = int.from_bytes(content[at + 8 : at + 16])
        if size == _TO_THE_END or size < 8:
            return
        at += size


def _counted(at: int, found: int) -> int:
    if found >= MOST_PIECES:
        raise MediaError("too_many_pieces", most=MOST_PIECES)
    return at
