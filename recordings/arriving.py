"""The rows and files of a new recording."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile

from companies.models import Person
from meetings.models import Meeting
from recordings.files import delete_after_commit, local_path, save
from recordings.models import Recording, Upload
from recordings.states import State

EXPECTED_WITHIN = timedelta(hours=24)  # of the meeting's end; then the host is told that it is missing
ARRIVED_STATES = (
    State.RECEIVED,
    State.PROCESSING,
    State.READY,
    State.PUBLISHED,
    State.EXPIRED,
    State.DELETED,
)


def max_upload_bytes() -> int:
    return int(settings.UPLOAD_MAX_BYTES)


def free_bytes() -> int:
    """On the disk of the recordings."""
    folder = local_path("")
    folder.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(folder).free


def visibility_for(meeting: Meeting) -> str:
    """At first the people who were registered; the host may widen it."""
    return Recording.Visibility.REGISTERED


def claim_expected(meeting: Meeting, state: str, source: str, by: Person, now: datetime) -> Recording:
    """Under the meeting's lock: the expected row without an upload, moved to `state`; else a new row."""
    expected = Recording.objects.filter(meeting=meeting, state=State.EXPECTED, upload__isnull=True).first()
    if expected is not None:
        changes = {"state": state, "source": source, "created_by": by, "state_changed_at": now}
        Recording.objects.filter(pk=expected.pk, state=State.EXPECTED).update(**changes)
        expected.refresh_from_db()
        return expected
    return Recording.objects.create(
        meeting=meeting,
        room=meeting.room,
        state=state,
        source=source,
        language=(meeting.languages or [""])[0],
        visibility=visibility_for(meeting),
        expected_by=now + EXPECTED_WITHIN,
        created_by=by,
        created_at=now,
        state_changed_at=now,
    )


def open_upload(
    recording: Recording, *, by: Person, length: int | None, filename: str, content_type: str, now: datetime
) -> Upload:
    upload = Upload(
        recording=recording,
        filename=filename[:200],
        content_type=content_type[:100],
        length=length,
        created_by=by,
        created_at=now,
        touched_at=now,
    )
    upload.path = f"uploads/{upload.pk}.part"
    upload.save(force_insert=True)
    save(upload.path, ContentFile(b""))
    recording.upload = upload
    return upload


def delete_upload(upload: Upload) -> None:
    """Deletes an upload and its bytes, and the expected row too where the meeting has another recording."""
    recording = upload.recording
    upload.delete()
    came = recording.meeting.recordings.filter(state__in=ARRIVED_STATES)
    if recording.state == State.EXPECTED and came.exists():
        recording.delete()
    delete_after_commit([upload.path])


def path_of(upload: Upload) -> Path:
    return local_path(upload.path)
