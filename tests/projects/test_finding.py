"""The timeline of a project and the search over all that it has kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pycrdt
import pytest
from django.urls import reverse
from django.utils import timezone

from engagement.notes.models import NoteUpdate
from meetings.models import Meeting
from projects import acting, discussing, searching
from projects.acting import ActionInput
from projects.models import ProjectFile
from tests import factories
from tests.projects.conftest import Project
from tests.projects.test_discussions import start
from tests.projects.test_members import signed_in

pytestmark = pytest.mark.django_db


def fill(project: Project) -> None:
    now = timezone.now()
    project.room.history.update(at=now - timedelta(days=9))
    given = {"room": project.room.room, "visibility": Meeting.Visibility.INVITED, "host": project.lead}
    held = factories.meeting(
        **given, state="ended", starts_at=now - timedelta(days=2), title={"da": "Åben bølgekraft"}
    )
    factories.meeting(**given, starts_at=now + timedelta(days=2), title={"en": "Next meeting"})
    factories.meeting(**given, state="draft", title={"en": "Draft of a meeting"})
    document = factories.version_of_notes(held).document
    notes: pycrdt.Doc[Any] = pycrdt.Doc()
    paragraph = pycrdt.XmlElement("paragraph")
    notes.get("notes", type=pycrdt.XmlFragment).children.append(paragraph)
    paragraph.children.append(pycrdt.XmlText("Dybde ved kajen: 7 m"))
    NoteUpdate.objects.create(document=document, number=1, content=notes.get_update(), at=now)
    acting.write_decision(project=project.room, text="24 Straßen", by=project.by, now=now)
    content = ActionInput(text="Zapytać żeglugę w Łodzi")
    action = acting.write_action(project=project.room, content=content, by=project.by, now=now)
    acting.set_done(action=action, is_done=True, by=project.by, now=now)
    acting.write_action(project=project.room, content=ActionInput(text="Not done"), by=project.by, now=now)
    start(project, "Ar žėruoja ledas?")
    ProjectFile.objects.create(
        project=project.room, name="Größen der Wärmepumpe.pdf", file_type="pdf", added_at=now, changed_at=now
    )


def test_the_timeline_tells_what_is_to_come_and_what_was_in_a_few_queries(
    project: Project, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    fill(project)
    client, page = signed_in(project.member), reverse("project_timeline", args=[project.room.pk])
    client.get(page)
    with django_assert_max_num_queries(22):
        body = client.get(page).content.decode()
    order = ("Next meeting", "Depths", "24 Straßen", "Room created")
    assert sorted(order, key=body.index)[0] == "Next meeting"
    assert all(
        told in body for told in (*order, "Zapytać żeglugę w Łodzi", "Åben bølgekraft", "Notes", "Wärmepumpe")
    )
    assert body.index("24 Straßen") < body.index("Åben bølgekraft")
    assert "Not done" not in body
    assert "Draft of a meeting" not in body


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("aaben boelgekraft", ["Meetings"]),
        ("strassen", ["Decisions"]),
        ("LODZI zeg", ["Actions"]),
        ("zeruoja", ["Discussions"]),
        ("depths ledas", ["Discussions"]),
        ("groessen waermepumpe", ["Files"]),
        ("quagga", []),
        ("  ", []),
        ("%", []),
    ],
)
def test_each_kind_is_found_in_another_spelling_of_its_letters(
    project: Project, query: str, kinds: list[str]
) -> None:
    fill(project)
    assert [str(found.label) for found in searching.search(project.room, query)] == kinds


def test_the_words_of_notes_are_found_and_a_page_says_where(project: Project) -> None:
    fill(project)
    page = reverse("project_search", args=[project.room.pk])
    client = signed_in(project.member)
    assert reverse("notes", args=[project.room.pk, Meeting.objects.get(state="ended").pk]) in (
        client.get(page, {"q": "kajen dybde"}).content.decode()
    )
    assert "24 Straßen" in client.get(page, {"q": "strassen"}).content.decode()
    assert 'value="quagga"' in client.get(page, {"q": "quagga"}).content.decode()


def test_a_search_reads_the_newest_and_says_that_there_are_older_ones(
    project: Project, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Callable[[int], Any]
) -> None:
    monkeypatch.setattr(searching, "MOST_FOUND", 2)
    thread = start(project, "Ice")
    for number in range(3):
        discussing.write_post(thread=thread, text=f"Ice {number}", by=project.by, now=timezone.now())
    with django_assert_num_queries(6):
        (found,) = searching.search(project.room, "ice")
    assert ([hit.extract for hit in found.hits], found.has_more) == (["Ice 2", "Ice 1"], True)


def test_a_deleted_message_is_not_found_and_one_that_is_leads_to_its_page(project: Project) -> None:
    thread = start(project, "Ice")
    (found,) = searching.search(project.room, "ice")
    there = signed_in(project.member).get(found.hits[0].address)
    post = thread.posts.get()
    assert there.headers["Location"].endswith(f"?page=1#m{post.pk}")
    discussing.delete_post(post=post, by=project.by, now=timezone.now())
    assert searching.search(project.room, "depths") == []
