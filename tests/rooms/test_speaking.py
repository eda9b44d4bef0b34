"""Commands and events: order, rate limits, malformed frames."""

import asyncio
import contextlib
import json
import socket
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets import ConnectionClosed
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from engagement.chat.messages import ChatMessage
from meetings.models import Meeting
from rooms import journal
from rooms.broadcaster import HARD_LIMIT
from rooms.consumer import RoomConsumer
from rooms.messages import MAX_FRAME, PersonRef
from rooms.models import Participant, RoomEvent
from rooms.transport import LARGEST_READ
from tests import factories, protocol_coverage
from tests.factories import NOW
from tests.rooms.conftest import IN_ONE_FORM, Join, guest_of
from tests.rooms.people import SOON, RoomClient, open_socket, ticket_for
from tests.rooms.server import Server
from tests.rooms.test_broadcaster import MemoryTransport


async def test_the_sender_gets_the_same_event_as_everybody(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    answer = await guest.does("chat.send", text="  Sveiki, kaip šildote?  ")
    heard = [await each.receives("chat.message") for each in (host, guest)]
    assert heard[0] == heard[1]
    assert heard[0]["text"] == "Sveiki, kaip šildote?"
    assert heard[0]["id"] == heard[0]["seq"] == answer["message"]


async def test_numbers_have_no_gap_when_twenty_write_at_once(live_webinar: Meeting, join: Join) -> None:
    speakers = list(await asyncio.gather(*(join(live_webinar) for _ in range(20))))
    listener = await join(live_webinar, live_webinar.host)

    async def speak(number: int) -> None:
        for turn in range(5):
            await speakers[number].does("chat.send", text=f"{number}/{turn}")

    await asyncio.gather(*(speak(number) for number in range(20)))
    for visitor in (listener, *speakers):
        await visitor.until(lambda visitor=visitor: len(visitor.all("chat.message")) == 100)
        assert visitor.numbers == list(range(1, 101))
    texts = [event["text"] for event in listener.all("chat.message")]
    assert len(set(texts)) == 100
    for number in range(20):
        assert [text for text in texts if text.startswith(f"{number}/")] == [
            f"{number}/{turn}" for turn in range(5)
        ]
    assert await RoomEvent.objects.filter(room=live_webinar.room).acount() == 100


async def test_a_busy_room_gathers_events_into_arrays(live_webinar: Meeting, join: Join) -> None:
    speakers = list(await asyncio.gather(*(join(live_webinar) for _ in range(10))))
    listener = await join(live_webinar, live_webinar.host)
    before = listener.frames
    await asyncio.gather(*(speaker.sends("chat.send", text="x") for speaker in speakers for _ in range(5)))
    await listener.until(lambda: len(listener.all("chat.message")) == 50)
    assert listener.frames - before < 40


@IN_ONE_FORM
async def test_people_are_listed_by_pages(live_webinar: Meeting, join: Join) -> None:
    await asyncio.gather(*(join(live_webinar) for _ in range(54)))
    host = await join(live_webinar, live_webinar.host)
    first = await host.does("people.list")
    second = await host.does("people.list", after=first["next"])
    assert (len(first["people"]), len(second["people"]), first["total"], second["next"]) == (50, 5, 55, None)
    names = [person["name"].casefold() for person in first["people"] + second["people"]]
    assert names == sorted(names)
    found = await host.does("people.list", query=live_webinar.host.name.upper())
    assert [person["id"] for person in found["people"]] == [host.id]


@IN_ONE_FORM
async def test_people_are_listed_with_accented_letters_beside_their_base_letter(
    live_webinar: Meeting, join: Join
) -> None:
    for name in ("Zita", "Žaneta", "Bo", "Åsa", "anna"):
        seat = await sync_to_async(guest_of)(live_webinar, name=name)
        await join(live_webinar, seat.person, seat=seat)
    host = await join(live_webinar, live_webinar.host)
    listed = [person["name"] for person in (await host.does("people.list"))["people"]]
    assert [name for name in listed if name != live_webinar.host.name] == [
        "anna",
        "Åsa",
        "Bo",
        "Žaneta",
        "Zita",
    ]


@IN_ONE_FORM
async def test_hosts_read_a_hundred_who_were_turned_away_and_fewer_where_a_frame_holds_no_more(
    live_webinar: Meeting, join: Join
) -> None:
    host = await join(live_webinar, live_webinar.host)
    await sync_to_async(turn_away_many)(live_webinar, "Rūta")
    assert len((await host.does("lobby.turned_away"))["people"]) == 100
    await Participant.objects.filter(admission="removed").aupdate(name="\U0001f525" * 120)
    await Participant.objects.filter(admission="removed").aupdate(company_name="\U0001f525" * 120)
    answer = await host.does("lobby.turned_away")
    assert 0 < len(answer["people"]) < 100
    assert host.largest <= MAX_FRAME


def turn_away_many(meeting: Meeting, name: str) -> None:
    people = [factories.person() for _ in range(103)]
    Participant.objects.bulk_create(
        Participant(room=meeting.room, person=person, name=name, admission="removed", first_seen_at=NOW)
        for person in people
    )


@IN_ONE_FORM
async def test_too_fast_is_refused_and_then_closed(live_webinar: Meeting, join: Join) -> None:
    guest, host = await join(live_webinar), await join(live_webinar, live_webinar.host)
    for _ in range(20):
        await guest.sends("chat.send", text="buy")
    await guest.until(lambda: any(answer.get("error") == "too_fast" for answer in guest.answers.values()))
    assert guest.socket.close_code is None
    for _ in range(200):
        await guest.sends("chat.send", text="buy")
    assert await guest.closed_with() == 4429
    await asyncio.sleep(0.3)
    assert len(host.all("chat.message")) < 20


BAD = [
    "",
    "{",
    "null",
    "[]",
    "7",
    '"hello"',
    '{"do": NaN}',
    "[" * 500 + "]" * 500,
    '{"a":' * 3000 + "1" + "}" * 3000,
    '{"id": 1, "do": "signal.send", "to": "x", "candidate": ' + '{"a":' * 60 + "1" + "}" * 60 + "}",
    '{"text": "' + "x" * MAX_FRAME + '"}',
    b"\x00\x01",
    b'{"do": "ping"}',
]


@IN_ONE_FORM
@pytest.mark.parametrize("number", range(len(BAD)))
async def test_a_bad_frame_gets_an_error_reply_and_the_socket_lives(
    live_webinar: Meeting, join: Join, number: int
) -> None:
    guest = await join(live_webinar)
    await guest.socket.send(BAD[number])
    answer = await guest.until(lambda: guest.answers.get(None))
    assert answer["error"] == "bad_frame"
    await guest.does("ping")


@IN_ONE_FORM
async def test_too_many_bad_frames_close_the_socket_with_4400(live_webinar: Meeting, join: Join) -> None:
    guest = await join(live_webinar)
    for _ in range(11):
        await guest.socket.send("{")
    assert await guest.closed_with() == 4400


@IN_ONE_FORM
@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"id": 1, "do": "fly"}, "unknown_command"),
        ({"id": 1, "do": None}, "unknown_command"),
        ({"id": 1}, "unknown_command"),
        ({"id": 1, "do": "__class__"}, "unknown_command"),
        ({"id": 1, "do": "hello", "ticket": "x"}, "not_now"),
        ({"id": 1, "do": "chat.send"}, "bad_field"),
        ({"id": 1, "do": "chat.send", "text": ""}, "bad_field"),
        ({"id": 1, "do": "chat.send", "text": "\x00\x01 "}, "bad_field"),
        ({"id": 1, "do": "chat.send", "text": "x" * 2001}, "bad_field"),
        ({"id": 1, "do": "chat.send", "text": ["x"]}, "bad_field"),
        ({"id": 1, "do": "chat.send", "text": "x", "from": "somebody else"}, "bad_field"),
        ({"id": "1", "do": "ping"}, "bad_field"),
        ({"id": 1, "do": "reaction.send", "reaction": "spam"}, "bad_field"),
        ({"id": 1, "do": "since", "seq": -1}, "bad_field"),
        ({"id": 1, "do": "hand.lower", "person": "../p1"}, "bad_field"),
        ({"id": 1, "do": "chat.delete", "message": 99}, "not_found"),
    ],
)
async def test_a_wrong_command_is_refused_with_its_code(
    live_webinar: Meeting, join: Join, frame: dict[str, object], code: str
) -> None:
    guest = await join(live_webinar)
    await guest.socket.send(json.dumps(frame))
    answer = await guest.until(lambda: next(iter(guest.answers.values()), None))
    assert answer["error"] == code
    assert answer["re"] == (1 if frame.get("id") == 1 else None)


