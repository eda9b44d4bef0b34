"""Replies, edits, pins, approval, slow mode, the chat switched off, and the search: who may, and what is left."""

import json
from functools import partial
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from engagement.chat import reading
from engagement.chat.reading import Reader
from engagement.models import ChatSettings
from meetings.models import Meeting
from rooms.models import RoomEvent
from tests.engagement.chat.test_audience_of_messages import flood
from tests.rooms.conftest import IN_ONE_FORM, Join, guest_of
from tests.rooms.people import RoomClient

pytestmark = IN_ONE_FORM


async def host_and_guest(meeting: Meeting, join: Join, **settings: Any) -> tuple[RoomClient, RoomClient]:
    host, guest = await join(meeting, meeting.host), await join(meeting)
    if settings:
        await host.does("chat.configure", **settings)
        await guest.receives("chat.configured")
    return host, guest


async def journal_of(meeting: Meeting) -> str:
    return json.dumps([row.payload async for row in RoomEvent.objects.filter(room=meeting.room)])


# ---- replies -----------------------------------------------------------------------------------------------


async def test_a_reply_names_the_message(live_webinar: Meeting, join: Join) -> None:
    host, guest = await host_and_guest(live_webinar, join)
    asked = (await guest.does("chat.send", text="when?"))["message"]
    await host.does("chat.send", text="at ten", reply_to=asked)
    assert (await guest.receives("chat.message", text="at ten"))["reply_to"] == asked
    assert (await host.asks("chat.send", text="at ten", reply_to=99))["error"] == "not_found"


async def test_a_reply_to_the_hosts_reaches_who_wrote_to_them_and_nobody_else(
    live_webinar: Meeting, join: Join
) -> None:
    host, guest = await host_and_guest(live_webinar, join)
    other = await join(live_webinar)
    asked = (await guest.does("chat.send", text="help", to="hosts"))["message"]
    assert (await host.asks("chat.send", text="to all", reply_to=asked))["error"] == "bad_field"
    assert (await host.asks("chat.send", text="x", reply_to=asked, to=other.id))["error"] == "bad_field"
    assert (await other.asks("chat.send", text="x", reply_to=asked, to="hosts"))["error"] == "not_found"
    await host.does("chat.send", text="coming", reply_to=asked, to="hosts")
    await guest.receives("chat.message", text="coming")
    await other.receives("withheld", seq=2 + asked - 1)
    assert not other.all("chat.message")


# ---- edits and deletions -----------------------------------------------------------------------------------


async def test_an_edit_replaces_the_text_everywhere(live_webinar: Meeting, join: Join) -> None:
    host, guest = await host_and_guest(live_webinar, join)
    number = (await guest.does("chat.send", text="first words"))["message"]
    await host.does("chat.pin", message=number)
    for text in ("second words", "third words"):
        await guest.does("chat.edit", message=number, text=text)
    assert (await host.receives("chat.edited", text="third words"))["message"] == number
    stored = await journal_of(live_webinar)
    assert "first" not in stored
    assert "second" not in stored
    snapshot = (await join(live_webinar)).welcome["snapshot"]
    assert [(each["text"], "edited_at" in each) for each in snapshot["messages"]] == [("third words", True)]
    assert [each["text"] for each in snapshot["pinned"]] == ["third words"]
    await guest.does("chat.delete", message=number)
    assert "words" not in await journal_of(live_webinar)
    again = await join(live_webinar, since=0)
    assert again.welcome["snapshot"]["pinned"] == []
    assert "words" not in json.dumps(again.events)


async def test_nobody_edits_a_message_of_others(live_webinar: Meeting, join: Join) -> None:
    host, guest = await host_and_guest(live_webinar, join)
    number = (await guest.does("chat.send", text="mine"))["message"]
    assert (await host.asks("chat.edit", message=number, text="yours"))["error"] == "not_allowed"
    assert (await guest.asks("chat.edit", message=99, text="what"))["error"] == "not_found"
    assert (await guest.asks("chat.edit", message=number, text=" "))["error"] == "bad_field"
    await guest.does("chat.delete", message=number)
    assert (await guest.asks("chat.edit", message=number, text="back"))["error"] == "not_found"


