"""The files of a recording: by range, for those who may see them."""

from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile
from django.test import AsyncClient, Client
from django.urls import reverse

from meetings import access
from meetings.models import Meeting
from recordings import captions, describing, files, publishing
from recordings.models import Recording, RecordingFile
from recordings.models.recording import recordings_storage
from recordings.views.files import ByteRange, RangeNotSatisfiable, parse_range
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
BYTES = bytes(range(256)) * 40
CUES = captions.write([captions.Cue(0, 2, "Rasa", "One thermometer is <no> thermometer & so on.")])


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def published(**fields: Any) -> Recording:
    found = factories.recording(
        **{"state": "published", "visibility": "public", "duration_seconds": 12.0, **fields}
    )
    folder = files.folder_of(found)
    folder.mkdir(parents=True)
    for role, name, content_type in (
        ("main", "recording.webm", "video/webm"),
        ("poster", "poster.jpg", "image/jpeg"),
    ):
        (folder / name).write_bytes(BYTES)
        RecordingFile.objects.create(
            recording=found,
            role=role,
            file=f"recordings/{found.pk}/{name}",
            content_type=content_type,
            codecs="vp8, opus",
            size=len(BYTES),
            sha256="ab" * 32,
        )
    describing.keep_captions(recording=found, language="en", text=CUES)
    return found


