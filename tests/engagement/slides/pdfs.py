"""PDF files for tests, written by hand: good ones, and such as people and attackers upload."""

import zlib
from collections.abc import Sequence

PAGE = b"[0 0 720 405]"


def pdf_of(pages: Sequence[str] = ("Heat for harbours", "Second page"), *, extra: bytes = b"") -> bytes:
    """A page of 16:9 for each text, which may have several lines; `extra` goes into the catalogue."""
    objects: list[bytes] = []
    kids = b" ".join(b"%d 0 R" % (4 + 2 * place) for place in range(len(pages)))
    objects.append(b"<< /Type /Catalog /Pages 2 0 R %s >>" % extra)
    objects.append(b"<< /Type /Pages /Kids [%s] /Count %d /MediaBox %s >>" % (kids, len(pages), PAGE))
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    for place, text in enumerate(pages):
        resources = b"<< /Font << /F1 3 0 R >> >>"
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /Resources %s /Contents %d 0 R >>" % (resources, 5 + 2 * place)
        )
        objects.append(_stream(_drawing(text)))
    return _file(objects)


def bomb() -> bytes:
    """One picture of 60,000 × 60,000 pixels in some kilobytes."""
    squeezed = zlib.compress(bytes(30_000_000), 9)
    picture = (
        b"/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceRGB"
        b" /BitsPerComponent 8 /Filter /FlateDecode"
    )
    return _file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox %s >>" % PAGE,
            b"<< /Type /Page /Parent 2 0 R /Resources << /XObject << /Im 5 0 R >> >> /Contents 4 0 R >>",
            _stream(b"720 0 0 405 0 0 cm /Im Do"),
            _stream(squeezed, picture),
        ]
    )


def encrypted() -> bytes:
    """It opens with a password that nobody has told."""
    secret = b"<< /Filter /Standard /V 1 /R 2 /P -44 /O <%s> /U <%s> >>" % (b"ab" * 32, b"cd" * 32)
    trailer = b"/Encrypt 4 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]"
    return _file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox %s >>" % PAGE,
            b"<< /Type /Page /Parent 2 0 R >>",
            secret,
        ],
        trailer,
    )


def slow() -> bytes:
    """A page that is filled 20,000 times."""
    return _file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox %s >>" % PAGE,
            b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>",
            _stream(b"0 0 720 405 re f " * 20_000),
        ]
    )


def explosive() -> bytes:
    """Forms that draw forms, eight times each, twelve deep: some billions of objects."""
    depth = 12
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox %s >>" % PAGE,
        b"<< /Type /Page /Parent 2 0 R /Resources << /XObject << /Fm 5 0 R >> >> /Contents 4 0 R >>",
        _stream(b"/Fm Do"),
    ]
    for level in range(depth):
        form = b"/Type /XObject /Subtype /Form /BBox %s" % PAGE
        if level + 1 < depth:
            form += b" /Resources << /XObject << /Fm %d 0 R >> >>" % (6 + level)
        objects.append(_stream(b"q 1 0 0 1 1 1 cm /Fm Do Q " * 8, form))
    return _file(objects)


def _drawing(text: str) -> bytes:
    lines = [line.encode("cp1252", "replace") for line in text.split("\n")]
    shown = b" T* ".join(b"(%s) Tj" % line.replace(b"(", rb"\(").replace(b")", rb"\)") for line in lines)
    return b"BT /F1 30 Tf 36 TL 40 340 Td %s ET" % shown


def _stream(content: bytes, dictionary: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (dictionary, len(content), content)


def _file(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    out, places = bytearray(b"%PDF-1.6\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        start,
    )
    return bytes(out)
