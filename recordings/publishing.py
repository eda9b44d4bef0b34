"""Publishing recordings, and their expiry."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from companies.refusals import Refusal
from meetings import signals
from recordings.arriving import delete_upload
from recordings.files import delete_after_commit
from recordings.models import Recording, Upload
from recordings.states import BEFORE, State, advance, advanced, locked

UPLOAD_KEPT = timedelta(hours=48)  # an upload that nobody continues
FAILED_KEPT = timedelta(days=30)  # the bytes of a recording that cannot be played
PUBLISHED_FOR = timedelta(days=365)  # unless the host sets another day


class UnableToPublish(Refusal):
    """`code`: its present state."""


class UnableToDelete(Refusal):
    """`code`: its present state."""


@transaction.atomic
def publish(*, recording: Recording, now: datetime) -> Recording:
    """ready → published, for a year unless another day is set; sends notices. Raises UnableToPublish."""
    recording = locked(recording)
    expires_at = recording.expires_at or now + PUBLISHED_FOR
    if recording.state != State.READY:
        raise UnableToPublish(recording.state, _("Only a recording that is ready can be published."))
    if expires_at <= now:
        raise UnableToPublish(
            "expired", _("The last day it is available has passed. Choose a later date first.")
        )
    advance(recording, State.PUBLISHED, now=now, published_at=now, expires_at=expires_at)
    signals.recording_published.send(Recording, recording=recording, now=now)
    return recording


@transaction.atomic
def unpublish(*, recording: Recording, now: datetime) -> Recording:
    """published → ready: only its hosts see it. Publishing it again notifies nobody twice. Raises UnableToPublish."""
    published = Recording.objects.filter(pk=recording.pk, state=State.PUBLISHED)
    if not published.update(state=State.READY, state_changed_at=now, published_at=None):
        raise UnableToPublish(recording.state, _("This recording is not published."))
    recording.refresh_from_db()
    return recording


@transaction.atomic
def delete_recording(*, recording: Recording, now: datetime) -> Recording:
    """Deletes every file of it and what was uploaded, for good; the row stays for its hosts. Raises UnableToDelete."""
    recording = locked(recording)
    if not recording.can_be_deleted:
        raise UnableToDelete(recording.state, _why_not_deleted(recording))
    upload = Upload.objects.filter(recording=recording).first()
    if upload is not None:
        upload.delete()
        delete_after_commit([upload.path])
    _delete_files(recording)
    recording.chapters.all().delete()
    cleared: dict[str, Any] = {
        "failure": "",
        "failure_values": {},
        "disk_full_since": None,
        "next_attempt_at": None,
    }
    advance(recording, State.DELETED, now=now, **cleared)
    return recording


def _why_not_deleted(recording: Recording) -> str:
    if recording.state == State.CAPTURING:
        return _("It is being recorded now. Stop the recording first.")
    if recording.state == State.PROCESSING:
        return _("It is being prepared now. Try again in a few minutes.")
    return _("There is nothing to delete.")


def expire(*, now: datetime) -> int:
    """Deletes the files of expired recordings, and bytes that are not needed any more. Returns how many expired."""
    over = Recording.objects.filter(state__in=BEFORE[State.EXPIRED], expires_at__lte=now)
    ended = sum(_expire(recording, now=now) for recording in over)
    stale = Q(recording__state=State.EXPECTED, touched_at__lte=now - UPLOAD_KEPT)
    useless = Q(recording__state=State.FAILED, recording__state_changed_at__lte=now - FAILED_KEPT)
    for upload in Upload.objects.filter(stale | useless):
        with transaction.atomic():
            delete_upload(upload)
    return ended


@transaction.atomic
def _expire(recording: Recording, *, now: datetime) -> bool:
    if not advanced(recording.pk, State.EXPIRED, now=now):
        return False
    _delete_files(recording)
    return True


def _delete_files(recording: Recording) -> None:
    delete_after_commit(list(recording.files.values_list("file", flat=True)))
    recording.files.all().delete()
