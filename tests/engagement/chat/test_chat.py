"""Messages are written once however often they are sent, are cleaned, and are read page by page."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engagement.chat import moderating, reading, saying
from engagement.chat.messages import ChatMessage
from engagement.chat.reading import Reader
from engagement.chat.saying import PendingMessage
from meetings.models import Meeting
from rooms import journal
from rooms.messages import MAX_FRAME, PersonRef
from rooms.models import RoomEvent
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, Join, guest_of
from tests.rooms.people import closing, enter
from tests.rooms.server import Server
from tests.rooms.test_speaking import write_long_messages

ONCE = "0192-said-once"


def write(meeting: Meeting, texts: list[str]) -> list[int]:
    person_ref = PersonRef(id="p0", name="x")
    with transaction.atomic():
        events = [journal.NewEvent(ChatMessage(id=0, sender=person_ref, text=text, at="")) for text in texts]
        return journal.write_many(room_id=meeting.room_id, events=events, now=timezone.now())


async def test_a_message_sent_again_is_written_once(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    first = await guest.does("chat.send", text="once", client_id=ONCE)
    again = await guest.does("chat.send", text="once", client_id=ONCE)
    assert again["message"] == first["message"]
    await guest.does("chat.send", text="the end")
    await host.receives("chat.message", text="the end")
    assert [(each["text"], each["client_id"]) for each in host.all("chat.message")] == [
        ("once", ONCE),
        ("the end", None),
    ]
    assert host.numbers == [1, 2]


async def test_the_client_id_is_in_the_snapshot_and_in_missed_events(
    live_webinar: Meeting, join: Join
) -> None:
    guest = await join(live_webinar)
    await guest.does("chat.send", text="named", client_id=ONCE)
    late = await join(live_webinar, since=0)
    assert [each["client_id"] for each in late.welcome["snapshot"]["messages"]] == [ONCE]
    assert [each["client_id"] for each in late.welcome["missed"]] == [ONCE]


async def test_two_processes_that_get_a_message_at_once_write_it_once(
    live_webinar: Meeting, two_servers: tuple[Server, Server]
) -> None:
    """As after a break, when the first socket's command is still on its way."""
    seat = await sync_to_async(guest_of)(live_webinar)
    sockets = [await enter(server, live_webinar, seat.person, seat=seat) for server in two_servers]
    async with closing(*sockets):
        for turn in range(10):
            name = f"both-at-once-{turn}"
            answers = await asyncio.gather(
                *(each.does("chat.send", text="both", client_id=name) for each in sockets)
            )
            assert answers[0]["message"] == answers[1]["message"] == turn + 1
        await sockets[0].receives("chat.message", id=10)
        assert sockets[0].numbers == list(range(1, 11))
    assert await RoomEvent.objects.filter(room=live_webinar.room).acount() == 10


async def test_another_person_may_use_the_same_client_id(live_webinar: Meeting, join: Join) -> None:
    one, two = await join(live_webinar), await join(live_webinar)
    first = await one.does("chat.send", text="mine", client_id=ONCE)
    second = await two.does("chat.send", text="not yours", client_id=ONCE)
    assert (first["message"], second["message"]) == (1, 2)


async def test_a_deleted_message_does_not_return_when_it_is_sent_again(
    live_webinar: Meeting, join: Join
) -> None:
    guest = await join(live_webinar)
    first = await guest.does("chat.send", text="oops", client_id=ONCE)
    await guest.does("chat.delete", message=first["message"])
    assert await guest.does("chat.send", text="oops", client_id=ONCE) == {
        **first,
        "re": 3,
    }
    await guest.does("chat.send", text="after")
    await guest.receives("chat.message", text="after")
    assert len(guest.all("chat.message", text="oops")) == 1


