"""Copies, checks and measures an uploaded file, and draws its poster image."""

from pathlib import Path

from recordings.media_files.checking import refuse_bad_copy
from recordings.media_files.copying import playable_copy
from recordings.media_files.kinds import Piece, pieces_of
from recordings.media_files.measuring import measure
from recordings.media_files.results import POSTER, Ready, sha256_of


def make_ready(source: Path, folder: Path) -> Ready:
    """Raises MediaError; OSError when the disk is full."""
    kind, pieces = pieces_of(source)
    target, copy_kind, stats = playable_copy(pieces, kind, folder)
    copy = Piece(target, 0, target.stat().st_size, is_whole_file=True)
    refuse_bad_copy(copy, copy_kind, stats)
    poster = folder / POSTER
    measured = measure(copy, copy_kind, poster=poster)
    return Ready(target.name, measured, sha256_of(poster) if poster.exists() else "")
