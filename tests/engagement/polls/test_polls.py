"""Polls in a room: who may what when, one vote a person, results for those who may see them, in every process."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from engagement.models import Poll, PollBallot, PollOption, PollVoter, PollWord
from meetings import running as meeting_running
from meetings.models import Meeting
from rooms.models import RoomEvent
from tests.rooms.conftest import IN_ONE_FORM, Join, guest_of
from tests.rooms.people import RoomClient, closing, enter
from tests.rooms.server import Server

CONTRACT: dict[str, Any] = {
    "kind": "single",
    "title": "Which source?",
    "options": ["Harbour water", "Waste heat", "Geothermal"],
    "anonymous": True,
}


async def created(host: RoomClient, **fields: Any) -> str:
    return str((await host.does("poll.create", **{**CONTRACT, **fields}))["poll"])


async def opened(host: RoomClient, **fields: Any) -> str:
    poll = await created(host, **fields)
    await host.does("poll.open", poll=poll)
    await host.receives("poll.opened", id=poll)
    return poll


async def votes_of(client: RoomClient, poll: str, voters: int) -> dict[int, int]:
    event = await client.receives("poll.tally", poll=poll, voters=voters)
    return {each["id"]: each["votes"] for each in event["results"]}


def results_in(event: dict[str, Any]) -> dict[int, int]:
    return {each["id"]: each["votes"] for each in event["results"]}


# ---- the contract --------------------------------------------------------------------------------------------


async def test_from_making_to_closing(live_webinar: Meeting, join: Join) -> None:
    host, one, two = (
        await join(live_webinar, live_webinar.host),
        await join(live_webinar),
        await join(live_webinar),
    )
    poll = await created(host)
    assert (await host.receives("poll.prepared"))["poll"]["title"] == "Which source?"
    await host.does("poll.open", poll=poll)
    event = await one.receives("poll.opened")
    assert event["id"] == poll
    assert (event["title"], event["kind"], event["anonymous"]) == ("Which source?", "single", True)
    assert event["options"] == [
        {"id": 1, "text": "Harbour water"},
        {"id": 2, "text": "Waste heat"},
        {"id": 3, "text": "Geothermal"},
    ]
    await one.does("poll.vote", poll=poll, choices=[2])
    await two.does("poll.vote", poll=poll, choices=[2])
    await host.does("poll.vote", poll=poll, choices=[1])
    assert (await one.asks("poll.vote", poll=poll, choices=[1]))["error"] == "already_voted"
    assert await votes_of(one, poll, 3) == {1: 1, 2: 2, 3: 0}
    await host.does("poll.close", poll=poll)
    for client in (host, one, two):
        closed = await client.receives("poll.closed", id=poll)
        assert closed["results"] == [
            {"id": 1, "votes": 1},
            {"id": 2, "votes": 2},
            {"id": 3, "votes": 0},
        ]
        assert closed["voters"] == 3
    late = await join(live_webinar)
    assert (await late.asks("poll.vote", poll=poll, choices=[1]))["error"] == "closed"
    assert (await host.asks("poll.close", poll=poll))["error"] == "closed"
    assert (await host.asks("poll.open", poll=poll))["error"] == "closed"


@IN_ONE_FORM
@pytest.mark.parametrize(
    ("content", "votes", "expected"),
    [
        ({"kind": "single"}, [{"choices": [1]}, {"choices": [3]}], {1: 1, 2: 0, 3: 1}),
        ({"kind": "multiple"}, [{"choices": [1, 3]}, {"choices": [3]}], {1: 1, 2: 0, 3: 2}),
        ({"kind": "quiz", "right": [1]}, [{"choices": [2]}, {"choices": [2]}], {1: 0, 2: 2, 3: 0}),
        ({"kind": "ranking"}, [{"choices": [3, 1, 2]}, {"choices": [3]}], {1: 2, 2: 1, 3: 6}),
        (
            {"kind": "rating", "options": []},
            [{"choices": [5]}, {"choices": [4]}],
            {1: 0, 2: 0, 3: 0, 4: 1, 5: 1},
        ),
        ({"kind": "words", "options": []}, [{"text": "Heat"}, {"text": " heat. "}], {1: 2}),
    ],
    ids=lambda value: value.get("kind") if isinstance(value, dict) and "kind" in value else "",
)
async def test_every_kind_is_counted(
    live_webinar: Meeting,
    join: Join,
    content: dict[str, Any],
    votes: list[dict[str, Any]],
    expected: dict[int, int],
) -> None:
    host, guests = await join(live_webinar, live_webinar.host), [await join(live_webinar) for _ in votes]
    poll = await opened(host, **content)
    for guest, vote in zip(guests, votes, strict=True):
        await guest.does("poll.vote", poll=poll, **vote)
    await host.does("poll.close", poll=poll)
    closed = await guests[0].receives("poll.closed")
    assert results_in(closed) == expected
    assert closed["right"] == ([2] if content["kind"] == "quiz" else [])
    late = await join(live_webinar)
    (shown,) = late.welcome["snapshot"]["polls"]
    assert (shown["results"], shown["voters"]) == (closed["results"], 2)


# ---- refusals ------------------------------------------------------------------------------------------------


@IN_ONE_FORM
@pytest.mark.parametrize(
    ("content", "vote"),
    [
        ({}, {"choices": []}),
        ({}, {"choices": [1, 2]}),
        ({}, {"choices": [4]}),
        ({}, {"choices": [0]}),
        ({}, {"choices": ["1"]}),
        ({}, {"choices": [True]}),
        ({}, {"choices": 1}),
        ({}, {"choices": [1], "text": "Heat"}),
        ({}, {"text": "Heat"}),
        ({}, {"choices": [1], "extra": 1}),
        ({"kind": "multiple", "most": 2}, {"choices": [1, 2, 3]}),
        ({"kind": "multiple"}, {"choices": [1, 1]}),
        ({"kind": "ranking"}, {"choices": [1, 2, 3, 1]}),
        ({"kind": "rating", "options": []}, {"choices": [6]}),
        ({"kind": "words", "options": []}, {"text": "\u200b\u202e"}),
        ({"kind": "words", "options": []}, {"text": "x" * 41}),
        ({"kind": "words", "options": []}, {"text": "...", "choices": [1]}),
        ({"kind": "words", "options": []}, {"text": 7}),
    ],
)
async def test_what_a_poll_does_not_take_is_refused_and_counts_nothing(
    live_webinar: Meeting, join: Join, content: dict[str, Any], vote: dict[str, Any]
) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    poll = await opened(host, **content)
    assert (await guest.asks("poll.vote", poll=poll, **vote))["error"] == "bad_field"
    assert not await PollVoter.objects.aexists()
    text = content.get("kind") == "words"
    await guest.does("poll.vote", poll=poll, **({"text": "Heat"} if text else {"choices": [1]}))


@IN_ONE_FORM
@pytest.mark.parametrize(
    "content",
    [
        {"kind": "guess"},
        {"title": " "},
        {"title": "\u200b"},
        {"title": "x" * 201},
        {"title": {}},
        {"title": {"xx": "Heat"}},
        {"options": []},
        {"options": ["one"]},
        {"options": ["same", "Same "]},
        {"options": ["x" * 121, "y"]},
        {"options": [f"option {number}" for number in range(11)]},
        {"options": "one"},
        {"kind": "words"},
        {"kind": "multiple", "most": 4},
        {"kind": "single", "most": 2},
        {"kind": "single", "right": [0]},
        {"kind": "quiz", "right": [3]},
        {"results": "all"},
        {"results": "hosts", "on_page": True},
        {"anonymous": "yes"},
        {
            "options": [
                {"en": "é" * 118, "sv": "é" * 118, "pl": "é" * 118, "de": f"é{n}" * 59} for n in range(10)
            ]
        },
    ],
)
async def test_an_impossible_poll_is_refused_by_field(
    live_webinar: Meeting, join: Join, content: dict[str, Any]
) -> None:
    host = await join(live_webinar, live_webinar.host)
    answer = await host.asks("poll.create", **{**CONTRACT, **content})
    assert answer["error"] == "bad_field", answer
    assert not await Poll.objects.aexists()


async def test_only_hosts_make_and_run_polls(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    poll = await created(host)
    for command, fields in (
        ("poll.create", CONTRACT),
        ("poll.edit", {**CONTRACT, "poll": poll}),
        ("poll.delete", {"poll": poll}),
        ("poll.open", {"poll": poll}),
        ("poll.close", {"poll": poll}),
        ("poll.share", {"poll": poll}),
    ):
        assert (await guest.asks(command, **fields))["error"] == "not_allowed"
    assert (await guest.asks("poll.vote", poll=poll, choices=[1]))["error"] == "not_found"
    assert guest.all("poll.prepared") == []
    assert [each["title"] for each in (await host.does("poll.list"))["polls"]] == ["Which source?"]
    assert (await guest.does("poll.list"))["polls"] == []
    assert guest.welcome["snapshot"]["polls"] == []


async def test_unknown_polls_and_those_of_other_rooms_are_not_found(
    live_webinar: Meeting, live_meeting: Meeting, join: Join
) -> None:
    host, other = await join(live_webinar, live_webinar.host), await join(live_meeting, live_meeting.host)
    poll = await opened(other)
    for unknown in (poll, "made0up"):
        for command in ("poll.open", "poll.close", "poll.share", "poll.delete"):
            assert (await host.asks(command, poll=unknown))["error"] == "not_found"
        assert (await host.asks("poll.vote", poll=unknown, choices=[1]))["error"] == "not_found"
        assert (await host.asks("poll.edit", poll=unknown, **CONTRACT))["error"] == "not_found"
    for bad in ("", "x" * 17, "É", 7, None):
        assert (await host.asks("poll.vote", poll=bad, choices=[1]))["error"] == "bad_field"


@IN_ONE_FORM
async def test_nobody_votes_from_the_waiting_room(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    poll = await opened(host)
    await Meeting.objects.filter(pk=live_webinar.pk).aupdate(lobby=True)
    waiting = await join(live_webinar)
    assert waiting.welcome["you"]["admission"] == "waiting"
    assert (await waiting.asks("poll.vote", poll=poll, choices=[1]))["error"] == "not_allowed"
    assert waiting.all("poll.tally") == []


@IN_ONE_FORM
async def test_too_many_votes_are_too_fast(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    poll = await opened(host)
    answers = await asyncio.gather(*(guest.asks("poll.vote", poll=poll, choices=[1]) for _ in range(20)))
    codes = [answer.get("error") for answer in answers]
    assert codes.count(None) == 1
    assert {"already_voted", "too_fast", None} == set(codes)


@IN_ONE_FORM
async def test_a_webinar_has_no_poll_before_its_start(scheduled_webinar: Meeting, join: Join) -> None:
    host = await join(scheduled_webinar, scheduled_webinar.host)
    poll = await created(host)
    assert (await host.asks("poll.open", poll=poll))["error"] == "not_now"
    await host.does("meeting.start")
    await host.receives("meeting.started")
    await host.does("poll.open", poll=poll)
    guest = await join(scheduled_webinar)
    assert [each["id"] for each in guest.welcome["snapshot"]["polls"]] == [poll]
    await guest.does("poll.vote", poll=poll, choices=[1])


# ---- preparing -----------------------------------------------------------------------------------------------


@IN_ONE_FORM
async def test_a_prepared_poll_is_changed_and_deleted_until_it_is_opened(
    live_webinar: Meeting, join: Join
) -> None:
    host = await join(live_webinar, live_webinar.host)
    poll = await created(host)
    await host.does("poll.edit", poll=poll, **{**CONTRACT, "title": {"en": "New", "sv": "Ny"}})
    assert (await host.does("poll.list"))["polls"][0]["translations"] == {"en": "New", "sv": "Ny"}
    await host.does("poll.open", poll=poll)
    assert (await host.receives("poll.opened"))["translations"] == {"en": "New", "sv": "Ny"}
    for command, fields in (("poll.edit", CONTRACT), ("poll.delete", {})):
        answer = await host.asks(command, poll=poll, **fields)
        assert (answer["error"], answer["detail"]) == ("not_now", "opened")
    second = await created(host)
    assert (await host.asks("poll.open", poll=second))["detail"] == "another_open"
    assert (await host.asks("poll.close", poll=second))["error"] == "not_now"
    assert (await host.asks("poll.share", poll=second))["error"] == "not_now"
    await host.does("poll.delete", poll=second)
    await host.receives("poll.deleted", poll=second)
    assert (await host.asks("poll.delete", poll=second))["error"] == "not_found"


# ---- who sees the results ------------------------------------------------------------------------------------


async def test_held_results_come_when_the_host_shares_them(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    poll = await opened(host, kind="quiz", right=[0], results="held")
    await guest.does("poll.vote", poll=poll, choices=[1])
    await host.receives("poll.tally", poll=poll, voters=1)
    assert (await host.asks("poll.share", poll=poll))["error"] == "not_now"
    await host.does("poll.close", poll=poll)
    closed = await guest.receives("poll.closed")
    assert (closed["results"], closed["voters"], closed["right"]) == (None, None, None)
    counted = await host.receives("poll.counted")
    assert (results_in(counted), counted["right"]) == ({1: 1, 2: 0, 3: 0}, [1])
    late = await join(live_webinar, since=0)
    secret = json.dumps([guest.events, late.events, await late.does("poll.list")])
    assert '"votes"' not in secret
    assert '"right": [' not in secret
    await host.does("poll.share", poll=poll, on_stage=True)
    shared = await guest.receives("poll.shared")
    assert (results_in(shared), shared["right"], shared["on_stage"]) == ({1: 1, 2: 0, 3: 0}, [1], True)
    (shown,) = (await join(live_webinar)).welcome["snapshot"]["polls"]
    assert (shown["on_stage"], shown["right"], shown["voters"]) == (True, [1], 1)
    await host.does("poll.share", poll=poll, on_stage=False)
    await guest.receives("poll.shared", on_stage=False)
    assert (await guest.does("poll.list"))["polls"][0]["on_stage"] is False


async def test_results_for_hosts_stay_with_them(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    poll = await opened(host, results="hosts")
    await guest.does("poll.vote", poll=poll, choices=[1])
    turnout = await host.receives("poll.turnout", voters=1)
    assert turnout["not_voted"] == 0
    assert (await host.asks("poll.close", poll=poll, share=True))["error"] == "not_now"
    await host.does("poll.close", poll=poll)
    assert (await host.asks("poll.share", poll=poll))["error"] == "not_now"
    await guest.receives("poll.closed")
    late = await join(live_webinar, since=0)
    assert '"votes"' not in json.dumps([guest.events, late.events, await late.does("poll.list")])
    assert (await host.does("poll.list"))["polls"][0]["results"][0]["votes"] == 1


async def test_hosts_see_how_many_have_not_voted(live_webinar: Meeting, join: Join) -> None:
    host, one, _two = (
        await join(live_webinar, live_webinar.host),
        await join(live_webinar),
        await join(live_webinar),
    )
    poll = await opened(host)
    await one.does("poll.vote", poll=poll, choices=[1])
    await host.receives("poll.turnout", voters=1, not_voted=1)
    assert one.all("poll.turnout") == []
    second_tab = await join(live_webinar, live_webinar.host)
    assert second_tab.welcome["snapshot"]["polls"][0]["not_voted"] == 1
    await join(live_webinar)
    await host.receives("poll.turnout", voters=1, not_voted=2)


# ---- one vote a person, named or not -------------------------------------------------------------------------


async def test_a_second_tab_knows_and_is_refused(live_webinar: Meeting, join: Join) -> None:
    host, seat = await join(live_webinar, live_webinar.host), await sync_to_async(guest_of)(live_webinar)
    tabs = [await join(live_webinar, seat.person, seat=seat) for _ in range(2)]
    poll = await opened(host, anonymous=False)
    await tabs[0].does("poll.vote", poll=poll, choices=[2])
    await tabs[1].receives("poll.voted", poll=poll)
    assert (await tabs[1].asks("poll.vote", poll=poll, choices=[1]))["error"] == "already_voted"
    third = await join(live_webinar, seat.person, seat=seat)
    assert third.welcome["own"]["ballots"] == [{"poll": poll, "choices": [2], "text": ""}]
    assert (await join(live_webinar)).welcome["own"]["ballots"] == []
    ballot = await PollBallot.objects.aget()
    assert (ballot.person_id, ballot.choices) == (seat.person_id, [2])


async def test_two_processes_count_together_and_each_person_once(
    live_webinar: Meeting, two_servers: tuple[Server, Server]
) -> None:
    first, second = two_servers
    seats = [await sync_to_async(guest_of)(live_webinar) for _ in range(4)]
    host = await enter(first, live_webinar, live_webinar.host)
    people = [
        await enter(server, live_webinar, seat.person, seat=seat)
        for server, seat in zip((first, second, first, second), seats, strict=True)
    ]
    again = await enter(first, live_webinar, people_seat := seats[1].person, seat=seats[1])
    async with closing(host, again, *people):
        poll = await opened(host, kind="words", options=[])
        for client in people:
            await client.receives("poll.opened")
        answers = await asyncio.gather(
            *(
                client.asks("poll.vote", poll=poll, text="heat" if place % 2 else "wind")
                for place, client in enumerate([*people, again])
            )
        )
        assert sorted(answer.get("error", "") for answer in answers) == ["", "", "", "", "already_voted"]
        for client in (host, *people):
            await client.receives("poll.tally", voters=4)
        # Who voted elsewhere is known some seconds later.
        turnout = await host.receives("poll.turnout", voters=4, not_voted=0, seconds=20)
        assert turnout["poll"] == poll
        other_tab = await enter(first, live_webinar, people_seat, seat=seats[1])
        async with closing(other_tab):
            assert other_tab.welcome["own"]["ballots"] == [{"poll": poll, "choices": [], "text": ""}]
        await host.does("poll.close", poll=poll)
        for client in (host, *people):
            closed = await client.receives("poll.closed")
            assert closed["voters"] == 4
            assert sum(each["votes"] for each in closed["results"]) == 4


async def test_who_was_away_sees_what_who_stayed_sees(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    poll = await opened(host)
    await guest.does("poll.vote", poll=poll, choices=[3])
    await host.does("poll.close", poll=poll)
    await host.does("poll.share", poll=poll, on_stage=True)
    await guest.receives("poll.shared")
    for person, known in ((None, guest), (live_webinar.host, host)):
        late = await join(live_webinar, person, since=0)
        durable = [event for event in known.events if "seq" in event and event["ev"].startswith("poll.")]
        assert [each for each in late.welcome["missed"] if each["ev"].startswith("poll.")] == durable
        withheld = [each["seq"] for each in known.all("withheld")]
        assert [each["seq"] for each in late.welcome["missed"] if each["ev"] == "withheld"] == withheld


# ---- nothing says who chose what -----------------------------------------------------------------------------


async def test_an_anonymous_poll_names_nobody_anywhere(live_webinar: Meeting, join: Join) -> None:
    host, guests = await join(live_webinar, live_webinar.host), [await join(live_webinar) for _ in range(3)]
    poll = await opened(host, kind="words", options=[])
    for number, guest in enumerate(guests):
        await guest.does("poll.vote", poll=poll, text=f"answer {number}")
    await host.receives("poll.tally", voters=3)
    await host.does("poll.close", poll=poll)
    await host.receives("poll.closed")
    assert await PollVoter.objects.acount() == 3
    assert not await PollBallot.objects.aexists()
    assert {field.name for field in PollVoter._meta.get_fields()} == {"id", "poll", "person"}
    for model in (PollOption, PollWord, Poll):
        assert not [field.name for field in model._meta.get_fields() if field.name in {"person", "by"}]
    own = [await join(live_webinar) for _ in range(1)]
    written = json.dumps([row.payload async for row in RoomEvent.objects.filter(ev__startswith="poll.")])
    heard = json.dumps(
        [[e for e in each.events if e["ev"].startswith("poll")] for each in (host, *guests, *own)]
    )
    for guest in guests:
        for text in (written, heard):
            assert f'"{guest.id}"' not in text
    words = [word.key async for word in PollWord.objects.order_by("pk")]
    assert sorted(words) == ["answer 0", "answer 1", "answer 2"]


# ---- the end of the meeting ----------------------------------------------------------------------------------


async def test_the_end_of_the_meeting_closes_its_poll(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    poll = await opened(host)
    await guest.does("poll.vote", poll=poll, choices=[1])
    await host.does("meeting.end")
    closed = await guest.receives("poll.closed", id=poll)
    assert results_in(closed)[1] == 1
    ended = await guest.receives("meeting.ended")
    assert ended["seq"] == closed["seq"] + 1
    assert (await guest.asks("poll.vote", poll=poll, choices=[1]))["error"] == "closed"
    assert (await Poll.objects.aget()).state == "closed"


async def test_a_project_room_shows_the_polls_of_its_next_meeting(live_meeting: Meeting, join: Join) -> None:
    from tests import factories

    host = live_meeting.host
    room = await sync_to_async(lambda: factories.room(companies=[host.company, factories.company()]))()
    now = timezone.now()

    def meetings() -> tuple[Meeting, Meeting]:
        common = {"room": room, "host": host, "kind": Meeting.Kind.PROJECT_MEETING}
        first = factories.meeting(**common, state=Meeting.State.LIVE, starts_at=now, started_at=now)
        return first, factories.meeting(**common, starts_at=now + timedelta(hours=2))

    first, following = await sync_to_async(meetings)()
    client = await join(room, host)
    await opened(client)
    from engagement.polls import preparing
    from engagement.polls.poll_input import PollInput, Wording

    content = PollInput(kind="words", title=Wording("Next time"))
    await sync_to_async(preparing.create_poll)(
        room_id=room.pk, meeting=following.pk, content=content, by=None, now=now
    )
    await sync_to_async(meeting_running.end_meeting)(meeting=first, now=timezone.now())
    event = await client.receives("polls")
    assert [each["title"] for each in event["polls"]] == ["Next time"]
