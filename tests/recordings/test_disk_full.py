"""A full disk fails no recording: nothing half-finished remains, and work continues once there is space."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from meetings.models import Meeting
from recordings import arriving, files, media_files, preparing, uploading
from recordings.models import Recording, Upload
from tests import factories
from tests.factories import NOW
from tests.recordings import films
from tests.small_disk import small_disk

pytestmark = pytest.mark.django_db
TUS = {"Tus-Resumable": "1.0.0"}
OCTETS = "application/offset+octet-stream"
SIZE = 512 * 1024


@pytest.fixture
def disk(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """MEDIA_ROOT as a file system of half a megabyte."""
    with small_disk(tmp_path / "disk", size=SIZE) as folder:
        settings.MEDIA_ROOT = folder
        yield folder


def fill(disk: Path, *, leaving: int) -> Path:
    filler = disk / "filler"
    filler.write_bytes(bytes(arriving.free_bytes() - leaving))
    return filler


def ended() -> Meeting:
    return factories.meeting(state=Meeting.State.ENDED, record=True, starts_at=NOW - timedelta(hours=3))


def begun(film: bytes) -> Upload:
    meeting = ended()
    return uploading.begin_upload(meeting=meeting, by=meeting.host, length=len(film), now=NOW)


def received(film: bytes) -> Recording:
    upload = begun(film)
    return uploading.receive_part(upload_id=upload.pk, offset=0, part=film, now=NOW).recording


# ---- preparing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("film", [films.webm, films.mp4], ids=["webm", "mp4"])
@pytest.mark.parametrize("leaving", [0, 12_288], ids=["nothing free", "room for a part"])
def test_a_full_disk_while_preparing_fails_nothing_and_leaves_nothing(
    disk: Path, film: Any, leaving: int, caplog: pytest.LogCaptureFixture
) -> None:
    found = received(film())
    filler = fill(disk, leaving=leaving)
    waiting = preparing.prepare(recording_id=found.pk, now=NOW)
    assert waiting is not None
    assert (waiting.state, waiting.failure, waiting.disk_full_since) == (Recording.State.PROCESSING, "", NOW)
    assert not any(files.folder_of(found).rglob("*"))
    assert arriving.path_of(found.upload).stat().st_size == len(film())
    assert "no disk space" in caplog.text
    filler.unlink()
    later = NOW + timedelta(minutes=1)
    assert preparing.ready_to_prepare(now=later) == [found.pk]
    ready = preparing.prepare(recording_id=found.pk, now=later)
    assert ready is not None
    assert (ready.state, ready.disk_full_since) == (Recording.State.READY, None)
    assert {path.name for path in files.folder_of(found).iterdir()} == {
        f"recording.{'webm' if film is films.webm else 'mp4'}",
        media_files.POSTER,
    }


def test_it_is_tried_again_with_growing_pauses_and_without_an_end(disk: Path) -> None:
    found = received(films.webm())
    fill(disk, leaving=0)
    now, pauses = NOW, []
    for _attempt in range(9):
        waiting = preparing.prepare(recording_id=found.pk, now=now)
        assert waiting is not None
        assert waiting.next_attempt_at is not None
        assert (
            preparing.prepare(recording_id=found.pk, now=waiting.next_attempt_at - timedelta(seconds=1))
            is None
        )
        pauses.append(round((waiting.next_attempt_at - now).total_seconds() / 60))
        now = waiting.next_attempt_at
    assert pauses == [1, 1, 2, 4, 8, 16, 32, 60, 60]


def test_the_host_reads_that_it_waits_for_space_and_the_operator_counts_it(disk: Path) -> None:
    found = received(films.webm())
    fill(disk, leaving=0)
    preparing.prepare(recording_id=found.pk, now=NOW)
    client = Client()
    client.force_login(found.meeting.host)
    assert "Your recording is safe" in client.get(found.get_absolute_url()).content.decode()
    numbers = client.get("/metrics", REMOTE_ADDR="127.0.0.1").content.decode()
    assert "webinar_recordings_waiting_for_disk 1.0" in numbers


# ---- uploading -------------------------------------------------------------------------------------------


def sent(upload: Upload, offset: int, part: bytes) -> Any:
    client = Client()
    client.force_login(upload.recording.meeting.host)
    headers = {**TUS, "Upload-Offset": str(offset)}
    return client.patch(reverse("upload", args=[upload.pk]), part, content_type=OCTETS, headers=headers)


def test_a_part_without_space_is_507_in_words_and_the_upload_goes_on_later(disk: Path) -> None:
    film = films.webm()
    upload = begun(film)
    assert sent(upload, 0, film[:5000]).status_code == 204
    filler = fill(disk, leaving=8192)
    answer = sent(upload, 5000, film[5000:] + bytes(len(film)))
    assert answer.status_code == 413
    answer = sent(upload, 5000, film[5000:])
    assert (answer.status_code, answer.headers["Content-Type"]) == (507, "text/plain; charset=utf-8")
    assert "not have enough disk space" in answer.content.decode()
    upload.refresh_from_db()
    assert (upload.offset, arriving.path_of(upload).stat().st_size) == (5000, 5000)
    filler.unlink()
    assert sent(upload, 5000, film[5000:]).status_code == 204
    assert arriving.path_of(upload).read_bytes() == film


def test_an_upload_that_will_not_fit_is_507_before_a_byte_is_sent(disk: Path) -> None:
    meeting, client = ended(), Client()
    client.force_login(meeting.host)
    fill(disk, leaving=8192)
    metadata = "meeting " + base64.b64encode(meeting.pk.encode()).decode()
    headers = {**TUS, "Upload-Length": "100000", "Upload-Metadata": metadata}
    answer = client.post(reverse("uploads"), headers=headers)
    assert (answer.status_code, Upload.objects.count()) == (507, 0)


def test_captions_without_space_are_507_in_words_and_leave_nothing(disk: Path) -> None:
    found = received(films.webm())
    assert preparing.prepare(recording_id=found.pk, now=NOW) is not None
    fill(disk, leaving=0)
    client = Client(raise_request_exception=False)
    client.force_login(found.meeting.host)
    raw = b"WEBVTT\n\n" + b"".join(
        b"00:%02d.000 --> 00:59.000\n" % second + b"word " * 2000 + b"\n\n" for second in range(50)
    )
    description = {"language": "en", "visibility": "members", "captions_language": "en"}
    answer = client.post(
        reverse("edit_recording", args=[found.pk]),
        {**description, "captions": SimpleUploadedFile("a.vtt", raw)},
    )
    assert answer.status_code == 507
    assert "no disk space left" in answer.content.decode()
    assert not list(files.folder_of(found).glob("*.vtt"))
