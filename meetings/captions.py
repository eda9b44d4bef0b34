"""Captions as WebVTT (W3C, https://www.w3.org/TR/webvtt1/): read from what a host has, written anew, shown as text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

MOST_CUES = 20_000
_TIME = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]\d)[.,](\d{3})"
_TIMING = re.compile(rf"^\s*{_TIME}\s+-->\s+{_TIME}(?:\s.*)?$")
_SPEAKER = re.compile(r"^<v(?:\.[^\s>]*)?\s+([^>]+)>")
_TAG = re.compile(r"</?[^>]{0,100}>")


class NotCaptions(Exception):
    """The text is no WebVTT; `message` says where it breaks off."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Cue:
    """Something said, from `start` to `end` in seconds; `speaker` where the captions name one."""

    start: float
    end: float
    speaker: str
    text: str


def read(raw: bytes) -> list[Cue]:
    """The cues of a WebVTT or SubRip file, by time. Raises NotCaptions."""
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise NotCaptions(_("The captions are not UTF-8 text.")) from error
    if not text.startswith("WEBVTT") and "-->" not in text[:2000]:
        raise NotCaptions(_("This is not a WebVTT file: it begins with the word WEBVTT."))
    cues = sorted(_cues(text), key=lambda cue: cue.start)
    if not cues:
        raise NotCaptions(_("There are no captions in this file."))
    if len(cues) > MOST_CUES:
        raise NotCaptions(_("There are too many captions in this file."))
    return cues


def write(cues: list[Cue]) -> str:
    """WebVTT of these cues, with nothing in it but times, names and words."""
    blocks = ["WEBVTT"]
    for cue in cues:
        voice = f"<v {_escaped(cue.speaker)}>" if cue.speaker else ""
        blocks.append(f"{_written(cue.start)} --> {_written(cue.end)}\n{voice}{_escaped(cue.text)}")
    return "\n\n".join(blocks) + "\n"


def _cues(text: str) -> Iterator[Cue]:
    for block in re.split(r"\n{2,}", text):
        lines = block.strip("\n").split("\n")
        at = next((number for number, line in enumerate(lines) if "-->" in line), None)
        if at is None or lines[0].startswith(("NOTE", "STYLE", "REGION")):
            continue
        timing = _TIMING.match(lines[at])
        if timing is None:
            raise NotCaptions(_("“%(line)s” is not a time of captions.") % {"line": lines[at][:60]})
        start, end = _seconds(timing.groups()[:4]), _seconds(timing.groups()[4:])
        if end <= start:
            raise NotCaptions(_("At %(line)s a caption ends before it begins.") % {"line": lines[at][:60]})
        cue = _said(lines[at + 1 :], start, end)
        if cue.text:
            yield cue


def _said(lines: list[str], start: float, end: float) -> Cue:
    words = " ".join(line.strip() for line in lines)
    voice = _SPEAKER.match(words)
    return Cue(start, end, _plain(voice.group(1)) if voice else "", _plain(_TAG.sub("", words)))


def _plain(words: str) -> str:
    for entity, sign in (
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&nbsp;", " "),
        ("&lrm;", ""),
        ("&rlm;", ""),
        ("&amp;", "&"),
    ):
        words = words.replace(entity, sign)
    return " ".join(words.split())


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def _written(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    hours, rest = divmod(whole, 3600)
    return f"{hours:02}:{rest // 60:02}:{rest % 60:02}.{thousandths:03}"
