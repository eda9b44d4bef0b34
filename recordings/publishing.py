"""Publishing recordings, and their expiry."""

from datetime import datetime, timedelta

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


@transaction.atomic
def publish(*, recording: Recording, now: datetime) -> Recording:
    """ready → published, for a year unless another day is set; sends notices. Raises UnableToPublish."""
    recording = locked(recording)
    expires_at = recording.expires_at or now + PUBLISHED_FOR
    if recording.state != State.READY:
        raise UnableToPublish(recording.state, _("Only a recording that is ready can be published."))
    if expires_at <= now:
        raise UnableToPublish("expired", _("Its last day has passed: choose a later one first."))
    advance(recording, State.PUBLISHED, now=now, published_at=now, expires_at=expires_at)
    signals.recording_published.send(Recording, recording=recording, now=now)
    return recording


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
    delete_after_commit(list(recording.files.values_list("file", flat=True)))
    recording.files.all().delete()
    return True