@IN_ONE_FORM
async def test_control_characters_do_not_reach_the_journal(live_webinar: Meeting, join: Join) -> None:
    guest = await join(live_webinar)
    await guest.does("chat.send", text="a\x00b\x1b[31mc\r\nd")
    assert (await guest.receives("chat.message"))["text"] == "ab[31mc\nd"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
COMMANDS = ["chat.send", "signal.send", "media.state", "people.list", "stage.invite", "lobby.admit", "since"]


@IN_ONE_FORM
async def test_whatever_is_sent_the_server_answers_and_lives(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    visitors: list[RoomClient] = []
    sent = 0

    async def send(frame: str) -> None:
        nonlocal sent
        if sent % 8 == 0:  # the eleventh bad frame closes the socket
            visitors.append(await join(live_webinar))
        sent += 1
        await visitors[-1].socket.send(frame)
        await asyncio.sleep(0.005)

    loop = asyncio.get_running_loop()

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        frame=st.text(max_size=60)
        | anything.map(json.dumps)
        | st.fixed_dictionaries(
            {"id": st.integers(1, 5), "do": st.sampled_from(COMMANDS)},
            optional={"text": anything, "to": anything, "person": anything, "all": anything, "seq": anything},
        ).map(json.dumps)
    )
    def fuzz(frame: str) -> None:
        asyncio.run_coroutine_threadsafe(send(frame), loop).result(20)

    await sync_to_async(fuzz, thread_sensitive=False)()
    assert (await host.does("ping"))["ok"] is True
    errors = [
        answer["error"] for visitor in visitors for answer in visitor.answers.values() if "error" in answer
    ]
    assert "unavailable" not in errors
    assert errors


