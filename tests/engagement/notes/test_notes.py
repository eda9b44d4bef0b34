"""Notes that several write at once: merged, kept before they are acknowledged, and only for those who may read them."""

import json
from datetime import timedelta
from typing import Any

import pycrdt
import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from companies import erasing
from companies.models import Person
from engagement.models import NoteDocument, NoteUpdate, NoteVersion, NoteWriter
from engagement.notes import storing
from engagement.notes.messages import LARGEST_PIECE
from engagement.notes.personal_data import delete_old_notes
from engagement.notes.reading import merged
from engagement.notes.storing import LARGEST_UPDATE, MERGED_AFTER, PendingUpdate, store_updates
from meetings.models import Meeting, MeetingRole
from projects.models import ProjectMember
from rooms.messages import MAX_FRAME
from rooms.models import Participant, Room
from rooms.refusals import Refused
from tests import factories
from tests.engagement.notes.writers import document_of, texts_of, writer, written
from tests.rooms.conftest import IN_ONE_FORM, Join
from tests.rooms.people import enter
from tests.rooms.server import Server

NOW = timezone.now()


def content_of(meeting: str) -> list[str]:
    return texts_of(document_of(merged(NoteDocument.objects.get(meeting=meeting))))


content = sync_to_async(content_of)


# ---- writing together ----------------------------------------------------------------------------------------


async def test_what_several_write_is_merged_and_there_for_who_comes_later(
    live_meeting: Meeting, join: Join
) -> None:
    document = live_meeting.pk
    first = await writer(await join(live_meeting, live_meeting.host), document, 1)
    second = await writer(await join(live_meeting), document, 2)
    assert await first.write("Heat") == 1
    await second.reads("Heat")
    assert await second.write("Cold") == 2
    await first.reads("Heat", "Cold")
    late = await writer(await join(live_meeting), document, 3)
    assert sorted(late.texts) == ["Cold", "Heat"]
    stored = await NoteDocument.objects.aget(meeting=document)
    assert (stored.number, stored.room_id, stored.name) == (2, live_meeting.room_id, document)
    assert await content(document) == late.texts
    listed = (await late.client.does("notes.list"))["documents"]
    assert [(each["document"], each["meeting"]) for each in listed] == [(document, document)]
    assert listed[0]["changed_at"]
    await second.client.does("notes.close", document=document)
    await first.write("Warm")
    assert (await second.send())["error"] == "not_now"  # it is not open any more
    assert len(second.client.all("notes.updated")) == 2


@IN_ONE_FORM
async def test_the_same_person_goes_on_under_their_client_id_after_a_break(
    live_meeting: Meeting, join: Join
) -> None:
    document = live_meeting.pk
    host, other = await join(live_meeting, live_meeting.host), await join(live_meeting)
    first, second = await writer(host, document, 1), await writer(other, document, 2)
    await first.write("Before")
    await host.close()
    first.type("Offline")
    await second.write("Meanwhile")
    first.client, first.seen = await join(live_meeting, live_meeting.host), 0
    await first.open()
    change = first.unsent
    for _ in range(2):  # the second time it is known
        first.unsent = change
        assert (await first.send())["number"] == 3
    await second.reads("Before", "Meanwhile", "Offline")
    assert await NoteUpdate.objects.acount() == 3
    assert sorted(await content(document)) == ["Before", "Meanwhile", "Offline"]


async def test_two_processes_have_one_document(
    live_meeting: Meeting, two_servers: tuple[Server, Server]
) -> None:
    seat = await sync_to_async(factories.registration)(meeting=live_meeting)
    clients = [await enter(two_servers[0], live_meeting, live_meeting.host)]
    try:
        first = await writer(clients[0], live_meeting.pk, 1)
        clients.append(await enter(two_servers[1], live_meeting, seat.person, seat=seat))
        # A process that opens the room may have missed something, and so may who wrote meanwhile.
        assert (await first.client.receives("notes.stale"))["document"] == live_meeting.pk
        second = await writer(clients[1], live_meeting.pk, 2)
        for turn in range(5):
            await first.write(f"a{turn}")
            await second.write(f"b{turn}")
        texts = [f"{who}{turn}" for who in "ab" for turn in range(5)]
        await first.reads(*texts)
        await second.reads(*texts)
        assert first.texts == second.texts == await content(live_meeting.pk)
        position = {"anchor": {"tname": "notes"}, "head": {"tname": "notes", "assoc": -1}}
        await second.client.does("notes.cursor", document=live_meeting.pk, client=2, cursor=position)
        moved = (await first.client.receives("notes.cursors"))["cursors"][0]
        assert (moved["client"], moved["person"]["id"]) == (2, second.client.id)
        assert moved["cursor"]["head"]["assoc"] == -1
    finally:
        for client in clients:
            await client.close()


