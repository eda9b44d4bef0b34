"""Documents of every kind that is taken, and of kinds that are not."""

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

OOXML = {
    "docx": "wordprocessingml.document",
    "xlsx": "spreadsheetml.sheet",
    "pptx": "presentationml.presentation",
}
ODF = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}


def zipped(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return written.getvalue()


def office_open(ending: str, **more: bytes) -> bytes:
    kind = f"application/vnd.openxmlformats-officedocument.{OOXML[ending]}.main+xml"
    types = f'<Types><Override PartName="/main.xml" ContentType="{kind}"/></Types>'.encode()
    return zipped({"[Content_Types].xml": types, "main.xml": b"<x/>", **more})


def open_document(ending: str, **more: bytes) -> bytes:
    kind = f"application/vnd.oasis.opendocument.{ODF[ending]}".encode()
    return zipped({"mimetype": kind, "content.xml": b"<x/>", **more})


def picture(kind: str) -> bytes:
    written = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Kamera AB"
    Image.new("RGB", (40, 30), "red").save(written, kind, exif=exif)
    return written.getvalue()


CONTENTS: dict[str, bytes] = {
    "pdf": b"%PDF-1.7\n%%EOF",
    "png": picture("PNG"),
    "jpg": picture("JPEG"),
    "jpeg": picture("JPEG"),
    "webp": picture("WEBP"),
    **{ending: office_open(ending) for ending in OOXML},
    **{ending: open_document(ending) for ending in ODF},
    "txt": "Värme för hamnar\r\n".encode("cp1252"),
    "csv": "kW;pris\r\n5;ö\r\n".encode("utf-16"),
}


def document(ending: str = "pdf", content: bytes | None = None, name: str = "Heat_map") -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{name}.{ending}", CONTENTS[ending] if content is None else content)
