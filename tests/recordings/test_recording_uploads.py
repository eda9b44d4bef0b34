"""tus 1.0: the response to each request, and for whom."""

import base64
import hashlib
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from api.models import ApiToken
from companies.models import Person
from meetings.models import Meeting
from recordings import arriving, capturing, uploading
from recordings.models import Recording, Upload
from tests import factories
from tests.factories import NOW
from tests.recordings import films

pytestmark = pytest.mark.django_db
OCTETS = "application/offset+octet-stream"
TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def meeting() -> Meeting:
    return factories.meeting(state=Meeting.State.ENDED)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def said(**values: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def begin(
    client: Client, meeting: Meeting, length: int | None, more: dict[str, str] | None = None, **headers: str
) -> Any:
    sizes = {"Upload-Defer-Length": "1"} if length is None else {"Upload-Length": str(length)}
    about = {"filename": "talk.webm", "filetype": "video/webm", "meeting": meeting.pk, **(more or {})}
    metadata = {"Upload-Metadata": said(**about)}
    return client.post(reverse("uploads"), headers={**TUS, **sizes, **metadata, **headers})


def send(client: Client, address: str, offset: int, part: bytes, **headers: str) -> Any:
    return client.patch(
        address, part, headers={**TUS, "Content-Type": OCTETS, "Upload-Offset": str(offset), **headers}
    )


def test_a_file_is_uploaded_in_parts_and_resumed_after_a_break(meeting: Meeting) -> None:
    film, client = films.webm(), signed_in(meeting.host)
    begun = begin(client, meeting, len(film))
    address = begun.headers["Location"]
    assert (begun.status_code, begun.headers["Tus-Resumable"]) == (201, "1.0.0")
    half = len(film) // 2
    first = send(client, address, 0, film[:half])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, str(half))
    asked = signed_in(meeting.host).head(address, headers=TUS)
    assert (asked.status_code, asked.headers["Upload-Offset"]) == (200, str(half))
    assert (asked.headers["Upload-Length"], asked.headers["Cache-Control"]) == (str(len(film)), "no-store")
    assert "Upload-Expires" in asked.headers
    last = send(client, address, half, film[half:])
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(film)))
    found = meeting.recordings.get()
    assert found.state == Recording.State.RECEIVED
    assert last.headers["Recording-Location"] == found.get_absolute_url()
    assert arriving.path_of(Upload.objects.get()).read_bytes() == film


def test_the_servers_capabilities_can_be_read_before_an_upload() -> None:
    answer = Client().options(reverse("uploads"))
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    offered = set(answer.headers["Tus-Extension"].split(","))
    assert offered == {"creation", "creation-defer-length", "expiration", "termination", "checksum"}
    assert int(answer.headers["Tus-Max-Size"]) == arriving.max_upload_bytes()


def test_another_version_is_412(meeting: Meeting) -> None:
    answer = signed_in(meeting.host).post(reverse("uploads"), headers={"Tus-Resumable": "0.2.2"})
    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")


@pytest.mark.parametrize("offset", ["7", "0"])
def test_the_wrong_offset_is_409_and_changes_nothing(meeting: Meeting, offset: str) -> None:
    film, client = films.webm(), signed_in(meeting.host)
    address = begin(client, meeting, len(film)).headers["Location"]
    send(client, address, 0, film[:100])
    assert send(client, address, int(offset), film[100:200]).status_code == 409
    assert Upload.objects.get().offset == 100


@pytest.mark.parametrize(
    ("headers", "content_type", "status"),
    [
        ({"Upload-Offset": "0"}, "application/octet-stream", 415),
        ({"Upload-Offset": "-1"}, OCTETS, 400),
        ({"Upload-Offset": "9" * 30}, OCTETS, 400),
        ({}, OCTETS, 400),
        ({"Upload-Offset": "0", "Upload-Checksum": "crc32 AAAA"}, OCTETS, 400),
        ({"Upload-Offset": "0", "Upload-Checksum": "sha1 AAAA"}, OCTETS, 460),
    ],
)
def test_a_part_that_is_not_as_tus_says_is_refused(
    meeting: Meeting, headers: dict[str, str], content_type: str, status: int
) -> None:
    client = signed_in(meeting.host)
    address = begin(client, meeting, 5000).headers["Location"]
    answer = client.patch(address, films.webm()[:100], content_type=content_type, headers={**TUS, **headers})
    assert (answer.status_code, Upload.objects.get().offset) == (status, 0)


