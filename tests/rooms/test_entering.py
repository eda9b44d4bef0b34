"""Ticket, hello, welcome: who joins, who waits, who is refused."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.test import override_settings
from django.utils import timezone
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from attendance import report
from meetings import registering
from meetings.models import Meeting, Registration
from rooms.consumer import happened_since
from rooms.models import Participant, Presence
from rooms.room_loader import load_room_state
from rooms.room_sessions import REAUTHORIZE_EVERY
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, WITH_REDIS, Join, guest_of
from tests.rooms.people import closing, enter, eventually, open_socket, say_hello, ticket_for
from tests.rooms.server import Server


async def test_welcome_says_who_i_am_and_what_the_room_is(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    welcome = host.welcome
    assert welcome["you"]["role"] == "host"
    assert welcome["you"]["admission"] == "admitted"
    assert "meeting.end" in welcome["you"]["may"]
    assert welcome["room"]["state"] == "live"
    assert welcome["room"]["meeting"] == live_webinar.pk
    assert welcome["seq"] == 0
    assert welcome["snapshot"]["messages"] == []


async def test_the_snapshot_has_the_messages(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    await host.does("chat.send", text="Good morning")
    guest = await join(live_webinar)
    assert [message["text"] for message in guest.welcome["snapshot"]["messages"]] == ["Good morning"]
    assert guest.welcome["snapshot"]["messages"][0]["from"]["name"] == live_webinar.host.name
    assert [person["id"] for person in guest.welcome["snapshot"]["stage"]] == [host.id]
    assert "meeting.end" not in guest.welcome["you"]["may"]


@IN_ONE_FORM
@pytest.mark.parametrize("ticket", ["", "nonsense", "a:b:c", "é" * 50])
async def test_a_forged_ticket_is_closed_with_4401(
    live_webinar: Meeting, server: Server, ticket: str
) -> None:
    visitor = await open_socket(server, live_webinar.room_id)
    await visitor.socket.send(json.dumps({"do": "hello", "ticket": ticket}))
    assert await visitor.closed_with() == 4401


@IN_ONE_FORM
@pytest.mark.parametrize("hello", [{}, {"ticket": None}, {"ticket": 5}, {"ticket": "x" * 5000}])
async def test_what_cannot_be_a_ticket_is_closed_with_4401(
    live_webinar: Meeting, server: Server, hello: dict[str, Any]
) -> None:
    visitor = await open_socket(server, live_webinar.room_id)
    await visitor.socket.send(json.dumps({"do": "hello", **hello}))
    assert await visitor.closed_with(seconds=5) == 4401


@IN_ONE_FORM
async def test_a_ticket_is_good_for_sixty_seconds_and_one_room(live_webinar: Meeting, server: Server) -> None:
    def old_and_foreign() -> tuple[str, str]:
        other = factories.meeting(host=live_webinar.host)
        with time_machine.travel(timezone.now() - timedelta(seconds=61)):
            old = ticket_for(live_webinar.room, live_webinar.host)
        return old, ticket_for(other.room, live_webinar.host)

    for ticket in await sync_to_async(old_and_foreign)():
        visitor = await open_socket(server, live_webinar.room_id)
        await visitor.socket.send(json.dumps({"do": "hello", "ticket": ticket}))
        assert await visitor.closed_with() == 4401


@IN_ONE_FORM
async def test_a_connection_without_hello_is_closed_with_4401_after_ten_seconds(
    live_webinar: Meeting, server: Server
) -> None:
    visitor = await open_socket(server, live_webinar.room_id)
    assert await visitor.closed_with() == 4401


@IN_ONE_FORM
async def test_nothing_is_done_before_hello(live_webinar: Meeting, server: Server) -> None:
    visitor = await open_socket(server, live_webinar.room_id)
    answer = await visitor.asks("chat.send", text="hello?")
    assert answer["error"] == "not_allowed"
    await visitor.close()
    assert not await Presence.objects.aexists()


@IN_ONE_FORM
async def test_a_page_of_another_site_cannot_open_the_socket(live_webinar: Meeting, server: Server) -> None:
    url = f"{server.socket_url}/ws/rooms/{live_webinar.room_id}/"
    with pytest.raises(InvalidStatus):
        await connect(url, origin=Origin("https://elsewhere.example"))


@IN_ONE_FORM
@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//[", "null"])
async def test_an_origin_that_is_no_address_is_of_another_site(
    live_webinar: Meeting, server: Server, origin: str
) -> None:
    url = f"{server.socket_url}/ws/rooms/{live_webinar.room_id}/"
    with pytest.raises(InvalidStatus) as refused:
        await connect(url, additional_headers={"Origin": origin})
    assert refused.value.response.status_code == 403


@IN_ONE_FORM
async def test_a_program_that_sends_no_origin_may_come_in(live_webinar: Meeting, server: Server) -> None:
    ticket = await sync_to_async(ticket_for)(live_webinar.room, live_webinar.host)
    async with connect(f"{server.socket_url}/ws/rooms/{live_webinar.room_id}/") as socket:
        await socket.send(json.dumps({"do": "hello", "ticket": ticket}))
        assert json.loads(await socket.recv())["ev"] == "welcome"


async def test_a_second_tab_is_the_same_person(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    seat = await sync_to_async(guest_of)(live_webinar)
    first = await join(live_webinar, seat.person, seat=seat)
    await host.receives("presence", count=2)
    second = await join(live_webinar, seat.person, seat=seat)
    assert first.id == second.id
    assert first.welcome["you"]["connection"] != second.welcome["you"]["connection"]
    person = await host.until(
        lambda: [event for event in host.all("person") if len(event["person"]["connections"]) == 2]
    )
    assert person[0]["person"]["id"] == first.id
    await first.close()
    await asyncio.sleep(1.5)
    assert host.all("presence")[-1]["count"] == 2
    assert await Presence.objects.acount() == 3


async def test_after_a_break_since_brings_exactly_what_was_missed(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    seat = await sync_to_async(guest_of)(live_webinar)
    guest = await join(live_webinar, seat.person, seat=seat)
    await host.does("chat.send", text="one")
    await guest.receives("chat.message", text="one")
    await guest.close()
    for text in ("two", "three"):
        await host.does("chat.send", text=text)
    back = await join(live_webinar, seat.person, seat=seat, since=1)
    assert [event["text"] for event in back.welcome["missed"]] == ["two", "three"]
    assert [event["seq"] for event in back.welcome["missed"]] == [2, 3]
    assert back.welcome["seq"] == 3
    await host.does("chat.send", text="four")
    assert (await back.receives("chat.message"))["seq"] == 4
    answer = await back.does("since", seq=2)
    assert [event["seq"] for event in answer["missed"]] == [3, 4]
    assert answer["complete"] is True


@IN_ONE_FORM
async def test_missed_events_are_sent_only_on_request(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    assert "missed" not in host.welcome
    assert (await join(live_webinar, since=0)).welcome["missed"] == []


@IN_ONE_FORM
async def test_a_client_ahead_of_the_room_gets_a_snapshot(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    await host.does("chat.send", text="one")
    guest = await join(live_webinar, since=999)
    assert (guest.welcome["seq"], guest.welcome["missed"]) == (1, None)
    assert [message["text"] for message in guest.welcome["snapshot"]["messages"]] == ["one"]


@IN_ONE_FORM
async def test_since_reaches_events_that_are_only_in_the_journal(live_webinar: Meeting, join: Join) -> None:
    def write_many() -> None:
        from django.db import transaction

        from engagement.chat.messages import ChatMessage
        from rooms import journal
        from rooms.messages import PersonRef

        with transaction.atomic():
            events: list[Any] = [
                journal.NewEvent(ChatMessage(id=0, sender=PersonRef(id="p0", name="x"), text=str(n), at=""))
                for n in range(400)
            ]
            journal.write_many(room_id=live_webinar.room_id, events=events, now=timezone.now())

    await sync_to_async(write_many)()
    host = await join(live_webinar, live_webinar.host, since=10)
    assert [event["seq"] for event in host.welcome["missed"]] == list(range(11, 401))
    assert len(host.welcome["snapshot"]["messages"]) == 50
    assert host.welcome["snapshot"]["earlier"] is True


@IN_ONE_FORM
async def test_what_happens_while_somebody_joins_is_read_where_memory_has_it_no_longer(
    live_webinar: Meeting, join: Join
) -> None:
    host = await join(live_webinar, live_webinar.host)
    for text in ("one", "two", "three"):
        await host.does("chat.send", text=text)
    state = await sync_to_async(load_room_state)(live_webinar.room_id)
    in_memory = await happened_since(state, live_webinar.room_id, 1)
    assert [each.seq for each in in_memory] == [2, 3]
    state.clear_frames()
    assert await happened_since(state, live_webinar.room_id, 1) == in_memory


# ---- waiting room --------------------------------------------------------------------------------------------


async def with_lobby(meeting: Meeting) -> None:
    await Meeting.objects.filter(pk=meeting.pk).aupdate(lobby=True)


async def test_who_must_wait_waits_also_before_the_room_has_heard_of_it(
    live_webinar: Meeting, join: Join
) -> None:
    """The waiting room was turned on in the moment in which they joined."""
    host = await join(live_webinar, live_webinar.host)
    await with_lobby(live_webinar)
    waiting = await join(live_webinar)
    assert waiting.welcome["you"]["admission"] == "waiting"
    await host.does("chat.send", text="said inside")
    await asyncio.sleep(0.5)
    assert waiting.all("admitted") == waiting.all("chat.message") == []


async def test_nothing_of_the_room_reaches_the_waiting_room(live_webinar: Meeting, join: Join) -> None:
    await with_lobby(live_webinar)
    host = await join(live_webinar, live_webinar.host)
    await host.does("chat.send", text="said before")
    seat = await sync_to_async(guest_of)(live_webinar, name="Guest in the waiting room")
    guest = await join(live_webinar, seat.person, seat=seat, since=0)
    assert guest.welcome["you"]["admission"] == "waiting"
    assert guest.welcome["snapshot"] is None
    assert guest.welcome["missed"] is None
    assert guest.welcome["seq"] == 0
    for do, fields in {
        "chat.send": {"text": "let me in"},
        "since": {"seq": 0},
        "people.list": {},
        "hand.raise": {},
        "reaction.send": {"reaction": "heart"},
        "signal.send": {"to": host.welcome["you"]["connection"], "candidate": {}},
        "lobby.admit": {"all": True},
        "media.token": {},
    }.items():
        assert (await guest.asks(do, **fields))["error"] == "not_allowed", do
    await host.does("chat.send", text="said meanwhile")
    await host.does("reaction.send", reaction="heart")
    await host.receives("reactions")
    assert {event["ev"] for event in guest.events} == {
        "welcome",
        "agenda",
    }  # the plan, which the page shows, too

    waiting = await host.receives("lobby")
    assert [person["name"] for person in waiting["waiting"]] == ["Guest in the waiting room"]
    await host.does("lobby.admit", person=waiting["waiting"][0]["id"])
    admitted = await guest.receives("admitted")
    assert [message["text"] for message in admitted["snapshot"]["messages"]] == [
        "said before",
        "said meanwhile",
    ]
    await guest.does("chat.send", text="thank you")
    assert (await guest.receives("chat.message"))["seq"] == admitted["seq"] + 1
    await host.until(lambda: host.all("lobby", waiting=[]))


async def test_all_who_wait_are_admitted_at_once(live_webinar: Meeting, join: Join) -> None:
    await with_lobby(live_webinar)
    guests = [await join(live_webinar) for _ in range(3)]
    host = await join(live_webinar, live_webinar.host)
    assert len(host.welcome["snapshot"]["waiting"]) == 3
    assert (await host.asks("lobby.admit"))["error"] == "bad_field"
    assert len((await host.does("lobby.admit", all=True))["people"]) == 3
    for guest in guests:
        await guest.receives("admitted")


async def test_a_person_who_was_denied_cannot_join_again(
    live_webinar: Meeting, join: Join, server: Server
) -> None:
    await with_lobby(live_webinar)
    host = await join(live_webinar, live_webinar.host)
    seat = await sync_to_async(guest_of)(live_webinar)
    guest = await join(live_webinar, seat.person, seat=seat)
    person = (await host.receives("lobby"))["waiting"][0]["id"]
    assert (await host.asks("lobby.deny", person="p999999"))["error"] == "not_found"
    await host.does("lobby.deny", person=person)
    assert await guest.closed_with() == 4403
    again = await say_hello(server, live_webinar, seat.person, seat=seat)
    assert await again.closed_with() == 4403


async def test_attendees_wait_during_the_practice_session(scheduled_webinar: Meeting, join: Join) -> None:
    host = await join(scheduled_webinar, scheduled_webinar.host)
    guest = await join(scheduled_webinar)
    assert guest.welcome["room"]["state"] == "waiting"
    assert guest.welcome["snapshot"] is None
    await host.does("chat.send", text="practice")
    assert (await guest.asks("chat.send", text="hello?"))["error"] == "not_allowed"
    await host.does("meeting.start")
    admitted = await guest.receives("admitted")
    assert admitted["room"]["state"] == "live"
    assert admitted["snapshot"]["messages"] == []
    await guest.does("chat.send", text="hello")
    await host.receives("chat.message", text="hello")
    assert "practice" not in json.dumps(guest.events)
    answer = await guest.does("since", seq=0)
    assert "practice" not in json.dumps(answer["missed"])


async def test_a_waiting_room_keeps_people_waiting_after_the_start(
    scheduled_webinar: Meeting, join: Join
) -> None:
    await with_lobby(scheduled_webinar)
    host = await join(scheduled_webinar, scheduled_webinar.host)
    guest = await join(scheduled_webinar)
    await host.does("meeting.start")
    await guest.receives("meeting.started")
    await asyncio.sleep(0.3)
    assert not guest.all("admitted")


async def test_presence_begins_with_the_admission(live_webinar: Meeting, join: Join) -> None:
    await with_lobby(live_webinar)
    host = await join(live_webinar, live_webinar.host)
    seat = await sync_to_async(guest_of)(live_webinar)
    in_vain = await join(live_webinar, seat.person, seat=seat)
    await in_vain.close()
    guest = await join(live_webinar, seat.person, seat=seat)
    presences = Presence.objects.filter(person=seat.person)
    assert not await presences.aexists()
    let_in_at = timezone.now()
    await host.does("lobby.admit", person=guest.id)
    presence = await eventually(presences.first)
    assert presence.joined_at >= let_in_at
    assert presence.left_at is None
    await guest.close()
    await eventually(presences.filter(left_at__isnull=False).exists)
    assert await presences.acount() == 1


async def test_the_presence_of_an_attendee_who_waited_begins_with_the_start(
    scheduled_webinar: Meeting, join: Join
) -> None:
    host = await join(scheduled_webinar, scheduled_webinar.host)
    seat = await sync_to_async(guest_of)(scheduled_webinar)
    guest = await join(scheduled_webinar, seat.person, seat=seat)
    second_browser = await join(scheduled_webinar, seat.person, seat=seat)
    assert not await Presence.objects.filter(person=seat.person).aexists()
    await host.does("meeting.start")
    for each in (guest, second_browser):
        await each.receives("admitted")
    await eventually(lambda: Presence.objects.filter(person=seat.person).count() == 2)
    await second_browser.close()
    await host.does("meeting.end")
    await guest.receives("meeting.ended")

    def attendance() -> report.Attendance:
        meeting = Meeting.objects.get(pk=scheduled_webinar.pk)
        return report.attendance_of(meeting, timezone.now() + timedelta(hours=1))

    found = (await sync_to_async(attendance)()).attendees
    assert {one.person.pk: one.share for one in found} == {
        seat.person_id: 1.0,
        scheduled_webinar.host_id: 1.0,
    }


@IN_ONE_FORM
async def test_turning_the_waiting_room_off_admits_everybody(live_webinar: Meeting, join: Join) -> None:
    await with_lobby(live_webinar)
    guest = await join(live_webinar)
    assert guest.welcome["you"]["admission"] == "waiting"
    await Meeting.objects.filter(pk=live_webinar.pk).aupdate(lobby=False)
    await guest.receives("admitted", seconds=15)


# ---- leaving and removal -------------------------------------------------------------------------------------


async def test_a_person_who_was_removed_cannot_join_again(
    live_webinar: Meeting, join: Join, server: Server
) -> None:
    host = await join(live_webinar, live_webinar.host)
    seat = await sync_to_async(guest_of)(live_webinar)
    guest = await join(live_webinar, seat.person, seat=seat)
    second_tab = await join(live_webinar, seat.person, seat=seat)
    assert (await guest.asks("stage.remove", person=host.id, from_room=True))["error"] == "not_allowed"
    await host.does("stage.remove", person=guest.id, from_room=True)
    assert await guest.closed_with() == 4403
    assert await second_tab.closed_with() == 4403
    again = await say_hello(server, live_webinar, seat.person, seat=seat)
    assert await again.closed_with() == 4403
    removed = await Participant.objects.aget(person=seat.person)
    assert removed.admission == Participant.AdmissionStatus.REMOVED


@pytest.mark.parametrize("has_waiting_room", [False, True])
async def test_a_person_who_was_removed_comes_back_when_a_host_lets_them(
    live_meeting: Meeting, join: Join, has_waiting_room: bool
) -> None:
    if has_waiting_room:
        await with_lobby(live_meeting)
    host = await join(live_meeting, live_meeting.host)
    seat = await sync_to_async(guest_of)(live_meeting)
    guest, other = await join(live_meeting, seat.person, seat=seat), await join(live_meeting)
    if has_waiting_room:
        await host.does("lobby.admit", all=True)
        assert (await other.receives("admitted"))["you"]["on_stage"] is True
        await other.does("media.state", microphone=True, camera=False)
    await host.does("stage.remove", person=guest.id, from_room=True)
    assert await guest.closed_with() == 4403
    for do, fields in (("lobby.turned_away", {}), ("lobby.readmit", {"person": guest.id})):
        assert (await other.asks(do, **fields))["error"] == "not_allowed"
    listed = (await host.does("lobby.turned_away"))["people"]
    assert [(each["id"], each["name"]) for each in listed] == [(guest.id, seat.name)]
    for nobody in (other.id, "p999999", "x"):
        assert (await host.asks("lobby.readmit", person=nobody))["error"] == "not_found"
    await host.does("lobby.readmit", person=guest.id)
    assert (await host.does("lobby.turned_away"))["people"] == []
    again = await join(live_meeting, seat.person, seat=seat)
    if has_waiting_room:
        assert again.welcome["you"]["admission"] == "waiting"
        await host.does("lobby.admit", person=again.id)
        assert (await again.receives("admitted"))["you"]["on_stage"] is True
    else:
        assert again.welcome["you"]["admission"] == "admitted"
        assert again.welcome["you"]["on_stage"] is True


@IN_ONE_FORM
async def test_a_cancelled_registration_closes_the_connection(live_webinar: Meeting, join: Join) -> None:
    seat = await sync_to_async(guest_of)(live_webinar)
    guest = await join(live_webinar, seat.person, seat=seat)
    seat.state, seat.cancelled_at = "cancelled", timezone.now()
    await seat.asave()
    assert await guest.closed_with() == 4401


@WITH_REDIS
async def test_every_way_to_cancel_a_registration_closes_the_connection_at_once(
    live_webinar: Meeting, join: Join, redis_url: str
) -> None:
    loop = asyncio.get_running_loop()

    def withdraw(seat: Registration) -> None:
        with override_settings(REDIS_URL=redis_url):
            registering.withdraw(registration=seat, now=timezone.now())

    seats = [await sync_to_async(guest_of)(live_webinar) for _ in range(5)]
    guests = [await join(live_webinar, seat.person, seat=seat) for seat in seats]
    started = loop.time()
    for seat, guest in zip(seats, guests, strict=True):
        await sync_to_async(withdraw)(seat)
        assert await guest.closed_with() == 4401
    # The periodic reauthorization would have taken longer.
    assert loop.time() - started < 4 * REAUTHORIZE_EVERY * 0.9


@IN_ONE_FORM
async def test_a_registration_cancelled_after_the_ticket_was_issued_does_not_open(
    live_webinar: Meeting, server: Server
) -> None:
    seat = await sync_to_async(guest_of)(live_webinar)
    ticket = await sync_to_async(ticket_for)(live_webinar.room, seat.person, seat)
    seat.state, seat.cancelled_at = "cancelled", timezone.now()
    await seat.asave()
    visitor = await open_socket(server, live_webinar.room_id)
    await visitor.socket.send(json.dumps({"do": "hello", "ticket": ticket}))
    assert await visitor.closed_with() == 4401


async def test_a_lost_connection_leaves_the_room(live_webinar: Meeting, join: Join, server: Server) -> None:
    host = await join(live_webinar, live_webinar.host)
    guest = await enter(
        server, live_webinar, (seat := await sync_to_async(guest_of)(live_webinar)).person, seat=seat
    )
    await host.until(lambda: host.all("presence", count=2))
    guest.socket.transport.abort()  # no close frame: as when a browser is killed
    await host.receives("presence", count=1, left=[guest.id])
    presence = await Presence.objects.aget(person=seat.person)
    assert presence.left_at is not None
    assert presence.left_at >= presence.joined_at


async def test_a_project_room_is_open_for_its_people_without_a_meeting(
    transactional_db: None, server: Server
) -> None:
    def build() -> tuple[Any, Any, Any]:
        ours, theirs = factories.company(), factories.company()
        room = factories.room(companies=[ours, theirs])
        return room, factories.person(company=ours), factories.person(company=theirs)

    room, one, other = await sync_to_async(build)()
    first, second = await enter(server, room, one), await enter(server, room, other)
    async with closing(first, second):
        assert first.welcome["room"]["kind"] == "project"
        assert first.welcome["room"]["state"] == "live"
        await first.does("chat.send", text="the drawings are there")
        await second.receives("chat.message", text="the drawings are there")
        assert (await first.asks("meeting.start"))["error"] in {"not_allowed", "not_now"}
