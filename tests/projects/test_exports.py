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
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from companies.models import Person
from engagement.models import (
    BreakoutAssignment,
    BreakoutGroup,
    BreakoutReservation,
    BreakoutRound,
    CaptionLink,
    ChannelInterpreter,
    ChatSettings,
    InterpretationChannel,
    MessageReaction,
    NoteVersion,
    NoteWriter,
    PollBallot,
    PollVoter,
    PollWord,
    Presentation,
    QuestionSettings,
    QuestionVote,
    ReactionTotal,
    Slide,
    SlideDeck,
)
from engagement.resources.files import name_of
from engagement.resources.models import Resource, resources_storage
from meetings.models import Meeting
from notifications.models import Notification
from projects import acting, agreeing, discussing, exporting, filing
from projects.acting import ActionInput
from projects.archive import sections
from projects.archive.writing import Archive
from projects.files import content_path
from projects.models import (
    AgendaTemplate,
    CarriedItem,
    FileUpload,
    PartnerRequest,
    Post,
    PostEmails,
    ProjectDeletion,
    ProjectExport,
    ProjectRoom,
)
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
    live_between_meetings(project, meeting)
    return meeting


def live_between_meetings(project: Project, meeting: Meeting) -> None:
    thread = discussing.start_thread(
        project=project.room, subject="Ice on the lake", text="How thick is it?", by=project.by, now=NOW
    )
    for minutes, text, given in (
        (1, "Forty centimetres", {"is_by_email": True, "attachments": 2}),
        (2, "", {"deleted_at": NOW}),
    ):
        written_at = NOW + timedelta(minutes=minutes)
        Post.objects.create(
            thread=thread, text=text, written_by=project.member, written_at=written_at, **given
        )
    template = AgendaTemplate.objects.create(project=project.room, name="Monthly", is_default=True)
    template.items.create(number=1, title={"en": "Status of permits"}, minutes=20, speaker="Ieva")
    poll = factories.date_poll(
        project.room, agenda=template, meeting=meeting, state="chosen", next_step="", next_at=None
    )
    for time, answer in zip(poll.times.order_by("starts_at"), ("yes", "maybe"), strict=True):
        time.answers.create(person=project.member, answer=answer, answered_at=NOW)
    sheet = factories.published_sheet(project.room, budget={"en": "1.2 million euro"}, countries=["LT"])
    project.room.sheet.aim = {"en": "An aim that is not public yet."}
    project.room.sheet.save()
    unanswered, answered = (factories.person(email=f"{name}@example.org") for name in ("jonas", "petra"))
    factories.partner_request(sheet, person=unanswered, name="Jonas", text="We make floats.")
    asked = factories.partner_request(sheet, person=answered, name="Petra", text="We make pumps.")
    PartnerRequest.objects.filter(pk=asked.pk).update(answer="Let us talk.", answered_at=NOW)
    factories.resource(meeting, title="Map of currents")
    document = Resource.objects.create(
        room=meeting.room, title="Price list", file_type="csv", size=7, shared_at=NOW
    )
    resources_storage().save(name_of(document.pk, document.file_type), ContentFile(b"pump;9\n"))


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
        for target in set(links.found) - {"https://heat.example.org/map"}:
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
        *("Ice on the lake", "How thick is it?", "Forty centimetres", "2 email attachments"),
        *("Ice load", f"Yes: {project.member}", f"If need be: {project.member}"),
        *("Monthly (for new meetings)", "Status of permits (20 min), Ieva"),
        *("1.2 million euro", "Heat from frozen lakes.", "An aim that is not public yet.", "Lithuania"),
        *("We make floats.", "We make pumps.", "Let us talk.", "petra@example.org"),
        *("https://heat.example.org/map", "Price list"),
    ):
        assert words in whole, words
    assert "jonas@example.org" not in whole  # who has not been answered
    assert "taken back" not in whole
    assert "<script" not in whole
    files = json.loads(archive.read("data/files.json"))
    assert [archive.read(one["path"]) for one in files] == [b"depth;9\n", b"depth;11\n"]
    assert {f"meetings/{meeting.pk}.html", f"notes/{meeting.pk}.html", f"notes/{meeting.pk}.md"} <= names
    rows = {name: json.loads(archive.read(name)) for name in names if name.startswith("data/")}
    assert all(isinstance(found, list) and found for found in rows.values())
    (thread,), (poll,) = rows["data/discussions.json"], rows["data/date_polls.json"]
    assert [one["text"] for one in rows[thread["messages"]]] == ["How thick is it?", "Forty centimetres"]
    assert [time["answers"][0]["answer"] for time in poll["times"]] == ["yes", "maybe"]
    assert poll["meeting"] == f"meetings/{meeting.pk}.html"
    assert [one["kind"] for one in rows["data/project_sheet.json"]] == ["published", "draft"]
    emails = {one["name"]: one["email"] for one in rows["data/contact_requests.json"]}
    assert emails == {"Jonas": "", "Petra": "petra@example.org"}
    assert rows["data/agenda_templates.json"][0]["items"][0]["minutes"] == 20
    (met,), (document,) = rows["data/meetings.json"], rows["data/resources.json"]
    assert met["agenda"][0]["title"] == {"en": "Depths of the harbour"}
    assert met["questions"][0]["text"] == "How deep is it?"
    assert met["polls"][0]["results"][0] == {"text": "Harbour water", "votes": 2}
    assert met["resources"][0]["address"] == "https://heat.example.org/map"
    assert archive.read(document["path"]) == b"pump;9\n"


