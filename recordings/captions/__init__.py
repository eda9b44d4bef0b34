"""Captions as WebVTT (W3C, https://www.w3.org/TR/webvtt1/): parsed, rewritten, shown as text."""

from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from recordings.captions.encodings import Undecodable, decoded
from recordings.captions.files import ARROW, ParsedCaptions, TooManyCues, lines_of, read_subrip, read_webvtt
from recordings.captions.words import voices

MOST_LINES = 250_000
MOST_MARKS = 100_000  # tags and the like: an hour with a timestamp for each word has some 30,000


class NotCaptions(Exception):
    """The file contains no usable captions; `message` says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Cue:
    """Text spoken from `start` to `end`, in seconds; `speaker` where the captions name one."""

    start: float
    end: float
    speaker: str
    text: str


@dataclass(frozen=True)
class Captions:
    """Cues by time; `skipped` of `total` in the file had unusable times, the first in line `first_skipped_line`."""

    cues: list[Cue]
    skipped: int
    total: int
    first_skipped_line: int


def read(raw: bytes, *, language: str = "") -> Captions:
    """A WebVTT or SubRip file; `language` helps to detect the encoding. Raises NotCaptions."""
    try:
        lines = list(lines_of(decoded(raw, language=language)))
    except Undecodable as error:
        raise NotCaptions(
            _("The text in this file could not be read. Save it as UTF-8 and choose it again.")
        ) from error
    if sum(line.count(sign) for line in lines for sign in "<&{") > MOST_MARKS:
        raise NotCaptions(_("There is too much formatting in this file."))
    if len(lines) > MOST_LINES:
        raise NotCaptions(_("There are too many captions in this file."))
    try:
        found = _parsed(lines)
    except TooManyCues as error:
        raise NotCaptions(_("There are too many captions in this file.")) from error
    cues = [
        Cue(cue.start, cue.end, speaker, words)
        for cue in sorted(found.cues, key=lambda cue: cue.start)
        for speaker, words in voices(cue.text)
    ]
    if not cues:
        raise NotCaptions(_why_nothing(lines, found))
    return Captions(cues, len(found.skipped), found.total, min(found.skipped, default=0))


def _parsed(lines: list[str]) -> ParsedCaptions:
    """A WebVTT file in which the standard algorithm finds no text, e.g. a double-spaced one, is parsed like SubRip."""
    if lines[0] == "WEBVTT" or lines[0].startswith(("WEBVTT ", "WEBVTT\t")):
        found = read_webvtt(lines)
        if any(cue.text for cue in found.cues):
            return found
    return read_subrip(lines)


def _why_nothing(lines: list[str], found: ParsedCaptions) -> str:
    if found.skipped:
        line = lines[min(found.skipped) - 1]
        return _(
            "None of the captions in this file have valid times. The first line with times is: “%(line)s”."
        ) % {"line": line.strip()[:60]}
    if not lines[0].startswith("WEBVTT") and not any(ARROW in line for line in lines):
        return _("This is not a WebVTT or SubRip file.")
    return _("There are no captions in this file.")


def write(cues: list[Cue]) -> str:
    """These cues as WebVTT with times, speakers and text only."""
    blocks = ["WEBVTT"]
    for (start, end), together in groupby(cues, key=lambda cue: (cue.start, cue.end)):
        words = "</v>\n".join(_spoken(cue) for cue in together)
        blocks.append(f"{_written(start)} --> {_written(end)}\n{words}")
    return "\n\n".join(blocks) + "\n"


def _spoken(cue: Cue) -> str:
    return f"<v {_escaped(cue.speaker)}>{_escaped(cue.text)}" if cue.speaker else _escaped(cue.text)


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _written(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    hours, rest = divmod(whole, 3600)
    return f"{hours:02}:{rest // 60:02}:{rest % 60:02}.{thousandths:03}"
