"""The files that a project takes, and which of them can be looked at in the browser."""

from types import MappingProxyType

from engagement.resources.file_types import TYPES, FileType, Reader, UnableToTake, is_text, zip_of

LARGEST_FILE = 200 * 1024 * 1024


def _is_svg(file: Reader) -> None:
    """Given out to be saved only, never as a part of a page: it may hold scripts."""
    is_text(file)
    file.seek(0)
    if b"<svg" not in file.read(64 * 1024):
        raise UnableToTake("other_content")


def _is_zip(file: Reader) -> None:
    zip_of(file).close()


KINDS = MappingProxyType(
    {
        **TYPES,
        "svg": FileType("image/svg+xml", _is_svg),
        "zip": FileType("application/zip", _is_zip),
    }
)
PICTURES = frozenset(ending for ending, kind in TYPES.items() if kind.is_picture)
TEXTS = frozenset({"txt", "csv"})
ACCEPT = ",".join(f".{ending}" for ending in (*KINDS, "jpeg"))


def has_pictures(file_type: str) -> bool:
    """Whether a worker draws its preview."""
    return file_type == "pdf" or file_type in PICTURES
