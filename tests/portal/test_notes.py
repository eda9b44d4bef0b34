"""The pages of notes: read afterwards by those who may, as files, with an earlier version restored."""

import io
from datetime import timedelta
from typing import Any

import pycrdt
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx import Document

from companies.models import Person
from engagement.models import NoteDocument, NoteVersion
from engagement.notes import restoring
from engagement.notes.as_docx import docx_of
from engagement.notes.as_html import html_of
from engagement.notes.as_markdown import markdown_of
from engagement.notes.content import MOST_DEPTH, read_blocks
from engagement.notes.reading import merged
from engagement.notes.storing import PendingUpdate, store_updates
from meetings.models import Meeting
from projects.models import ProjectRoom, ProjectTerms
from tests import factories
from tests.engagement.notes.writers import EVERYTHING, document_of, texts_of

NOW = timezone.now()
NAMES = {"p17": "Rūta <b>"}


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


# ---- how a document is shown ---------------------------------------------------------------------------------


def test_every_node_is_shown_in_html_markdown_and_word() -> None:
    blocks = read_blocks(EVERYTHING)
    html = html_of(blocks, NAMES)
    for part in (
        '<h3 dir="auto">Harbour heats</h3><h4 dir="auto">Costs</h4>',
        "ain <strong>bold</strong> <em>italic</em> and <strong><em>both</em></strong> ",
        '<a href="https://example.org/map?a=1&amp;b=2" rel="noopener noreferrer nofollow">a link</a>',
        "😀 &lt;b&gt;&amp;amp;",
        '<ul><li><p dir="auto">One</p><ul><li><p dir="auto">Nested</p></li></ul></li>',
        '<ol><li><p dir="auto">First</p></li>',
        '<li><span role="img" aria-label="Done">☑</span><p dir="auto">Done</p></li>',
        '<li><span role="img" aria-label="Not done">☐</span><p dir="auto">Open</p></li>',
        '<tr><td><p dir="auto">Gdańsk</p></td><td><p dir="auto">12 | 13</p></td></tr>',
        "Ask <strong>@Rūta &lt;b&gt;</strong> about it<br>soon",
    ):
        assert part in html, part
    text = markdown_of(blocks, {})
    for part in (
        "# Harbour heats\n\n## Costs\n\nain **bold** *italic* and ***both*** [a link](<https://",
        "😀 \\<b\\>\\&amp;",
        "- One\n  - Nested\n- Two\n\n1. First\n2. Second\n\n- [x] Done\n- [ ] Open",
        "| Port | MW |\n| --- | --- |\n| Gdańsk | 12 \\| 13 |",
        "Ask @Someone who has left about it\\\nsoon",
    ):
        assert part in text, part
    word = Document(io.BytesIO(docx_of("Notes", blocks, NAMES)))
    shown = [(each.style.name, each.text) for each in word.paragraphs if each.style is not None]
    for line in (
        ("Heading 1", "Harbour heats"),
        ("List Bullet 2", "Nested"),
        ("List Number", "Second"),
        ("List Paragraph", "☑ Done"),
        ("Normal", "Ask @Rūta <b> about it\nsoon"),
    ):
        assert line in shown, line
    assert [[cell.text for cell in row.cells] for row in word.tables[0].rows] == [
        ["Port", "MW"],
        ["Gdańsk", "12 | 13"],
    ]
    links = [link.address for each in word.paragraphs for link in each.hyperlinks]
    assert links == ["https://example.org/map?a=1&b=2"]


def test_what_notes_do_not_have_is_not_shown() -> None:
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    root = doc.get("notes", type=pycrdt.XmlFragment)

    def put(parent: Any, tag: str, **attributes: Any) -> pycrdt.XmlElement:
        element = pycrdt.XmlElement(tag)
        parent.children.append(element)
        for name, value in attributes.items():
            element.attributes[name] = value
        return element

    put(root, "script").children.append(pycrdt.XmlText("alert(1)"))
    put(put(root, "table_row"), "table_cell")  # out of its place
    put(root, "paragraph", onclick="x()").children.append(pycrdt.XmlText("<img src=x onerror=x()>\x00\u202e"))
    put(put(root, "paragraph"), "mention", person="<b>")
    put(root, "heading", level="1'><script>").children.append(pycrdt.XmlText("T"))
    text = pycrdt.XmlText()
    put(root, "paragraph").children.append(text)
    for href in ("javascript:x()", "https://a\"onclick='x", 7, None):
        text.insert(len(text), "link", {"link": {"href": href}, "script": {}})
    inner: Any = root
    for _ in range(200):
        inner = put(put(inner, "bullet_list"), "list_item")
    blocks = read_blocks(doc.get_update())
    html = html_of(blocks, {})
    assert "&lt;img src=x onerror=x()&gt;" in html
    assert not any(
        bad in html for bad in ("<script", "<img", "javascript", "onclick=", "href", "alert", "\x00")
    )
    assert html.count("<li>") <= MOST_DEPTH
    assert "<h4" in html
    assert docx_of("T", blocks, {})
    assert markdown_of(blocks, {})


# ---- pages ---------------------------------------------------------------------------------------------------


