"""Files of a project: how they come in, who opens and deletes them, and what a virus scanner and a worker do."""

import base64
import io
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from engagement.resources.addresses import stored_address
from meetings.access import Visitor
from projects import filing, joining, preparing_files
from projects.file_kinds import LARGEST_FILE
from projects.files import content_path, delete_orphans, folder_of
from projects.models import FileUpload, FileVersion, HistoryEntry, ProjectFile, ProjectRoom, Role
from tests import factories
from tests.engagement.slides.pdfs import pdf_of
from tests.factories import NOW
from tests.projects.conftest import Project
from tests.projects.test_members import kinds, remove, signed_in
from tests.web.test_bodies import most, with_session, with_token
from webinar_service.web import bodies

pytestmark = pytest.mark.django_db
Kind = HistoryEntry.Kind
TEXT = b"depth;metres\nNorth;11\n"


def keep(project: Project, content: bytes = TEXT, name: str = "Depths.csv", **more: Any) -> FileVersion:
    file = SimpleUploadedFile(name, content)
    given = {"by": project.by, "now": timezone.now(), **more}
    return filing.keep_file(project=project.room, content=file, name=name, **given)


def refused(project: Project, content: bytes, name: str, **more: Any) -> str:
    with pytest.raises(filing.UnableToFile) as refusal:
        keep(project, content, name, **more)
    return refusal.value.code


def download(client: Client, version: FileVersion) -> Any:
    file = version.file
    return client.get(reverse("download_project_file", args=[file.project_id, file.pk, version.number]))


# ---- in one piece --------------------------------------------------------------------------------------------


def test_a_file_is_uploaded_by_a_form_and_opened_by_everyone_in_the_project_alone(project: Project) -> None:
    client, page = signed_in(project.member), reverse("project_files", args=[project.room.pk])
    empty = client.post(page, {"file": SimpleUploadedFile("Plan.pdf", b"")})
    lies = client.post(page, {"file": SimpleUploadedFile("Plan.pdf", b"MZ a program")})
    assert (empty.status_code, lies.status_code) == (422, 422)
    assert "doesn’t match its file type" in lies.content.decode()
    assert client.post(page, {"file": SimpleUploadedFile("C:\\work\\Depths.CSV", TEXT)}).status_code == 302
    version = FileVersion.objects.select_related("file").get()
    assert (version.file.name, version.size, version.uploaded_by) == ("Depths.csv", len(TEXT), project.member)
    reader = factories.person()
    joining.add_person(
        project=project.room, email=reader.email, role=Role.READER, until=None, by=project.by, now=NOW
    )
    answer = download(signed_in(reader), version)
    assert b"".join(answer.streaming_content) == TEXT
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Depths.csv"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    shown = signed_in(reader).get(reverse("project_file", args=[project.room.pk, version.file.pk]))
    assert "North;11" in shown.content.decode()
    assert version.sha256 in shown.content.decode()
    assert "Upload a new version" not in shown.content.decode()
    assert signed_in(reader).post(page, {"file": SimpleUploadedFile("a.csv", TEXT)}).status_code == 403
    assert download(signed_in(factories.member()), version).status_code == 404
    remove(project, project.member)
    assert download(client, version).status_code == 404
    assert stored_address(f"https://webinars.example.org{shown.request['PATH_INFO']}")