def test_a_part_with_the_right_checksum_is_kept(meeting: Meeting) -> None:
    client, part = signed_in(meeting.host), films.webm()[:300]
    address = begin(client, meeting, 5000).headers["Location"]
    checksum = base64.b64encode(hashlib.sha256(part).digest()).decode()
    assert send(client, address, 0, part, **{"Upload-Checksum": f"sha256 {checksum}"}).status_code == 204


def test_a_page_that_calls_itself_a_film_is_415(meeting: Meeting) -> None:
    client = signed_in(meeting.host)
    address = begin(client, meeting, 5000).headers["Location"]
    answer = send(client, address, 0, b"<!doctype html><script>alert(1)</script>")
    assert (answer.status_code, answer.headers["Content-Type"]) == (415, "text/plain; charset=utf-8")


def test_more_than_the_limit_is_413(meeting: Meeting, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 10_000
    client = signed_in(meeting.host)
    assert begin(client, meeting, 10_001).status_code == 413
    address = begin(client, meeting, None).headers["Location"]
    assert send(client, address, 0, films.mp4(6)[:20_000]).status_code == 413


def test_a_length_may_be_declared_at_the_end(meeting: Meeting) -> None:
    film, client = films.webm(), signed_in(meeting.host)
    begun = begin(client, meeting, None)
    address = begun.headers["Location"]
    assert signed_in(meeting.host).head(address, headers=TUS).headers["Upload-Defer-Length"] == "1"
    send(client, address, 0, film)
    assert meeting.recordings.get().state == Recording.State.EXPECTED
    assert send(client, address, len(film), b"", **{"Upload-Length": str(len(film))}).status_code == 204
    assert meeting.recordings.get().state == Recording.State.RECEIVED


def test_the_parts_of_a_capture_use_the_same_url() -> None:
    meeting = factories.meeting(state=Meeting.State.LIVE, started_at=NOW)
    begun = capturing.begin_capture(meeting=meeting, by=meeting.host, now=NOW)
    film, client = films.webm(live=True), signed_in(meeting.host)
    address = reverse("upload", args=[begun.upload.pk])
    assert send(client, address, 0, film[:2000]).status_code == 204
    assert send(client, address, 2000, film[2000:]).status_code == 204
    assert send(client, address, len(film), b"", **{"Upload-Length": str(len(film))}).status_code == 204
    begun.refresh_from_db()
    assert begun.state == Recording.State.RECEIVED
    assert send(client, address, len(film), b"more").status_code == 410


def test_an_upload_may_be_given_up(meeting: Meeting, django_capture_on_commit_callbacks: Any) -> None:
    client = signed_in(meeting.host)
    address = begin(client, meeting, 5000).headers["Location"]
    path = arriving.path_of(Upload.objects.get())
    with django_capture_on_commit_callbacks(execute=True):
        assert client.delete(address, headers=TUS).status_code == 204
    assert client.head(address, headers=TUS).status_code == 404
    assert not path.exists()


def test_only_who_began_an_upload_knows_of_it(meeting: Meeting) -> None:
    other_host, outsider, speaker = factories.member(), factories.member(), factories.member()
    factories.role(meeting, other_host, "co_host")
    factories.role(meeting, speaker)
    address = begin(signed_in(meeting.host), meeting, 5000).headers["Location"]
    for person in (other_host, outsider, speaker, factories.secretariat()):
        client = signed_in(person)
        assert client.head(address, headers=TUS).status_code == 404
        assert send(client, address, 0, films.webm()[:100]).status_code == 404
        assert client.delete(address, headers=TUS).status_code == 404
    assert Client().head(address, headers=TUS).status_code == 404


def test_a_host_who_is_host_no_longer_cannot_go_on(meeting: Meeting) -> None:
    other = factories.member()
    role = factories.role(meeting, other, "co_host")
    address = begin(signed_in(other), meeting, 5000).headers["Location"]
    role.delete()
    assert send(signed_in(other), address, 0, films.webm()[:100]).status_code == 404


def test_only_hosts_begin_an_upload(meeting: Meeting) -> None:
    speaker = factories.member()
    factories.role(meeting, speaker)
    assert begin(Client(), meeting, 5000).status_code == 403
    assert begin(signed_in(factories.member()), meeting, 5000).status_code == 403
    assert begin(signed_in(speaker), meeting, 5000).status_code == 403
    hidden = factories.meeting(visibility="invited")
    assert begin(signed_in(factories.member()), hidden, 5000).status_code == 404
    assert not Upload.objects.exists()


def test_another_site_cannot_send_for_a_host(meeting: Meeting) -> None:
    address = begin(signed_in(meeting.host), meeting, 5000).headers["Location"]
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(meeting.host)
    assert send(forged, address, 0, films.webm()[:100]).status_code == 403
    assert forged.post(reverse("uploads"), headers={**TUS, "Upload-Length": "10"}).status_code == 403
    assert Upload.objects.get().offset == 0


def test_without_scripts_a_form_brings_the_whole_file(meeting: Meeting) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = signed_in(meeting.host)
    sent = SimpleUploadedFile("talk.mp4", films.mp4(), content_type="text/html")
    answer = client.post(reverse("upload_recording", args=[meeting.pk]), {"file": sent})
    found = meeting.recordings.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, found.get_absolute_url())
    assert found.state == Recording.State.RECEIVED


