"""Captions that were written live become captions of the recording, with times from its start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from companies import languages
from engagement.realtime_text import reading
from engagement.realtime_text.messages import TextLine
from recordings import captions
from recordings.describing import keep_captions
from recordings.models import Recording, RecordingFile

STAYS = 6.0  # seconds for which the room shows a finished line
_SHORTEST = 0.5


@dataclass(frozen=True)
class _Span:
    """Seconds from the start of the recording."""

    start: float
    finished: float
    text: str


def keep_live_captions(recording: Recording) -> None:
    """A file for each language that has none yet. Only where the start is known exactly: the browser has recorded."""
    if recording.source != Recording.Source.BROWSER:
        return
    kept = recording.files.filter(role=RecordingFile.Role.CAPTIONS)
    present = set(kept.values_list("language", flat=True))
    for language, cues in live_cues(recording).items():
        if language not in present:
            keep_captions(recording=recording, language=language, text=captions.write(cues))


def live_cues(recording: Recording) -> dict[str, list[captions.Cue]]:
    """By language. A line is shown from its first letter on, as in the room, until the next or for some seconds."""
    if recording.started_at is None or not recording.duration_seconds:
        return {}
    until = recording.started_at + timedelta(seconds=recording.duration_seconds)
    spans: dict[str, list[_Span]] = {}
    for line in reading.lines_for_export(recording.room_id, since=recording.started_at, until=until):
        language = _language_of(line, recording)
        if language in languages.codes():
            spans.setdefault(language, []).append(_span(line, recording.started_at))
    return {language: _cues(found, recording.duration_seconds) for language, found in spans.items()}


def _language_of(line: TextLine, recording: Recording) -> str:
    """Empty for what people say of themselves."""
    if not line.is_caption:
        return ""
    return line.language or recording.language


def _span(line: TextLine, started_at: datetime) -> _Span:
    finished = _seconds(line.at, started_at)
    start = finished if line.began is None else _seconds(line.began, started_at)
    return _Span(max(0.0, min(start, finished)), finished, line.text)


def _seconds(written: str, started_at: datetime) -> float:
    return (datetime.fromisoformat(written) - started_at).total_seconds()


def _cues(spans: Sequence[_Span], length: float) -> list[captions.Cue]:
    ordered = sorted(spans, key=lambda span: span.start)
    following = [after.start for _before, after in pairwise(ordered)] + [length]
    return [
        captions.Cue(span.start, max(span.start + _SHORTEST, min(span.finished + STAYS, then)), "", span.text)
        for span, then in zip(ordered, following, strict=True)
    ]