async def test_a_deleted_message_is_erased_from_the_journal(live_webinar: Meeting, join: Join) -> None:
    host, guest, other = (
        await join(live_webinar, live_webinar.host),
        await join(live_webinar),
        await join(live_webinar),
    )
    secret = (await guest.does("chat.send", text="my number is 555-1234"))["message"]
    assert (await other.asks("chat.delete", message=secret))["error"] == "not_allowed"
    await guest.does("chat.delete", message=secret)
    assert (await host.receives("chat.deleted"))["message"] == secret
    assert (await guest.asks("chat.delete", message=secret))["error"] == "not_found"
    rows = [row.payload async for row in RoomEvent.objects.filter(room=live_webinar.room)]
    assert "555-1234" not in json.dumps(rows)
    late = await join(live_webinar, since=0)
    assert "555-1234" not in json.dumps(late.events)
    assert "555-1234" not in json.dumps(await late.does("since", seq=0))

    rude = (await guest.does("chat.send", text="rude"))["message"]
    await host.does("chat.delete", message=rude)
    await guest.receives("chat.deleted", message=rude)


@pytest.mark.django_db
def test_a_client_id_twice_in_one_write_is_one_row() -> None:
    meeting = factories.meeting(state=Meeting.State.LIVE, started_at=timezone.now())
    person_ref = PersonRef(id="p1", name="x")
    sent = [PendingMessage(meeting.room_id, "twice", person_ref, meeting.host_id, ONCE)] * 2
    assert saying.write_messages(sent, timezone.now()) == [1, 1]
    assert saying.write_messages(sent, timezone.now()) == [1, 1]
    assert RoomEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_message_that_the_database_refuses_fails_alone() -> None:
    """Its author has just been erased."""
    meeting = factories.meeting(state=Meeting.State.LIVE, started_at=timezone.now())
    person_ref = PersonRef(id="p1", name="x")
    authors = [meeting.host_id, meeting.host_id + 1000, meeting.host_id]
    sent = [PendingMessage(meeting.room_id, f"by {author}", person_ref, author) for author in authors]
    first, refused, last = saying.write_messages(sent, timezone.now())
    assert (first, last) == (1, 2)
    assert isinstance(refused, IntegrityError)
    rows = RoomEvent.objects.order_by("seq").values_list("seq", "payload__id", "payload__text")
    assert list(rows) == [(1, 1, sent[0].text), (2, 2, sent[2].text)]


if connection.vendor == "postgresql":

    @pytest.mark.django_db(transaction=True)
    def test_messages_that_wait_together_take_one_statement() -> None:
        meeting = factories.meeting(state=Meeting.State.LIVE, started_at=timezone.now())
        person_ref = PersonRef(id="p1", name="x")
        said = [
            PendingMessage(meeting.room_id, f"{number}", person_ref, meeting.host_id, f"client-id-{number}")
            for number in range(3)
        ]
        with CaptureQueriesContext(connection) as queries:
            assert saying.write_messages(said, timezone.now()) == [1, 2, 3]
        assert len(queries) == 1


@pytest.mark.django_db
def test_the_database_refuses_a_client_id_twice_in_a_room() -> None:
    meeting = factories.meeting()
    event = {"room": meeting.room, "ev": "chat.message", "person": meeting.host, "at": timezone.now()}
    RoomEvent.objects.create(seq=1, client_id=ONCE, **event)
    with pytest.raises(IntegrityError):
        RoomEvent.objects.create(seq=2, client_id=ONCE, **event)


@IN_ONE_FORM
@pytest.mark.parametrize(
    ("sent", "heard"),
    [
        ("one\x0btwo", "one\ntwo"),
        ("one \u202eowt", "one owt"),
        ("one\u2028two\u2029three", "one\ntwo\nthree"),
        ("a\rb\r\nc\x85d", "a\nb\nc\nd"),
        ("\x9b31mred\x7f", "31mred"),
        ("👩‍🌾 ž", "👩‍🌾 ž"),
    ],
)
async def test_text_is_cleaned_and_keeps_its_client_id(
    live_webinar: Meeting, join: Join, sent: str, heard: str
) -> None:
    guest = await join(live_webinar)
    await guest.does("chat.send", text=sent, client_id=ONCE)
    assert (await guest.receives("chat.message", client_id=ONCE))["text"] == heard


@IN_ONE_FORM
@pytest.mark.parametrize(
    "text", ["\x0b\x01", "\u200b", "\u2060\ufeff \u00ad", "\u202e", "\u0301", "\u3164", "\u2800"]
)
async def test_a_message_of_invisible_characters_is_refused(
    live_webinar: Meeting, join: Join, text: str
) -> None:
    guest = await join(live_webinar)
    assert (await guest.asks("chat.send", text=text))["error"] == "bad_field"


