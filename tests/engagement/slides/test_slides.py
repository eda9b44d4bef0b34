"""Slides in the room: everybody sees the page at which the speaker is, who joins later too, in every process."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from engagement.models import Presentation, Slide, SlideDeck
from engagement.slides import describing, links, presenting, uploading
from meetings.models import Meeting
from rooms.messages import PersonRef
from rooms.models import RoomEvent
from tests import factories
from tests.engagement.slides import decks
from tests.rooms.conftest import IN_ONE_FORM, Join
from tests.rooms.people import closing, enter
from tests.rooms.server import Server

deck_of, role_of, prepared = (sync_to_async(each) for each in (decks.deck_of, decks.role_of, decks.prepared))


async def test_everybody_sees_the_page_of_the_speaker(live_webinar: Meeting, join: Join) -> None:
    deck = await deck_of(live_webinar, title="Heat for harbours")
    speaker_person = await role_of(await sync_to_async(factories.member)(), live_webinar)
    speaker, guest = await join(live_webinar, speaker_person), await join(live_webinar)
    assert guest.welcome["snapshot"]["slides"] is None
    assert (await speaker.does("slides.list"))["decks"][0]["id"] == deck.pk
    await speaker.does("slides.show", deck=deck.pk)
    shown = await guest.receives("slides.shown")
    assert (shown["slides"]["title"], shown["slides"]["pages"]) == ("Heat for harbours", 3)
    assert (shown["slides"]["page"]["number"], shown["slides"]["page"]["title"]) == (1, "Title 1")
    assert shown["by"]["id"] == speaker.id
    await speaker.does("slides.turn", page=3)
    turned = await guest.receives("slides.turned")
    assert (turned["page"]["number"], turned["page"]["text"]) == (3, "Title 3\nmore of 3")
    assert turned["page"]["next"] is None
    late = await join(live_webinar)
    assert late.welcome["snapshot"]["slides"]["page"] == turned["page"]
    await speaker.does("slides.hide")
    await late.receives("slides.hidden")
    assert (await join(live_webinar)).welcome["snapshot"]["slides"] is None
    assert (await speaker.asks("slides.hide"))["error"] == "not_now"
    assert (await speaker.asks("slides.turn", page=1))["error"] == "not_now"


async def test_the_pointer_moves_for_everybody_and_is_gathered(live_webinar: Meeting, join: Join) -> None:
    deck = await deck_of(live_webinar)
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    assert (await host.asks("slides.point", x=0.5, y=0.5))["error"] == "not_now"
    await host.does("slides.show", deck=deck.pk)
    for step in range(20):
        await host.sends("slides.point", x=step / 20, y=0.25)
    await guest.receives("slides.pointed", x=0.95, y=0.25)
    assert len(guest.all("slides.pointed")) < 15
    await host.does("slides.point")
    await guest.receives("slides.pointed", x=None, y=None)


async def test_two_processes_and_whoever_reconnects_see_the_same_page(
    live_webinar: Meeting, two_servers: tuple[Server, Server]
) -> None:
    first, second = two_servers
    deck = await deck_of(live_webinar)
    seat = await sync_to_async(factories.registration)(meeting=live_webinar)
    host = await enter(first, live_webinar, live_webinar.host)
    guest = await enter(second, live_webinar, seat.person, seat=seat)
    async with closing(host, guest):
        await host.does("slides.show", deck=deck.pk)
        await host.does("slides.turn", page=2)
        turned = await guest.receives("slides.turned")
        await host.does("slides.point", x=0.25, y=0.75)
        await guest.receives("slides.pointed", x=0.25, y=0.75)
        again = await enter(second, live_webinar, seat.person, seat=seat, since=0)
        async with closing(again):
            assert again.welcome["snapshot"]["slides"]["page"] == turned["page"]
            assert turned in again.welcome["missed"]


@IN_ONE_FORM
@pytest.mark.parametrize(
    ("do", "fields", "code"),
    [
        ("slides.show", {"deck": "nothing"}, "not_found"),
        ("slides.show", {"deck": 7}, "bad_field"),
        ("slides.show", {"deck": "DECK", "page": 4}, "bad_field"),
        ("slides.show", {"deck": "DECK", "page": 0}, "bad_field"),
        ("slides.show", {"deck": "FOREIGN"}, "not_found"),
        ("slides.show", {"deck": "FAILED"}, "not_now"),
        ("slides.turn", {"page": 4}, "bad_field"),
        ("slides.turn", {"page": "2"}, "bad_field"),
        ("slides.turn", {}, "bad_field"),
        ("slides.point", {"x": 1.5, "y": 0.5}, "bad_field"),
        ("slides.point", {"x": 0.5}, "bad_field"),
        ("slides.page", {"deck": "FOREIGN", "page": 1}, "not_found"),
        ("slides.page", {"deck": "DECK", "page": 9}, "not_found"),
        ("slides.note", {"deck": "FOREIGN", "page": 1, "notes": "x"}, "not_found"),
        ("slides.note", {"deck": "DECK", "page": 9, "notes": "x"}, "not_found"),
        ("slides.note", {"deck": "DECK", "page": 1, "notes": "x" * 4001}, "bad_field"),
    ],
)
async def test_what_cannot_be_done_is_refused(
    live_webinar: Meeting, join: Join, do: str, fields: dict[str, Any], code: str
) -> None:
    deck = await deck_of(live_webinar)
    foreign = await deck_of(await sync_to_async(factories.meeting)())
    failed = await deck_of(live_webinar, 0, state=SlideDeck.State.FAILED, failure="damaged")
    names = {"DECK": deck.pk, "FOREIGN": foreign.pk, "FAILED": failed.pk}
    host = await join(live_webinar, live_webinar.host)
    await host.does("slides.show", deck=deck.pk)
    given = {name: names.get(value, value) if name == "deck" else value for name, value in fields.items()}
    assert (await host.asks(do, **given))["error"] == code
    if do == "slides.show":
        assert (await sync_to_async(Presentation.objects.get)()).deck_id == deck.pk


@IN_ONE_FORM
async def test_attendees_only_watch(live_webinar: Meeting, join: Join) -> None:
    deck = await deck_of(live_webinar)
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    await host.does("slides.show", deck=deck.pk)
    for do, fields in (
        ("slides.list", {}),
        ("slides.show", {"deck": deck.pk}),
        ("slides.turn", {"page": 2}),
        ("slides.hide", {}),
        ("slides.point", {"x": 0.1, "y": 0.1}),
        ("slides.page", {"deck": deck.pk, "page": 1}),
        ("slides.note", {"deck": deck.pk, "page": 1, "notes": "x"}),
    ):
        assert (await guest.asks(do, **fields))["error"] == "not_allowed", do


@IN_ONE_FORM
async def test_slides_go_with_the_end_and_cannot_come_after_it(live_webinar: Meeting, join: Join) -> None:
    deck = await deck_of(live_webinar)
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    await host.does("slides.show", deck=deck.pk)
    await host.does("meeting.end")
    hidden, ended = await guest.receives("slides.hidden"), await guest.receives("meeting.ended")
    assert hidden["seq"] < ended["seq"]
    await host.receives("meeting.ended")
    for do, fields in (("slides.show", {"deck": deck.pk}), ("slides.turn", {"page": 2})):
        assert (await host.asks(do, **fields))["error"] == "not_now"


@IN_ONE_FORM
async def test_too_many_turns_are_refused(live_webinar: Meeting, join: Join) -> None:
    deck = await deck_of(live_webinar)
    host = await join(live_webinar, live_webinar.host)
    await host.does("slides.show", deck=deck.pk)
    answers = [await host.asks("slides.turn", page=1 + place % 2) for place in range(40)]
    assert "too_fast" in {answer.get("error") for answer in answers}


@IN_ONE_FORM
async def test_what_is_on_stage_at_the_start_of_a_webinar_is_seen_by_its_attendees(
    scheduled_webinar: Meeting, join: Join
) -> None:
    deck = await deck_of(scheduled_webinar)
    host, waiting = await join(scheduled_webinar, scheduled_webinar.host), await join(scheduled_webinar)
    await host.does("slides.show", deck=deck.pk)
    await host.does("slides.turn", page=2)
    await host.does("meeting.start")
    admitted = await waiting.receives("admitted")
    assert admitted["snapshot"]["slides"]["page"]["number"] == 2
    assert not waiting.all("slides.shown")


@IN_ONE_FORM
async def test_only_hosts_and_speakers_hear_of_decks(live_webinar: Meeting, join: Join) -> None:
    speaker_person = await role_of(await sync_to_async(factories.member)(), live_webinar)
    host = await join(live_webinar, live_webinar.host)
    speaker, guest = await join(live_webinar, speaker_person), await join(live_webinar)
    deck = await prepared(live_webinar, title="Secret plans")
    for presenter in (host, speaker):
        ready = await presenter.receives("slides.deck", deck={**_info(deck)})
        assert ready["deck"]["pages"] == 2
    await guest.receives("withheld", seq=ready["seq"])
    assert "Secret" not in str(guest.events)
    await host.does("slides.show", deck=deck.pk)
    await guest.receives("slides.shown")
    await sync_to_async(uploading.delete_deck)(
        deck_id=deck.pk, room_id=live_webinar.room_id, by=None, now=timezone.now()
    )
    await guest.receives("slides.hidden")
    await speaker.until(
        lambda: [each for each in speaker.all("slides.deck") if each["deck"]["state"] == "deleted"]
    )


def _info(deck: SlideDeck) -> dict[str, Any]:
    return {
        "id": deck.pk,
        "title": deck.title,
        "state": "ready",
        "failure": "",
        "pages": 2,
        "is_downloadable": False,
        "picture": links.picture_address(deck.pk, 1),
    }


@IN_ONE_FORM
async def test_notes_are_for_speakers_alone_and_kept(live_webinar: Meeting, join: Join) -> None:
    deck = await deck_of(live_webinar)
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    await host.does("slides.note", deck=deck.pk, page=2, notes="Tell the joke \u0007")
    page = (await host.does("slides.page", deck=deck.pk, page=2))["page"]
    assert (page["notes"].strip(), page["text"]) == ("Tell the joke", "Title 2\nmore of 2")
    await host.does("slides.show", deck=deck.pk, page=2)
    await guest.receives("slides.shown")
    assert "joke" not in str(guest.events)


@IN_ONE_FORM
async def test_whether_the_pdf_may_be_had_changes_at_once(live_webinar: Meeting, join: Join) -> None:
    deck = await prepared(live_webinar)
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    await host.does("slides.show", deck=deck.pk, page=2)
    assert (await guest.receives("slides.shown"))["slides"]["download"] is None
    address = links.file_address(deck.pk)
    assert (await sync_to_async(Client().get)(address)).status_code == 404
    await sync_to_async(uploading.change_deck)(
        deck_id=deck.pk,
        room_id=live_webinar.room_id,
        title="New title",
        is_downloadable=True,
        by=None,
        now=timezone.now(),
    )
    changed = await guest.until(
        lambda: [each for each in guest.all("slides.shown") if each["slides"]["download"]]
    )
    assert (changed[0]["slides"]["title"], changed[0]["slides"]["page"]["number"]) == ("New title", 2)
    answer = await sync_to_async(Client().get)(changed[0]["slides"]["download"])
    assert answer["Content-Disposition"] == 'attachment; filename="New_title.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")


@pytest.mark.django_db(transaction=True)
def test_pictures_are_had_only_by_a_signed_address_that_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    deck = decks.prepared(factories.meeting())
    address, client = links.picture_address(deck.pk, 1), Client()
    for size in ("large", "small"):
        answer = client.get(f"{address}{size}.webp")
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
        assert answer["Cache-Control"].startswith("private")
        assert answer.content[:4] == b"RIFF"
    wrong = [
        f"{address}huge.webp",
        f"{address.replace('.1.', '.2.')}large.webp",
        f"/slides/{deck.pk}.1/large.webp",
        f"/slides/{links.file_address(deck.pk).split('/')[2]}/large.webp",
        f"{links.picture_address(deck.pk, 3)}large.webp",
        f"{links.picture_address('other', 1)}large.webp",
    ]
    assert {client.get(each).status_code for each in wrong} == {404}
    now = links.time.time()
    monkeypatch.setattr(links.time, "time", lambda: now + links.PERIOD)
    assert client.get(f"{address}large.webp").status_code == 200
    monkeypatch.setattr(links.time, "time", lambda: now + 2 * links.PERIOD)
    assert client.get(f"{address}large.webp").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_who_joins_after_days_gets_addresses_that_are_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    deck = decks.deck_of(factories.meeting(), is_downloadable=True)
    shown = describing.shown_slides(deck, 1)
    now = links.time.time()
    monkeypatch.setattr(links.time, "time", lambda: now + 3 * links.PERIOD)
    renewed = describing.with_new_addresses(shown)
    assert (renewed.page.number, renewed.page.text) == (shown.page.number, shown.page.text)
    for address, number in ((renewed.page.picture, 1), (renewed.page.next, 2)):
        assert links.picture_of(str(address).split("/")[2]) == (deck.pk, number)
    assert links.deck_of(str(renewed.download).split("/")[2]) == deck.pk
    assert links.picture_of(shown.page.picture.split("/")[2]) is None


@pytest.mark.django_db(transaction=True)
def test_a_picture_takes_no_query(django_assert_num_queries: Any) -> None:
    deck = decks.prepared(factories.meeting())
    with django_assert_num_queries(0):
        assert Client().get(f"{links.picture_address(deck.pk, 1)}small.webp").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_turning_to_the_same_page_tells_nobody() -> None:
    meeting = factories.meeting()
    deck = decks.deck_of(meeting)
    by = {"by_ref": PersonRef(id="p1", name="x"), "by": meeting.host_id, "now": timezone.now()}
    presenting.show(room_id=meeting.room_id, meeting=meeting.pk, deck_id=deck.pk, page=1, **by)
    for _ in range(2):
        presenting.turn(room_id=meeting.room_id, page=2, **by)
    assert RoomEvent.objects.filter(ev="slides.turned").count() == 1
    assert Slide.objects.count() == 3
