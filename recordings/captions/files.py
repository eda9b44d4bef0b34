"""Cues of a caption file: WebVTT by the W3C's parser algorithm (WebVTT 1, 6.1), SubRip as it occurs in practice.

Both are one pass over the lines. Cues with unusable times are skipped and counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

ARROW = "-->"
MOST_CUES = 20_000
_LONGEST_TIME = 20  # characters; int() of thousands of digits is slow
_LATEST = 1000 * 3600.0  # seconds


@dataclass(frozen=True)
class RawCue:
    """Times in seconds, and the unparsed text of the cue."""

    start: float
    end: float
    text: str


class TooManyCues(Exception):
    """More than in twenty hours of speech."""


@dataclass
class ParsedCaptions:
    """The cues, and the line numbers of those skipped."""

    cues: list[RawCue] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.cues) + len(self.skipped)

    def add(self, line_number: int, timing: str, text: str, *, strict: bool) -> None:
        """Raises TooManyCues."""
        if self.total == MOST_CUES:
            raise TooManyCues
        times = timing_of(timing, strict=strict)
        if times is None or times[1] <= times[0]:
            self.skipped.append(line_number)
        else:
            self.cues.append(RawCue(*times, text))


def read_webvtt(lines: list[str]) -> ParsedCaptions:
    """A file that begins with WEBVTT."""
    found, at = ParsedCaptions(), _behind_header(lines)
    while at < len(lines):
        at = _read_block(lines, at, found) if lines[at] else at + 1
    return found


def _behind_header(lines: list[str]) -> int:
    at = 1
    while at < len(lines) and lines[at] and ARROW not in lines[at]:
        at += 1
    return at


def _read_block(lines: list[str], first: int, found: ParsedCaptions) -> int:
    """A block ends at an empty line, or at a second timing line; returns the index of the next line."""
    timing, payload, at = -1, list[str](), first
    while at < len(lines) and lines[at]:
        if ARROW in lines[at]:
            if timing >= 0 or at - first > 1:
                break
            timing, payload = at, []
        else:
            payload.append(lines[at])
        at += 1
    if timing >= 0:
        found.add(timing + 1, lines[timing], "\n".join(payload), strict=True)
    return at


def read_subrip(lines: list[str]) -> ParsedCaptions:
    """Everything up to the next timing line is text, empty lines too: some files are double-spaced."""
    found = ParsedCaptions()
    timings = [number for number, line in enumerate(lines) if ARROW in line]
    is_numbered = bool(timings) and any(_is_number(line) for line in lines[: timings[0]])
    for this, following in pairwise([*timings, len(lines)]):
        payload = [line for line in lines[this + 1 : following] if line.strip()]
        if is_numbered and following < len(lines) and payload and _is_number(payload[-1]):
            payload.pop()
        found.add(this + 1, lines[this], "\n".join(payload), strict=False)
    return found


def _is_number(line: str) -> bool:
    return line.strip().isdecimal()


def timing_of(line: str, *, strict: bool) -> tuple[float, float] | None:
    """Seconds of `00:01.000 --> 00:02.500 align:start`; None if invalid."""
    left, _arrow, right = line.partition(ARROW)
    settings = right.lstrip().lstrip("0123456789:.,")
    last = right.removesuffix(settings)
    start, end = seconds_of(left.strip(), strict=strict), seconds_of(last.strip(), strict=strict)
    return None if start is None or end is None else (start, end)


def seconds_of(written: str, *, strict: bool) -> float | None:
    """`mm:ss.ttt` or `h…:mm:ss.ttt`. SubRip also has a comma, one to three decimals, and single digits."""
    if len(written) > _LONGEST_TIME or not written.isascii():
        return None
    whole, point, fraction = (written if strict else written.replace(",", ".")).partition(".")
    parts = whole.split(":")
    if len(parts) not in {2, 3} or not all(part.isdecimal() for part in [*parts, fraction or "0"]):
        return None
    if strict and not (point and len(fraction) == 3 and all(len(part) == 2 for part in parts[-2:])):
        return None
    hours, minutes, seconds = (int(part) for part in ["0", *parts][-3:])
    if minutes > 59 or seconds > 59 or len(fraction) > 3:
        return None
    found = hours * 3600 + minutes * 60 + seconds + int((fraction or "0").ljust(3, "0")) / 1000
    return found if found < _LATEST else None


def lines_of(text: str) -> Iterator[str]:
    """Split at CRLF, LF or CR alone, as WebVTT does; other separators are characters."""
    return iter(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
