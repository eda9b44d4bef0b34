"""Interpretation: channels, who is on air in them, the hand-over; by whom, until when, in every process."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction
from django.utils import timezone

from companies import erasing
from engagement.interpretation import interpreting, reading
from engagement.models import ChannelInterpreter, InterpretationChannel
from meetings.models import Meeting
from rooms.admission import participant_pk, public_id
from rooms.messages import PersonRef
from rooms.models import RoomEvent
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, Join
from tests.rooms.people import RoomClient, closing, enter, eventually
from tests.rooms.server import Server


async def interpreter_in(meeting: Meeting, join: Join, role: str = "interpreter") -> RoomClient:
    person = await sync_to_async(factories.member)()
    await sync_to_async(factories.role)(meeting, person, role)
    return await join(meeting, person)


async def channel(client: RoomClient, **fields: Any) -> dict[str, Any]:
    """Waits for a change after which the channel has these fields."""

    def newest() -> dict[str, Any] | None:
        changes = [each["channel"] for each in client.all("interpretation.changed")]
        return next((each for each in changes[-1:] if each | fields == each), None)

    found: dict[str, Any] = await client.until(newest)
    return found


async def goes(client: RoomClient, host: RoomClient) -> None:
    """Leaves the room, after the host has heard that they are there."""

    def told(what: str) -> str:
        return str([each[what] for each in host.all("presence")])

    await host.until(lambda: client.id in told("joined"))
    await client.close()
    await host.until(lambda: client.id in told("left"))


def people_in(shown: dict[str, Any]) -> list[str]:
    return [each["id"] for each in shown["interpreters"]]


# ---- the whole of it -------------------------------------------------------------------------------------


async def test_two_interpreters_share_a_channel_and_hand_over(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    one, two = await interpreter_in(live_webinar, join), await interpreter_in(live_webinar, join)
    assert guest.welcome["snapshot"]["interpretation"] == []
    await host.does("interpretation.open", language="sv")
    opened = await guest.receives("interpretation.opened", language="sv")
    assert (opened["by"]["id"], opened["meeting"]) == (host.id, live_webinar.pk)
    await host.does("interpretation.open", language="sv")  # it is open
    await one.does("interpretation.take", language="sv")
    shown = await channel(guest, on_air=one.id)
    assert (people_in(shown), shown["offered_to"]) == ([one.id], None)
    await two.does("interpretation.take", language="sv")
    shown = await channel(guest, on_air=one.id, offered_to=None)
    assert await channel(two, on_air=one.id)
    assert people_in((await guest.until(lambda: guest.all("interpretation.changed")[1:]))[0]["channel"]) == [
        one.id,
        two.id,
    ]

    assert (await two.asks("interpretation.accept"))["error"] == "not_now"
    assert (await two.asks("interpretation.offer", person=one.id))["error"] == "not_now"
    await one.does("interpretation.offer", person=two.id)
    await channel(two, on_air=one.id, offered_to=two.id)
    await one.does("interpretation.offer", person=None)
    await channel(two, on_air=one.id, offered_to=None)
    assert (await two.asks("interpretation.accept"))["error"] == "not_now"
    await one.does("interpretation.offer", person=two.id)
    await two.does("interpretation.accept")
    for client in (host, guest, one, two):
        await channel(client, on_air=two.id, offered_to=None)
    late = await join(live_webinar)
    assert late.welcome["snapshot"]["interpretation"] == [(await channel(guest, on_air=two.id))]
    assert len(guest.all("interpretation.opened")) == 1

    await two.does("interpretation.leave")
    await channel(guest, on_air=None)
    await one.does("interpretation.take", language="sv")  # nobody is on air: the other may take it
    await channel(guest, on_air=one.id)
    await host.does("interpretation.close", language="sv")
    await guest.receives("interpretation.closed", language="sv")
    assert (await join(live_webinar)).welcome["snapshot"]["interpretation"] == []
    assert not await ChannelInterpreter.objects.aexists()


@IN_ONE_FORM
async def test_who_takes_another_channel_leaves_the_first(live_webinar: Meeting, join: Join) -> None:
    host, one = await join(live_webinar, live_webinar.host), await interpreter_in(live_webinar, join)
    for language in ("sv", "pl"):
        await host.does("interpretation.open", language=language)
    await one.does("interpretation.take", language="sv")
    await one.does("interpretation.take", language="sv")  # is on air
    await one.does("interpretation.take", language="pl")
    shown = {
        each["language"]: each for each in (await join(live_webinar)).welcome["snapshot"]["interpretation"]
    }
    assert (shown["sv"]["interpreters"], shown["sv"]["on_air"]) == ([], None)
    assert shown["pl"]["on_air"] == one.id


@IN_ONE_FORM
async def test_who_is_on_air_and_has_left_the_room_is_relieved(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    one, two = await interpreter_in(live_webinar, join), await interpreter_in(live_webinar, join)
    await host.does("interpretation.open", language="lt")
    await one.does("interpretation.take", language="lt")
    for _twice in range(2):  # who is there is not relieved, and the second time nothing changes
        await two.does("interpretation.take", language="lt")
    await two.does("chat.send", text="after it")
    await two.receives("chat.message")
    assert (await channel(two))["on_air"] == one.id
    assert len(two.all("interpretation.changed")) == 2
    await goes(one, host)
    await two.does("interpretation.take", language="lt")
    await channel(host, on_air=two.id)


@IN_ONE_FORM
async def test_a_channel_has_four_interpreters(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    await host.does("interpretation.open", language="de")
    four = [await interpreter_in(live_webinar, join) for _ in range(4)]
    for each in four:
        await each.does("interpretation.take", language="de")
    fifth = await interpreter_in(live_webinar, join)
    assert (await fifth.asks("interpretation.take", language="de"))["error"] == "not_now"
    await goes(four[1], host)
    await fifth.does("interpretation.take", language="de")
    shown = await channel(host, on_air=four[0].id)
    await host.until(lambda: fifth.id in people_in(host.all("interpretation.changed")[-1]["channel"]))
    shown = host.all("interpretation.changed")[-1]["channel"]
    assert people_in(shown) == [four[0].id, four[2].id, four[3].id, fifth.id]


# ---- hosts -----------------------------------------------------------------------------------------------


@IN_ONE_FORM
async def test_a_host_gives_an_interpreter_a_channel_and_takes_it(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    one, speaker = (
        await interpreter_in(live_webinar, join),
        await interpreter_in(live_webinar, join, "speaker"),
    )
    await host.does("interpretation.open", language="da")
    for client in (guest, speaker):
        answer = await host.asks("interpretation.assign", person=client.id, language="da")
        assert answer["error"] == "not_now"
    assert (await host.asks("interpretation.assign", person="p999999", language="da"))["error"] == "not_found"
    assert (await host.asks("interpretation.assign", person=one.id, language="lt"))["error"] == "not_found"
    assert (await host.asks("interpretation.assign", person=one.id, language=None))["error"] == "not_now"
    await host.does("interpretation.assign", person=one.id, language="da")
    await channel(guest, on_air=one.id)
    await host.does("interpretation.assign", person=one.id, language=None)
    await channel(guest, on_air=None, interpreters=[])


@IN_ONE_FORM
@pytest.mark.parametrize("is_webinar", [True, False])
async def test_whose_role_is_taken_is_off_air_at_once(
    live_webinar: Meeting, live_meeting: Meeting, join: Join, is_webinar: bool
) -> None:
    meeting = live_webinar if is_webinar else live_meeting
    host, guest = await join(meeting, meeting.host), await join(meeting)
    other = await join(meeting)
    await host.does("interpretation.open", language="pl")
    await host.does("people.appoint", person=other.id, role="interpreter")
    await other.until(
        lambda: other.all("you") and "interpretation.take" in other.all("you")[-1]["you"]["may"]
    )
    await other.does("interpretation.take", language="pl")
    await channel(guest, on_air=other.id)
    await host.does("people.appoint", person=other.id, role="attendee")
    await channel(guest, on_air=None, interpreters=[])
    assert (await other.asks("interpretation.take", language="pl"))["error"] == "not_allowed"


@IN_ONE_FORM
async def test_who_leaves_the_stage_leaves_the_channel(live_webinar: Meeting, join: Join) -> None:
    host, one = await join(live_webinar, live_webinar.host), await interpreter_in(live_webinar, join)
    await host.does("interpretation.open", language="sv")
    await one.does("interpretation.take", language="sv")
    await host.does("stage.remove", person=one.id)
    await channel(host, on_air=None, interpreters=[])
    left = await one.receives("stage.left")
    assert left["seq"] > one.all("interpretation.changed")[-1]["seq"]
    assert (await one.asks("interpretation.take", language="sv"))["error"] == "not_allowed"
    answer = await host.asks("interpretation.assign", person=one.id, language="sv")
    assert answer["error"] == "not_now"


# ---- refusals --------------------------------------------------------------------------------------------

COMMANDS: dict[str, dict[str, Any]] = {
    "interpretation.open": {"language": "sv"},
    "interpretation.close": {"language": "sv"},
    "interpretation.assign": {"person": "p1", "language": "sv"},
    "interpretation.take": {"language": "sv"},
    "interpretation.offer": {"person": "p1"},
    "interpretation.accept": {},
    "interpretation.leave": {},
}


@IN_ONE_FORM
async def test_nobody_else_opens_closes_assigns_or_interprets(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    one, speaker = (
        await interpreter_in(live_webinar, join),
        await interpreter_in(live_webinar, join, "speaker"),
    )
    for do, fields in COMMANDS.items():
        for client in (guest, speaker):
            assert (await client.asks(do, **fields))["error"] == "not_allowed"
    for do in ("interpretation.open", "interpretation.close", "interpretation.assign"):
        assert (await one.asks(do, **COMMANDS[do]))["error"] == "not_allowed"
    for do in (
        "interpretation.take",
        "interpretation.offer",
        "interpretation.accept",
        "interpretation.leave",
    ):
        assert (await host.asks(do, **COMMANDS[do]))["error"] == "not_allowed"


@IN_ONE_FORM
async def test_what_is_not_there_is_refused(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    one, two = await interpreter_in(live_webinar, join), await interpreter_in(live_webinar, join)
    assert (await one.asks("interpretation.take", language="sv"))["error"] == "not_found"
    assert (await host.asks("interpretation.close", language="sv"))["error"] == "not_found"
    for do in ("interpretation.leave", "interpretation.accept"):
        assert (await one.asks(do))["error"] == "not_now"
    for language in ("sv", "pl"):
        await host.does("interpretation.open", language=language)
    await one.does("interpretation.take", language="sv")
    await two.does("interpretation.take", language="pl")
    for person in (two.id, one.id, host.id, "p999999"):  # of another channel, oneself, no interpreter, nobody
        assert (await one.asks("interpretation.offer", person=person))["error"] == "not_found"


@IN_ONE_FORM
@pytest.mark.parametrize(
    ("do", "fields"),
    [
        ("interpretation.open", {"language": "fi"}),
        ("interpretation.open", {"language": "SV"}),
        ("interpretation.open", {"language": 7}),
        ("interpretation.open", {"language": "x" * 9}),
        ("interpretation.open", {}),
        ("interpretation.close", {"language": None}),
        ("interpretation.assign", {"person": ["p1"], "language": "sv"}),
        ("interpretation.assign", {"person": "p1"}),
    ],
)
async def test_what_is_no_language_and_no_person_is_refused(
    live_webinar: Meeting, join: Join, do: str, fields: dict[str, Any]
) -> None:
    host = await join(live_webinar, live_webinar.host)
    assert (await host.asks(do, **fields))["error"] == "bad_field"


@IN_ONE_FORM
async def test_too_many_are_refused(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    answers = [await host.asks("interpretation.open", language="sv") for _ in range(15)]
    assert "too_fast" in {answer.get("error") for answer in answers}


@IN_ONE_FORM
async def test_after_the_end_nobody_goes_on_air(live_webinar: Meeting, join: Join) -> None:
    host, one = await join(live_webinar, live_webinar.host), await interpreter_in(live_webinar, join)
    await host.does("interpretation.open", language="sv")
    await one.does("interpretation.take", language="sv")
    await host.does("meeting.end")
    await one.receives("meeting.ended")
    for do in ("interpretation.take", "interpretation.offer", "interpretation.accept"):
        assert (await one.asks(do, **COMMANDS[do]))["error"] == "not_now"
    assert (await host.asks("interpretation.open", language="pl"))["error"] == "not_now"


@IN_ONE_FORM
async def test_before_the_start_channels_are_opened_and_attendees_see_them_once_they_are_in(
    scheduled_webinar: Meeting, join: Join
) -> None:
    host, one = (
        await join(scheduled_webinar, scheduled_webinar.host),
        await interpreter_in(scheduled_webinar, join),
    )
    guest = await join(scheduled_webinar)
    assert (await guest.asks("interpretation.open", language="sv"))["error"] == "not_allowed"
    await host.does("interpretation.open", language="sv")
    await one.does("interpretation.take", language="sv")
    await host.does("meeting.start")
    admitted = await guest.receives("admitted")
    [shown] = admitted["snapshot"]["interpretation"]
    assert (shown["language"], shown["on_air"]) == ("sv", one.id)
    assert not guest.all("interpretation.opened")


# ---- two processes, reconnecting -------------------------------------------------------------------------


async def test_two_processes_and_whoever_reconnects_see_the_same(
    live_webinar: Meeting, two_servers: tuple[Server, Server]
) -> None:
    first, second = two_servers
    seat = await sync_to_async(factories.registration)(meeting=live_webinar)
    person = await sync_to_async(factories.member)()
    await sync_to_async(factories.role)(live_webinar, person, "interpreter")
    host = await enter(first, live_webinar, live_webinar.host)
    guest = await enter(second, live_webinar, seat.person, seat=seat)
    one = await enter(second, live_webinar, person)
    async with closing(host, guest, one):
        await host.does("interpretation.open", language="sv")
        await one.receives("interpretation.opened")
        await one.does("interpretation.take", language="sv")
        shown = await channel(host, on_air=one.id)
        await channel(guest, on_air=one.id)
        again = await enter(second, live_webinar, seat.person, seat=seat, since=0)
        async with closing(again):
            assert again.welcome["snapshot"]["interpretation"] == [shown]
            names = [each["ev"] for each in again.welcome["missed"]]
            assert {"interpretation.opened", "interpretation.changed"} <= set(names)


@IN_ONE_FORM
async def test_an_interpreter_who_reconnects_is_still_on_air(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    person = await sync_to_async(factories.member)()
    await sync_to_async(factories.role)(live_webinar, person, "interpreter")
    one = await join(live_webinar, person)
    await host.does("interpretation.open", language="sv")
    await one.does("interpretation.take", language="sv")
    await one.close()
    again = await join(live_webinar, person)
    [shown] = again.welcome["snapshot"]["interpretation"]
    assert shown["on_air"] == again.id == one.id


# ---- planned, and the end --------------------------------------------------------------------------------

NOW = timezone.now()


def planned(meeting: Meeting, *languages: str) -> list[str]:
    interpreting.plan_channels(room_id=meeting.room_id, meeting=meeting.pk, languages=languages, now=NOW)
    return [each.language for each in reading.channels_of(meeting.room_id, meeting.pk)]


@pytest.mark.django_db
def test_planned_channels_follow_the_announcement_and_those_of_hosts_stay() -> None:
    meeting, host = factories.meeting(), factories.person()
    assert planned(meeting, "sv", "pl") == ["pl", "sv"]
    interpreting.open_channel(
        room_id=meeting.room_id,
        meeting=meeting.pk,
        language="lt",
        by_ref=PersonRef(id="p1", name="x"),
        by=host.pk,
        now=NOW,
    )
    assert planned(meeting, "pl", "de") == ["de", "lt", "pl"]
    assert planned(meeting) == ["lt"]
    events = RoomEvent.objects.filter(room=meeting.room_id).count()
    assert planned(meeting) == ["lt"]
    assert RoomEvent.objects.filter(room=meeting.room_id).count() == events
    interpreting.close_with_meeting(room_id=meeting.room_id, meeting=meeting.pk, now=NOW)
    interpreting.close_with_meeting(room_id=meeting.room_id, meeting=meeting.pk, now=NOW)
    assert not InterpretationChannel.objects.exists()


# ---- the database ----------------------------------------------------------------------------------------


def on_air_in(meeting: Meeting, *, is_on_air: bool = True, **fields: Any) -> ChannelInterpreter:
    channel, _new = InterpretationChannel.objects.get_or_create(
        room=meeting.room, meeting=meeting.pk, language="sv", defaults={"opened_at": NOW}
    )
    participant = factories.participant(room=meeting.room)
    return ChannelInterpreter.objects.create(
        channel=channel, participant=participant, since=NOW, is_on_air=is_on_air, **fields
    )


@pytest.mark.django_db
@pytest.mark.parametrize("second", [{"is_on_air": True}, {"is_on_air": False, "is_offered": True}])
def test_one_is_on_air_and_one_is_asked(second: dict[str, bool]) -> None:
    meeting = factories.meeting()
    on_air_in(meeting)
    on_air_in(meeting, is_on_air=False, is_offered=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        on_air_in(meeting, **second)


@pytest.mark.django_db
def test_nobody_on_air_is_asked_to_take_over() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        on_air_in(factories.meeting(), is_offered=True)


@pytest.mark.django_db
def test_the_name_goes_with_the_account() -> None:
    meeting = factories.meeting()
    row = on_air_in(meeting)
    participant = row.participant
    ref = PersonRef(id=public_id(participant.pk), name=participant.name)
    interpreting.remove(
        room_id=meeting.room_id, person_ref=ref, by_ref=ref, by=participant.person_id, now=NOW
    )
    assert participant_pk(ref.id) == participant.pk
    erasing.erase_person(person=participant.person, now=NOW)
    assert participant.name not in str(list(RoomEvent.objects.values_list("payload", flat=True)))
    assert not ChannelInterpreter.objects.exists()


@IN_ONE_FORM
async def test_the_place_of_an_erased_account_is_gone(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    person = await sync_to_async(factories.member)()
    await sync_to_async(factories.role)(live_webinar, person, "interpreter")
    one = await join(live_webinar, person)
    await host.does("interpretation.open", language="sv")
    await one.does("interpretation.take", language="sv")
    await sync_to_async(erasing.erase_person)(person=person, now=timezone.now())
    await eventually(lambda: not ChannelInterpreter.objects.exists())
