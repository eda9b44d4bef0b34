"""People watch a recording, described by its host, until its last day."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from companies.ids import new_id
from companies.languages import LanguageText
from meetings import facts
from meetings.models import Chapter, Recording, RecordingFile, Upload
from meetings.recording.arriving import drop_upload
from meetings.recording.files import delete_after_commit, name_in, save
from meetings.recording.states import BEFORE, Refusal, State, advance, advanced, locked

UPLOAD_KEPT = timedelta(hours=48)  # an upload that nobody goes on with
FAILED_KEPT = timedelta(days=30)  # the bytes of a recording that cannot be played
WATCHED_FOR = timedelta(days=365)  # unless the host says otherwise


class UnableToPublish(Refusal):
    """`code`: the state it is in."""


@transaction.atomic
def publish(*, recording: Recording, now: datetime) -> Recording:
    """ready → published, for a year unless another day is set; people are told. Raises UnableToPublish."""
    recording = locked(recording)
    expires_at = recording.expires_at or now + WATCHED_FOR
    if recording.state != State.READY:
        raise UnableToPublish(recording.state, _("Only a recording that is ready can be published."))
    if expires_at <= now:
        raise UnableToPublish("expired", _("Its last day has passed: choose a later one first."))
    advance(recording, State.PUBLISHED, now=now, published_at=now, expires_at=expires_at)
    facts.recording_published.send(Recording, recording=recording, now=now)
    return recording


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a host says about a recording. Chapters are (seconds, title in `chapter_language`), in any order."""

    title: LanguageText
    language: str
    visibility: str
    expires_at: datetime | None
    chapters: tuple[tuple[float, str], ...] | None  # None: as they are
    chapter_language: str


@transaction.atomic
def describe(*, recording: Recording, description: Description, now: datetime) -> Recording:
    """Changes what stands beside the recording; its state and its files stay. Titles in other languages stay, too."""
    recording = locked(recording)
    recording.title = description.title
    recording.language = description.language
    recording.visibility = description.visibility
    recording.expires_at = description.expires_at
    recording.save(update_fields=["title", "language", "visibility", "expires_at"])
    if description.chapters is not None:
        _divide(recording, description.chapters, description.chapter_language)
    return recording


def _divide(recording: Recording, chapters: tuple[tuple[float, str], ...], language: str) -> None:
    known = {chapter.starts_at_seconds: chapter.title for chapter in recording.chapters.all()}
    recording.chapters.all().delete()
    Chapter.objects.bulk_create(
        Chapter(
            recording=recording, starts_at_seconds=seconds, title={**known.get(seconds, {}), language: title}
        )
        for seconds, title in chapters
    )


@transaction.atomic
def keep_captions(*, recording: Recording, language: str, text: str) -> RecordingFile:
    """WebVTT, written anew from its cues, in place of earlier captions in that language."""
    recording = locked(recording)
    raw = text.encode()
    name = save(name_in(recording, f"captions-{language}-{new_id()}.vtt"), ContentFile(raw))
    earlier = recording.files.filter(role=RecordingFile.Role.CAPTIONS, language=language)
    delete_after_commit(list(earlier.values_list("file", flat=True)))
    earlier.delete()
    return RecordingFile.objects.create(
        recording=recording,
        role=RecordingFile.Role.CAPTIONS,
        file=name,
        content_type="text/vtt",
        language=language,
        size=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
    )


def expire(*, now: datetime) -> int:
    """Takes away the files of recordings past their last day, and bytes that nobody needs. Returns how many ended."""
    over = Recording.objects.filter(state__in=BEFORE[State.EXPIRED], expires_at__lte=now)
    ended = sum(_expire(recording, now=now) for recording in over)
    stale = Q(recording__state=State.EXPECTED, touched_at__lte=now - UPLOAD_KEPT)
    useless = Q(recording__state=State.FAILED, recording__state_changed_at__lte=now - FAILED_KEPT)
    for upload in Upload.objects.filter(stale | useless):
        with transaction.atomic():
            drop_upload(upload)
    return ended


@transaction.atomic
def _expire(recording: Recording, *, now: datetime) -> bool:
    if not advanced(recording.pk, State.EXPIRED, now=now):
        return False
    delete_after_commit(list(recording.files.values_list("file", flat=True)))
    recording.files.all().delete()
    return True