@IN_ONE_FORM
async def test_a_large_update_comes_and_goes_in_pieces(live_meeting: Meeting, join: Join) -> None:
    document = live_meeting.pk
    first = await writer(await join(live_meeting, live_meeting.host), document, 1)
    second = await writer(await join(live_meeting), document, 2)
    long = "Wärme " * 20_000
    first.type(long)
    change = pycrdt.merge_updates(*first.unsent)
    assert 3 * LARGEST_PIECE < len(change) < LARGEST_UPDATE
    pieces = [change[at : at + LARGEST_PIECE] for at in range(0, len(change), LARGEST_PIECE)]
    given: dict[str, Any] = {"document": document, "client": 1}
    for piece in pieces[:-1]:
        reply = await first.client.does("notes.update", **given, update=written(piece), more=True)
        assert reply["number"] is None
    assert (await first.client.does("notes.update", **given, update=written(pieces[-1])))["number"] == 1
    assert (await second.client.receives("notes.updated", number=1))["update"] is None
    await second.open()
    assert second.texts == [long]
    assert second.client.largest <= MAX_FRAME
    assert (await second.client.asks("notes.open", document=document, offset=1))["error"] == "not_now"


# ---- what is refused -----------------------------------------------------------------------------------------


def change_by(client_id: int, text: str, root: str = "notes", base: bytes = b"") -> bytes:
    doc: pycrdt.Doc[Any] = pycrdt.Doc(client_id=client_id)
    if base:
        doc.apply_update(base)
    before = doc.get_state()
    fragment = doc.get(root, type=pycrdt.XmlFragment)
    paragraph = pycrdt.XmlElement("paragraph")
    fragment.children.append(paragraph)
    paragraph.children.append(pycrdt.XmlText(text))
    return doc.get_update(before)


def later_half() -> bytes:
    """What builds on an update that the room has never got."""
    doc: pycrdt.Doc[Any] = pycrdt.Doc(client_id=1)
    doc.apply_update(change_by(1, "first"))
    before = doc.get_state()
    doc.get("notes", type=pycrdt.XmlFragment).children.append(pycrdt.XmlElement("paragraph"))
    return doc.get_update(before)


def shared_map() -> bytes:
    doc: pycrdt.Doc[Any] = pycrdt.Doc(client_id=1)
    doc.get("notes", type=pycrdt.Map)["x"] = pycrdt.Map({"y": 1})
    return doc.get_update()


@IN_ONE_FORM
async def test_hostile_updates_are_refused_and_leave_nothing(live_meeting: Meeting, join: Join) -> None:
    document = live_meeting.pk
    host = await join(live_meeting, live_meeting.host)
    await host.does("notes.open", document=document)
    good = change_by(1, "x")
    cases: list[tuple[bytes, str]] = [
        (b"", "bad_field"),
        (b"\xff" * 40, "bad_field"),
        (good[:-1], "bad_field"),
        (good + b"\x00", "bad_field"),
        (bytes((1, 1, 1, 0, 10, 5, 0)), "bad_field"),  # a gap
        (bytes((1, 1, 1, 0, 9, 1, 1)), "bad_field"),  # a document within the document
        (change_by(1, "x", root="other"), "bad_field"),
        (shared_map(), "bad_field"),
        (later_half(), "not_now"),
        (change_by(2, "by another client"), "not_allowed"),
        (change_by(2, "x", base=change_by(3, "never sent")), "not_allowed"),
        (bytes((0, 1, 9, 1, 0, 5)), "not_now"),  # deletes what nobody has written
    ]
    for update, code in cases:
        reply = await host.asks("notes.update", document=document, client=1, update=written(update))
        assert reply.get("error") == code, (update, reply)
    for fields in (
        {"update": "nobase64!"},
        {"update": "AAA"},
        {"client": -1},
        {"client": 2**53},
        {"document": "x" * 17},
        {"update": "A" * 56_004},
    ):
        given = {"document": document, "client": 1, "update": written(good), **fields}
        assert (await host.asks("notes.update", **given))["error"] == "bad_field", fields
    assert not await NoteUpdate.objects.aexists()
    for fields in ({"document": "other"}, {"document": "room"}):
        assert (await host.asks("notes.open", **fields))["error"] == "not_found"
        given = {"client": 1, "update": written(good), **fields}
        assert (await host.asks("notes.update", **given))["error"] == "not_now"
    bad_vector = await host.asks("notes.open", document=document, vector="/////w==")
    assert bad_vector["error"] == "bad_field"
    many = LARGEST_UPDATE // LARGEST_PIECE + 1
    piece = written(b"\x01" * LARGEST_PIECE)
    given = {"document": document, "client": 1, "update": piece, "more": True}
    replies = [await host.asks("notes.update", **given) for _ in range(many)]
    assert replies[-1]["detail"] == "too_large"
    assert (await host.does("notes.update", document=document, client=1, update=written(good)))["number"] == 1
    assert await content(document) == ["x"]


