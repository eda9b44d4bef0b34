"""Workers prepare recordings: copy, check and measure the file, and draw a poster image."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from meetings import signals
from recordings import media_files
from recordings.arriving import path_of
from recordings.capturing import CAPTURE_SILENT
from recordings.files import delete_after_commit, folder_of, move_in, name_in
from recordings.live_captions import keep_live_captions
from recordings.models import Recording, RecordingFile, Upload
from recordings.speech_plans import plan_transcription
from recordings.states import State, UnableToAdvance, advance

CLAIM = timedelta(minutes=15)  # after that a worker is taken for dead
LONGEST = CLAIM - timedelta(minutes=1)  # it stops by itself before another begins
MOST_ATTEMPTS = 4  # without a result: killed, or over LONGEST
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)  # while the disk is full
logger = logging.getLogger(__name__)


def ready_to_prepare(*, now: datetime) -> list[str]:
    """Ids of recordings to prepare: received, left behind by a dead worker, or due for another attempt."""
    # The last part of a capture may arrive after “stop” on a slow connection.
    whole = Q(upload__completed_at__isnull=False) | Q(upload__touched_at__lte=now - CAPTURE_SILENT)
    found = Recording.objects.filter(Q(state=State.RECEIVED) & whole | _abandoned(now)).order_by(
        "state_changed_at"
    )
    return list(found.values_list("pk", flat=True))


def _abandoned(now: datetime) -> Q:
    abandoned = Q(next_attempt_at__isnull=True, state_changed_at__lte=now - CLAIM)
    return Q(state=State.PROCESSING) & (abandoned | Q(next_attempt_at__lte=now))


def prepare(*, recording_id: str, now: datetime) -> Recording | None:
    """received → processing → ready, or failed with a reason. None when there is nothing to do.

    Makes a seekable copy, checks that it plays, measures it, and draws the poster image. While the disk is full the
    recording stays in processing and is tried again later. Runs outside any transaction; `now` is the start and
    identifies the claim.
    """
    recording = _claim(recording_id, now=now)
    if recording is None:
        return None
    try:
        return _make_ready(recording, _whole_file(recording, now=now), now=now)
    except media_files.UnableToPlay as error:
        return fail(recording=recording, reason=error, now=now)
    except media_files.DiskFull:
        return _wait_for_disk_space(recording, now=now)
    except media_files.PreparationStopped:
        return _try_again_or_fail(recording, now=now)
    except UnableToAdvance:  # its claim had expired, and another worker was faster
        return None


@transaction.atomic
def _claim(recording_id: str, *, now: datetime) -> Recording | None:
    free = Q(state=State.RECEIVED) | _abandoned(now)
    claimed = Recording.objects.filter(free, pk=recording_id).update(
        state=State.PROCESSING, state_changed_at=now, attempts=F("attempts") + 1, next_attempt_at=None
    )
    if not claimed:
        return None
    return Recording.objects.select_related("meeting", "meeting__host", "room").get(pk=recording_id)


def _wait_for_disk_space(recording: Recording, *, now: datetime) -> Recording:
    """The file is not to blame: each pause is as long as the wait so far, at most an hour, and attempts never end."""
    since = recording.disk_full_since or now
    pause = min(max(now - since, SHORTEST_PAUSE), LONGEST_PAUSE)
    logger.error("no disk space to prepare recording %s; trying again in %s", recording.pk, pause)
    Recording.objects.filter(pk=recording.pk, state=State.PROCESSING).update(
        disk_full_since=since, next_attempt_at=now + pause, attempts=F("attempts") - 1
    )
    recording.refresh_from_db()
    return recording


def _try_again_or_fail(recording: Recording, *, now: datetime) -> Recording:
    logger.error("preparing recording %s was stopped, attempt %s", recording.pk, recording.attempts)
    if recording.attempts >= MOST_ATTEMPTS:
        return fail(recording=recording, reason=media_files.UnableToPlay("too_many_attempts"), now=now)
    Recording.objects.filter(pk=recording.pk, state=State.PROCESSING).update(next_attempt_at=now + CLAIM)
    recording.refresh_from_db()
    return recording


def _whole_file(recording: Recording, *, now: datetime) -> Path:
    """Closes the upload and returns exactly the bytes that were counted. Raises UnableToPlay."""
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(recording=recording)
        Upload.objects.filter(pk=upload.pk).update(
            completed_at=upload.completed_at or now, length=upload.offset
        )
        path = path_of(upload)
        if recording.attempts > MOST_ATTEMPTS:  # each attempt killed its worker
            raise media_files.UnableToPlay("too_many_attempts")
        if upload.offset == 0 or not path.exists():
            raise media_files.UnableToPlay("nothing_recorded")
        with path.open("r+b") as kept:
            kept.truncate(upload.offset)
    return path


def _make_ready(recording: Recording, source: Path, *, now: datetime) -> Recording:
    with _scratch(recording) as scratch:
        ready = media_files.make_ready(source, scratch, seconds=int(LONGEST.total_seconds()))
        with transaction.atomic():
            advance(recording, State.READY, now=now, **_measured_fields(recording, ready.measured))
            recording.files.filter(role__in=[RecordingFile.Role.MAIN, RecordingFile.Role.POSTER]).delete()
            _keep_main(recording, scratch / ready.main, ready.measured)
            if ready.poster_sha256:
                _keep_poster(recording, scratch / media_files.POSTER, ready.poster_sha256)
            keep_live_captions(recording)
            plan_transcription(recording, now=now)
            delete_after_commit([recording.upload.path])
    return recording


@contextmanager
def _scratch(recording: Recording) -> Iterator[Path]:
    """A temporary folder, deleted in any case. Raises DiskFull."""
    folder = folder_of(recording) / "preparing"
    shutil.rmtree(folder, ignore_errors=True)  # left by a worker that was killed
    try:
        folder.mkdir(parents=True)
        yield folder
    except OSError as error:
        if not media_files.is_disk_full(error):
            raise
        raise media_files.DiskFull from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measured_fields(recording: Recording, measured: media_files.Measured) -> dict[str, Any]:
    meeting = recording.meeting
    return {
        "duration_seconds": measured.duration_seconds,
        "started_at": recording.started_at or meeting.started_at or meeting.starts_at,
        "language": recording.language or (meeting.languages or [""])[0],
        "failure": "",
        "failure_values": {},
        "disk_full_since": None,
        "next_attempt_at": None,
    }


def _keep_main(recording: Recording, path: Path, measured: media_files.Measured) -> None:
    RecordingFile.objects.create(
        recording=recording,
        role=RecordingFile.Role.MAIN,
        file=move_in(path, name_in(recording, path.name)),
        content_type=measured.content_type,
        codecs=measured.codecs,
        width=measured.width,
        height=measured.height,
        size=measured.size,
        sha256=measured.sha256,
    )


def _keep_poster(recording: Recording, path: Path, sha256: str) -> None:
    size = path.stat().st_size
    RecordingFile.objects.create(
        recording=recording,
        role=RecordingFile.Role.POSTER,
        file=move_in(path, name_in(recording, path.name)),
        content_type="image/jpeg",
        size=size,
        sha256=sha256,
    )


@transaction.atomic
def fail(*, recording: Recording, reason: media_files.UnableToPlay, now: datetime) -> Recording:
    """Stores why it cannot be played, and tells the host. Raises UnableToAdvance for a published one."""
    why = {"failure": reason.code, "failure_values": reason.values}
    advance(recording, State.FAILED, now=now, **why, disk_full_since=None, next_attempt_at=None)
    signals.recording_failed.send(Recording, recording=recording, now=now)
    return recording
