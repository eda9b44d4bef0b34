"""Checks a recording's file and makes its playable copy, in a child process: see `child`."""

import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

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
    "is_disk_full",
    "kind_of",
    "make_ready",
    "sha256_of",
]
logger = logging.getLogger(__name__)
_CRASHES = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL}
# By the code of a MediaError.
MESSAGES = {
    "unknown_kind": _("This is not a WebM or MP4 file."),
    "damaged": _("The file is damaged or was not sent whole."),
    "nothing_in_it": _("There is neither sound nor picture in this file."),
    "nothing_to_play": _("There is nothing in this file to play."),
    "too_much_damage": _("The file is damaged: too much of it cannot be played."),
    "breaks_off": _("The file breaks off at %(end)s of %(length)s. Send it again from the start."),
    "not_for_browsers": _(
        "Browsers do not play %(codecs)s. Export the recording as MP4 with H.264 and AAC, or as WebM."
    ),
    "odd_colours": _(
        "Browsers do not play H.264 with the pixel format %(format)s. Export the recording with 8 bits and 4:2:0."
    ),
    "too_many_pixels": _(
        "The picture is too large (%(width)s × %(height)s). Export the recording with at most 4096 × 2304 pixels."
    ),
    "too_long": _("The recording is longer than %(hours)s hours. Cut it into parts."),
    "too_much_memory": _("Preparing the file takes too much memory. Export it again in a smaller size."),
    "too_many_pieces": _(
        "The file is put together from more than %(most)s recordings. Export it again as one."
    ),
    "pieces_differ": _(
        "The file is put together from recordings in different formats. Export it again as one recording."
    ),
    "several_pictures": _(
        "The file has %(count)s video tracks, of which browsers show one. Export it again with one."
    ),
    "times_jump_back": _(
        "The timestamps in the file jump back at %(at)s. Export it again, so that nothing of it gets lost."
    ),
    "do_not_fit_together": _("The pictures and sound in this file do not fit together."),
    "bad_copy": _("The file could not be converted without losing parts of it. Export it again as MP4."),
}
_MOMENTS = {"at", "end", "length"}  # values in seconds


class UnableToPlay(Exception):
    """Not a recording that browsers play; `message` says why, in the active language."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


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
        raise UnableToPlay(_message(answer["error"], answer["values"]))
    if "disk_full" in answer:
        raise DiskFull
    ready = answer["ready"]
    return Ready(**{**ready, "measured": Measured(**ready["measured"])})


def _run_child(source: Path, folder: Path, seconds: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "recordings.media_files.child", str(source), str(folder), str(seconds)]
    # A malicious file may take over the process, which therefore gets no secrets.
    environment = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
    try:
        done = subprocess.run(
            command,
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
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


def _message(code: str, values: dict[str, Any]) -> str:
    shown = {name: duration_text(value) if name in _MOMENTS else value for name, value in values.items()}
    return str(MESSAGES[code]) % shown


def duration_text(seconds: float) -> str:
    """`12:40`, or `1:02:40` from one hour on."""
    hours, rest = divmod(int(seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