def test_a_file_of_the_same_name_becomes_a_version_and_older_ones_stay(project: Project) -> None:
    first = keep(project)
    second = keep(project, TEXT + b"South;9\n", by=Visitor(project.member))
    third = keep(project, TEXT + b"West;7\n", "Newest.csv", file=first.file)
    assert [one.number for one in (first, second, third)] == [1, 2, 3]
    assert ProjectFile.objects.get().name == "Depths.csv"
    client = signed_in(project.member)
    assert b"".join(download(client, first).streaming_content) == TEXT
    assert refused(project, b"%PDF-1.7", "Depths.pdf", file=first.file) == "other_type"
    assert kinds(project)[-3:] == [Kind.FILE_ADDED, Kind.FILE_CHANGED, Kind.FILE_CHANGED]
    listed = client.get(reverse("project_history", args=[project.room.pk])).content.decode()
    assert "New version of a file: <bdi>Depths.csv</bdi>" in listed


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("Plan.pdf", b"\x89PNG\r\n\x1a\n", "other_content"),
        ("Plan.exe", b"MZ", "unknown_type"),
        ("Plan", b"%PDF-1.7", "bad_name"),
        (".pdf", b"%PDF-1.7", "bad_name"),
        (f"{147 * 'a'}.pdf", b"%PDF-1.7", "bad_name"),
        ("Plan.svg", b"<html>", "other_content"),
        ("Plan.zip", b"PK\x03\x04 and nothing", "other_content"),
        ("Plan.txt", b"a\0b", "other_content"),
        ("Plan.txt", b"\xff\xfea", "other_content"),
    ],
)
def test_what_a_file_is_follows_from_its_content(
    project: Project, name: str, content: bytes, code: str
) -> None:
    assert refused(project, content, name) == code
    assert not FileVersion.objects.exists()
    keep(project, b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "Plan.svg")
    keep(project, "Tiefe".encode("utf-16"), "Tiefe.txt")


def test_the_quota_counts_all_versions_and_what_is_being_uploaded(project: Project, settings: Any) -> None:
    settings.PROJECT_QUOTA_BYTES = 100
    keep(project, b"a" * 40, "a.txt")
    page, client = reverse("project_files", args=[project.room.pk]), signed_in(project.lead)
    assert "Almost full" not in client.get(page).content.decode()
    keep(project, b"b" * 30, "a.txt")
    begin(project, b"c" * 25)
    assert "Almost full: 5" in client.get(page).content.decode()
    assert refused(project, b"d" * 6, "d.txt") == "quota"
    keep(project, b"d" * 5, "d.txt")


def test_an_archived_project_gives_its_files_and_takes_none(project: Project) -> None:
    version = keep(project)
    ProjectRoom.objects.filter(pk=project.room.pk).update(state="archived", state_changed_at=NOW)
    client = signed_in(project.lead)
    assert download(client, version).status_code == 200
    page = reverse("project_files", args=[project.room.pk])
    assert client.post(page, {"file": SimpleUploadedFile("a.csv", TEXT)}).status_code == 403
    assert (
        client.post(reverse("delete_project_file", args=[project.room.pk, version.file.pk])).status_code
        == 403
    )


def test_a_file_is_deleted_by_who_added_it_or_a_lead_and_leaves_its_name_in_the_history(
    project: Project,
) -> None:
    mine, theirs = keep(project, by=Visitor(project.member)), keep(project, name="Other.csv")
    member, lead = signed_in(project.member), signed_in(project.lead)
    begin(project, TEXT, file=mine.file)
    paths = [content_path(mine.pk), content_path(FileUpload.objects.get().pk)]
    assert all(path.exists() for path in paths)
    assert (
        member.post(reverse("delete_project_file", args=[project.room.pk, theirs.file.pk])).status_code == 403
    )
    deletes = reverse("delete_project_file", args=[project.room.pk, mine.file.pk])
    assert "Depths.csv" in lead.get(deletes).content.decode()
    member.post(deletes)
    assert list(ProjectFile.objects.values_list("name", flat=True)) == ["Other.csv"]
    entry = project.room.history.latest("pk")
    assert (entry.kind, entry.by, entry.details) == (
        Kind.FILE_DELETED,
        project.member,
        {"name": "Depths.csv"},
    )


def test_the_bytes_go_with_their_rows(project: Project, django_capture_on_commit_callbacks: Any) -> None:
    version = keep(project)
    with django_capture_on_commit_callbacks(execute=True):
        filing.delete_file(file=version.file, by=project.by, now=NOW)
    assert not folder_of(version.pk).exists()
    left = keep(project)
    ProjectFile.objects.all().delete()
    delete_orphans(timezone.now())
    assert folder_of(left.pk).exists()  # it may be a file that is being stored
    delete_orphans(timezone.now() + timedelta(hours=2))
    assert not folder_of(left.pk).exists()