@IN_ONE_FORM
async def test_commands_that_do_not_exist_are_too_fast_as_well(live_webinar: Meeting, join: Join) -> None:
    guest = await join(live_webinar)
    with contextlib.suppress(ConnectionClosed):
        for _ in range(400):
            await guest.sends("fly")
    assert await guest.closed_with() == 4429


@IN_ONE_FORM
async def test_frames_without_hello_close_the_connection_in_the_end(
    live_webinar: Meeting, server: Server
) -> None:
    visitor = await open_socket(server, live_webinar.room_id)
    for _ in range(11):
        await visitor.sends("chat.send", text="hello?")
    assert await visitor.closed_with(seconds=5) == 4401


@IN_ONE_FORM
async def test_a_frame_that_is_too_large_to_be_read_closes_the_connection(
    live_webinar: Meeting, join: Join
) -> None:
    guest = await join(live_webinar)
    await guest.socket.send(" " * LARGEST_READ)
    assert (await guest.until(lambda: guest.answers.get(None)))["error"] == "bad_frame"
    await guest.socket.send(" " * (LARGEST_READ + 1))
    assert await guest.closed_with() == 1009


@IN_ONE_FORM
async def test_who_does_not_read_is_cut_and_delays_nobody(
    live_webinar: Meeting, join: Join, server: Server
) -> None:
    host = await join(live_webinar, live_webinar.host)
    seat = await sync_to_async(guest_of)(live_webinar)
    ticket = await sync_to_async(ticket_for)(live_webinar.room, seat.person, seat)
    deaf = await connect_with_a_small_buffer(server, live_webinar.room_id)
    await deaf.send(json.dumps({"do": "hello", "ticket": ticket}))
    assert json.loads(await deaf.recv())["ev"] == "welcome"
    count = (HARD_LIMIT + most_buffered()) // LONGEST + 3
    for sent in range(40, count + 40, 40):  # ten megabytes, in portions that a busy machine reads in time
        await sync_to_async(write_long_messages)(live_webinar, 40, "x" * LONGEST)
        await host.until(lambda sent=sent: len(host.all("chat.message")) == sent, seconds=180)  # type: ignore[misc]
    with contextlib.suppress(ConnectionClosed):
        async with asyncio.timeout(SOON):
            while True:
                await deaf.recv()
    protocol_coverage.closed(deaf.close_code)
    assert deaf.close_code == 1006
    assert (await host.does("ping"))["ok"] is True


