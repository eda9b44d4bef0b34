"""Real-time text: everybody reads it while it is typed, in every process; finished lines are kept, each once."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from companies import erasing
from companies.text import cleaned, masked
from engagement.realtime_text import moderating, reading, saying
from engagement.realtime_text.drafts import edited
from engagement.realtime_text.messages import LONGEST, Edit
from meetings.models import Meeting, Registration
from rooms.messages import PersonRef
from rooms.models import RoomEvent
from rooms.refusals import Refused
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, Join, guest_of
from tests.rooms.people import Event, RoomClient, closing, enter
from tests.rooms.server import Server
from tests.rooms.test_roles_in_the_room import has_role

FIRST, SECOND = "text-0001", "text-0002"


def shown(client: RoomClient) -> dict[str, str]:
    """What this client shows as being typed, by text: the welcome, then every event in its order."""
    texts: dict[str, tuple[int, str]] = {}
    for event in client.events:
        if event["ev"] in {"welcome", "admitted"} and event["snapshot"]:
            for each in event["snapshot"]["being_typed"]:
                texts[each["text_id"]] = (each["version"], each["text"])
        elif event["ev"] == "rtt.typing":
            follow(texts, event)
        elif event["ev"] == "rtt.committed":
            texts.pop(event["text_id"], None)
    return {text_id: text for text_id, (_version, text) in texts.items()}


def follow(texts: dict[str, tuple[int, str]], event: Event) -> None:
    text_id, version = event["text_id"], event["version"]
    known = texts.get(text_id)
    if event.get("text") == "":
        texts.pop(text_id, None)
    elif "text" in event:
        texts[text_id] = (version, event["text"])
    elif known is not None and version == known[0] + 1:
        edits = [Edit.model_validate(each) for each in event["edits"]]
        texts[text_id] = (version, edited(known[1], edits))


async def test_letters_are_read_while_they_are_typed_and_the_finished_line_is_kept(
    live_meeting: Meeting, join: Join
) -> None:
    host, guest = await join(live_meeting, live_meeting.host), await join(live_meeting)
    await guest.does("rtt.type", text_id=FIRST, version=1, text="Helo")
    await host.until(lambda: shown(host) == {FIRST: "Helo"})
    await guest.does("rtt.type", text_id=FIRST, version=2, edits=[{"at": 3, "insert": "l"}])
    await guest.does(
        "rtt.type",
        text_id=FIRST,
        version=3,
        edits=[{"at": 0, "erase": 1, "insert": "J"}, {"at": 5, "insert": "o 🔥"}],
    )
    await host.until(lambda: shown(host) == {FIRST: "Jelloo 🔥"})
    await host.does("rtt.type", text_id=SECOND, version=1, text="at the same time")
    late = await join(live_meeting)
    assert shown(late) == {FIRST: "Jelloo 🔥", SECOND: "at the same time"}
    line = (await guest.does("rtt.commit", text_id=FIRST, text="Jello 🔥"))["line"]
    committed = await host.receives("rtt.committed", id=line, text="Jello 🔥", text_id=FIRST)
    assert committed["person"]["id"] == guest.id
    await late.until(lambda: shown(late) == {SECOND: "at the same time"})
    snapshot = (await join(live_meeting)).welcome["snapshot"]
    assert [each["text"] for each in snapshot["text_lines"]] == ["Jello 🔥"]
    assert [each["text_id"] for each in snapshot["being_typed"]] == [SECOND]
    await host.does("rtt.type", text_id=SECOND, version=2, text="")
    await late.until(lambda: shown(late) == {})


@IN_ONE_FORM
async def test_a_line_is_kept_once_however_often_it_is_sent(live_meeting: Meeting, join: Join) -> None:
    host, guest = await join(live_meeting, live_meeting.host), await join(live_meeting)
    first = await guest.does("rtt.commit", text_id=FIRST, text="once")
    assert (await guest.does("rtt.commit", text_id=FIRST, text="twice"))["line"] == first["line"]
    assert (await host.does("rtt.commit", text_id=FIRST, text="another person's"))["line"] != first["line"]
    refused = await guest.asks("rtt.type", text_id=FIRST, version=9, text="too late")
    assert refused["error"] == "not_now"
    assert [each.text for each in await sync_to_async(kept)(live_meeting)] == ["once", "another person's"]


def kept(meeting: Meeting) -> list[Any]:
    return list(reading.lines_for_export(meeting.room_id))


@IN_ONE_FORM
@pytest.mark.parametrize(
    ("do", "fields", "code"),
    [
        ("rtt.type", {"text_id": "short", "version": 1, "text": "x"}, "bad_field"),
        ("rtt.type", {"text_id": SECOND, "version": 0, "text": "x"}, "bad_field"),
        ("rtt.type", {"text_id": SECOND, "version": "1", "text": "x"}, "bad_field"),
        ("rtt.type", {"text_id": SECOND, "version": 1, "text": "x" * (LONGEST + 1)}, "bad_field"),
        ("rtt.type", {"text_id": SECOND, "version": 1}, "bad_field"),
        ("rtt.type", {"text_id": SECOND, "version": 1, "text": "x", "edits": [{"at": 0}]}, "bad_field"),
        ("rtt.type", {"text_id": SECOND, "version": 1, "edits": [{"at": 0, "insert": "x"}]}, "not_now"),
        ("rtt.type", {"text_id": FIRST, "version": 3, "edits": [{"at": 0, "insert": "x"}]}, "not_now"),
        ("rtt.type", {"text_id": FIRST, "version": 1, "text": "older"}, "not_now"),
        ("rtt.type", {"text_id": FIRST, "version": 2, "edits": [{"at": 6}]}, "bad_field"),
        ("rtt.type", {"text_id": FIRST, "version": 2, "edits": [{"at": -1}]}, "bad_field"),
        ("rtt.type", {"text_id": FIRST, "version": 2, "edits": [{"at": 4, "erase": 2}]}, "bad_field"),
        (
            "rtt.type",
            {"text_id": FIRST, "version": 2, "edits": [{"at": 0, "insert": "x" * 999}]},
            "bad_field",
        ),
        ("rtt.type", {"text_id": FIRST, "version": 2, "edits": [{"at": 0}] * 21}, "bad_field"),
        ("rtt.commit", {"text_id": FIRST, "text": "  "}, "bad_field"),
        ("rtt.commit", {"text_id": FIRST, "text": "\u200b"}, "bad_field"),
        ("rtt.commit", {"text_id": FIRST, "text": 7}, "bad_field"),
        ("rtt.commit", {"text_id": FIRST, "text": "x" * (LONGEST + 1)}, "bad_field"),
        ("rtt.delete", {"line": 999}, "not_found"),
        ("rtt.delete", {"line": "1"}, "bad_field"),
        ("rtt.list", {"before": -1}, "bad_field"),
    ],
)
async def test_what_is_no_text_is_refused_and_changes_nothing(
    live_meeting: Meeting, join: Join, do: str, fields: dict[str, Any], code: str
) -> None:
    guest = await join(live_meeting)
    await guest.does("rtt.type", text_id=FIRST, version=1, text="typed")
    assert (await guest.asks(do, **fields))["error"] == code
    await guest.does("rtt.type", text_id=FIRST, version=2, edits=[{"at": 5, "insert": "!"}])
    await guest.until(lambda: shown(guest) == {FIRST: "typed!"})


@IN_ONE_FORM
async def test_nobody_changes_the_text_of_somebody_else(live_meeting: Meeting, join: Join) -> None:
    host, guest = await join(live_meeting, live_meeting.host), await join(live_meeting)
    await guest.does("rtt.type", text_id=FIRST, version=1, text="mine")
    edit = [{"at": 0, "erase": 4}]
    assert (await host.asks("rtt.type", text_id=FIRST, version=2, edits=edit))["error"] == "not_now"
    await host.does("rtt.type", text_id=FIRST, version=2, text="the host's")
    late = await join(live_meeting)
    texts = {each["person"]["id"]: each["text"] for each in late.welcome["snapshot"]["being_typed"]}
    assert texts == {guest.id: "mine", host.id: "the host's"}


@IN_ONE_FORM
async def test_who_may_speak_may_write_and_nobody_after_the_end(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    assert (await guest.asks("rtt.type", text_id=FIRST, version=1, text="x"))["error"] == "not_allowed"
    assert (await guest.asks("rtt.commit", text_id=FIRST, text="x"))["error"] == "not_allowed"
    await host.does("stage.invite", person=guest.id)
    await guest.receives("stage.joined")
    await guest.does("rtt.type", text_id=FIRST, version=1, text="from the stage")
    await host.until(lambda: shown(host) == {FIRST: "from the stage"})
    await guest.does("stage.leave")
    await host.until(lambda: shown(host) == {})  # some seconds later
    await host.does("rtt.type", text_id=SECOND, version=1, text="until the end")
    await host.does("meeting.end")
    await guest.receives("meeting.ended")
    assert (await host.asks("rtt.type", text_id=SECOND, version=2, text="x"))["error"] == "not_now"
    assert (await host.asks("rtt.commit", text_id=SECOND, text="x"))["error"] == "not_now"
    await guest.until(lambda: shown(guest) == {})


@IN_ONE_FORM
async def test_what_a_captioner_types_stays_when_the_lines_of_those_who_left_go(
    live_webinar: Meeting, join: Join
) -> None:
    host, captioner, guest = (
        await join(live_webinar, live_webinar.host),
        await join(live_webinar),
        await join(live_webinar),
    )
    await host.does("people.appoint", person=captioner.id, role="captioner")
    await has_role(captioner, "captioner")
    await captioner.does("rtt.type", text_id=FIRST, version=1, text="Welc")
    await host.does("stage.invite", person=guest.id)
    await guest.receives("stage.joined")
    await guest.does("rtt.type", text_id=SECOND, version=1, text="from the stage")
    await host.until(lambda: shown(host) == {FIRST: "Welc", SECOND: "from the stage"})
    await guest.does("stage.leave")
    await host.until(lambda: shown(host) == {FIRST: "Welc"})  # some seconds later
    await captioner.does("rtt.type", text_id=FIRST, version=2, edits=[{"at": 4, "insert": "ome"}])
    await host.until(lambda: shown(host) == {FIRST: "Welcome"})


@IN_ONE_FORM
async def test_the_waiting_room_reads_and_writes_nothing(live_meeting: Meeting, join: Join) -> None:
    await Meeting.objects.filter(pk=live_meeting.pk).aupdate(lobby=True)
    host = await join(live_meeting, live_meeting.host)
    waiting = await join(live_meeting)
    await host.does("rtt.type", text_id=FIRST, version=1, text="not for the waiting room")
    for do, fields in (
        ("rtt.type", {"text_id": SECOND, "version": 1, "text": "x"}),
        ("rtt.commit", {"text_id": SECOND, "text": "x"}),
        ("rtt.delete", {"line": 1}),
        ("rtt.list", {"before": 9}),
    ):
        assert (await waiting.asks(do, **fields))["error"] == "not_allowed"
    assert not waiting.all("rtt.typing")
    await host.does("lobby.admit", person=waiting.id)
    await waiting.receives("admitted")
    assert shown(waiting) == {FIRST: "not for the waiting room"}


@IN_ONE_FORM
async def test_what_is_typed_in_the_practice_session_stays_there_until_it_is_typed_on(
    scheduled_webinar: Meeting, join: Join
) -> None:
    host = await join(scheduled_webinar, scheduled_webinar.host)
    await host.does("rtt.type", text_id=FIRST, version=1, text="Is this on")
    await host.does("rtt.type", text_id=FIRST, version=2, edits=[{"at": 10, "insert": "?"}])
    line = (await host.does("rtt.commit", text_id=SECOND, text="practised"))["line"]
    await host.does("meeting.start")
    await host.receives("meeting.started")
    guest = await join(scheduled_webinar)
    assert guest.welcome["snapshot"]["being_typed"] == guest.welcome["snapshot"]["text_lines"] == []
    assert (await guest.does("rtt.list", before=999))["lines"] == []
    assert (await guest.asks("rtt.delete", line=line))["error"] == "not_found"
    await asyncio.sleep(6)  # the whole text is sent every five seconds to those who have missed some of it
    assert not guest.all("rtt.typing")
    await host.does("rtt.type", text_id=FIRST, version=3, edits=[{"at": 0, "erase": 11, "insert": "Welcome"}])
    await guest.until(lambda: shown(guest) == {FIRST: "Welcome"})


@IN_ONE_FORM
async def test_authors_delete_their_lines_and_hosts_any(live_meeting: Meeting, join: Join) -> None:
    host, guest, other = (
        await join(live_meeting, live_meeting.host),
        await join(live_meeting),
        await join(live_meeting),
    )
    lines = [
        (await guest.does("rtt.commit", text_id=f"text-{number:04}", text=f"secret {number}"))["line"]
        for number in range(3)
    ]
    assert (await other.asks("rtt.delete", line=lines[0]))["error"] == "not_allowed"
    await guest.does("rtt.delete", line=lines[0])
    await host.does("rtt.delete", line=lines[1])
    assert (await host.asks("rtt.delete", line=lines[1]))["error"] == "not_found"
    for line in lines[:2]:
        await other.receives("rtt.deleted", line=line)
    back = await join(live_meeting, since=0)
    assert [each["text"] for each in back.welcome["snapshot"]["text_lines"]] == ["secret 2"]
    missed = [each for each in back.welcome["missed"] if each["ev"] == "rtt.committed"]
    assert [(each["text"], each.get("deleted", False)) for each in missed] == [
        ("", True),
        ("", True),
        ("secret 2", False),
    ]
    assert not await RoomEvent.objects.filter(payload__text__in=["secret 0", "secret 1"]).aexists()


@IN_ONE_FORM
async def test_earlier_lines_come_by_pages(live_meeting: Meeting, join: Join) -> None:
    guest = await join(live_meeting)
    await sync_to_async(write)(live_meeting, 120)
    page = await guest.does("rtt.list", before=999)
    texts = [each["text"] for each in page["lines"]]
    assert texts == [f"line {number}" for number in range(70, 120)]
    page = await guest.does("rtt.list", before=page["next"])
    page = await guest.does("rtt.list", before=page["next"])
    assert (page["lines"][0]["text"], page["next"]) == ("line 0", None)


def write(meeting: Meeting, count: int, *, text: str = "line", person: int = 0) -> None:
    for number in range(count):
        saying.commit_line(
            room_id=meeting.room_id,
            text_id=f"text-{number:04}",
            text=f"{text} {number}",
            person_ref=PersonRef(id="p1", name="Åsa", company="Heat AB"),
            person=person or meeting.host_id,
            now=timezone.now(),
        )


@IN_ONE_FORM
async def test_too_much_is_refused(live_meeting: Meeting, join: Join) -> None:
    guest = await join(live_meeting)
    answers = [await guest.asks("rtt.type", text_id=FIRST, version=at, text=f"{at}") for at in range(1, 40)]
    assert "too_fast" in {answer.get("error") for answer in answers}
    answers = [await guest.asks("rtt.commit", text_id=f"text-{at:04}", text="x") for at in range(15)]
    assert "too_fast" in {answer.get("error") for answer in answers}


@IN_ONE_FORM
async def test_a_connection_types_few_lines_at_once_and_they_go_with_it(
    live_meeting: Meeting, join: Join
) -> None:
    host, guest = await join(live_meeting, live_meeting.host), await join(live_meeting)
    for number in range(5):
        await guest.does("rtt.type", text_id=f"text-{number:04}", version=1, text=f"{number}")
    await host.until(lambda: set(shown(host).values()) == {"2", "3", "4"})
    await guest.close()
    await host.until(lambda: shown(host) == {})
    assert (await join(live_meeting)).welcome["snapshot"]["being_typed"] == []


async def seat_in(meeting: Meeting) -> Registration:
    return await sync_to_async(guest_of)(meeting)


async def test_two_processes_show_the_same_text(
    live_meeting: Meeting, two_servers: tuple[Server, Server]
) -> None:
    first, second = two_servers
    host = await enter(first, live_meeting, live_meeting.host)
    seat = await seat_in(live_meeting)
    guest = await enter(second, live_meeting, seat.person, seat=seat)
    async with closing(host, guest):
        await host.does("rtt.type", text_id=FIRST, version=1, text="over two processes")
        await guest.until(lambda: shown(guest) == {FIRST: "over two processes"})
        for version in range(2, 12):
            await host.does("rtt.type", text_id=FIRST, version=version, edits=[{"at": 0, "insert": "x"}])
        await guest.until(lambda: shown(guest) == {FIRST: "x" * 10 + "over two processes"})
        other = await seat_in(live_meeting)
        late = await enter(second, live_meeting, other.person, seat=other)
        async with closing(late):
            assert shown(late) == shown(guest)
        # Whoever types goes on in the other process, where the next edit follows.
        elsewhere = await enter(second, live_meeting, live_meeting.host)
        async with closing(elsewhere):
            await elsewhere.does("rtt.type", text_id=FIRST, version=12, text="moved")
            await host.until(lambda: shown(host) == {FIRST: "moved"})
            await elsewhere.does("rtt.commit", text_id=FIRST, text="moved.")
            for each in (host, guest):
                await each.receives("rtt.committed", text="moved.")
                assert shown(each) == {}


async def test_a_process_that_opens_the_room_later_shows_what_is_being_typed(
    live_meeting: Meeting, two_servers: tuple[Server, Server]
) -> None:
    first, second = two_servers
    host = await enter(first, live_meeting, live_meeting.host)
    await host.does("rtt.type", text_id=FIRST, version=1, text="typed before, and left as it is")
    seat = await seat_in(live_meeting)
    late = await enter(second, live_meeting, seat.person, seat=seat)
    async with closing(host, late):
        await late.until(lambda: shown(late) == {FIRST: "typed before, and left as it is"})


async def test_reconnecting_with_since_equals_staying(
    live_meeting: Meeting, two_servers: tuple[Server, Server]
) -> None:
    first, second = two_servers
    seat, other = await seat_in(live_meeting), await seat_in(live_meeting)
    host = await enter(first, live_meeting, live_meeting.host)
    stayed = await enter(second, live_meeting, other.person, seat=other)
    left = await enter(second, live_meeting, seat.person, seat=seat)
    await host.does("rtt.commit", text_id=FIRST, text="before the break")
    seq = (await left.receives("rtt.committed"))["seq"]
    await left.close()
    await host.does("rtt.commit", text_id=SECOND, text="during the break")
    await host.does("rtt.type", text_id="text-0003", version=1, text="still typing")
    await stayed.until(lambda: shown(stayed) == {"text-0003": "still typing"})
    back = await enter(second, live_meeting, seat.person, seat=seat, since=seq)
    async with closing(host, stayed, back):
        assert shown(back) == shown(stayed)
        missed = [each for each in back.welcome["missed"] if each["ev"] == "rtt.committed"]
        assert missed == stayed.all("rtt.committed", text="during the break")


# ---- without a server ---------------------------------------------------------------------------------------


@given(st.text(alphabet="a\u0301🔥é", max_size=8), st.text(alphabet="b🔥", max_size=8), st.data())
def test_an_edit_replaces_a_part_counted_in_characters(text: str, new: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    erase = data.draw(st.integers(0, len(text) - at))
    result = edited(text, [Edit(at=at, erase=erase, insert=new)])
    assert result == text[:at] + new + text[at + erase :]


@given(st.text())
def test_masking_keeps_positions_and_leaves_nothing_that_cleaning_would_remove(text: str) -> None:
    result = masked(text)
    assert len(result) == len(text)
    assert masked(result) == result
    assert not set(result) & set("\n\r\t\x00\u202e\u200b")


def test_an_edit_beyond_the_end_is_refused() -> None:
    with pytest.raises(Refused):
        edited("short", [Edit(at=4, erase=2)])


def test_a_letter_and_its_accent_stay_two_characters_while_they_are_typed() -> None:
    assert masked("e\u0301") == "e\u0301"
    assert cleaned("e\u0301") == "é"


@pytest.mark.django_db
def test_the_lines_go_with_the_account_that_wrote_them() -> None:
    meeting, person = factories.meeting(), factories.person()
    write(meeting, 2, text="My words", person=person.pk)
    erasing.erase_person(person=person, now=timezone.now())
    assert "My words" not in str([row.payload for row in RoomEvent.objects.all()])
    assert kept(meeting) == []


@pytest.mark.django_db
def test_a_line_is_deleted_by_nobody_who_does_not_know_it() -> None:
    meeting = factories.meeting()
    write(meeting, 1)
    with pytest.raises(Refused):
        moderating.delete_line(
            room_id=meeting.room_id,
            number=1,
            by=PersonRef(id="p1", name="x"),
            person=meeting.host_id,
            is_host=True,
            after=1,
            now=timezone.now(),
        )