async def test_a_host_leaves_a_trace_where_they_delete(live_webinar: Meeting, join: Join) -> None:
    host, guest = await host_and_guest(live_webinar, join)
    rude, own = [(await guest.does("chat.send", text=text))["message"] for text in ("rude", "typo")]
    await host.does("chat.delete", message=rude)
    await guest.does("chat.delete", message=own)
    assert (await guest.receives("chat.deleted", message=rude))["by_host"] is True
    assert "by_host" not in await guest.receives("chat.deleted", message=own)
    for found in (
        (await join(live_webinar)).welcome["snapshot"]["messages"],
        (await guest.does("chat.list", before=99))["messages"],
    ):
        assert [(each["id"], each["text"], each["deleted_by_host"]) for each in found] == [(rude, "", True)]


# ---- pins --------------------------------------------------------------------------------------------------


async def test_hosts_pin_three_messages_that_everybody_sees(live_webinar: Meeting, join: Join) -> None:
    host, guest = await host_and_guest(live_webinar, join)
    numbers = [(await guest.does("chat.send", text=str(each)))["message"] for each in range(4)]
    secret = (await guest.does("chat.send", text="help", to="hosts"))["message"]
    assert (await guest.asks("chat.pin", message=numbers[0]))["error"] == "not_allowed"
    for number in numbers[:3]:
        await host.does("chat.pin", message=number)
    await host.does("chat.pin", message=numbers[0])  # is pinned already
    for number in (numbers[3], secret):
        assert (await host.asks("chat.pin", message=number))["error"] == "not_now"
    await host.does("chat.pin", message=numbers[0], on=False)
    assert (await host.asks("chat.pin", message=numbers[0], on=False))["error"] == "not_found"
    await guest.receives("chat.unpinned", message=numbers[0])
    assert len(guest.all("chat.pinned")) == 3
    pinned = (await join(live_webinar)).welcome["snapshot"]["pinned"]
    assert [each["id"] for each in pinned] == numbers[1:3]


# ---- approval ----------------------------------------------------------------------------------------------


async def test_a_held_message_is_seen_by_hosts_and_its_author_until_it_is_approved(
    live_webinar: Meeting, join: Join
) -> None:
    host, guest = await host_and_guest(live_webinar, join, moderated=True)
    other = await join(live_webinar)
    held = (await guest.does("chat.send", text="is this all right?"))["message"]
    assert (await host.receives("chat.message", id=held))["held"] is True
    await guest.receives("chat.message", id=held)
    assert (await guest.asks("chat.approve", message=held))["error"] == "not_allowed"
    assert (await guest.asks("chat.edit", message=held, text="or this?"))["error"] == "not_now"
    assert (await host.asks("chat.pin", message=held))["error"] == "not_now"
    assert (await host.asks("chat.send", text="yes", reply_to=held))["error"] == "not_now"
    assert "is this" not in json.dumps((await join(live_webinar, since=0)).events)
    shown = (await host.does("chat.approve", message=held))["message"]
    event = await other.receives("chat.message", id=shown)
    assert (event["text"], event["approved_from"], event["from"]["id"]) == (
        "is this all right?",
        held,
        guest.id,
    )
    assert not other.all("chat.message", id=held)
    assert (await host.asks("chat.approve", message=held))["error"] == "not_found"
    assert (await host.asks("chat.approve", message=shown))["error"] == "not_now"
    snapshot = (await join(live_webinar, live_webinar.host)).welcome["snapshot"]
    assert [each["id"] for each in snapshot["messages"]] == [shown]


async def test_a_refused_message_is_seen_by_nobody_else(live_webinar: Meeting, join: Join) -> None:
    host, guest = await host_and_guest(live_webinar, join, moderated=True)
    other = await join(live_webinar)
    held = (await guest.does("chat.send", text="buy this"))["message"]
    await host.does("chat.delete", message=held)
    await guest.receives("chat.deleted", message=held)
    await host.does("chat.send", text="a host is not held")
    await other.receives("chat.message", text="a host is not held")
    assert not other.all("chat.deleted")
    assert "buy this" not in await journal_of(live_webinar)


# ---- switches ----------------------------------------------------------------------------------------------


