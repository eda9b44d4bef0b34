"""The demo's recordings, rendered and then handled as a host would: uploaded, prepared, described, published."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import transaction

from meetings.models import Meeting
from recordings import captions, describing, expecting, preparing, publishing, uploading
from recordings.models import Recording
from webinar_service.demo import films, sources
from webinar_service.demo.meetings import mark_past_mail_sent

BLOCK = 1024 * 1024


def seed_recordings(meetings: dict[str, Meeting], *, now: datetime) -> list[Recording]:
    """A published recording for each meeting in recordings.toml; that of yesterday's meeting is still expected."""
    recording_sources = sources.read("recordings")
    with TemporaryDirectory() as folder:
        planned_films = {key: films.Film(**source["film"]) for key, source in recording_sources.items()}
        paths = {key: Path(folder) / f"{key}.{film.kind}" for key, film in planned_films.items()}
        with ThreadPoolExecutor(2) as studio:  # the encoders release the GIL
            list(studio.map(films.render, planned_films.values(), paths.values()))
        recordings = [
            seed_recording(meetings[key], source, paths[key], now=now)
            for key, source in recording_sources.items()
        ]
    expecting.expect_recordings(now=now)
    return recordings


def seed_recording(meeting: Meeting, source: dict[str, Any], path: Path, *, now: datetime) -> Recording:
    uploaded_at = min(meeting.ends_at + timedelta(hours=1), now - timedelta(minutes=30))
    upload = uploading.begin_upload(
        meeting=meeting, by=meeting.host, length=path.stat().st_size, now=uploaded_at, filename=path.name
    )
    with path.open("rb") as film:
        while part := film.read(BLOCK):
            upload = uploading.receive_part(
                upload_id=upload.pk, offset=upload.offset, part=part, now=uploaded_at
            )
    prepared = preparing.prepare(recording_id=upload.recording_id, now=uploaded_at + timedelta(minutes=2))
    if prepared is None or prepared.state != Recording.State.READY:
        raise RuntimeError(f"the film of {meeting} could not be prepared")
    return publish(prepared, source, published_at=uploaded_at + timedelta(minutes=15), now=now)


@transaction.atomic
def publish(
    prepared: Recording, source: dict[str, Any], *, published_at: datetime, now: datetime
) -> Recording:
    titles = zip(source["chapters_at"], source["chapters"], strict=True)
    chapters = [describing.NewChapter(seconds, title) for seconds, title in titles]
    changes = describing.RecordingChanges(visibility=source["visibility"], chapters=chapters)
    describing.change_recording(recording=prepared, changes=changes, now=now)
    spoken = list(zip(source["cues"], source["lines"], strict=True))
    for language in settings.ALL_LANGUAGES:
        cues = [captions.Cue(start, end, speaker, line[language]) for (start, end, speaker), line in spoken]
        describing.keep_captions(recording=prepared, language=language, text=captions.write(cues))
    published = publishing.publish(recording=prepared, now=published_at)
    mark_past_mail_sent(now=now)
    return published
