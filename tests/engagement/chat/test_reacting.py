"""Reactions to messages: once for each person and reaction, counted over all processes, and only where all may see."""

import asyncio
import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies.erasing import erase_person
from engagement.chat import reacting, reading, saying
from engagement.chat.reacting import PendingReaction
from engagement.chat.reading import Reader
from engagement.chat.saying import PendingMessage
from engagement.models import MessageReaction, ReactionTotal
from meetings.models import Meeting
from rooms.admission import public_id
from rooms.messages import PersonRef
from rooms.models import Participant, Room, RoomEvent
from rooms.refusals import Refused
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, Join, guest_of
from tests.rooms.people import RoomClient, closing, enter, eventually
from tests.rooms.server import Server


async def said(client: RoomClient, text: str = "Welcome", **fields: Any) -> int:
    return int((await client.does("chat.send", text=text, **fields))["message"])


async def counts_reach(client: RoomClient, message: int, counts: dict[str, int]) -> None:
    await client.until(lambda: counts in [each["reactions"]["counts"] for each in tallies(client, message)])


def tallies(client: RoomClient, message: int) -> list[dict[str, Any]]:
    return client.all("chat.reactions", message=message)


# ---- in the room -----------------------------------------------------------------------------------------


async def test_everybody_sees_how_many_react_and_each_person_what_is_theirs(
    live_webinar: Meeting, join: Join
) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    message = await said(host)
    await guest.does("chat.react", message=message, reaction="heart")
    await guest.does("chat.react", message=message, reaction="heart")  # has it already
    await host.does("chat.react", message=message, reaction="heart")
    await host.does("chat.react", message=message, reaction="laugh")
    for client in (host, guest):
        await counts_reach(client, message, {"heart": 2, "laugh": 1})
    mine = guest.all("chat.reacted")
    assert {(each["message"], each["reaction"], each["on"]) for each in mine} == {(message, "heart", True)}
    await guest.does("chat.react", message=message, reaction="heart", on=False)
    await counts_reach(host, message, {"heart": 1, "laugh": 1})
    late = await join(live_webinar, live_webinar.host)
    (shown,) = late.welcome["snapshot"]["messages"]
    assert shown["reactions"]["counts"] == {"heart": 1, "laugh": 1}
    assert late.welcome["own"]["own_reactions"] == {"heart": [message], "laugh": [message]}
    assert shown["reactions"]["version"] == max(
        each["reactions"]["version"] for each in tallies(host, message)
    )