@IN_ONE_FORM
@pytest.mark.parametrize("name", ["", "short", "x" * 37, "with space", "né-said-once", 7])
async def test_a_malformed_client_id_is_refused(live_webinar: Meeting, join: Join, name: Any) -> None:
    guest = await join(live_webinar)
    answer = await guest.asks("chat.send", text="x", client_id=name)
    assert answer["error"] == "bad_field"
    assert answer["detail"].startswith("client_id")


@IN_ONE_FORM
async def test_earlier_messages_are_read_page_by_page(live_webinar: Meeting, join: Join) -> None:
    numbers = await sync_to_async(write)(live_webinar, [f"said {number}" for number in range(1, 171)])
    await sync_to_async(journal_erase)(live_webinar, 60)
    guest = await join(live_webinar)
    assert [each["id"] for each in guest.welcome["snapshot"]["messages"]] == numbers[-50:]
    assert guest.welcome["snapshot"]["earlier"] is True
    pages, before = [], guest.welcome["snapshot"]["messages"][0]["id"]
    while before is not None:
        answer = await guest.does("chat.list", before=before)
        pages.append([each["id"] for each in answer["messages"]])
        before = answer["next"]
    assert [len(page) for page in pages] == [50, 50, 19]
    assert [number for page in reversed(pages) for number in page] == [
        number for number in range(1, 121) if number != 60
    ]


@IN_ONE_FORM
async def test_a_page_of_long_messages_stays_within_a_frame(live_webinar: Meeting, join: Join) -> None:
    await sync_to_async(write_long_messages)(live_webinar, 60)
    guest = await join(live_webinar)
    seen, before = [], 61
    while before is not None:
        answer = await guest.does("chat.list", before=before)
        assert len(json.dumps(answer, ensure_ascii=False).encode()) <= MAX_FRAME
        seen = [each["id"] for each in answer["messages"]] + seen
        before = answer["next"]
    assert seen == list(range(1, 61))


@IN_ONE_FORM
async def test_deleted_messages_among_the_newest_do_not_hide_that_there_are_earlier_ones(
    live_webinar: Meeting, join: Join
) -> None:
    await sync_to_async(write)(live_webinar, ["said"] * 60)
    await sync_to_async(journal_erase)(live_webinar, 55)
    snapshot = (await join(live_webinar)).welcome["snapshot"]
    assert len(snapshot["messages"]) == 50
    assert snapshot["earlier"] is True


@IN_ONE_FORM
async def test_attendees_do_not_get_messages_of_the_practice_session(
    scheduled_webinar: Meeting, join: Join
) -> None:
    host = await join(scheduled_webinar, scheduled_webinar.host)
    await host.does("chat.send", text="only among us")
    await host.does("meeting.start")
    await host.receives("meeting.started")
    await host.does("chat.send", text="welcome")
    guest = await join(scheduled_webinar)
    assert [each["text"] for each in guest.welcome["snapshot"]["messages"]] == ["welcome"]
    assert guest.welcome["snapshot"]["earlier"] is False
    assert [each["text"] for each in (await guest.does("chat.list", before=99))["messages"]] == ["welcome"]
    assert [each["text"] for each in (await host.does("chat.list", before=99))["messages"]] == [
        "only among us",
        "welcome",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("history", [1, 3, 300])
def test_a_page_costs_one_query_and_a_bounded_number_of_rows(history: int) -> None:
    meeting = factories.meeting()
    write(meeting, ["said"] * history)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = reading.messages_before(
            meeting.room_id, history + 1, limit=51, reader=Reader("p0", is_host=False)
        )
    assert len(queries) == 1
    assert len(page) == min(history, 51)


@IN_ONE_FORM
async def test_the_server_tells_its_time(live_webinar: Meeting, join: Join) -> None:
    guest = await join(live_webinar)
    for told in (guest.welcome["at"], (await guest.does("ping"))["at"]):
        assert abs(datetime.fromisoformat(told) - timezone.now()) < timedelta(seconds=30)


@transaction.atomic
def journal_erase(meeting: Meeting, seq: int) -> None:
    moderating.erase(RoomEvent.objects.get(room=meeting.room_id, seq=seq))
