"""Checks a recording's file and makes its playable copy, in a child process: see `child`."""

import json
import logging
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from companies.child_processes import run_module
from recordings.media_files.errors import is_disk_full
from recordings.media_files.kinds import MP4, WEBM, kind_of
from recordings.media_files.results import POSTER, Measured, Ready, sha256_of

__all__ = [
    "MP4",
    "POSTER",
    "WEBM",
    "DiskFull",
    "Measured",
    "NoAnswer",
    "Ready",
    "UnableToPlay",
    "duration_text",
    "failure_text",
    "is_disk_full",
    "kind_of",
    "make_ready",
    "sha256_of",
]
logger = logging.getLogger(__name__)
_CRASHES = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL}
# By the code of a MediaError, and of what `recordings.preparing` finds.
MESSAGES = {
    "unknown_kind": _("This is not a WebM or MP4 file."),
    "damaged": _("The file is damaged or incomplete."),
    "nothing_in_it": _("This file contains no audio or video."),
    "nothing_to_play": _("There is nothing to play in this file."),
    "too_much_damage": _("The file is too damaged to play."),
    "breaks_off": _("The file ends at %(end)s instead of %(length)s. Upload it again from the start."),
    "not_for_browsers": _(
        "Browsers cannot play this format: %(codecs)s. Export the recording as MP4 with H.264 and "
        "AAC, or as WebM."
    ),
    "odd_colours": _(
        "Browsers cannot play H.264 with the pixel format %(format)s. Export the recording in 8-bit 4:2:0."
    ),
    "too_many_pixels": _(
        "The video is too large (%(width)s × %(height)s). Export the recording at 4096 × 2304 pixels "
        "or smaller."
    ),
    "too_long": _("The recording is longer than %(hours)s hours. Split it into parts."),
    "too_much_memory": _("Processing this file takes too much memory. Export it again in a smaller size."),
    "too_many_pieces": _(
        "The file is made up of more than %(most)s recordings. Export it again as a single recording."
    ),
    "pieces_differ": _(
        "The file is made up of recordings in different formats. Export it again as a single recording."
    ),
    "several_pictures": _(
        "The file has %(count)s video tracks, but browsers show only one. Export it again with a "
        "single video track."
    ),
    "times_jump_back": _(
        "The timestamps in the file jump back at %(at)s. Export it again so that nothing is lost."
    ),
    "do_not_fit_together": _("The audio and video in this file do not match."),
    "nothing_recorded": _("Nothing was recorded. No part of the recording reached the server."),
    "too_many_attempts": _("The recording could not be processed after several attempts."),
    "bad_copy": _("The file could not be converted without losing parts of it. Export it again as MP4."),
}
_MOMENTS = {"at", "end", "length"}  # values in seconds


class UnableToPlay(Exception):
    """Not a recording that browsers play; `failure_text(code, values)` says why."""

    def __init__(self, code: str, values: Mapping[str, str | int] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.values = dict(values or {})


class DiskFull(Exception):
    """There is no room for the copy. The source is unchanged."""


class PreparationStopped(Exception):
    """It took too long, or was killed from outside; perhaps the machine was overloaded."""


def make_ready(source: Path, folder: Path, *, seconds: int) -> Ready:
    """Makes a seekable, verified copy and a poster image in `folder`.

    Raises UnableToPlay, DiskFull, PreparationStopped.
    """
    answer = _run_child(source, folder, seconds)
    if "error" in answer:
        raise UnableToPlay(answer["error"], answer["values"])
    if "disk_full" in answer:
        raise DiskFull
    ready = answer["ready"]
    return Ready(**{**ready, "measured": Measured(**ready["measured"])})


def _run_child(source: Path, folder: Path, seconds: int) -> dict[str, Any]:
    arguments = (str(source), str(folder), str(seconds))
    try:
        done = run_module("recordings.media_files.child", *arguments, seconds=seconds)
    except subprocess.TimeoutExpired as error:
        raise PreparationStopped from error
    if done.stderr:
        logger.warning("preparing %s: %s", source.name, done.stderr[-2000:])
    if done.returncode == 0:
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
    logger.warning("preparing %s ended with %s", source.name, done.returncode)
    if -done.returncode in _CRASHES:
        return {"error": "damaged", "values": {}}
    raise PreparationStopped


def failure_text(code: str, values: Mapping[str, Any]) -> str:
    """In the active language."""
    shown = {name: duration_text(value) if name in _MOMENTS else value for name, value in values.items()}
    return str(MESSAGES[code]) % shown


def duration_text(seconds: float) -> str:
    """`12:40`, or `1:02:40` from one hour on."""
    hours, rest = divmod(int(seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