async def test_pages_and_searches_carry_reactions(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    message = await said(host, "Heat pumps")
    await guest.does("chat.react", message=message, reaction="applause")
    for found in (
        await guest.does("chat.list", before=99),
        await guest.does("chat.search", query="heat"),
    ):
        assert found["messages"][0]["reactions"]["counts"] == {"applause": 1}
        assert found["own_reactions"] == {"applause": [message]}
    assert (await host.does("chat.list", before=99))["own_reactions"] == {}


async def test_one_reacts_only_to_what_everybody_sees(live_webinar: Meeting, join: Join) -> None:
    host, guest, other = [
        await join(live_webinar, live_webinar.host),
        await join(live_webinar),
        await join(live_webinar),
    ]
    for_hosts = await said(guest, to="hosts")
    await host.does("chat.configure", moderated=True)
    await guest.receives("chat.configured")
    held = await said(guest, "may I?")
    gone = await said(host, "gone")
    await host.does("chat.delete", message=gone)
    for number in (for_hosts, held):
        for client in (host, guest):
            answer = await client.asks("chat.react", message=number, reaction="heart")
            assert answer["error"] == "not_now"
        assert (await other.asks("chat.react", message=number, reaction="heart"))["error"] == "not_found"
    for number in (gone, 99, 0):
        assert (await guest.asks("chat.react", message=number, reaction="heart"))["error"] == "not_found"
    assert not await MessageReaction.objects.aexists()


async def test_what_is_wrong_is_refused(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    message = await said(host)
    for fields in (
        {"message": message, "reaction": "anger"},
        {"message": "one", "reaction": "heart"},
        {"message": message, "reaction": "heart", "on": "yes"},
        {"message": message},
        {"message": -1, "reaction": "heart"},
    ):
        assert (await guest.asks("chat.react", **fields))["error"] == "bad_field"
    await host.does("chat.configure", on=False)
    await guest.receives("chat.configured")
    assert (await guest.asks("chat.react", message=message, reaction="heart"))["error"] == "not_now"
    await host.does("chat.react", message=message, reaction="heart")


@IN_ONE_FORM
async def test_a_flood_is_refused(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    message = await said(host)
    answers = await asyncio.gather(
        *(
            guest.asks("chat.react", message=message, reaction="heart", on=bool(turn % 2))
            for turn in range(20)
        )
    )
    assert {each.get("error") for each in answers} == {None, "too_fast"}


async def test_a_deleted_message_has_no_reactions(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    message = await said(guest)
    await host.does("chat.react", message=message, reaction="heart")
    await host.does("chat.delete", message=message)
    assert not await MessageReaction.objects.aexists()
    assert not await ReactionTotal.objects.aexists()
    late = await join(live_webinar, live_webinar.host)
    assert ["reactions" in each for each in late.welcome["snapshot"]["messages"]] == [False]
    assert late.welcome["own"]["own_reactions"] == {}


async def test_a_message_from_the_practice_session_gets_none_after_it(
    scheduled_webinar: Meeting, join: Join
) -> None:
    host = await join(scheduled_webinar, scheduled_webinar.host)
    message = await said(host, "Can you hear me?")
    await host.does("chat.react", message=message, reaction="heart")
    await host.does("meeting.start")
    guest = await join(scheduled_webinar)
    assert (await host.asks("chat.react", message=message, reaction="laugh"))["error"] == "not_now"
    assert (await guest.asks("chat.react", message=message, reaction="laugh"))["error"] == "not_found"
    assert "heart" not in json.dumps([guest.welcome, *guest.events])


async def test_two_processes_count_together(
    live_webinar: Meeting, two_servers: tuple[Server, Server]
) -> None:
    seats = [await sync_to_async(guest_of)(live_webinar) for _ in range(4)]
    guests = [
        await enter(two_servers[place % 2], live_webinar, seat.person, seat=seat)
        for place, seat in enumerate(seats)
    ]
    async with closing(*guests):
        message = await said(guests[0])
        for guest in guests:
            await guest.receives("chat.message", id=message)
        await asyncio.gather(*(each.does("chat.react", message=message, reaction="heart") for each in guests))
        for guest in guests:
            await counts_reach(guest, message, {"heart": 4})
            versions = [each["reactions"]["version"] for each in tallies(guest, message)]
            assert versions == sorted(set(versions))
        # The other process knows whose they are, too.
        again = await enter(two_servers[1], live_webinar, seats[0].person, seat=seats[0])
        async with closing(again):
            assert again.welcome["own"]["own_reactions"] == {"heart": [message]}
            assert again.welcome["snapshot"]["messages"][0]["reactions"]["counts"] == {"heart": 4}
            # A second connection of a person hears what the first one does.
            await guests[0].does("chat.react", message=message, reaction="heart", on=False)
            await again.receives("chat.reacted", message=message, reaction="heart", on=False)


@IN_ONE_FORM
async def test_a_tally_that_the_bus_lost_is_read_again(
    live_webinar: Meeting, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    message = await said(host)
    await guest.receives("chat.message", id=message)
    participant = await Participant.objects.aget(room=live_webinar.room_id, person=live_webinar.host)
    await sync_to_async(react)(live_webinar.room, participant, message)  # as another process does
    await eventually(lambda: bool(tallies(guest, message)))
    late = await join(live_webinar, live_webinar.host)
    assert late.welcome["own"]["own_reactions"] == {"heart": [message]}


# ---- the flow --------------------------------------------------------------------------------------------


def write(room: Room, author: Participant, text: str = "Welcome", **fields: Any) -> int:
    ref = PersonRef(id=public_id(author.pk), name=author.name)
    number = saying.write_messages(
        [PendingMessage(room.pk, text, ref, author.person_id, **fields)], timezone.now()
    )[0]
    assert isinstance(number, int)
    return number


def pending(
    room: Room, participant: Participant, message: int, reaction: str = "heart", *, is_on: bool = True
) -> PendingReaction:
    reader = Reader(public_id(participant.pk), is_host=False)
    return PendingReaction(room.pk, message, participant.pk, reaction, is_on=is_on, reader=reader)


def react(
    room: Room, participant: Participant, message: int, reaction: str = "heart", *, is_on: bool = True
) -> Any:
    return reacting.write_reactions([pending(room, participant, message, reaction, is_on=is_on)])[0]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3, 200])
def test_a_write_takes_six_statements(count: int) -> None:
    room = factories.meeting().room
    people = [factories.participant(room=room) for _ in range(count)]
    messages = [write(room, people[0]) for _ in range(3)]
    new = [pending(room, each, messages[number % 3]) for number, each in enumerate(people)]
    new[-1:] = [new[-1], pending(room, people[0], messages[0], "laugh", is_on=False)]
    with CaptureQueriesContext(connection) as queries:
        reacting.write_reactions(new)
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == 6
    assert sum(sum(row.counts.values()) for row in ReactionTotal.objects.all()) == count


@pytest.mark.django_db
def test_reactions_are_counted_once_and_in_their_order() -> None:
    room = factories.meeting().room
    one, two = [factories.participant(room=room) for _ in range(2)]
    message = write(room, one)
    outcome = reacting.write_reactions(
        [
            pending(room, one, message),
            pending(room, one, message),
            pending(room, two, message),
            pending(room, two, message, is_on=False),
            pending(room, two, 99),
        ]
    )
    assert [
        each.model_dump() if not isinstance(each, Refused) else each.code for each in outcome if each
    ] == [{"counts": {"heart": 1}, "version": 1}] * 4 + ["not_found"]
    assert react(room, one, message) is None
    assert react(room, one, message, is_on=False).model_dump() == {"counts": {}, "version": 2}
    assert reading.newest_messages(room.pk, 99, limit=1)[0].reactions == reacting.tally_of(
        ReactionTotal.objects.get()
    )


@pytest.mark.django_db
def test_the_database_refuses_a_second_one_and_others_than_those_of_the_room() -> None:
    room = factories.meeting().room
    one = factories.participant(room=room)
    message = RoomEvent.objects.get(room=room, seq=write(room, one))
    MessageReaction.objects.create(message=message, participant=one, reaction="heart")
    for reaction in ("heart", "anger"):
        with pytest.raises(IntegrityError), transaction.atomic():
            MessageReaction.objects.create(message=message, participant=one, reaction=reaction)


@pytest.mark.django_db
def test_reactions_of_an_erased_person_no_longer_count() -> None:
    room = factories.meeting().room
    one, two = [factories.participant(room=room) for _ in range(2)]
    message = write(room, one)
    own = write(room, two)
    for participant in (one, two):
        react(room, participant, message)
        react(room, participant, own)
    erase_person(person=two.person, now=timezone.now())
    assert [(row.message.seq, row.counts, row.version) for row in ReactionTotal.objects.all()] == [
        (message, {"heart": 1}, 3)
    ]
    assert [row.participant for row in MessageReaction.objects.all()] == [one]


@pytest.mark.django_db
def test_reactions_go_with_their_message() -> None:
    room = factories.meeting().room
    one = factories.participant(room=room)
    react(room, one, write(room, one))
    RoomEvent.objects.all().delete()
    assert not MessageReaction.objects.exists()
    assert not ReactionTotal.objects.exists()
