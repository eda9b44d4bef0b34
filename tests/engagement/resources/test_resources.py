"""Resources in the room: hosts and speakers give everybody links and documents, in every process."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from companies import erasing
from engagement.models import Resource
from engagement.resources import sharing
from engagement.resources.describing import MOST_RESOURCES, info_of
from engagement.resources.files import name_of
from engagement.resources.models import resources_storage
from engagement.resources.sharing import UnableToShare
from engagement.resources.state import LARGEST_PART
from meetings import running as meeting_running
from meetings.models import Meeting
from rooms.models import RoomEvent
from rooms.refusals import Refused
from rooms.room_state import size_of
from tests import factories
from tests.engagement.resources.documents import document
from tests.rooms.conftest import IN_ONE_FORM, Join
from tests.rooms.people import closing, enter
from tests.rooms.server import Server

LINK = {"title": "The heat map", "url": "https://värme.example/karta"}


@pytest.fixture(autouse=True)
def own_storage(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def speaker_in(meeting: Meeting) -> Any:
    person = factories.member()
    factories.role(meeting, person, "speaker")
    return person


def ids(shown: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in shown]


# ---- in the room ---------------------------------------------------------------------------------------------


async def test_everybody_gets_what_speakers_share_and_who_comes_later_too(
    live_webinar: Meeting, join: Join
) -> None:
    earlier = (await sync_to_async(factories.resource)(live_webinar, file_type="pdf", title="Prices")).pk
    speaker = await join(live_webinar, await sync_to_async(speaker_in)(live_webinar))
    guest = await join(live_webinar)
    first = guest.welcome["snapshot"]["resources"][0]
    assert (first["id"], first["kind"], first["type"], first["size"]) == (earlier, "file", "pdf", 1000)
    assert first["url"] == f"/rooms/{live_webinar.room_id}/resources/{earlier}/"
    link = (await speaker.does("resource.share", **LINK))["resource"]
    shared = await guest.receives("resource.shared")
    assert (shared["by"]["id"], shared["meeting"]) == (speaker.id, live_webinar.pk)
    assert shared["resource"] | {"at": ""} == {
        "id": link,
        "kind": "link",
        "title": "The heat map",
        "url": "https://xn--vrme-loa.example/karta",
        "host": "värme.example",
        "type": "",
        "size": 0,
        "at": "",
    }
    late = await join(live_webinar)
    assert ids(late.welcome["snapshot"]["resources"]) == [earlier, link]
    row = await Resource.objects.aget(pk=link)
    assert (row.meeting, row.is_shown_before, row.shared_by_id is None) == (live_webinar.pk, False, False)
    await sync_to_async(sharing.change)(
        resource_id=link,
        room_id=live_webinar.room_id,
        title="The new map",
        address=None,
        by=None,
        now=timezone.now(),
    )
    assert (await guest.receives("resource.changed"))["resource"]["title"] == "The new map"
    later = (await join(live_webinar)).welcome["snapshot"]["resources"]
    assert [each["title"] for each in later] == ["Prices", "The new map"]
    await speaker.does("resource.remove", resource=earlier)
    assert (await guest.receives("resource.removed"))["resource"] == earlier
    assert ids((await join(live_webinar)).welcome["snapshot"]["resources"]) == [link]
    assert (await speaker.asks("resource.remove", resource=earlier))["error"] == "not_found"


@IN_ONE_FORM
@pytest.mark.parametrize(
    ("do", "fields", "code"),
    [
        ("resource.share", {}, "bad_field"),
        ("resource.share", {"title": "x"}, "bad_field"),
        ("resource.share", {**LINK, "title": ""}, "bad_field"),
        ("resource.share", {**LINK, "title": "\u200b"}, "bad_field"),
        ("resource.share", {**LINK, "title": "x" * 121}, "bad_field"),
        ("resource.share", {**LINK, "title": 7}, "bad_field"),
        ("resource.share", {**LINK, "url": "javascript:alert(1)"}, "bad_field"),
        ("resource.share", {**LINK, "url": "http://example.org"}, "bad_field"),
        ("resource.share", {**LINK, "url": "https://bank.example@other.example"}, "bad_field"),
        ("resource.share", {**LINK, "url": "https://example.org/" + "x" * 800}, "bad_field"),
        ("resource.share", {**LINK, "before": True}, "bad_field"),
        ("resource.remove", {}, "bad_field"),
        ("resource.remove", {"resource": "x" * 17}, "bad_field"),
        ("resource.remove", {"resource": None}, "bad_field"),
        ("resource.remove", {"resource": "nothing"}, "not_found"),
        ("resource.remove", {"resource": "FOREIGN"}, "not_found"),
    ],
)
async def test_what_cannot_be_done_is_refused(
    live_webinar: Meeting, join: Join, do: str, fields: dict[str, Any], code: str
) -> None:
    elsewhere = await sync_to_async(factories.meeting)()
    foreign = (await sync_to_async(factories.resource)(elsewhere)).pk
    host = await join(live_webinar, live_webinar.host)
    given = {name: foreign if value == "FOREIGN" else value for name, value in fields.items()}
    assert (await host.asks(do, **given))["error"] == code
    assert not await RoomEvent.objects.filter(ev__startswith="resource.").aexists()


@IN_ONE_FORM
async def test_only_speakers_and_hosts_share_and_only_until_the_end(
    scheduled_webinar: Meeting, join: Join
) -> None:
    speaker = await join(scheduled_webinar, await sync_to_async(speaker_in)(scheduled_webinar))
    host, waiting = await join(scheduled_webinar, scheduled_webinar.host), await join(scheduled_webinar)
    first = (await speaker.does("resource.share", **LINK))["resource"]
    for do, fields in (("resource.share", LINK), ("resource.remove", {"resource": first})):
        assert (await waiting.asks(do, **fields))["error"] == "not_allowed", do
    assert not waiting.all("resource.shared")
    await host.does("meeting.start")
    admitted = await waiting.receives("admitted")
    assert ids(admitted["snapshot"]["resources"]) == [first]  # shared in the practice session
    for do, fields in (("resource.share", LINK), ("resource.remove", {"resource": first})):
        assert (await waiting.asks(do, **fields))["error"] == "not_allowed", do
    await host.does("meeting.end")
    assert (await host.asks("resource.share", **LINK))["error"] == "not_now"
    await host.does("resource.remove", resource=first)


@IN_ONE_FORM
async def test_too_many_and_too_quickly_is_refused(live_webinar: Meeting, join: Join) -> None:
    for _ in range(MOST_RESOURCES - 1):
        await sync_to_async(factories.resource)(live_webinar)
    host = await join(live_webinar, live_webinar.host)
    await host.does("resource.share", **LINK)
    answers = [(await host.asks("resource.share", **LINK))["error"] for _ in range(15)]
    assert answers[0] == "not_now"
    assert answers[-1] == "too_fast"
    assert await Resource.objects.acount() == MOST_RESOURCES


async def test_two_processes_and_whoever_reconnects_have_the_same(
    live_webinar: Meeting, two_servers: tuple[Server, Server]
) -> None:
    first, second = two_servers
    seat = await sync_to_async(factories.registration)(meeting=live_webinar)
    host = await enter(first, live_webinar, live_webinar.host)
    guest = await enter(second, live_webinar, seat.person, seat=seat)
    async with closing(host, guest):
        shared = [(await host.does("resource.share", **LINK))["resource"] for _ in range(2)]
        event = await guest.receives("resource.shared")
        await host.does("resource.remove", resource=shared[0])
        await guest.receives("resource.removed")
        again = await enter(second, live_webinar, seat.person, seat=seat, since=0)
        async with closing(again):
            assert ids(again.welcome["snapshot"]["resources"]) == shared[1:]
            assert event in again.welcome["missed"]


@IN_ONE_FORM
async def test_a_project_room_shows_those_of_its_present_meeting_and_those_of_the_room(join: Join) -> None:
    def two_meetings() -> tuple[Any, Any, Meeting, list[str]]:
        company = factories.company()
        room = factories.room(companies=[company])
        person, now = factories.member(company=company), timezone.now()
        kind = {"room": room, "kind": Meeting.Kind.PROJECT_MEETING, "host": person, "host_company": company}
        present = factories.meeting(**kind, state=Meeting.State.LIVE, starts_at=now, started_at=now)
        following = factories.meeting(**kind, starts_at=now + timedelta(days=1))
        made = [factories.resource(each) for each in (present, following)]
        made.append(factories.resource(present))
        Resource.objects.filter(pk=made[-1].pk).update(meeting="")
        return room, person, present, [each.pk for each in made]

    room, person, present, (first, second, of_room) = await sync_to_async(two_meetings)()
    host = await join(room, person)
    assert set(ids(host.welcome["snapshot"]["resources"])) == {first, of_room}
    await sync_to_async(meeting_running.end_meeting)(meeting=present, now=timezone.now())
    assert set(ids((await host.receives("resources"))["resources"])) == {second, of_room}


# ---- sharing -------------------------------------------------------------------------------------------------


@pytest.fixture
def meeting(transactional_db: None) -> Meeting:
    return factories.meeting()


def of(meeting: Meeting) -> dict[str, Any]:
    return {
        "room_id": meeting.room_id,
        "meeting": meeting.pk,
        "by": None,
        "now": timezone.now(),
    }


def stored() -> list[str]:
    folder = Path(resources_storage().path("resources"))
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_document_is_stored_with_its_row_and_goes_with_it(meeting: Meeting) -> None:
    kept = {"title": "", "is_shown_before": True}
    resource = sharing.share_file(**of(meeting), file=document("odt"), **kept)
    assert (resource.title, resource.file_type, stored()) == ("Heat map", "odt", [f"{resource.pk}.odt"])
    picture = sharing.share_file(**of(meeting), file=document("jpeg"), **{**kept, "title": " The port "})
    assert (picture.title, picture.file_type) == ("The port", "webp")
    gone = {"room_id": meeting.room_id, "by": None, "now": timezone.now()}
    sharing.remove(resource_id=resource.pk, **gone)
    assert stored() == [f"{picture.pk}.webp"]
    with pytest.raises(Refused):
        sharing.remove(resource_id=resource.pk, **gone)
    sharing.remove_all(room_id=meeting.room_id, meeting=meeting.pk, now=timezone.now())
    assert (stored(), Resource.objects.count()) == ([], 0)
    assert [event.ev for event in RoomEvent.objects.order_by("seq")] == [
        *["resource.shared"] * 2,
        *["resource.removed"] * 2,
    ]


def test_what_is_refused_leaves_no_file(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {**of(meeting), "title": "", "is_shown_before": False}
    with pytest.raises(UnableToShare) as refusal:
        sharing.share_file(file=document("pdf", b"<html>"), **given)
    assert (refusal.value.code, refusal.value.field) == ("other_content", "file")
    for _ in range(MOST_RESOURCES):
        factories.resource(meeting)
    monkeypatch.setattr(sharing, "_refuse_too_many", lambda *_arguments: None)
    monkeypatch.setattr(sharing, "LARGEST_TEXTS", 10)
    with pytest.raises(UnableToShare):
        sharing.share_file(file=document(), **given)
    monkeypatch.undo()
    with pytest.raises(UnableToShare, match=f"at most {MOST_RESOURCES}"):
        sharing.share_file(file=document(), **given)
    assert stored() == []


def test_a_full_disk_takes_no_document(meeting: Meeting, settings: Any) -> None:
    settings.MIN_FREE_BYTES = 10**18
    with pytest.raises(UnableToShare) as refusal:
        sharing.share_file(**of(meeting), file=document(), title="", is_shown_before=False)
    assert (refusal.value.code, stored()) == ("disk_full", [])


def test_a_copy_has_a_file_of_its_own(meeting: Meeting) -> None:
    following = factories.meeting()
    kept = sharing.share_file(**of(meeting), file=document(), title="Prices", is_shown_before=True)
    link = factories.resource(meeting)
    for each in (kept, link):
        sharing.use_again(resource=each, **of(following))
    copy = Resource.objects.get(meeting=following.pk, file_type="pdf")
    assert (copy.title, copy.is_shown_before, len(stored())) == ("Prices", True, 2)
    assert Resource.objects.get(meeting=following.pk, file_type="").address == link.address
    sharing.remove(resource_id=kept.pk, room_id=meeting.room_id, by=None, now=timezone.now())
    assert stored() == [f"{copy.pk}.pdf"]
    with pytest.raises(Refused):  # its file is gone
        sharing.use_again(resource=kept, **of(factories.meeting()))


def test_the_most_that_can_be_shared_fits_into_the_snapshot(meeting: Meeting) -> None:
    given = {**of(meeting), "is_shown_before": False}
    address = "https://" + "a" * 40 + ".example.org/"
    for number in range(MOST_RESOURCES):
        long = address + "x" * (305 - len(address) - 120)
        sharing.share_link(**given, title=f"{number:02}".ljust(120, "e"), address=long)
    rows = list(Resource.objects.all())
    assert sum(len(row.title) + len(row.address) for row in rows) > sharing.LARGEST_TEXTS - 200
    assert sum(size_of(info_of(row)) for row in rows) < LARGEST_PART
    rows[0].delete()
    with pytest.raises(UnableToShare, match="are too long"):
        sharing.share_link(**given, title="x" * 120, address=address + "x" * 700)


def test_a_resource_is_a_link_or_a_document(meeting: Meeting) -> None:
    for wrong in (
        {"address": ""},
        {"file_type": "pdf", "size": 0},
        {"file_type": "pdf", "address": "https://a.b"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            factories.resource(meeting, **wrong)


# ---- personal data -------------------------------------------------------------------------------------------


def test_what_somebody_shared_stays_without_their_name(meeting: Meeting) -> None:
    person = factories.person()
    resource = factories.resource(meeting, shared_by=person)
    resources_storage().save(name_of("other", "pdf"), ContentFile(b"%PDF-"))
    erasing.erase_person(person=person, now=timezone.now())
    resource.refresh_from_db()
    assert resource.shared_by is None
