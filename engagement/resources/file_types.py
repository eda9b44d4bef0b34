"""The documents that are taken. What a file is follows from its content, and its name has to say the same."""

import codecs
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import Any

from django.core.files import File
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.pictures import UnableToUsePicture, reencoded

LARGEST_FILE = 50 * 1024 * 1024
LARGEST_PICTURE_SIDE = 3000  # pixels as stored
LARGEST_DIRECTORY = 1024 * 1024  # bytes of a zip's list of files: some ten thousand
LARGEST_PART = 1024 * 1024  # bytes of a part of an office document that is read
_END_OF_ZIP = 22  # bytes of the record without a comment, which office documents do not have

MESSAGES: dict[str, Promise] = {
    "too_large": _("This file is too large. A document can be at most 50 MB, a picture at most 4 MB."),
    "unknown_type": _(
        "Use a PDF, a picture (PNG, JPEG, WebP), an office document (ODT, ODS, ODP, DOCX, XLSX, PPTX), or plain text "
        "(TXT, CSV)."
    ),
    "other_content": _(
        "The content of this file doesn’t match its file type. Save it again and upload the new file."
    ),
    "has_macros": _("This document contains macros. Save it without them and upload the new file."),
    "picture_too_large": _("This picture is too large. Use at most 4 MB and 6,000 pixels per side."),
    "disk_full": _("The server does not have enough disk space for this file. Try again later."),
}

Reader = File[Any]


