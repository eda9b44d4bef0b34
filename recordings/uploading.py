"""Uploads in parts: each is appended to the file and then counted, in one locked transaction.

After a crash in between the file is longer than the count, and the next part overwrites what was not counted.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from api.tus import WrongOffset
from companies.models import Person
from companies.refusals import Refusal
from engagement import stored_files
from meetings.models import Meeting
from recordings import media_files
from recordings.arriving import (
    claim_expected,
    delete_upload,
    free_bytes,
    max_upload_bytes,
    open_upload,
    path_of,
)
from recordings.capturing import finish_capture
from recordings.describing import RecordingChanges, describe
from recordings.models import Recording, Upload
from recordings.states import State, advance, locked

_OPEN = (
    State.EXPECTED,
    State.CAPTURING,
    State.RECEIVED,
)  # the last part of a capture may arrive after “stop”


EXCLUSIVE_FOR = timedelta(hours=1)  # since its last part; then another host may replace it


class UnableToUpload(Refusal):
    """`code`: too_large, uploading (somebody else), unfinished (bytes of an earlier one are kept), empty, disk_full.

    `earlier` is the unfinished upload, if the same person may continue it.
    """

    earlier: Upload | None = None


class UnableToReceive(Refusal):
    """`code`: over (takes no more parts), too_large, length, not_a_recording, disk_full (send it again later)."""


@transaction.atomic
def begin_upload(
    *,
    meeting: Meeting,
    by: Person,
    length: int | None,
    now: datetime,
    filename: str = "",
    content_type: str = "",
    replace: bool = False,
    changes: RecordingChanges | None = None,
) -> Upload:
    """A resumable upload of a whole file; `changes` describe its recording. Raises UnableToUpload.

    One at a time for a meeting. Stored bytes of an earlier one are discarded only with `replace`, and those of somebody
    else only an hour after their last part.
    """
    if length is not None and length > max_upload_bytes():
        raise UnableToUpload("too_large", _("The file is too large."))
    if length == 0:
        raise UnableToUpload("empty", _("The file is empty."))
    if length is not None and length > free_bytes():
        raise UnableToUpload("disk_full", disk_full_message())
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("room").get(pk=meeting.pk)
    earlier = Upload.objects.filter(recording__meeting=meeting, recording__state=State.EXPECTED).first()
    if earlier is not None:
        _refuse_replacing(earlier, by, replace=replace, now=now)
        delete_upload(earlier)
    recording = claim_expected(meeting, State.EXPECTED, Recording.Source.UPLOAD, by, now)
    try:
        upload = open_upload(
            recording, by=by, length=length, filename=filename, content_type=content_type, now=now
        )
    except OSError as error:
        if not media_files.is_disk_full(error):
            raise
        raise UnableToUpload("disk_full", disk_full_message()) from error
    if changes:
        describe(recording=recording, changes=changes)
    return upload


def unfinished_upload(meeting: Meeting) -> Upload | None:
    """The upload of a whole file of which bytes are stored."""
    found = Upload.objects.filter(recording__meeting=meeting, recording__state=State.EXPECTED, offset__gt=0)
    return found.first()


def can_replace(upload: Upload, by: Person | None, now: datetime) -> bool:
    return _is_own(upload, by) or upload.touched_at <= now - EXCLUSIVE_FOR


def unfinished_message(upload: Upload, by: Person | None, now: datetime) -> str:
    """What `by` can do about it."""
    about = {"file": upload.filename or _("Recording")}
    if _is_own(upload, by):
        return (
            _(
                "An earlier upload for this meeting is unfinished: %(file)s. Continue with the same "
                "file, or replace it."
            )
            % about
        )
    if can_replace(upload, by, now):
        return (
            _("Someone else’s upload for this meeting is unfinished: %(file)s. You can replace it.") % about
        )
    return (
        _(
            "Someone else is uploading the recording of this meeting: %(file)s. You can replace the "
            "upload one hour after it stops."
        )
        % about
    )


def is_same_file(upload: Upload, filename: str, length: int | None) -> bool:
    """By name and length, as browsers identify files; the content is checked once it is complete."""
    return (upload.filename, upload.length) == (filename[:200], length)


def _is_own(upload: Upload, by: Person | None) -> bool:
    return by is not None and upload.created_by_id == by.pk


def _refuse_replacing(earlier: Upload, by: Person, *, replace: bool, now: datetime) -> None:
    if can_replace(earlier, by, now) and (replace or not earlier.offset):
        return
    code = "unfinished" if can_replace(earlier, by, now) else "uploading"
    refusal = UnableToUpload(code, unfinished_message(earlier, by, now))
    refusal.earlier = earlier if _is_own(earlier, by) else None
    raise refusal


def disk_full_message() -> str:
    return _(
        "The server does not have enough disk space for this file. Try again later. What you "
        "have already sent is kept."
    )


@transaction.atomic
def receive_part(
    *, upload_id: str, offset: int, part: bytes, now: datetime, length: int | None = None
) -> Upload:
    """Appends one part. `length` completes an upload of unknown length. The last byte makes the recording received.

    Raises WrongOffset, UnableToReceive.
    """
    upload = Upload.objects.select_for_update(of=("self",)).select_related("recording").get(pk=upload_id)
    if offset != upload.offset:
        raise WrongOffset(upload.offset)
    _refuse_part(upload, part, length)
    if part:
        try:
            stored_files.append(path_of(upload), offset, part)
        except stored_files.DiskFull as error:
            raise UnableToReceive("disk_full", disk_full_message()) from error
    upload.offset, upload.touched_at = offset + len(part), now
    upload.length = length if upload.length is None else upload.length
    upload.save(update_fields=["offset", "touched_at", "length"])
    if upload.length is not None and upload.offset == upload.length:
        complete_upload(upload=upload, now=now)
    return upload


def _refuse_part(upload: Upload, part: bytes, length: int | None) -> None:
    is_over = upload.completed_at is not None or upload.recording.state not in _OPEN
    if is_over and part:
        raise UnableToReceive("over", _("This upload can no longer be changed."))
    end = upload.offset + len(part)
    if length is not None and (upload.length not in {None, length} or length < end):
        raise UnableToReceive("length", _("The file size does not match the size given earlier."))
    if end > (max_upload_bytes() if upload.length is None else upload.length):
        raise UnableToReceive("too_large", _("The file is larger than stated."))
    if upload.offset == 0 and part and media_files.kind_of(part[:12]) is None:
        raise UnableToReceive("not_a_recording", _("This is not a WebM or MP4 file."))


@transaction.atomic
def complete_upload(*, upload: Upload, now: datetime) -> Upload:
    """expected or capturing → received when all bytes are stored. Idempotent."""
    if Upload.objects.filter(pk=upload.pk, completed_at__isnull=True).update(
        completed_at=now, length=upload.offset
    ):
        upload.completed_at, upload.length = now, upload.offset
        recording = locked(upload.recording)
        if recording.state == State.CAPTURING:
            finish_capture(recording=recording, now=now)
        elif recording.state == State.EXPECTED:
            advance(recording, State.RECEIVED, now=now)
    return upload


@transaction.atomic
def abandon_upload(*, upload: Upload) -> None:
    """The host cancels an upload: its bytes are deleted, the recording is still expected. Raises UnableToReceive."""
    upload = Upload.objects.select_for_update(of=("self",)).select_related("recording").get(pk=upload.pk)
    if upload.recording.state != State.EXPECTED:
        raise UnableToReceive("over", _("This upload can no longer be changed."))
    delete_upload(upload)
