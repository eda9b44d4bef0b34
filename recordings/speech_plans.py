"""Which recordings wait for the speech engine."""

from datetime import datetime

from companies import languages
from recordings.models import Recording, RecordingFile
from recordings.speech_engine import engine


def plan_transcription(recording: Recording, *, now: datetime) -> None:
    """For one that has just become ready, or has another language; none where captions in its language are there."""
    if engine() is None:
        return
    is_due = recording.language in languages.codes() and not has_captions(recording)
    Recording.objects.filter(pk=recording.pk).update(
        transcribe_at=now if is_due else None, transcription_attempts=0
    )


def has_captions(recording: Recording) -> bool:
    """In its language."""
    kept = recording.files.filter(role=RecordingFile.Role.CAPTIONS, language=recording.language)
    return kept.exists()