# ---- in parts ------------------------------------------------------------------------------------------------

TUS = {"Tus-Resumable": "1.0.0"}


def begin(project: Project, content: bytes, file: ProjectFile | None = None) -> FileUpload:
    return filing.begin_upload(
        project=project.room,
        name="Depths.csv",
        length=len(content),
        by=project.by,
        now=timezone.now(),
        file=file,
    )


def create(client: Client, project: Project, name: str, length: int) -> Any:
    pairs = {"project": project.room.pk, "filename": name}
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())
    headers = {**TUS, "Upload-Metadata": metadata, "Upload-Length": str(length)}
    return client.post(reverse("file_uploads"), headers=headers)


def send(client: Client, address: str, offset: int, part: bytes) -> Any:
    return client.patch(
        address,
        part,
        content_type="application/offset+octet-stream",
        headers={**TUS, "Upload-Offset": str(offset)},
    )


def test_an_upload_goes_on_where_it_stopped_and_becomes_a_file_with_its_last_byte(project: Project) -> None:
    client = signed_in(project.lead)
    address = create(client, project, "Depths.csv", len(TEXT)).headers["Location"]
    assert send(client, address, 0, TEXT[:10]).headers["Upload-Offset"] == "10"
    assert send(client, address, 0, TEXT[:10]).status_code == 409
    assert client.head(address, headers=TUS).headers["Upload-Offset"] == "10"
    assert signed_in(project.member).head(address, headers=TUS).status_code == 404
    assert send(client, address, 10, TEXT[10:] + b"more").status_code == 413
    assert not FileVersion.objects.exists()
    assert send(client, address, 10, TEXT[10:]).status_code == 204
    version = FileVersion.objects.get()
    assert b"".join(download(client, version).streaming_content) == TEXT
    assert not FileUpload.objects.exists()
    assert send(client, address, len(TEXT), b"").status_code == 404


def test_an_upload_is_refused_at_the_start_or_with_its_content(project: Project) -> None:
    client, stranger = signed_in(project.lead), signed_in(factories.member())
    assert create(stranger, project, "Depths.csv", 9).status_code == 404
    assert create(client, project, "Depths.exe", 9).status_code == 415
    assert create(client, project, "Depths.csv", LARGEST_FILE + 1).status_code == 413
    address = create(client, project, "Depths.pdf", 4).headers["Location"]
    answer = send(client, address, 0, b"text")
    assert answer.status_code == 415
    assert "doesn’t match its file type" in answer.content.decode()
    assert not FileUpload.objects.exists()


def test_a_member_who_is_removed_sends_no_further_part(project: Project) -> None:
    client = signed_in(project.member)
    address = create(client, project, "Depths.csv", len(TEXT)).headers["Location"]
    send(client, address, 0, TEXT[:10])
    remove(project, project.member)
    assert client.head(address, headers=TUS).status_code == 404
    assert send(client, address, 10, TEXT[10:]).status_code == 404
    assert not FileVersion.objects.exists()


def test_what_a_killed_process_left_is_finished_and_what_nobody_continues_goes(project: Project) -> None:
    whole, half = begin(project, TEXT), begin(project, TEXT)
    filing._append(whole.pk, 0, TEXT, NOW)  # and killed before it was checked
    filing._append(half.pk, 0, TEXT[:5], NOW)
    filing.finish_uploads(now=NOW + timedelta(minutes=2))
    assert FileVersion.objects.get().pk == whole.pk
    filing.finish_uploads(now=NOW + timedelta(hours=47))
    assert FileUpload.objects.get() == half
    filing.finish_uploads(now=NOW + timedelta(hours=49))
    assert not FileUpload.objects.exists()


def test_large_bodies_are_taken_from_those_who_write_in_the_project(project: Project) -> None:
    form = reverse("project_files", args=[project.room.pk])
    upload = begin(project, TEXT)
    part = reverse("file_upload", args=[upload.pk])
    of_program = reverse("api:file_upload", args=[project.room.pk, upload.pk])
    lead, member, stranger = (with_session(one) for one in (project.lead, project.member, factories.member()))
    assert most(form, lead) == LARGEST_FILE + bodies.FORM_AROUND_A_FILE
    assert most(part, lead) == most(of_program, with_token(project.lead)) == bodies.LARGEST_PART
    assert most(part, member) == most(of_program, with_token(project.member)) == bodies.ANONYMOUS
    assert most(form, stranger) == bodies.ANONYMOUS


