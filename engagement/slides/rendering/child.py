"""The process in which PDFium reads uploaded files: bounded memory, time and file size, no settings, no secrets.

python -m engagement.slides.rendering.child SOURCE FOLDER SECONDS prints one JSON object: `pages`, `error`, `disk_full`.
PDFium is built without a JavaScript engine: scripts of a PDF are never run.
"""

import ctypes
import errno
import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2

MEMORY = 1024 * 1024 * 1024  # bytes of address space
MOST_PAGES = 300
LARGE = 1600  # pixels of the longer side; the small picture has half
LONGEST_TEXT = 5000
_LARGEST_PICTURE = 16 * 1024 * 1024
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)
_PASSWORD = "password"  # noqa: S105 - in the message of PDFium


class Unreadable(Exception):
    """`code` is a key of `rendering.MESSAGES`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def main(source: Path, folder: Path, seconds: int) -> dict[str, object]:
    _limit(seconds)
    try:
        return {"pages": list(_render(source, folder))}
    except Unreadable as problem:
        return {"error": problem.code}
    except MemoryError:
        return {"error": "too_much_memory"}
    except Exception as problem:  # noqa: BLE001 - whatever a hostile file brings PDFium to
        if isinstance(problem, OSError) and problem.errno in {errno.ENOSPC, errno.EDQUOT}:
            return {"disk_full": True}
        traceback.print_exc()
        return {"error": "damaged"}


def _limit(seconds: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_PICTURE, _LARGEST_PICTURE))
    os.nice(10)  # lower priority than email and rooms


def _render(source: Path, folder: Path) -> Iterator[dict[str, Any]]:
    document = _opened(source)
    count = len(document)
    if count == 0:
        raise Unreadable("empty")
    if count > MOST_PAGES:
        raise Unreadable("too_many_pages")
    for index in range(count):
        page = document[index]
        try:
            yield {**_draw(page, folder, index + 1), "text": _text_of(page)}
        finally:
            page.close()


def _opened(source: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as problem:
        raise Unreadable("encrypted" if _PASSWORD in str(problem).lower() else "damaged") from problem


def _draw(page: pypdfium2.PdfPage, folder: Path, number: int) -> dict[str, int]:
    width, height = page.get_size()
    if not (width > 0 and height > 0):
        raise Unreadable("damaged")
    drawn = page.render(scale=LARGE / max(width, height), rev_byteorder=True).to_pil().convert("RGB")
    drawn.thumbnail((LARGE, LARGE))
    drawn.save(folder / f"{number}-large.webp", "WEBP", quality=80, method=0)
    drawn.reduce(2).save(folder / f"{number}-small.webp", "WEBP", quality=76, method=0)
    return {"width": drawn.width, "height": drawn.height}


def _text_of(page: pypdfium2.PdfPage) -> str:
    """Without it a page is still shown."""
    try:
        text_page = page.get_textpage()
        try:
            return str(text_page.get_text_range(0, min(LONGEST_TEXT, text_page.count_chars())))
        finally:
            text_page.close()
    except (pypdfium2.PdfiumError, UnicodeDecodeError, ValueError):
        return ""


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))))