@pytest.mark.django_db
def test_a_full_document_and_one_with_too_many_clients_take_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = factories.meeting()
    person = factories.person()

    def store(update: bytes, client: int, by: Person = person) -> Any:
        pending = PendingUpdate(meeting.room_id, meeting.pk, by.pk, client, update)
        found = store_updates([pending], NOW)[0]
        return found.message if isinstance(found, Refused) else found

    assert store(change_by(1, "one"), 1) == 1
    assert store(change_by(1, "one"), 1) == 1  # sent again
    assert store(change_by(1, "forged"), 1, factories.person()) == "client: of somebody else"
    monkeypatch.setattr(storing, "MOST_CLIENTS", 1)
    assert store(change_by(2, "two"), 2) == "too_many_clients"
    monkeypatch.setattr(storing, "MOST_CLIENTS", 2)
    monkeypatch.setattr(storing, "LARGEST_DOCUMENT", NoteDocument.objects.get().size + 5)
    assert store(change_by(2, "two"), 2) == "document_full"
    assert content_of(meeting.pk) == ["one"]


# ---- who may -------------------------------------------------------------------------------------------------


@IN_ONE_FORM
async def test_attendees_of_a_webinar_read_only_while_a_host_shows_the_notes(
    live_webinar: Meeting, join: Join
) -> None:
    document = live_webinar.pk
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    author = await writer(host, document, 1)
    await author.write("Secret")
    for do, fields in (
        ("notes.open", {"document": document}),
        ("notes.list", {}),
        ("notes.names", {"query": "a"}),
        ("notes.close", {"document": document}),
    ):
        assert (await guest.asks(do, **fields))["error"] == "not_now", do
    assert guest.welcome["snapshot"]["notes_shown"] is False
    assert (await guest.asks("notes.show", on=True))["error"] == "not_allowed"
    await host.does("notes.show", on=True)
    await host.does("notes.show", on=True)
    assert "notes.open" in (await guest.receives("you"))["you"]["may"]
    assert len(guest.all("notes.shown")) == 1
    reader = await writer(guest, document, 2)
    assert reader.texts == ["Secret"]
    reader.type("graffiti")
    refused = await guest.asks("notes.update", document=document, client=2, update=reader.change())
    assert refused["error"] == "not_now"
    await author.write("Public")
    await guest.receives("notes.updated", number=2)
    await host.does("notes.show", on=False)
    await guest.receives("notes.shown", on=False)
    await author.write("Secret again")
    await host.receives("notes.updated", number=3)
    assert not guest.all("notes.updated", number=3)
    assert (await guest.asks("notes.open", document=document))["error"] == "not_now"
    assert (await join(live_webinar)).welcome["snapshot"]["notes_shown"] is False


def project_meeting() -> tuple[Meeting, Person, Person]:
    """A live one in a project room, one of its members, and a speaker from outside."""
    companies = [factories.company(), factories.company()]
    room = factories.room(companies=companies)
    host, member = (factories.person(company=company) for company in companies)
    meeting = factories.meeting(
        room=room,
        host=host,
        kind=Meeting.Kind.PROJECT_MEETING,
        visibility=Meeting.Visibility.INVITED,
        state=Meeting.State.LIVE,
        starts_at=NOW,
        started_at=NOW,
    )
    outsider = factories.member()
    factories.role(meeting, outsider, MeetingRole.Role.SPEAKER)
    return meeting, member, outsider