# ---- what a worker does --------------------------------------------------------------------------------------


def picture() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(kept, "PNG")
    return kept.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "pages"),
    [("a.png", picture(), 1), ("a.pdf", pdf_of(), 2), ("b.pdf", b"%PDF-1.7", 0)],
    ids=["picture", "PDF", "damaged PDF"],
)
def test_a_worker_draws_the_preview(project: Project, name: str, content: bytes, pages: int) -> None:
    version = keep(project, content, name)
    preparing_files.prepare(version_id=version.pk, now=timezone.now())
    client, file = signed_in(project.member), version.file
    version.refresh_from_db()
    assert (version.is_ready, version.pages) == (True, pages)
    assert preparing_files.versions_to_prepare(timezone.now() + timedelta(days=1)) == []
    shown = client.get(reverse("project_file", args=[project.room.pk, file.pk])).content.decode()
    assert len(re.findall(r"/1/\d+\.webp", shown)) == pages
    assert ("no preview" in shown) == (pages == 0)
    for page, status in ((1, 200 if pages else 404), (pages + 1, 404)):
        address = reverse("project_file_preview", args=[project.room.pk, file.pk, 1, page])
        assert client.get(address).status_code == status
        assert signed_in(factories.member()).get(address).status_code == 404


@contextmanager
def clamd(settings: Any, path: Path, answers: dict[bytes, bytes]) -> Iterator[None]:
    """Speaks INSTREAM; answers by what the stream holds."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()
    settings.CLAMD_URL = f"unix://{path}"

    def serve() -> None:
        while True:
            try:
                connection, _address = server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as incoming:
                assert incoming.read(10) == b"zINSTREAM\0"
                content = b""
                while size := int.from_bytes(incoming.read(4), "big"):
                    content += incoming.read(size)
                found = next((answer for mark, answer in answers.items() if mark in content), b"OK")
                connection.sendall(b"stream: " + found + b"\0")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def test_nobody_opens_a_file_before_the_scanner_has_seen_it(
    project: Project, settings: Any, tmp_path: Path
) -> None:
    settings.CLAMD_URL = f"unix://{tmp_path}/nobody.sock"
    version, client = keep(project), signed_in(project.lead)
    now = timezone.now()
    page = reverse("project_file", args=[project.room.pk, version.file.pk])
    assert download(client, version).status_code == 404
    assert "being checked for viruses" in client.get(page).content.decode()
    for minutes in (0, 2):
        preparing_files.prepare(version_id=version.pk, now=now + timedelta(minutes=minutes))
    assert "scanner is not available" in client.get(page).content.decode()
    assert download(client, version).status_code == 404
    with clamd(settings, tmp_path / "clamd.sock", {}):
        preparing_files.prepare(version_id=version.pk, now=now + timedelta(minutes=4))
    assert b"".join(download(client, version).streaming_content) == TEXT


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"Eicar-Test FOUND", "A virus was found"),
        (b"INSTREAM size limit exceeded. ERROR", "too large to be checked"),
    ],
)
def test_a_version_that_the_scanner_refuses_is_never_opened(
    project: Project, settings: Any, tmp_path: Path, answer: bytes, says: str
) -> None:
    with clamd(settings, tmp_path / "clamd.sock", {b"EICAR": answer}):
        good, bad = keep(project), keep(project, b"EICAR;9\n")
        for version in (good, bad):
            preparing_files.prepare(version_id=version.pk, now=timezone.now())
    client = signed_in(project.lead)
    assert (download(client, good).status_code, download(client, bad).status_code) == (200, 404)
    page = client.get(reverse("project_file", args=[project.room.pk, bad.file.pk])).content.decode()
    assert says in page
    assert not folder_of(bad.pk).exists()
