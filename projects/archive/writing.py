"""Writes pages, JSON and files into a ZIP archive, one after the other and none of them whole in memory."""

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO, Any
from urllib.parse import quote

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

BLOCK = 1024 * 1024
BATCH = 500  # rows that are read at once
LONGEST_NAME = 80
STYLE = """body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; color: #14232b; }
body { font: 1rem/1.5 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.2; } a { color: #0b5f6b; } li { margin: .4rem 0; }
table { border-collapse: collapse; } td, th { border: 1px solid #b8c4c9; padding: .3rem .5rem; text-align: start; }
.soft { color: #4b5d66; font-size: .9rem; } .text { white-space: pre-line; overflow-wrap: anywhere; }
"""
Write = Callable[[SafeString], None]


class Archive:
    def __init__(self, file: zipfile.ZipFile, language: str, now: datetime) -> None:
        self._file, self._language, self._now = file, language, now

    @contextmanager
    def page(self, name: str, title: str) -> Iterator[Write]:
        """A page with its heading; whoever has it open writes no other part meanwhile."""
        root = "../" * name.count("/")
        with self._part(name) as part:
            part.write(_head(self._language, title, root).encode())
            yield lambda markup: _write(part, markup)
            part.write(b"</main></body></html>\n")

    def json(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """A list, a row on each line."""
        with self._part(f"data/{name}.json") as part:
            before = b"[\n"
            for row in rows:
                part.write(before + json.dumps(row, ensure_ascii=False, default=_as_text).encode())
                before = b",\n"
            part.write(b"\n]\n" if before != b"[\n" else b"[]\n")

    def text(self, name: str, text: str) -> None:
        with self._part(name) as part:
            part.write(text.encode())

    def copy(self, name: str, source: IO[bytes]) -> None:
        """Not compressed: most of these files are already."""
        with self._part(name, zipfile.ZIP_STORED) as part:
            while block := source.read(BLOCK):
                part.write(block)

    def _part(self, name: str, compression: int = zipfile.ZIP_DEFLATED) -> IO[bytes]:
        info = zipfile.ZipInfo(name, self._now.timetuple()[:6])
        info.compress_type = compression
        return self._file.open(info, "w", force_zip64=True)


def _write(part: IO[bytes], markup: SafeString) -> None:
    part.write(f"{markup}\n".encode())


def _head(language: str, title: str, root: str) -> SafeString:
    return format_html(
        '<!doctype html>\n<html lang="{}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<title>{}</title><link rel="stylesheet" href="{}style.css"></head><body>'
        '<nav><a href="{}index.html">{}</a></nav><main><h1>{}</h1>\n',
        *(language, title, root, root, _("Overview"), title),
    )


def _as_text(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def file_name(name: str) -> str:
    """One that every system takes, with its ending."""
    path = PurePosixPath(name)
    return f"{get_valid_filename(path.stem[:LONGEST_NAME].strip(' .') or 'file')}{path.suffix}"


def link(target: str, words: object, *, page: str = "") -> SafeString:
    """To another part of the archive, from `page`."""
    return format_html('<a href="{}{}">{}</a>', "../" * page.count("/"), quote(target), words)