@IN_ONE_FORM
@pytest.mark.django_db(transaction=True)
async def test_people_from_outside_get_no_other_notes_of_a_project_room(join: Join) -> None:
    meeting, member_person, outsider_person = await sync_to_async(project_meeting)()
    room: Room = await Room.objects.aget(pk=meeting.room_id)
    earlier = await NoteDocument.objects.acreate(room=room, meeting="earlier", created_at=NOW)
    foreign = await sync_to_async(factories.meeting)()
    await NoteDocument.objects.acreate(room_id=foreign.room_id, meeting=foreign.pk, created_at=NOW)
    member, outsider = await join(meeting, member_person), await join(meeting, outsider_person)
    names = [each["document"] for each in (await member.does("notes.list"))["documents"]]
    assert names == ["room", meeting.pk, earlier.meeting]
    names = [each["document"] for each in (await outsider.does("notes.list"))["documents"]]
    assert names == [meeting.pk]
    for document in ("room", earlier.meeting, foreign.pk):
        assert (await outsider.asks("notes.open", document=document))["error"] == "not_found", document
    assert (await member.asks("notes.open", document=foreign.pk))["error"] == "not_found"
    lasting = await writer(member, "room", 1)
    await lasting.write("For us")
    shared = await writer(outsider, meeting.pk, 2)
    await shared.write("For all")
    await writer(member, meeting.pk, 3)
    stored = NoteDocument.objects.filter(room=room, number__gt=0).order_by("meeting")
    assert [(each.name, each.meeting) async for each in stored] == [("room", ""), (meeting.pk, meeting.pk)]
    assert not outsider.all("notes.updated", document="room")


@IN_ONE_FORM
@pytest.mark.django_db(transaction=True)
async def test_a_guest_of_the_project_writes_its_notes_and_a_reader_reads_them(join: Join) -> None:
    meeting, reader_person, _outsider = await sync_to_async(project_meeting)()
    guest_person = await sync_to_async(factories.person)()
    for person, role in ((guest_person, "member"), (reader_person, "reader")):
        row = ProjectMember(project_id=meeting.room_id, person=person, role=role, added_at=NOW)
        row.company_id = person.company_id
        await row.asave()
    guest, reader = await join(meeting, guest_person), await join(meeting, reader_person)
    lasting = await writer(guest, "room", 1)
    await lasting.write("For us")
    names = [each["document"] for each in (await reader.does("notes.list"))["documents"]]
    assert names == ["room", meeting.pk]
    assert (await reader.does("notes.open", document="room"))["number"] == 1
    refused = await reader.asks("notes.update", document="room", client=2, update="AAA=")
    assert refused["error"] == "not_allowed"


@IN_ONE_FORM
async def test_people_of_the_room_can_be_mentioned_by_name(live_meeting: Meeting, join: Join) -> None:
    host, guest = await join(live_meeting, live_meeting.host), await join(live_meeting)
    name = (await Participant.objects.aget(person=live_meeting.host)).name
    found = (await guest.does("notes.names", query=name[:4].lower()))["names"]
    assert found[host.id] == name
    assert (await guest.does("notes.names", ids=[host.id, "p999999"]))["names"] == {host.id: name}
    assert (await guest.does("notes.names", query="nobody of this name"))["names"] == {}
    assert (await guest.asks("notes.names", ids=["p1"] * 51))["error"] == "bad_field"


# ---- what is kept --------------------------------------------------------------------------------------------


def store(meeting: Meeting, doc: pycrdt.Doc[Any], person: Person, at: Any) -> int:
    """What the document has more than is stored."""
    known = NoteDocument.objects.filter(meeting=meeting.pk).first()
    before = document_of(merged(known)).get_state() if known else None
    update = doc.get_update(before) if before else doc.get_update()
    pending = PendingUpdate(meeting.room_id, meeting.pk, person.pk, doc.client_id, update)
    found = store_updates([pending], at)[0]
    assert isinstance(found, int), found
    return found


