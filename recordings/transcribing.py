"""Captions by the speech engine, for finished recordings that have none in their language."""

import logging
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import F

from recordings import captions
from recordings.describing import keep_captions
from recordings.files import local_path
from recordings.models import Recording, RecordingFile
from recordings.speech_engine import EngineAway, UnableToTranscribe, engine
from recordings.speech_plans import has_captions, plan_transcription
from recordings.states import State, locked

CLAIM = timedelta(hours=4)  # after that a worker is taken for dead
PAUSE = timedelta(minutes=2)  # doubled with each attempt
MOST_ATTEMPTS = 8  # over some four hours
READY = (State.READY, State.PUBLISHED)
logger = logging.getLogger(__name__)


def due_transcriptions(*, now: datetime) -> list[str]:
    """Ids of recordings."""
    if engine() is None:
        return []
    due = Recording.objects.filter(transcribe_at__lte=now, state__in=READY).order_by("transcribe_at")
    return list(due.values_list("pk", flat=True))


def transcribe(*, recording_id: str, now: datetime) -> bool:
    """Whether captions were made. Runs outside any transaction: an hour of speech takes the engine minutes."""
    speech = engine()
    recording = _claim(recording_id, now=now) if speech is not None else None
    if speech is None or recording is None:
        return False
    main = recording.files.filter(role=RecordingFile.Role.MAIN).first()
    if main is None:
        _settle(recording)
        return False
    try:
        cues = speech.transcribe(
            Path(local_path(main.name)), content_type=main.content_type, language=recording.language
        )
    except EngineAway as error:
        _try_later(recording, error, now=now)
        return False
    except (UnableToTranscribe, FileNotFoundError):
        logger.exception("the speech engine does not transcribe recording %s", recording.pk)
        _settle(recording)
        return False
    return _keep(recording, cues, now=now)


@transaction.atomic
def _claim(recording_id: str, *, now: datetime) -> Recording | None:
    due = Recording.objects.filter(pk=recording_id, transcribe_at__lte=now, state__in=READY)
    if not due.update(transcribe_at=now + CLAIM, transcription_attempts=F("transcription_attempts") + 1):
        return None
    recording = Recording.objects.get(pk=recording_id)
    if recording.transcription_attempts <= MOST_ATTEMPTS:
        return recording
    logger.error("each attempt to transcribe recording %s ended its worker", recording.pk)
    _settle(recording)
    return None


def _try_later(recording: Recording, error: EngineAway, *, now: datetime) -> None:
    if recording.transcription_attempts >= MOST_ATTEMPTS:
        logger.error("the speech engine did not answer for recording %s: %s", recording.pk, error)
        _settle(recording)
        return
    pause = PAUSE * 2 ** (recording.transcription_attempts - 1)
    Recording.objects.filter(pk=recording.pk).update(transcribe_at=now + pause)


def _settle(recording: Recording) -> None:
    Recording.objects.filter(pk=recording.pk).update(transcribe_at=None)


@transaction.atomic
def _keep(asked: Recording, cues: list[captions.Cue], *, now: datetime) -> bool:
    """False when there is nothing to keep, or somebody has brought captions meanwhile: those stay.

    Words that were heard as another language than the recording has by now are not its captions.
    """
    recording = locked(asked)
    if recording.language != asked.language:
        plan_transcription(recording, now=now)
        return False
    _settle(recording)
    if not cues or recording.state not in READY or has_captions(recording):
        return False
    kept = keep_captions(recording=recording, language=recording.language, text=captions.write(cues))
    RecordingFile.objects.filter(pk=kept.pk).update(is_machine_made=True)
    return True
