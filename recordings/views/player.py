"""The page of a recording: files, chapters, transcript, and what the visitor may do."""

from dataclasses import dataclass
from datetime import timedelta

from companies.languages import active_language, in_language
from engagement.questions import reading
from engagement.resources.describing import (
    MOST_RESOURCES,
    ShownResource,
    resources_of_meeting,
    shown_resource,
)
from meetings.access import Level
from recordings import captions
from recordings.media_files import duration_text
from recordings.models import Chapter, Recording, RecordingFile

# Consecutive cues of one speaker form a paragraph until a pause or a full length.
_PAUSE = 3.0
_PARAGRAPH = 320
SHOWN_AT_FIRST = 12


@dataclass(frozen=True)
class TranscriptSegment:
    """A few sentences of one speaker."""

    seconds: int
    clock: str
    speaker: str
    text: str


@dataclass(frozen=True)
class ChapterEntry:
    seconds: int
    clock: str
    title: str
    language: str


@dataclass(frozen=True)
class AnsweredQuestion:
    """Answered aloud while it was recorded; `seconds` from the start of the recording."""

    seconds: int
    clock: str
    text: str
    language: str


@dataclass(frozen=True)
class Track:
    language: str
    is_default: bool
    is_machine_made: bool


@dataclass(frozen=True)
class PlayerPage:
    """Everything on a recording's page that is not a field of its row."""

    main: RecordingFile | None
    poster: RecordingFile | None
    tracks: list[Track]
    chapters: list[ChapterEntry]
    questions: list[AnsweredQuestion]
    transcript: list[TranscriptSegment]
    transcript_language: str
    is_transcript_machine_made: bool
    length: str
    is_host: bool
    can_download: bool
    resources: list[ShownResource]

    @property
    def chapters_language(self) -> str:
        """Set where the chapters are not in the reader's language; all titles are in the same languages."""
        return next((chapter.language for chapter in self.chapters if chapter.language), "")

    @property
    def has_picture(self) -> bool:
        return self.main is not None and self.main.content_type.startswith("video/")

    @property
    def first_segments(self) -> list[TranscriptSegment]:
        return self.transcript[:SHOWN_AT_FIRST]

    @property
    def further_segments(self) -> list[TranscriptSegment]:
        return self.transcript[SHOWN_AT_FIRST:]


def watching(recording: Recording, *, level: Level) -> PlayerPage:
    files = list(recording.files.order_by("language", "pk"))
    captions_files = [kept for kept in files if kept.role == RecordingFile.Role.CAPTIONS]
    transcript = _best(captions_files, recording.language)
    return PlayerPage(
        main=next((kept for kept in files if kept.role == RecordingFile.Role.MAIN), None),
        poster=next((kept for kept in files if kept.role == RecordingFile.Role.POSTER), None),
        tracks=[
            Track(kept.language, is_default=False, is_machine_made=kept.is_machine_made)
            for kept in captions_files
        ],
        chapters=[_chapter_entry(chapter) for chapter in recording.chapters.all()],
        questions=_answered_questions(recording),
        transcript=segments(_cues(transcript)) if transcript else [],
        transcript_language=transcript.language if transcript else "",
        is_transcript_machine_made=transcript is not None and transcript.is_machine_made,
        length=duration_text(recording.duration_seconds or 0),
        is_host=level >= Level.HOST,
        can_download=level >= Level.SPEAK,
        resources=_resources(recording, level),
    )


def _resources(recording: Recording, level: Level) -> list[ShownResource]:
    """As the meeting's page shows them afterwards: more people may see the recording than were in the room."""
    found = resources_of_meeting(recording.meeting_id, only_before=level < Level.READ)
    return [shown_resource(row) for row in found[:MOST_RESOURCES]]


MOST_QUESTIONS = 100


def _answered_questions(recording: Recording) -> list[AnsweredQuestion]:
    """Without who asked: more people may see the recording than were in the room."""
    since, length = recording.started_at, recording.duration_seconds
    if since is None or length is None:
        return []
    until = since + timedelta(seconds=length)
    found = reading.answered_aloud(meeting=recording.meeting_id, since=since, until=until)[:MOST_QUESTIONS]
    questions = []
    for question in found:
        if question.heard_at is not None:
            seconds = (question.heard_at - since).total_seconds()
            translation = question.text_in(active_language())
            language = active_language() if translation else question.language
            text = translation or question.text
            questions.append(AnsweredQuestion(int(seconds), duration_text(seconds), text, language))
    return questions


def _best(files: list[RecordingFile], spoken: str) -> RecordingFile | None:
    """The transcript in the reader's language, else in the spoken one, else any."""
    wanted = [active_language(), spoken, "en"]
    by_language = {kept.language: kept for kept in files}
    return next((by_language[code] for code in wanted if code in by_language), files[0] if files else None)


def _cues(kept: RecordingFile) -> list[captions.Cue]:
    try:
        with kept.open() as source:
            return captions.read(source.read()).cues
    except FileNotFoundError:
        return []


def _chapter_entry(chapter: Chapter) -> ChapterEntry:
    reading = in_language(chapter.title)
    language = reading.language if reading.is_fallback else ""
    return ChapterEntry(
        int(chapter.starts_at_seconds), duration_text(chapter.starts_at_seconds), reading.text, language
    )


def segments(cues: list[captions.Cue]) -> list[TranscriptSegment]:
    found: list[TranscriptSegment] = []
    end = 0.0
    for cue in cues:
        last = found[-1] if found else None
        goes_on = last is not None and cue.speaker in {"", last.speaker} and cue.start - end < _PAUSE
        if last is not None and goes_on and len(last.text) + len(cue.text) < _PARAGRAPH:
            found[-1] = TranscriptSegment(last.seconds, last.clock, last.speaker, f"{last.text} {cue.text}")
        else:
            speaker = cue.speaker or (last.speaker if last and goes_on else "")
            found.append(TranscriptSegment(int(cue.start), duration_text(cue.start), speaker, cue.text))
        end = cue.end
    return found
