"""What the page of a recording shows: files, chapters, the transcript, and what its visitor may do."""

from dataclasses import dataclass

from companies.languages import in_language, reading_language
from meetings.access import Level
from recordings import captions
from recordings.media_files import clock
from recordings.models import Chapter, Recording, RecordingFile

# Words of one speaker are brought together until a pause or until they fill a paragraph.
_PAUSE = 3.0
_PARAGRAPH = 320
SHOWN_AT_FIRST = 12


@dataclass(frozen=True)
class Passage:
    """A few sentences of one speaker."""

    seconds: int
    clock: str
    speaker: str
    text: str


@dataclass(frozen=True)
class Part:
    seconds: int
    clock: str
    title: str
    language: str


@dataclass(frozen=True)
class Track:
    language: str
    is_default: bool


@dataclass(frozen=True)
class Watching:
    """All of a recording's page that is not a field of its row."""

    main: RecordingFile | None
    poster: RecordingFile | None
    tracks: list[Track]
    chapters: list[Part]
    transcript: list[Passage]
    transcript_language: str
    length: str
    is_host: bool
    may_download: bool

    @property
    def has_picture(self) -> bool:
        return self.main is not None and self.main.content_type.startswith("video/")

    @property
    def first_passages(self) -> list[Passage]:
        return self.transcript[:SHOWN_AT_FIRST]

    @property
    def further_passages(self) -> list[Passage]:
        return self.transcript[SHOWN_AT_FIRST:]


def watching(recording: Recording, *, level: Level) -> Watching:
    files = list(recording.files.order_by("language", "pk"))
    captions_files = [kept for kept in files if kept.role == RecordingFile.Role.CAPTIONS]
    transcript = _best(captions_files, recording.language)
    return Watching(
        main=next((kept for kept in files if kept.role == RecordingFile.Role.MAIN), None),
        poster=next((kept for kept in files if kept.role == RecordingFile.Role.POSTER), None),
        tracks=[Track(kept.language, is_default=False) for kept in captions_files],
        chapters=[_part(chapter) for chapter in recording.chapters.all()],
        transcript=passages(_cues(transcript)) if transcript else [],
        transcript_language=transcript.language if transcript else "",
        length=clock(recording.duration_seconds or 0),
        is_host=level >= Level.HOST,
        may_download=level >= Level.SPEAK,
    )


def _best(files: list[RecordingFile], spoken: str) -> RecordingFile | None:
    """The transcript in the reader's language, else in the spoken one, else any."""
    wanted = [reading_language(), spoken, "en"]
    by_language = {kept.language: kept for kept in files}
    return next((by_language[code] for code in wanted if code in by_language), files[0] if files else None)


def _cues(kept: RecordingFile) -> list[captions.Cue]:
    try:
        with kept.open() as source:
            return captions.read(source.read()).cues
    except FileNotFoundError:
        return []


def _part(chapter: Chapter) -> Part:
    reading = in_language(chapter.title)
    language = reading.language if reading.is_fallback else ""
    return Part(int(chapter.starts_at_seconds), clock(chapter.starts_at_seconds), reading.text, language)


def passages(cues: list[captions.Cue]) -> list[Passage]:
    found: list[Passage] = []
    end = 0.0
    for cue in cues:
        last = found[-1] if found else None
        goes_on = last is not None and cue.speaker in {"", last.speaker} and cue.start - end < _PAUSE
        if last is not None and goes_on and len(last.text) + len(cue.text) < _PARAGRAPH:
            found[-1] = Passage(last.seconds, last.clock, last.speaker, f"{last.text} {cue.text}")
        else:
            speaker = cue.speaker or (last.speaker if last and goes_on else "")
            found.append(Passage(int(cue.start), clock(cue.start), speaker, cue.text))
        end = cue.end
    return found