def test_a_form_without_a_recording_says_so_beside_the_field(meeting: Meeting) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = signed_in(meeting.host)
    address = reverse("upload_recording", args=[meeting.pk])
    answer = client.post(address, {"file": SimpleUploadedFile("talk.mp4", b"not a film at all")})
    assert answer.status_code == 422
    assert "This is not a WebM or MP4 file." in answer.content.decode()
    assert not Recording.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_parts_at_once_for_one_place_exactly_one_is_kept(tmp_path: Path) -> None:
    meeting, film = factories.meeting(state=Meeting.State.ENDED), films.webm()
    upload = uploading.begin_upload(meeting=meeting, by=meeting.host, length=len(film), now=NOW)
    # In-memory SQLite has one connection that writes; there the four run one after the other.
    at_once = 4 if connection.vendor == "postgresql" else 1
    barrier, outcomes = threading.Barrier(at_once), []

    def send_one() -> None:
        barrier.wait()
        try:
            uploading.receive_part(upload_id=upload.pk, offset=0, part=film[:1000], now=NOW)
            outcomes.append("kept")
        except uploading.WrongOffset:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=send_one) for _number in range(4)]
    for first in range(0, 4, at_once):
        for thread in threads[first : first + at_once]:
            thread.start()
        for thread in threads[first : first + at_once]:
            thread.join()
    upload.refresh_from_db()
    assert sorted(outcomes) == ["kept", "refused", "refused", "refused"]
    assert (upload.offset, arriving.path_of(upload).read_bytes()) == (1000, film[:1000])


# ---- a second upload -----------------------------------------------------------------------------------------


def test_a_second_upload_by_the_same_host_does_not_drop_the_first_in_silence(meeting: Meeting) -> None:
    film, client = films.webm(), signed_in(meeting.host)
    address = begin(client, meeting, len(film)).headers["Location"]
    send(client, address, 0, film[:500])
    refused = begin(client, meeting, 4000)
    kept = Upload.objects.get()
    words = uploading.unfinished_message(kept, meeting.host, timezone.now())
    assert (refused.status_code, refused.content.decode()) == (428, words)
    assert "Location" not in refused.headers  # another file: nothing to resume
    assert (kept.offset, arriving.path_of(kept).read_bytes()) == (500, film[:500])
    assert send(client, address, 500, film[500:]).status_code == 204  # resumes
    assert meeting.recordings.get().state == Recording.State.RECEIVED


def test_who_chooses_it_replaces_the_unfinished_upload(meeting: Meeting) -> None:
    client = signed_in(meeting.host)
    address = begin(client, meeting, 4000).headers["Location"]
    send(client, address, 0, films.webm()[:500])
    begun = begin(client, meeting, 3000, {"replace": "1"})
    assert begun.status_code == 201
    assert (Upload.objects.get().length, Upload.objects.get().offset) == (3000, 0)


def test_another_browser_of_the_same_host_gets_the_url_to_resume_the_same_file(meeting: Meeting) -> None:
    film, client = films.webm(), signed_in(meeting.host)
    address = begin(client, meeting, len(film)).headers["Location"]
    send(client, address, 0, film[:500])
    again = begin(signed_in(meeting.host), meeting, len(film))
    assert (again.status_code, again.headers["Location"]) == (428, address)
    assert send(client, address, 500, film[500:]).status_code == 204