LONGEST = 60_000


def most_buffered() -> int:
    """Bytes that the kernel takes from the server for one socket."""
    return int(Path("/proc/sys/net/ipv4/tcp_wmem").read_text().split()[-1])


async def connect_with_a_small_buffer(server: Server, room_id: str) -> ClientConnection:
    reading = socket.socket()
    reading.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reading.setblocking(False)
    await asyncio.get_running_loop().sock_connect(reading, ("127.0.0.1", server.port))
    url, origin = f"{server.socket_url}/ws/rooms/{room_id}/", f"http://127.0.0.1:{server.port}"
    return await connect(url, origin=Origin(origin), max_size=None, compression=None, sock=reading)


async def test_a_client_that_sends_and_does_not_read_is_closed() -> None:
    deaf = RoomConsumer()
    transport = deaf.transport = MemoryTransport()
    transport.unread = HARD_LIMIT
    deaf._reply(1, {"ok": True})
    assert (transport.code, transport.frames) == (1013, [])


@IN_ONE_FORM
async def test_no_frame_is_larger_than_the_protocol_says(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    await sync_to_async(write_long_messages)(live_webinar, 60)
    await host.until(lambda: len(host.all("chat.message")) == 60)
    for since in (None, 0, 40):
        late = await join(live_webinar, since=since)
        assert late.largest <= MAX_FRAME
        assert late.welcome["snapshot"]["earlier"] is True
        assert late.welcome["snapshot"]["messages"][-1]["id"] == 60
    assert [event["seq"] for event in (await join(live_webinar, since=57)).welcome["missed"]] == [58, 59, 60]


@IN_ONE_FORM
async def test_the_journal_keeps_the_person_of_a_message(live_webinar: Meeting, join: Join) -> None:
    seat = await sync_to_async(guest_of)(live_webinar)
    guest = await join(live_webinar, seat.person, seat=seat)
    await guest.does("chat.send", text="kept")
    row = await RoomEvent.objects.aget(room=live_webinar.room)
    assert (row.seq, row.ev, row.person_id, row.payload["text"]) == (
        1,
        "chat.message",
        seat.person_id,
        "kept",
    )


@IN_ONE_FORM
async def test_missed_events_come_in_replies_of_bounded_size(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    await sync_to_async(write_long_messages)(live_webinar, 200)
    await host.until(lambda: len(host.all("chat.message")) == 200)
    late = await join(live_webinar, since=0)
    assert late.welcome["missed"] is None
    assert late.welcome["snapshot"]["earlier"] is True
    heard, complete = [], False
    while not complete:
        answer = await late.does("since", seq=heard[-1] if heard else 0)
        assert len(json.dumps(answer, ensure_ascii=False).encode()) <= MAX_FRAME
        heard += [event["seq"] for event in answer["missed"]]
        complete = answer["complete"]
    assert heard == list(range(1, 201))


def write_long_messages(meeting: Meeting, count: int, text: str = "ž" * 2000) -> None:
    person_ref = PersonRef(id="p0", name="x")
    with transaction.atomic():
        events = [
            journal.NewEvent(ChatMessage(id=0, sender=person_ref, text=text, at="")) for _ in range(count)
        ]
        journal.write_many(room_id=meeting.room_id, events=events, now=timezone.now())
