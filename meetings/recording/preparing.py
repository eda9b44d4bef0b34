"""A worker makes a recording ready: plays it to its end, copies it, measures it, draws its still picture."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from meetings import facts, media_files
from meetings.models import Recording, RecordingFile, Upload
from meetings.recording.arriving import folder_of, path_of, remove_after_commit
from meetings.recording.capturing import CAPTURE_SILENT
from meetings.recording.states import State, UnableToAdvance, advance

CLAIM = timedelta(minutes=15)  # a worker that prepares for longer is taken for dead
GIVE_UP = timedelta(hours=6)  # of trying to prepare


def waiting_for_a_worker(*, now: datetime) -> list[str]:
    """Ids of recordings to prepare: received, or left behind by a worker that died."""
    # After “stop” the last part may still be on its way through a bad line.
    whole = Q(upload__completed_at__isnull=False) | Q(upload__touched_at__lte=now - CAPTURE_SILENT)
    left = Q(state=State.PROCESSING, state_changed_at__lte=now - CLAIM)
    found = Recording.objects.filter(Q(state=State.RECEIVED) & whole | left).order_by("state_changed_at")
    return list(found.values_list("pk", flat=True))


def prepare(*, recording_id: str, now: datetime) -> Recording | None:
    """received → processing → ready, or failed with a reason in words. None when there is nothing to do.

    Checks that the file plays to its end, copies it so that one can jump in it, measures, and draws the still
    picture. It works outside any transaction; `now` is when it began and marks its claim.
    """
    recording = _claim(recording_id, now=now)
    if recording is None:
        return None
    with translation.override(recording.meeting.host.language):  # for the reason, if it fails
        try:
            return _make_ready(recording, _whole_file(recording, now=now), now=now)
        except media_files.UnableToPlay as error:
            return fail(recording=recording, reason=error.message, now=now)
        except UnableToAdvance:  # its claim had run out, and another worker was there first
            return None


@transaction.atomic
def _claim(recording_id: str, *, now: datetime) -> Recording | None:
    free = Q(state=State.RECEIVED) | Q(state=State.PROCESSING, state_changed_at__lte=now - CLAIM)
    if not Recording.objects.filter(free, pk=recording_id).update(
        state=State.PROCESSING, state_changed_at=now
    ):
        return None
    return Recording.objects.select_related("meeting", "meeting__host", "room").get(pk=recording_id)


def _whole_file(recording: Recording, *, now: datetime) -> Path:
    """Closes the upload and gives exactly the bytes that were counted. Raises UnableToPlay."""
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(recording=recording)
        began = upload.completed_at or now
        Upload.objects.filter(pk=upload.pk).update(completed_at=began, length=upload.offset)
        path = path_of(upload)
        if began <= now - GIVE_UP:
            raise media_files.UnableToPlay(_("Preparing the recording was tried for hours without success."))
        if upload.offset == 0 or not path.exists():
            raise media_files.UnableToPlay(_("Nothing was recorded: not a single part came."))
        with path.open("r+b") as kept:
            kept.truncate(upload.offset)
    return path


def _make_ready(recording: Recording, source: Path, *, now: datetime) -> Recording:
    media_files.check(source)
    folder = folder_of(recording)
    main = media_files.playable_copy(source, folder, "recording")
    measured = media_files.measure(main)
    poster = media_files.draw_poster(main, folder / "poster.jpg", at_seconds=measured.duration_seconds / 10)
    with transaction.atomic():
        advance(recording, State.READY, now=now, **_known_now(recording, measured))
        recording.files.filter(role__in=[RecordingFile.Role.MAIN, RecordingFile.Role.POSTER]).delete()
        _keep_file(recording, RecordingFile.Role.MAIN, main, measured)
        if poster is not None:
            _keep_poster(recording, poster)
        remove_after_commit([source])
    return recording


def _known_now(recording: Recording, measured: media_files.Measured) -> dict[str, Any]:
    meeting = recording.meeting
    return {
        "duration_seconds": measured.duration_seconds,
        "started_at": recording.started_at or meeting.started_at or meeting.starts_at,
        "language": recording.language or (meeting.languages or [""])[0],
        "failure": "",
    }


def _keep_file(recording: Recording, role: str, path: Path, measured: media_files.Measured) -> None:
    RecordingFile.objects.create(
        recording=recording,
        role=role,
        file=str(path.relative_to(settings.MEDIA_ROOT)),
        content_type=measured.content_type,
        codecs=measured.codecs,
        width=measured.width,
        height=measured.height,
        size=measured.size,
        sha256=measured.sha256,
    )


def _keep_poster(recording: Recording, path: Path) -> None:
    RecordingFile.objects.create(
        recording=recording,
        role=RecordingFile.Role.POSTER,
        file=str(path.relative_to(settings.MEDIA_ROOT)),
        content_type="image/jpeg",
        size=path.stat().st_size,
        sha256=media_files.sha256_of(path),
    )


@transaction.atomic
def fail(*, recording: Recording, reason: str, now: datetime) -> Recording:
    """Says in words why it cannot be played, and tells the host. Raises UnableToAdvance for a published one."""
    advance(recording, State.FAILED, now=now, failure=reason)
    facts.recording_failed.send(Recording, recording=recording, now=now)
    return recording
