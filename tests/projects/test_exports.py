"""An export of a project: what its archive holds, who gets it, and what becomes of it."""

import io
import json
import re
import zipfile
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from meetings.models import Meeting
from notifications.models import Notification
from projects import acting, agreeing, exporting, filing
from projects.acting import ActionInput
from projects.files import content_path
from projects.models import ProjectExport, ProjectRoom
from rooms.models import RoomEvent
from tests import factories
from tests.factories import NOW
from tests.projects.conftest import Project
from tests.projects.test_members import signed_in

pytestmark = pytest.mark.django_db


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"href", "src"} and value]


def lived_in(project: Project) -> Meeting:
    """A project in which each thing has happened once."""
    room = project.room.room
    agreeing.write_terms(
        project=project.room, text={"en": "Tell <nobody>."}, expected=0, by=project.by, now=NOW
    )
    meeting = factories.meeting(
        room=room,
        host=project.lead,
        title={"en": "Kick-off & plans"},
        state=Meeting.State.ENDED,
        started_at=NOW,
    )
    factories.agenda_item(meeting, title={"en": "Depths of the harbour"})
    results = [{"id": 1, "votes": 2}]
    factories.poll(meeting, state="closed", is_shared=True, voters=2, final_results=results)
    version = factories.version_of_notes(meeting)
    version.document.state = version.content
    version.document.save()
    factories.live_question(meeting=meeting, text="How deep is it?")
    acting.write_decision(project=project.room, text="24 collectors", by=project.by, now=NOW)
    acting.write_action(
        project=project.room,
        content=ActionInput(text="Ask the office", person=project.member),
        by=project.by,
        now=NOW,
    )
    for seq, text, more in ((1, "<script>alert(1)</script>", {}), (2, "taken back", {"deleted": True})):
        payload = {"from": {"name": "Tomasz", "company": ""}, "text": text, **more}
        RoomEvent.objects.create(room=room, seq=seq, ev="chat.message", at=NOW, payload=payload)
    for content in (b"depth;9\n", b"depth;11\n"):
        filing.keep_file(
            project=project.room,
            content=SimpleUploadedFile("Tiefe im Hafen & See.csv", content),
            name="Tiefe im Hafen & See.csv",
            by=project.by,
            now=timezone.now(),
        )
    return meeting


def make(project: Project) -> ProjectExport:
    export = exporting.ask_for_export(project=project.room, by=project.by, now=NOW)
    exporting.make(export_id=export.pk, now=timezone.now())
    export.refresh_from_db()
    return export


def test_the_archive_holds_everything_and_each_of_its_links_leads_to_a_part_of_it(project: Project) -> None:
    meeting = lived_in(project)
    export = make(project)
    assert (export.state, export.done) == ("ready", export.total)
    client = signed_in(project.lead)
    address = reverse("download_project_export", args=[project.room.pk, export.pk])
    answer = client.get(address)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="Floating_collectors_')
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.testzip() is None
    names = set(archive.namelist())
    pages = {name: archive.read(name).decode() for name in names if name.endswith(".html")}
    for name, page in pages.items():
        links = Links()
        links.feed(page)
        for target in links.found:
            place = PurePosixPath("/", name).parent / unquote(target)
            resolved = re.sub(r"/[^/]+/\.\.(?=/)", "", str(place)).lstrip("/")
            assert resolved in names, (name, target)
    whole = "".join(pages.values())
    for words in (
        *("Tell &lt;nobody&gt;.", "Kick-off &amp; plans", "Depths of the harbour", "How deep is it?"),
        *(
            "Harbour water: 2",
            "24 collectors",
            "Ask the office",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            str(project.member),
        ),
    ):
        assert words in whole, words
    assert "taken back" not in whole
    assert "<script" not in whole
    files = json.loads(archive.read("data/files.json"))
    assert [archive.read(one["path"]) for one in files] == [b"depth;9\n", b"depth;11\n"]
    assert {f"meetings/{meeting.pk}.html", f"notes/{meeting.pk}.html", f"notes/{meeting.pk}.md"} <= names
    for name in names:
        if name.startswith("data/"):
            assert isinstance(json.loads(archive.read(name)), list)


def test_leads_alone_ask_for_it_and_one_at_a_time(project: Project) -> None:
    page = reverse("project_export", args=[project.room.pk])
    assert signed_in(project.member).post(page).status_code == 403
    assert signed_in(factories.member()).post(page).status_code == 404
    ProjectRoom.objects.filter(pk=project.room.pk).update(state="closed", state_changed_at=NOW)
    lead = signed_in(project.lead)
    for _time in range(2):
        lead.post(page)
    assert ProjectExport.objects.count() == 1
    with pytest.raises(IntegrityError):
        ProjectExport.objects.create(project=project.room, asked_at=NOW)


def test_the_lead_is_told_by_email_and_the_archive_goes_after_a_week(
    project: Project, django_capture_on_commit_callbacks: Any
) -> None:
    export = make(project)
    told = Notification.objects.get(kind=Notification.Kind.EXPORT_READY)
    assert (told.person, told.project) == (project.lead, project.room)
    path = exporting.content_path(export.pk)
    assert export.kept_until is not None
    exporting.delete_expired(now=export.kept_until - timedelta(minutes=1))
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        exporting.delete_expired(now=export.kept_until)
    assert not path.exists()
    assert not ProjectExport.objects.exists()


def test_another_worker_makes_what_a_killed_one_left(project: Project) -> None:
    export = exporting.ask_for_export(project=project.room, by=project.by, now=NOW)
    now = timezone.now()
    ProjectExport.objects.update(state="running", claimed_at=now, touched_at=now, attempts=1)
    assert exporting.exports_to_make(now + timedelta(minutes=4)) == []
    later = now + timedelta(minutes=6)
    assert exporting.exports_to_make(later) == [export.pk]
    exporting.make(export_id=export.pk, now=later)
    export.refresh_from_db()
    assert (export.state, export.attempts) == ("ready", 2)


def test_a_worker_that_was_taken_for_dead_leaves_the_export_to_the_other(project: Project) -> None:
    export = exporting.ask_for_export(project=project.room, by=project.by, now=NOW)
    ProjectExport.objects.update(state="running", claimed_at=NOW, touched_at=NOW, attempts=1)
    old = ProjectExport.objects.get()
    exporting.make(export_id=export.pk, now=NOW + timedelta(hours=1))
    with pytest.raises(exporting.ExportStopped):
        exporting._step(old, 1, 2)
    export.refresh_from_db()
    assert export.state == "ready"


def test_an_export_that_cannot_be_made_is_tried_three_times_and_says_so(project: Project) -> None:
    lived_in(project)
    version = project.room.files.get().versions.get(number=1)
    content_path(version.pk).unlink()  # as after a disk was lost
    export = exporting.ask_for_export(project=project.room, by=project.by, now=NOW)
    for attempt in range(3):
        with pytest.raises(FileNotFoundError):
            exporting.make(export_id=export.pk, now=NOW + timedelta(minutes=attempt))
    export.refresh_from_db()
    assert (export.state, export.attempts) == ("failed", 3)
    page = signed_in(project.lead).get(reverse("project_export", args=[project.room.pk])).content.decode()
    assert "This export failed" in page
    assert not list(exporting.folder_of(export.pk).iterdir())