def address_of(found: Recording) -> str:
    return reverse("recording_file", args=[found.pk])


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_the_whole_file_and_its_headers() -> None:
    answer = Client().get(address_of(published()))
    assert (answer.status_code, body(answer)) == (200, BYTES)
    headers = answer.headers
    assert (headers["Content-Type"], headers["Content-Length"]) == ("video/webm", str(len(BYTES)))
    assert (headers["Accept-Ranges"], headers["ETag"]) == ("bytes", f'"{"ab" * 32}"')
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, len(BYTES) - 1),
        ("bytes=-50", len(BYTES) - 50, len(BYTES) - 1),
        ("bytes=0-999999", 0, len(BYTES) - 1),
        ("bytes=10239-10239", 10239, 10239),
        ("bytes=-999999", 0, len(BYTES) - 1),
    ],
)
def test_a_range_is_exactly_that_range(asked: str, first: int, last: int) -> None:
    answer = Client().get(address_of(published()), headers={"Range": asked})
    assert (answer.status_code, body(answer)) == (206, BYTES[first : last + 1])
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(BYTES)}"
    assert answer.headers["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize("asked", [f"bytes={len(BYTES)}-", "bytes=99999-100000", "bytes=-0"])
def test_a_range_beyond_the_end_is_416(asked: str) -> None:
    answer = Client().get(address_of(published()), headers={"Range": asked})
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{len(BYTES)}")


@pytest.mark.parametrize(
    "asked", ["bytes=9-3", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,4-5", "bytes=" + "9" * 40 + "-"]
)
def test_a_range_that_makes_no_sense_is_ignored(asked: str) -> None:
    answer = Client().get(address_of(published()), headers={"Range": asked})
    assert (answer.status_code, body(answer)) == (200, BYTES)


def test_a_range_of_an_earlier_file_is_answered_with_the_whole_new_one() -> None:
    address = address_of(published())
    other = Client().get(address, headers={"Range": "bytes=0-9", "If-Range": '"of an earlier file"'})
    same = Client().get(address, headers={"Range": "bytes=0-9", "If-Range": f'"{"ab" * 32}"'})
    assert (other.status_code, same.status_code, body(same)) == (200, 206, BYTES[:10])
    dated = {"Range": "bytes=0-9", "If-Range": same.headers["Last-Modified"]}
    assert Client().get(address, headers=dated).status_code == 206
    stale = {"Range": "bytes=0-9", "If-Range": "Thu, 01 Jan 2015 00:00:00 GMT"}
    assert Client().get(address, headers=stale).status_code == 200


def test_who_has_the_file_already_gets_nothing_again() -> None:
    answer = Client().get(address_of(published()), headers={"If-None-Match": f'"{"ab" * 32}"'})
    assert (answer.status_code, answer.content) == (304, b"")


def test_asking_for_the_head_sends_no_bytes() -> None:
    answer = Client().head(address_of(published()))
    assert (answer.status_code, body(answer), answer.headers["Content-Length"]) == (200, b"", str(len(BYTES)))


def test_under_asgi_the_file_is_sent_in_blocks() -> None:
    address = address_of(published())

    async def ask() -> tuple[int, bool, bytes]:
        answer = await AsyncClient().get(address, headers={"Range": "bytes=5-9"})
        content = b"".join([block async for block in answer.streaming_content])
        return answer.status_code, answer.is_async, content

    assert async_to_sync(ask)() == (206, True, BYTES[5:10])


def test_files_are_named_read_and_deleted_in_a_storage_that_has_no_paths(
    settings: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """Django's in-memory storage stands for an object store: only uploads and preparing need a local disk."""
    elsewhere = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "recordings": elsewhere}
    storage = recordings_storage()
    monkeypatch.setattr(
        RecordingFile._meta.get_field("file"), "storage", storage
    )  # fields read the storage once, at the start
    found = factories.recording(state="published", visibility="public", duration_seconds=12.0)
    name = storage.save(files.name_in(found, "recording.webm"), ContentFile(BYTES))
    main = {"role": "main", "content_type": "video/webm", "size": len(BYTES), "sha256": "ab" * 32}
    RecordingFile.objects.create(recording=found, file=name, **main)
    describing.keep_captions(recording=found, language="en", text=CUES)
    earlier = found.files.get(role="captions").name
    answer = Client().get(address_of(found), headers={"Range": "bytes=5-9"})
    assert (answer.status_code, body(answer)) == (206, BYTES[5:10])
    assert "thermometer &amp; so on" in Client().get(found.get_absolute_url()).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        describing.keep_captions(recording=found, language="en", text=CUES)
    assert not storage.exists(earlier)
    Recording.objects.filter(pk=found.pk).update(expires_at=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        publishing.expire(now=NOW)
    assert storage.listdir(f"recordings/{found.pk}") == ([], [])


def test_a_file_that_is_gone_from_the_disk_is_not_there() -> None:
    found = published()
    Path(found.files.get(role="main").file.path).unlink()
    assert Client().get(address_of(found)).status_code == 404


def test_a_file_of_a_type_that_is_no_recording_is_never_sent() -> None:
    found = published()
    found.files.filter(role="main").update(content_type="text/html")
    assert Client().get(address_of(found)).status_code == 404


def test_captions_are_vtt_and_nothing_else() -> None:
    found = published()
    answer = Client().get(reverse("recording_captions", args=[found.pk, "en"]))
    assert (answer.headers["Content-Type"], body(answer).decode()) == ("text/vtt", CUES)
    assert "&lt;no&gt;" in CUES
    assert Client().get(reverse("recording_captions", args=[found.pk, "lt"])).status_code == 404


def test_downloading_is_for_hosts_and_speakers() -> None:
    found = published()
    speaker = factories.person()
    factories.role(found.meeting, speaker)
    answers = {}
    for name, person in (("host", found.meeting.host), ("speaker", speaker), ("member", factories.member())):
        client = Client()
        client.force_login(person)
        answers[name] = client.get(address_of(found), {"download": ""})
    assert [answers[name].status_code for name in ("host", "speaker", "member")] == [200, 200, 403]
    assert answers["host"].headers["Content-Disposition"].startswith("attachment; ")


# ---- who may see -----------------------------------------------------------------------------------------


PEOPLE = ("nobody", "stranger", "guest", "member", "speaker", "host", "secretariat")
SEEN_BY = {
    "public": (True, True, True, True, True, True, True),
    "members": (False, False, False, True, True, True, True),
    "registered": (False, False, True, False, True, True, True),
    "hosts": (False, False, False, False, True, True, True),
}


@pytest.mark.parametrize("visibility", SEEN_BY)
def test_each_recording_is_seen_by_whom_it_names(visibility: str) -> None:
    found = published(visibility=visibility, meeting=factories.meeting(state=Meeting.State.ENDED))
    seen = {}
    for name, client in clients_of(found).items():
        answers = {client.get(address).status_code for address in addresses_of(found)}
        assert answers in ({200}, {404})
        shelf = client.get(reverse("recordings")).content.decode()
        assert (found.get_absolute_url() in shelf) == (answers == {200})
        seen[name] = answers == {200}
    assert tuple(seen[name] for name in PEOPLE) == SEEN_BY[visibility]


@pytest.mark.parametrize("state", ["ready", "failed", "processing", "expected", "expired"])
def test_before_and_after_its_time_only_hosts_know_of_a_recording(state: str) -> None:
    found = published(visibility="public")
    Recording.objects.filter(pk=found.pk).update(state=state)
    seen = {
        name: client.get(found.get_absolute_url()).status_code for name, client in clients_of(found).items()
    }
    assert [name for name in PEOPLE if seen[name] == 200] == ["host", "secretariat"]
    assert {seen[name] for name in PEOPLE[:5]} == {404}


def test_the_recording_of_a_project_room_is_for_its_companies_alone() -> None:
    ours, theirs = factories.company(), factories.company()
    room = factories.room(companies=[ours, theirs])
    meeting = factories.meeting(
        room=room, visibility="invited", state=Meeting.State.ENDED, host=factories.member(company=ours)
    )
    found = published(meeting=meeting, visibility="registered")
    partner, outsider = factories.member(company=theirs), factories.member()
    for person, status in ((partner, 200), (outsider, 404)):
        client = Client()
        client.force_login(person)
        assert client.get(address_of(found)).status_code == status


def addresses_of(found: Recording) -> list[str]:
    files = [reverse("recording_file", args=[found.pk]), reverse("recording_poster", args=[found.pk])]
    return [found.get_absolute_url(), *files, reverse("recording_captions", args=[found.pk, "en"])]


def clients_of(found: Recording) -> dict[str, Client]:
    speaker = factories.person()
    factories.role(found.meeting, speaker)
    registration = factories.registration(meeting=found.meeting)
    guest = Client()
    session = guest.session
    session[access.SESSION_REGISTRATIONS] = [registration.pk]
    session.save()
    people = {
        "stranger": factories.person(),
        "member": factories.member(),
        "speaker": speaker,
        "host": found.meeting.host,
        "secretariat": factories.secretariat(),
    }
    clients = {"nobody": Client(), "guest": guest}
    for name, person in people.items():
        clients[name] = Client()
        clients[name].force_login(person)
    return clients


def test_a_span_is_never_outside_the_file() -> None:
    assert parse_range("bytes=0-", 1) == ByteRange(0, 0)
    assert parse_range("", 10) is None
    with pytest.raises(RangeNotSatisfiable):
        parse_range("bytes=0-", 0)


def test_a_withdrawn_registration_no_longer_opens_the_recording() -> None:
    found = published(visibility="registered")
    registration = factories.registration(meeting=found.meeting)
    client = Client()
    client.force_login(registration.person)
    assert client.get(address_of(found)).status_code == 200
    type(registration).objects.filter(pk=registration.pk).update(state="cancelled", cancelled_at=NOW)
    assert client.get(address_of(found)).status_code == 404