def test_without_scripts_the_same_file_whole_is_no_loss_and_needs_no_choice(meeting: Meeting) -> None:
    film, client = films.webm(), signed_in(meeting.host)
    send(client, begin(client, meeting, len(film)).headers["Location"], 0, film[:500])
    page = reverse("upload_recording", args=[meeting.pk])
    assert client.post(page, {"file": SimpleUploadedFile("talk.webm", film)}).status_code == 302
    assert meeting.recordings.get().state == Recording.State.RECEIVED


def test_the_page_offers_another_host_to_replace_it_only_after_an_hour_of_silence(meeting: Meeting) -> None:
    other = factories.member()
    factories.role(meeting, other, "co_host")
    client, page = signed_in(meeting.host), reverse("upload_recording", args=[meeting.pk])
    send(client, begin(client, meeting, 4000).headers["Location"], 0, films.webm()[:500])
    at_once = signed_in(other).get(page)
    assert "Someone else is uploading" in at_once.context["unfinished"]
    assert "data-replace hidden" in at_once.content.decode()
    Upload.objects.update(touched_at=timezone.now() - timedelta(hours=2))
    later = signed_in(other).get(page)
    assert "You can replace it." in later.context["unfinished"]
    assert "data-replace>" in later.content.decode()


def test_an_upload_without_any_bytes_blocks_nobody(meeting: Meeting) -> None:
    client = signed_in(meeting.host)
    begin(client, meeting, 4000)
    assert begin(client, meeting, 3000).status_code == 201


def test_another_host_is_asked_too_after_an_hour_of_silence(meeting: Meeting) -> None:
    other = factories.member()
    factories.role(meeting, other, "co_host")
    client = signed_in(meeting.host)
    send(client, begin(client, meeting, 4000).headers["Location"], 0, films.webm()[:500])
    assert begin(signed_in(other), meeting, 3000, {"replace": "1"}).status_code == 409  # in progress
    Upload.objects.update(touched_at=timezone.now() - timedelta(hours=2))
    asked = begin(signed_in(other), meeting, 4000)
    assert (asked.status_code, asked.content.decode()) == (
        428,
        "Someone else’s upload for this meeting is unfinished: talk.webm. You can replace it.",
    )
    assert "Location" not in asked.headers  # only who began it can resume
    assert begin(signed_in(other), meeting, 3000, {"replace": "1"}).status_code == 201


def test_the_page_warns_beforehand_and_keeps_the_earlier_upload(meeting: Meeting) -> None:
    client, page = signed_in(meeting.host), reverse("upload_recording", args=[meeting.pk])
    assert "data-unfinished hidden" in client.get(page).content.decode()
    send(client, begin(client, meeting, 4000).headers["Location"], 0, films.webm()[:500])
    assert "data-unfinished>" in client.get(page).content.decode()
    refused = client.post(page, {"file": SimpleUploadedFile("talk.webm", films.webm())})
    assert refused.status_code == 422
    words = uploading.unfinished_message(Upload.objects.get(), meeting.host, timezone.now())
    assert refused.context["form"].errors == {"file": [words]}
    assert Upload.objects.get().offset == 500
    sent = {"file": SimpleUploadedFile("talk.webm", films.webm()), "replace": "on"}
    assert client.post(page, sent).status_code == 302
    assert meeting.recordings.get().state == Recording.State.RECEIVED


def test_a_program_is_asked_too(meeting: Meeting, settings: Any) -> None:
    settings.RATE_LIMITS = False
    client = signed_in(meeting.host)
    send(client, begin(client, meeting, 4000).headers["Location"], 0, films.webm()[:500])
    key = "key-of-a-host"
    ApiToken.objects.create(
        person=meeting.host,
        key_hash=ApiToken.hash_of(key),
        scopes=["recordings:write"],
        created_at=timezone.now(),
    )

    def ask(**body: Any) -> Any:
        return Client().post(
            f"/api/v1/meetings/{meeting.pk}/recordings",
            {"size": 3000, **body},
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )

    refused = ask()
    assert (refused.status_code, refused.json()["code"]) == (409, "unfinished")
    where = f"{settings.SITE_URL}{reverse('api:upload', args=[Upload.objects.get().pk])}"
    assert refused.headers["Location"] == where
    assert Upload.objects.get().offset == 500
    assert ask(replace=True).status_code == 201
