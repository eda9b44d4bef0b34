"""Renders the pages of a PDF in a child process: see `child`."""

import json
import logging
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from companies.child_processes import run_module

logger = logging.getLogger(__name__)

SIZES = ("large", "small")
LARGEST_FILE = 50 * 1024 * 1024
SECONDS = 60  # of the processor
LONGEST = 3 * SECONDS  # on a busy machine
_CRASHES = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP}
# By code: why there are no slides.
MESSAGES = {
    "not_a_pdf": _("This is not a PDF file."),
    "too_large": _("This file is too large. A PDF can be at most 50 MB."),
    "encrypted": _("This PDF is protected by a password. Save it without one and upload it again."),
    "damaged": _("This PDF is damaged. Export it again and upload the new file."),
    "empty": _("This PDF has no pages."),
    "too_many_pages": _("This PDF has too many pages. It can have at most 300."),
    "too_slow": _("This PDF takes too long to process. Export it with smaller pictures, or split it."),
    "too_much_memory": _("This PDF takes too much memory. Export it with smaller pictures."),
    "stopped": _("The slides could not be processed after several attempts. Upload them again."),
}


class UnableToRender(Exception):
    """`code` is a key of MESSAGES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RenderingStopped(Exception):
    """Killed from outside, or the disk is full: another attempt may succeed."""


@dataclass(frozen=True)
class RenderedPage:
    width: int
    height: int
    text: str


def picture_name(number: int, size: str) -> str:
    return f"{number}-{size}.webp"


def looks_like_pdf(head: bytes) -> bool:
    """The header may come after up to 1,024 other bytes, as readers tolerate."""
    return b"%PDF-" in head[:1024]


def render(source: Path, folder: Path, *, seconds: int = SECONDS) -> list[RenderedPage]:
    """Draws each page into `folder` in two sizes. Raises UnableToRender, RenderingStopped."""
    answer = _run_child(source, folder, seconds)
    if "error" in answer:
        raise UnableToRender(answer["error"])
    if "disk_full" in answer:
        raise RenderingStopped
    return [RenderedPage(**page) for page in answer["pages"]]


def _run_child(source: Path, folder: Path, seconds: int) -> dict[str, Any]:
    arguments = (str(source), str(folder), str(seconds))
    try:
        done = run_module("engagement.slides.rendering.child", *arguments, seconds=LONGEST)
    except subprocess.TimeoutExpired as error:
        raise UnableToRender("too_slow") from error
    if done.stderr:
        logger.warning("rendering %s: %s", source.parent.name, done.stderr[-2000:])
    if done.returncode == 0:
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
    logger.warning("rendering %s ended with %s", source.parent.name, done.returncode)
    if -done.returncode == signal.SIGXCPU:
        raise UnableToRender("too_slow")
    if -done.returncode in _CRASHES:
        raise UnableToRender("damaged")
    raise RenderingStopped
