"""What is taken as a document, and what is refused."""

import io
import struct
import zipfile

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from engagement.resources import file_types
from engagement.resources.file_types import TYPES, UnableToTake, prepared
from tests.engagement.resources.documents import (
    CONTENTS,
    document,
    office_open,
    open_document,
    picture,
    zipped,
)


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(UnableToTake) as refused:
        prepared(ContentFile(content), name)
    return refused.value.code


@pytest.mark.parametrize("ending", CONTENTS)
def test_each_kind_is_taken_and_pictures_are_written_anew(ending: str) -> None:
    kind, content = prepared(document(ending), f"Heat.{ending.upper()}")
    if ending in {"png", "jpg", "jpeg", "webp"}:
        assert kind == "webp"
        kept = Image.open(io.BytesIO(content.read()))
        assert (kept.format, kept.size, dict(kept.getexif())) == ("WEBP", (40, 30), {})
    else:
        assert (kind, content.read()) == (ending, CONTENTS[ending])


def test_every_type_has_an_example_here() -> None:
    assert set(TYPES) <= set(CONTENTS)


@pytest.mark.parametrize("named", TYPES)
@pytest.mark.parametrize("is_really", CONTENTS)
def test_a_name_that_says_another_kind_is_refused(named: str, is_really: str) -> None:
    if {named, is_really} <= {"txt", "csv"} or named == is_really.replace("jpeg", "jpg"):
        return
    assert refusal(f"x.{named}", CONTENTS[is_really]) == "other_content"


@pytest.mark.parametrize(
    "name", ["x.exe", "x.html", "x.svg", "x.docm", "x.zip", "x", ".pdf", "x.pdf.js", "x.gif", ""]
)
def test_other_kinds_are_refused_by_their_name(name: str) -> None:
    assert refusal(name, b"%PDF-1.7") == "unknown_type"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("x.pdf", b"", "other_content"),
        ("x.pdf", b"x" * 2000 + b"%PDF-", "other_content"),
        ("x.png", CONTENTS["png"][:60], "other_content"),
        ("x.txt", b"\x00\x01", "other_content"),
        ("x.txt", b"\xff\xfe\x00", "other_content"),
        ("x.csv", b"a\x1b[2J", "other_content"),
        ("x.docx", office_open("docx", **{"word/vbaProject.bin": b"x"}), "has_macros"),
        ("x.odt", open_document("odt", **{"Basic/Standard/Module1.xml": b"x"}), "has_macros"),
        ("x.docx", b"PK\x03\x04", "other_content"),
        ("x.docx", zipped({"a.txt": b"x"}), "other_content"),
        (
            "x.odt",
            zipped({"a.txt": b"x", "mimetype": b"application/vnd.oasis.opendocument.text"}),
            "other_content",
        ),
    ],
)
def test_what_is_not_whole_or_not_harmless_is_refused(name: str, content: bytes, code: str) -> None:
    assert refusal(name, content) == code


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_types, "LARGEST_FILE", 10)
    assert refusal("x.pdf", CONTENTS["pdf"]) == "too_large"


def test_a_picture_with_too_many_pixels_is_refused() -> None:
    written = io.BytesIO()
    Image.new("1", (6001, 1)).save(written, "PNG")
    assert refusal("x.png", written.getvalue()) == "picture_too_large"
    assert refusal("x.jpg", picture("PNG")) == "other_content"


def test_a_zip_with_a_huge_list_of_files_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_arguments: object) -> None:
        raise AssertionError("read")

    commented = office_open("docx") + b"a comment"
    monkeypatch.setattr(zipfile, "ZipFile", never)
    size = file_types.LARGEST_DIRECTORY + 1
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, size, 0, 0)
    assert refusal("x.docx", b"PK\x03\x04" + b"\0" * size + end) == "other_content"
    assert refusal("x.docx", commented) == "other_content"


def test_a_part_that_unpacks_without_end_is_read_to_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_types, "LARGEST_PART", 1000)
    bomb = zipped({"[Content_Types].xml": b" " * 50_000_000})
    assert len(bomb) < 100_000
    assert refusal("x.docx", bomb) == "other_content"