@pytest.mark.django_db
def test_many_updates_are_merged_into_one_without_what_was_deleted() -> None:
    meeting, person = factories.meeting(), factories.person()
    doc: pycrdt.Doc[Any] = pycrdt.Doc(client_id=7)
    root = doc.get("notes", type=pycrdt.XmlFragment)
    pending, before = [], doc.get_state()
    for number in range(MERGED_AFTER):
        if number % 3 == 2:
            del root.children[0]
        else:
            root.children.append(pycrdt.XmlElement("paragraph", {}, [pycrdt.XmlText(f"Line {number} " * 5)]))
        pending.append(PendingUpdate(meeting.room_id, meeting.pk, person.pk, 7, doc.get_update(before)))
        before = doc.get_state()
    assert store_updates(pending, NOW)[-1] == MERGED_AFTER
    document = NoteDocument.objects.get()
    assert not document.updates.exists()
    assert document.size == len(document.state) < sum(len(each.content) for each in pending) / 2
    assert content_of(meeting.pk) == texts_of(doc)
    doc.get("notes", type=pycrdt.XmlFragment).children.append(pycrdt.XmlElement("paragraph"))
    assert store(meeting, doc, person, NOW) == MERGED_AFTER + 1
    assert content_of(meeting.pk) == texts_of(doc)


@pytest.mark.django_db
def test_a_version_is_kept_when_writing_goes_on_after_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    meeting, first, second = factories.meeting(), factories.person(), factories.person()
    mine: pycrdt.Doc[Any] = pycrdt.Doc(client_id=1)

    def write(text: str, person: Person, at: Any) -> None:
        doc: pycrdt.Doc[Any] = pycrdt.Doc(client_id=person.pk)
        doc.apply_update(mine.get_update())
        root = doc.get("notes", type=pycrdt.XmlFragment)
        root.children.append(pycrdt.XmlElement("paragraph", {}, [pycrdt.XmlText(text)]))
        store(meeting, doc, person, at)
        mine.apply_update(doc.get_update())

    write("one", first, NOW)
    write("two", second, NOW + timedelta(minutes=1))
    assert not NoteVersion.objects.exists()
    write("three", second, NOW + timedelta(minutes=7))
    version = NoteVersion.objects.get()
    assert texts_of(document_of(bytes(version.content))) == ["one", "two"]
    assert set(version.people.all()) == {first, second}
    assert version.at == NOW + timedelta(minutes=1)
    for minute in range(8, 45, 4):  # without a pause
        write("more", second, NOW + timedelta(minutes=minute))
    assert [set(each.people.all()) for each in NoteVersion.objects.order_by("-number")] == [
        {second},
        {first, second},
    ]
    monkeypatch.setattr(storing, "MOST_VERSIONS", 2)
    write("later", first, NOW + timedelta(hours=3))
    assert NoteVersion.objects.count() == 2
    assert texts_of(document_of(bytes(NoteVersion.objects.earliest("number").content))) != ["one", "two"]


@pytest.mark.django_db
def test_who_wrote_is_exported_and_forgotten_and_old_notes_are_deleted() -> None:
    meeting, person = factories.meeting(), factories.person()
    doc: pycrdt.Doc[Any] = pycrdt.Doc(client_id=1)
    doc.get("notes", type=pycrdt.XmlFragment).children.append(pycrdt.XmlElement("paragraph"))
    store(meeting, doc, person, NOW)
    doc.get("notes", type=pycrdt.XmlFragment).children.append(pycrdt.XmlElement("paragraph"))
    store(meeting, doc, person, NOW + timedelta(hours=1))
    assert NoteVersion.objects.get().people.get() == person
    erasing.erase_person(person=person, now=NOW)
    assert NoteWriter.objects.get().person is None
    assert not NoteVersion.objects.get().people.exists()
    assert delete_old_notes(NOW + timedelta(days=700), 10) == 0
    assert delete_old_notes(NOW + timedelta(days=760), 10) == 1
    assert not NoteDocument.objects.exists()


def test_the_largest_piece_fits_into_a_frame() -> None:
    frame = {"re": 2**53, "ok": True, "update": written(b"x" * LARGEST_PIECE), "next": 2**31, "number": 2**53}
    assert len(json.dumps(frame)) <= MAX_FRAME