async def test_in_slow_mode_attendees_wait(live_webinar: Meeting, join: Join) -> None:
    host, guest = await host_and_guest(live_webinar, join, slow_seconds=60)
    first = await guest.does("chat.send", text="one", client_id="slow-mode-1")
    answer = await guest.asks("chat.send", text="two")
    assert answer["error"] == "too_fast"
    assert 50 <= int(answer["detail"]) <= 60
    again = await guest.does("chat.send", text="one", client_id="slow-mode-1")
    assert again["message"] == first["message"]
    for text in ("three", "four"):
        await host.does("chat.send", text=text)
    await (await join(live_webinar)).does("chat.send", text="somebody else")


async def test_two_at_once_in_slow_mode_are_one(live_webinar: Meeting, join: Join) -> None:
    host, _guest = await host_and_guest(live_webinar, join, slow_seconds=10)
    seat = await sync_to_async(guest_of)(live_webinar)
    sockets = [await join(live_webinar, seat.person, seat=seat) for _turn in range(2)]
    sent = [await each.sends("chat.send", text="now") for each in sockets]
    answers = [
        await each.until(partial(each.answers.get, number))
        for each, number in zip(sockets, sent, strict=True)
    ]
    assert sorted("ok" in each for each in answers) == [False, True]
    await host.receives("chat.message", text="now")


async def test_while_the_chat_is_off_only_hosts_write(live_webinar: Meeting, join: Join) -> None:
    host, guest = await host_and_guest(live_webinar, join)
    number = (await guest.does("chat.send", text="before"))["message"]
    await host.does("chat.configure", on=False)
    await guest.receives("chat.configured")
    for to in ("everybody", "hosts"):
        assert (await guest.asks("chat.send", text="hello", to=to))["error"] == "not_now"
    assert (await guest.asks("chat.edit", message=number, text="after"))["error"] == "not_now"
    await host.does("chat.send", text="back soon")
    assert (await join(live_webinar)).welcome["snapshot"]["chat"]["on"] is False
    await host.does("chat.configure", on=True)
    await guest.until(lambda: guest.all("chat.configured")[1:])
    await guest.does("chat.send", text="hello")


async def test_settings_are_changed_by_hosts_one_by_one(live_webinar: Meeting, join: Join) -> None:
    host, guest = await host_and_guest(live_webinar, join, slow_seconds=30)
    await host.does("chat.configure", moderated=True)
    await host.does("chat.configure", moderated=True)
    await guest.until(lambda: guest.all("chat.configured")[1:])
    expected = {"on": True, "private": "hosts", "moderated": True, "slow_seconds": 30}
    assert [each["chat"] for each in guest.all("chat.configured")][1:] == [expected]
    assert (await guest.asks("chat.configure", on=False))["error"] == "not_allowed"
    for wrong in ({"slow_seconds": 7}, {"private": "friends"}, {"on": "yes"}, {"colour": "red"}):
        assert (await host.asks("chat.configure", **wrong))["error"] == "bad_field"
    assert await ChatSettings.objects.filter(room=live_webinar.room, is_moderated=True).acount() == 1


# ---- search ------------------------------------------------------------------------------------------------


async def test_letters_are_found_without_their_marks(live_webinar: Meeting, join: Join) -> None:
    _host, guest = await host_and_guest(live_webinar, join)
    for text in ("Fjärrvärme i Łódź", "something else", "FJARRVARME again"):
        await guest.does("chat.send", text=text)
    found = await guest.does("chat.search", query="fjarrvarme")
    assert [each["text"] for each in found["messages"]] == ["FJARRVARME again", "Fjärrvärme i Łódź"]
    assert found["next"] is None
    assert (await guest.does("chat.search", query="lodz", before=2))["messages"] != []
    assert (await guest.does("chat.search", query="lodz", before=1))["messages"] == []
    assert (await guest.asks("chat.search", query="…"))["error"] == "bad_field"


async def test_a_search_reads_a_bounded_number_and_goes_on(
    live_webinar: Meeting, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = await join(live_webinar, live_webinar.host)
    await sync_to_async(flood)(live_webinar, host.id, "p0")
    monkeypatch.setattr(reading, "LOOKED_THROUGH", 30)
    reader = Reader(host.id, is_host=True)
    search = sync_to_async(reading.messages_with)
    first = await search(live_webinar.room_id, "y x 170", None, reader=reader)
    assert (first.messages, first.next) == ([], 171)
    found = await search(live_webinar.room_id, "170", 172, reader=reader)
    assert [each.text for each in found.messages] == ["170"]