def written(meeting: Meeting, by: Person, *texts: str) -> NoteDocument:
    """One paragraph after the other, an hour between them."""
    doc: pycrdt.Doc[Any] = pycrdt.Doc(client_id=by.pk)
    root = doc.get("notes", type=pycrdt.XmlFragment)
    for turn, text in enumerate(texts):
        before = doc.get_state()
        paragraph = pycrdt.XmlElement("paragraph")
        root.children.append(paragraph)
        paragraph.children.append(pycrdt.XmlText(text))
        update = PendingUpdate(meeting.room_id, meeting.pk, by.pk, by.pk, doc.get_update(before))
        assert store_updates([update], NOW - timedelta(hours=9 - turn)) == [turn + 1]
    return NoteDocument.objects.get(room=meeting.room, meeting=meeting.pk)


@pytest.mark.django_db
def test_notes_are_read_afterwards_and_an_earlier_version_is_restored() -> None:
    host = factories.member(name="Rūta Host")
    start = NOW - timedelta(hours=10)
    meeting = factories.meeting(host=host, state=Meeting.State.ENDED, starts_at=start, started_at=start)
    address = reverse("notes", args=[meeting.room_id, meeting.pk])
    guest = factories.member()
    factories.registration(meeting=meeting, person=guest)
    assert address not in signed_in(host).get(meeting.get_absolute_url()).content.decode()
    document = written(meeting, host, "First", "Second")
    page = signed_in(host).get(address).content.decode()
    version = NoteVersion.objects.get()
    assert "First</p>" in page
    assert "Rūta Host" in page
    assert reverse("notes_version", args=[meeting.room_id, meeting.pk, version.number]) in page
    assert address in signed_in(host).get(meeting.get_absolute_url()).content.decode()

    assert signed_in(guest).get(address).status_code == 403
    assert address not in signed_in(guest).get(meeting.get_absolute_url()).content.decode()
    NoteDocument.objects.update(is_shown=True)
    assert "First</p>" in signed_in(guest).get(address).content.decode()
    assert address in signed_in(guest).get(meeting.get_absolute_url()).content.decode()
    version_address = reverse("notes_version", args=[meeting.room_id, meeting.pk, version.number])
    assert signed_in(guest).post(version_address).status_code == 403

    for kind, part in (("md", b"First\n\nSecond"), ("html", b"First</p>"), ("docx", b"PK")):
        file = signed_in(guest).get(reverse("notes_file", args=[meeting.room_id, meeting.pk, kind]))
        assert part in file.content
        assert f".{kind}" in file.headers["Content-Disposition"]
        assert file.headers["Content-Disposition"].startswith("attachment")
    assert signed_in(host).get(address.removesuffix("/") + "/notes.exe").status_code == 404
    other = factories.meeting(host=host)
    assert signed_in(host).get(reverse("notes", args=[other.room_id, meeting.pk])).status_code == 404

    shown = signed_in(host).get(version_address).content.decode()
    assert ("First" in shown, "Second" in shown) == (True, False)
    signed_in(host).post(version_address)
    document.refresh_from_db()
    assert texts_of(document_of(merged(document))) == ["First"]
    assert document.number == 3
    assert texts_of(document_of(bytes(NoteVersion.objects.latest("number").content))) == ["First", "Second"]


@pytest.mark.django_db
def test_restoring_keeps_every_node_and_what_is_written_meanwhile() -> None:
    meeting = factories.meeting()
    document = written(meeting, meeting.host, "Now")
    version = NoteVersion.objects.create(document=document, number=0, content=EVERYTHING, at=NOW)
    browser = document_of(merged(document))
    restoring.restore(version=version, by=meeting.host.pk, now=NOW)
    stored = merged(NoteDocument.objects.get(pk=document.pk))
    assert read_blocks(stored) == read_blocks(EVERYTHING)
    late = pycrdt.XmlElement("paragraph")
    browser.get("notes", type=pycrdt.XmlFragment).children.append(late)
    late.children.append(pycrdt.XmlText("Meanwhile"))
    browser.apply_update(stored)
    assert "Meanwhile" in texts_of(browser)


@pytest.mark.django_db
def test_notes_of_a_project_room_are_for_its_members_alone() -> None:
    company, other = factories.company(), factories.company()
    room = factories.room(companies=[company, other])
    member, outsider = factories.person(company=company), factories.member()
    meeting = factories.meeting(
        room=room, host=member, visibility=Meeting.Visibility.INVITED, kind=Meeting.Kind.PROJECT_MEETING
    )
    written(meeting, member, "Of the meeting")
    lasting = reverse("notes", args=[room.pk, "room"])
    assert lasting in signed_in(member).get(reverse("project_room", args=[room.pk])).content.decode()
    assert "Nothing has been written yet." in signed_in(member).get(lasting).content.decode()
    address = reverse("notes", args=[room.pk, meeting.pk])
    assert "Of the meeting" in signed_in(member).get(address).content.decode()
    for stranger, code in ((outsider, 404), (factories.secretariat(), 403)):
        assert signed_in(stranger).get(lasting).status_code == 404
        assert signed_in(stranger).get(address).status_code == code
    assert Client().get(lasting).status_code == 404
    ProjectTerms.objects.create(project=room.project, version=1, text={"en": "Quiet."}, written_at=NOW)
    ProjectRoom.objects.update(terms_version=1)
    answer = signed_in(member).get(lasting)
    assert (answer.status_code, answer["Location"]) == (302, reverse("project_terms", args=[room.pk]))