NOT_IN_IT = {
    CarriedItem: "which action became which agenda item; the agenda has the item",
    FileUpload: "not a file yet",
    PostEmails: "a setting of each member; their own data has it",
    ProjectDeletion: "the history says who decided it",
    ProjectExport: "an archive itself; the history says who asked for it",
    BreakoutAssignment: "who sat in which group is attendance",
    BreakoutGroup: "groups of a meeting hold nothing that is written",
    BreakoutReservation: "as assignments",
    BreakoutRound: "as groups",
    CaptionLink: "a secret address of a captioner",
    ChannelInterpreter: "how a meeting was run",
    ChatSettings: "how a meeting was run",
    InterpretationChannel: "how a meeting was run",
    MessageReaction: "who reacted to a message",
    NoteVersion: "the notes are in it as they are",
    NoteWriter: "who wrote in the notes",
    PollBallot: "how each person voted; results are in it as they were shown",
    PollVoter: "who voted",
    PollWord: "counted into the results",
    Presentation: "which slide is shown now",
    QuestionSettings: "how a meeting was run",
    QuestionVote: "who found a question important",
    ReactionTotal: "reactions to messages",
    Slide: "the archive says that slides are not in it",
    SlideDeck: "the archive says that slides are not in it",
}


def test_every_table_of_projects_and_of_meetings_in_them_is_read_for_it_or_is_left_out_for_a_reason(
    project: Project,
) -> None:
    lived_in(project)
    with zipfile.ZipFile(io.BytesIO(), "w") as file, CaptureQueriesContext(connection) as queries:
        for _step in sections.write_all(Archive(file, "en", NOW), project.room, NOW):
            pass
    read = " ".join(one["sql"] for one in queries if "COUNT(" not in one["sql"])
    models = {
        model for name in ("projects", "engagement") for model in apps.get_app_config(name).get_models()
    }
    models.remove(ProjectRoom)  # read by whoever makes the archive
    left_out = {model for model in models if f'"{model._meta.db_table}"' not in read}
    assert left_out == set(NOT_IN_IT)


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


def test_a_lead_whose_time_zone_there_is_no_more_gets_an_export_all_the_same(project: Project) -> None:
    Person.objects.filter(pk=project.lead.pk).update(timezone="US/Gone")
    assert make(project).state == ProjectExport.State.READY


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