class UnableToTake(Exception):
    """`code` is a key of MESSAGES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class FileType:
    """`check` raises UnableToTake for content of another kind."""

    content_type: str
    check: Callable[[Reader], None]
    is_picture: bool = False


def prepared(file: Reader, name: str) -> tuple[str, File[Any]]:
    """The type, a key of TYPES, and the content to store: a picture upright, as WebP, without metadata.

    Raises UnableToTake.
    """
    found = type_of(file, name, TYPES, most=LARGEST_FILE)
    if not TYPES[found].is_picture:
        return found, file
    try:
        return "webp", reencoded(file, side=LARGEST_PICTURE_SIDE)
    except UnableToUsePicture as problem:
        is_large = problem.code == "too_large"
        raise UnableToTake("picture_too_large" if is_large else "other_content") from problem


def type_of(file: Reader, name: str, types: Mapping[str, FileType], *, most: int) -> str:
    """The key of the type that its name says and its content has. Raises UnableToTake."""
    ending = ending_of(name)
    found = types.get(ending)
    if found is None:
        raise UnableToTake("unknown_type")
    if not file.size:
        raise UnableToTake("other_content")
    if file.size > most:
        raise UnableToTake("too_large")
    file.seek(0)
    found.check(file)
    file.seek(0)
    return ending


def ending_of(name: str) -> str:
    ending = PurePath(name.lower()).suffix.removeprefix(".")
    return "jpg" if ending == "jpeg" else ending


# ---- what the content says ---------------------------------------------------------------------------------


def begins(*marks: bytes, within: int = 0) -> Callable[[Reader], None]:
    """With one of these; `within` so many bytes."""

    def check(file: Reader) -> None:
        head = file.read(within + max(map(len, marks)))
        if not any(head.find(mark, 0, within + len(mark)) >= 0 for mark in marks):
            raise UnableToTake("other_content")

    return check


def _is_webp(file: Reader) -> None:
    head = file.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"WEBP":
        raise UnableToTake("other_content")


def is_text(file: Reader) -> None:
    """Lines of text in any encoding: no control characters, except in UTF-16 with its mark."""
    head = file.read(8)
    file.seek(0)
    if head.startswith((b"%PDF-", b"PK\x03\x04")):
        raise UnableToTake("other_content")
    utf16 = codecs.getincrementaldecoder("utf-16")() if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else None
    try:
        for block in iter(partial(file.read, _BLOCK), b""):
            text = utf16.decode(block).encode() if utf16 is not None else block
            if text.translate(None, _CONTROL) != text:
                raise UnableToTake("other_content")
        if utf16 is not None:
            utf16.decode(b"", final=True)
    except UnicodeDecodeError as problem:
        raise UnableToTake("other_content") from problem


_BLOCK = 1024 * 1024
_CONTROL = bytes(set(range(0x20)) - set(b"\t\n\r\x0c")) + b"\x7f"


def _open_document(kind: str) -> Callable[[Reader], None]:
    """ODF 1.3, part 2, 3.3: the type is the first file of the package."""

    def check(file: Reader) -> None:
        with zip_of(file) as package:
            names = package.namelist()
            is_kind = names[:1] == ["mimetype"] and _part(package, "mimetype") == (
                f"application/vnd.oasis.opendocument.{kind}".encode()
            )
            if not is_kind:
                raise UnableToTake("other_content")
            if any(name.startswith(("Basic/", "Scripts/")) for name in names):
                raise UnableToTake("has_macros")

    return check


def _office_open(kind: str) -> Callable[[Reader], None]:
    """ECMA-376, part 2, 10.1.2: the package lists the types of its parts."""
    main = f"application/vnd.openxmlformats-officedocument.{kind}.main+xml".encode()

    def check(file: Reader) -> None:
        with zip_of(file) as package:
            names = package.namelist()
            types = _part(package, "[Content_Types].xml") if "[Content_Types].xml" in names else b""
            if any(name.lower().endswith("vbaproject.bin") for name in names) or b"macroEnabled" in types:
                raise UnableToTake("has_macros")
            if main not in types:
                raise UnableToTake("other_content")

    return check


def zip_of(file: Reader) -> zipfile.ZipFile:
    """Its list of files is bounded before it is read."""
    file.seek(0, io.SEEK_END)
    size = file.tell()
    file.seek(max(0, size - _END_OF_ZIP))
    end = file.read(_END_OF_ZIP)
    length = int.from_bytes(end[12:16], "little")
    if end[:4] != b"PK\x05\x06" or end[20:] != b"\0\0" or length > min(size, LARGEST_DIRECTORY):
        raise UnableToTake("other_content")
    file.seek(0)
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as problem:
        raise UnableToTake("other_content") from problem


def _part(package: zipfile.ZipFile, name: str) -> bytes:
    """Not more of it than is bounded, however far it unpacks."""
    try:
        with package.open(name) as part:
            return part.read(LARGEST_PART)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as problem:
        raise UnableToTake("other_content") from problem


_ODF = "application/vnd.oasis.opendocument."
_OOXML = "application/vnd.openxmlformats-officedocument."
TYPES: dict[str, FileType] = {
    "pdf": FileType("application/pdf", begins(b"%PDF-", within=1024)),
    "png": FileType("image/png", begins(b"\x89PNG\r\n\x1a\n"), is_picture=True),
    "jpg": FileType("image/jpeg", begins(b"\xff\xd8\xff"), is_picture=True),
    "webp": FileType("image/webp", _is_webp, is_picture=True),
    "odt": FileType(f"{_ODF}text", _open_document("text")),
    "ods": FileType(f"{_ODF}spreadsheet", _open_document("spreadsheet")),
    "odp": FileType(f"{_ODF}presentation", _open_document("presentation")),
    "docx": FileType(f"{_OOXML}wordprocessingml.document", _office_open("wordprocessingml.document")),
    "xlsx": FileType(f"{_OOXML}spreadsheetml.sheet", _office_open("spreadsheetml.sheet")),
    "pptx": FileType(f"{_OOXML}presentationml.presentation", _office_open("presentationml.presentation")),
    "txt": FileType("text/plain", is_text),
    "csv": FileType("text/csv", is_text),
}
ACCEPT = ",".join(f".{ending}" for ending in (*TYPES, "jpeg"))
