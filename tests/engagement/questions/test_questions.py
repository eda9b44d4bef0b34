"""Questions through real sockets: who sees what of them, who may do what with them, and what is refused."""

import asyncio
import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction
from django.utils import timezone

from engagement.models import Question, QuestionSettings, QuestionVote
from engagement.questions import asking, configuring
from meetings.models import Meeting, MeetingRole
from rooms.models import RoomEvent
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, Join, guest_of
from tests.rooms.people import RoomClient, closing, enter, eventually
from tests.rooms.server import Server

ONCE = "0192-asked-once"


async def set_up(meeting: Meeting, **changes: Any) -> None:
    await sync_to_async(configuring.configure)(room_id=meeting.room_id, changes=changes, now=timezone.now())


async def asked_by(client: RoomClient, text: str = "How warm is it?", **fields: Any) -> str:
    return str((await client.does("question.ask", text=text, **fields))["question"])


async def join_speaker(meeting: Meeting, join: Join, role: str = "speaker") -> RoomClient:
    person = await sync_to_async(factories.person)()
    await sync_to_async(MeetingRole.objects.create)(meeting=meeting, person=person, role=role)
    return await join(meeting, person)


async def nothing_seen(client: RoomClient, text: str) -> None:
    """Once the client has received everything that was sent before."""
    await client.does("ping")
    assert text not in json.dumps(client.events)


# ---- asking ----------------------------------------------------------------------------------------------


async def test_everybody_gets_a_question_and_the_asker_its_id(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    question = await asked_by(guest, "How warm is it?", language="sv")
    for client in (host, guest):
        event = await client.receives("question.asked", id=question)
        assert event | {"text": "How warm is it?", "votes": 0, "state": "visible", "language": "sv"} == event
        assert event["from"]["id"] == guest.id
    late = await join(live_webinar)
    assert [each["id"] for each in late.welcome["snapshot"]["questions"]] == [question]
    assert late.welcome["own"]["own_questions"] == []
    assert (await Question.objects.aget()).meeting == live_webinar.pk


@IN_ONE_FORM
@pytest.mark.parametrize(("anonymity", "host_sees"), [("attendees", True), ("everyone", False)])
async def test_an_anonymous_question_names_nobody(
    live_webinar: Meeting, join: Join, anonymity: str, host_sees: bool
) -> None:
    await set_up(live_webinar, anonymity=anonymity)
    host, guest, other = (
        await join(live_webinar, live_webinar.host),
        await join(live_webinar),
        await join(live_webinar),
    )
    question = await asked_by(guest, anonymous=True, hidden_from=anonymity)
    for client in (host, guest, other):
        assert (await client.receives("question.asked"))["from"] is None
    await guest.receives("question.own", id=question)
    if host_sees:
        assert (await host.receives("question.details"))["from"]["id"] == guest.id
    await host.does("question.answer", question=question, text="Warm.")
    late_host, late = await join(live_webinar, live_webinar.host, since=0), await join(live_webinar, since=0)
    for client in (other, late, *(() if host_sees else (host, late_host))):
        about = [event for event in client.events if event["ev"].startswith("question.")]
        assert guest.id not in json.dumps(about)
        assert guest.id not in json.dumps(client.welcome["snapshot"]["questions"])
        assert not client.welcome["snapshot"]["question_details"]
    names = {person["from"]["id"] for person in late_host.welcome["snapshot"]["question_details"]}
    assert names == ({guest.id} if host_sees else set())
    stored = [
        row async for row in RoomEvent.objects.filter(room=live_webinar.room, ev__startswith="question")
    ]
    assert not [row for row in stored if row.person_id]


@IN_ONE_FORM
async def test_nobody_is_hidden_less_than_they_were_promised(live_webinar: Meeting, join: Join) -> None:
    guest = await join(live_webinar)
    await set_up(live_webinar, anonymity="attendees")
    refused = await guest.asks("question.ask", text="x", anonymous=True, hidden_from="everyone")
    assert refused["error"] == "not_now"
    await set_up(live_webinar, anonymity="no")
    assert (await guest.asks("question.ask", text="x", anonymous=True))["error"] == "not_now"
    assert not await Question.objects.aexists()


async def test_a_question_sent_again_is_asked_once(live_webinar: Meeting, join: Join) -> None:
    guest, other = await join(live_webinar), await join(live_webinar)
    first = await asked_by(guest, client_id=ONCE)
    assert await asked_by(guest, client_id=ONCE) == first
    assert await asked_by(other, client_id=ONCE) != first
    assert len(other.all("question.asked", id=first)) == 1


@pytest.mark.django_db
def test_the_database_refuses_a_client_id_twice_and_two_answers_at_once() -> None:
    one = factories.live_question(client_id=ONCE)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.live_question(participant=one.participant, client_id=ONCE)
    Question.objects.filter(pk=one.pk).update(answering_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.live_question(participant=one.participant, answering_at=timezone.now())


@IN_ONE_FORM
async def test_own_questions_are_changed_and_deleted_until_they_are_answered(
    live_webinar: Meeting, join: Join
) -> None:
    host, guest, other = (
        await join(live_webinar, live_webinar.host),
        await join(live_webinar),
        await join(live_webinar),
    )
    question = await asked_by(guest, "secret 555-1234")
    assert (await other.asks("question.edit", question=question, text="x"))["error"] == "not_allowed"
    assert (await other.asks("question.delete", question=question))["error"] == "not_allowed"
    await guest.does("question.edit", question=question, text="How warm?")
    changed = await other.receives("question.changed", text="How warm?")
    assert changed["edited"]
    await guest.does("question.delete", question=question)
    await other.receives("question.deleted", id=question)
    assert (await guest.asks("question.delete", question=question))["error"] == "not_found"
    late = await join(live_webinar, since=0)
    assert "555-1234" not in json.dumps(late.events)
    rows = [row.payload async for row in RoomEvent.objects.filter(room=live_webinar.room)]
    assert "555-1234" not in json.dumps(rows)

    answered = await asked_by(guest)
    await host.does("question.answer", question=answered)
    assert (await guest.asks("question.delete", question=answered))["error"] == "not_now"
    assert (await guest.asks("question.edit", question=answered, text="x"))["error"] == "not_now"


@IN_ONE_FORM
async def test_one_person_does_not_fill_the_list(live_webinar: Meeting, join: Join) -> None:
    guest = await join(live_webinar)
    participant = (await Question.objects.aget(pk=await asked_by(guest))).participant_id
    new = asking.NewQuestion(live_webinar.room_id, live_webinar.pk, participant, "attendee", "again")
    for _ in range(asking.MOST_OPEN_OF_ONE_PERSON - 1):
        await sync_to_async(asking.ask)(new=new, now=timezone.now())
    assert (await guest.asks("question.ask", text="one more"))["detail"] == "too_many_open"


# ---- moderation ------------------------------------------------------------------------------------------


async def test_a_held_question_is_seen_by_hosts_and_the_asker_alone(
    live_webinar: Meeting, join: Join
) -> None:
    await set_up(live_webinar, is_moderated=True)
    host, guest, other = (
        await join(live_webinar, live_webinar.host),
        await join(live_webinar),
        await join(live_webinar),
    )
    question = await asked_by(guest, "held one")
    for client in (host, guest):
        assert (await client.receives("question.asked", id=question))["state"] == "held"
    await nothing_seen(other, "held one")
    assert (await other.asks("question.vote", question=question, up=True))["error"] == "not_found"
    assert (await guest.asks("question.vote", question=question, up=True))["error"] == "not_now"
    again = await join(live_webinar, live_webinar.host)
    assert [each["state"] for each in again.welcome["snapshot"]["questions"]] == ["held"]
    late = await join(live_webinar, since=0)
    assert "held one" not in json.dumps(late.events)
    assert (await late.does("question.list"))["questions"] == []
    assert [each["id"] for each in (await guest.does("question.list"))["questions"]] == [question]

    await host.does("question.approve", question=question)
    for client in (host, guest, other, late):
        await client.receives("question.asked", id=question, state="visible")
    assert other.numbers == host.numbers


@IN_ONE_FORM
async def test_a_changed_question_is_held_again(live_webinar: Meeting, join: Join) -> None:
    await set_up(live_webinar, is_moderated=True)
    host, guest, other = (
        await join(live_webinar, live_webinar.host),
        await join(live_webinar),
        await join(live_webinar),
    )
    question = await asked_by(guest, "fine")
    await host.does("question.approve", question=question)
    await other.receives("question.asked", id=question)
    await guest.does("question.edit", question=question, text="not fine")
    await other.receives("question.deleted", id=question)
    await nothing_seen(other, "not fine")
    assert await host.receives("question.asked", text="not fine", state="held")


async def test_a_dismissed_question_disappears_and_the_asker_sees_why(
    live_webinar: Meeting, join: Join
) -> None:
    host, guest, other = (
        await join(live_webinar, live_webinar.host),
        await join(live_webinar),
        await join(live_webinar),
    )
    question = await asked_by(guest)
    await host.does("question.dismiss", question=question, reason="Another meeting is about this.")
    for client in (host, guest, other):
        await client.receives("question.dismissed", id=question)
    for client in (host, guest):
        assert (await client.receives("question.details"))["reason"] == "Another meeting is about this."
    await nothing_seen(other, "Another meeting")
    assert (await other.does("question.list"))["questions"] == []
    assert [each["state"] for each in (await guest.does("question.list"))["questions"]] == ["dismissed"]
    assert (await host.asks("question.dismiss", question=question))["error"] == "not_now"
    await host.does("question.approve", question=question)
    await other.until(lambda: len(other.all("question.asked", id=question)) == 2)


@IN_ONE_FORM
async def test_merged_questions_have_each_upvote_once(live_webinar: Meeting, join: Join) -> None:
    host, one, two, three = (
        await join(live_webinar, live_webinar.host),
        *[await join(live_webinar) for _ in range(3)],
    )
    source, into = await asked_by(one, "Why?"), await asked_by(two, "Why, really?")
    for client, question in ((one, source), (two, source), (two, into), (three, into)):
        await client.does("question.vote", question=question, up=True)
    assert (await host.asks("question.merge", question=source, into=source))["error"] == "bad_field"
    await host.does("question.merge", question=source, into=into)
    for client in (host, one, three):
        await client.receives("question.merged", id=source, into=into)
        await client.receives("question.voted", id=into, votes=3)
    assert (await Question.objects.aget(pk=into)).votes == 3
    assert [each["id"] for each in (await three.does("question.list"))["questions"]] == [into]
    assert (await host.asks("question.merge", question=source, into=into))["error"] == "not_now"
    assert (await one.does("question.list"))["questions"][1]["state"] == "merged"


@IN_ONE_FORM
async def test_pinned_assigned_and_translated(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    speaker = await join_speaker(live_webinar, join)
    interpreter = await join_speaker(live_webinar, join, "interpreter")
    question = await asked_by(guest, language="sv")
    await host.does("question.pin", question=question, on=True)
    await guest.receives("question.changed", pinned=True)
    assert (await host.asks("question.assign", question=question, person=guest.id))["error"] == "not_now"
    assert (await host.asks("question.assign", question=question, person="p999999"))["error"] == "not_found"
    assert (await speaker.asks("question.answer", question=question))["error"] == "not_allowed"
    await host.does("question.assign", question=question, person=speaker.id)
    await speaker.until(lambda: speaker.all("question.changed")[1:])
    assert speaker.all("question.changed")[-1]["assigned"]["id"] == speaker.id
    for language, code in (("sv", "bad_field"), ("fi", "bad_field"), ("EN", "bad_field")):
        answer = await interpreter.asks("question.translate", question=question, language=language, text="x")
        assert answer["error"] == code
    await interpreter.does("question.translate", question=question, language="en", text="Is it warm?")
    await guest.until(lambda: guest.all("question.changed", translations={"en": "Is it warm?"}))
    await speaker.does("question.answering", question=question, on=True)
    await speaker.does("question.answer", question=question)
    assert (await guest.receives("question.answered"))["answer"]["aloud"]


# ---- answers ---------------------------------------------------------------------------------------------


@IN_ONE_FORM
async def test_one_question_at_a_time_is_answered_on_the_stage(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    first, second = await asked_by(guest, "first"), await asked_by(guest, "second")
    await host.does("question.answering", question=first, on=True)
    await host.does("question.answering", question=second, on=True)
    await guest.receives("question.changed", id=second, answering=True)
    assert [each["answering"] for each in guest.all("question.changed", id=first)] == [True, False]
    late = await join(live_webinar)
    assert {each["id"]: each["answering"] for each in late.welcome["snapshot"]["questions"]} == {
        first: False,
        second: True,
    }
    await host.does("question.answer", question=second)
    answered = await guest.receives("question.answered", id=second)
    assert answered | {"state": "answered", "answering": False} == answered
    assert answered["answer"] | {"text": "", "aloud": True} == answered["answer"]
    assert (await host.asks("question.answer", question=second))["error"] == "not_now"
    await host.does("question.answer", question=second, text="As I said: yes.")
    await guest.until(lambda: len(guest.all("question.answered", id=second)) == 2)
    assert guest.all("question.answered")[-1]["answer"]["text"] == "As I said: yes."
    await host.does("question.answering", question=first, on=True)
    await host.does("question.answering", question=first, on=False)
    row = await Question.objects.aget(pk=first)
    assert (row.answering_at, row.heard_at) == (None, None)


async def test_a_private_answer_is_for_the_asker(live_webinar: Meeting, join: Join) -> None:
    host, guest, other = (
        await join(live_webinar, live_webinar.host),
        await join(live_webinar),
        await join(live_webinar),
    )
    question = await asked_by(guest)
    assert (await host.asks("question.answer", question=question, private=True))["error"] == "bad_field"
    await host.does("question.answer", question=question, text="Only for you.", private=True)
    assert (await guest.receives("question.details"))["answer"]["text"] == "Only for you."
    assert (await other.receives("question.answered"))["answer"] is None
    await nothing_seen(other, "Only for you.")
    late = await join(live_webinar, since=0)
    assert "Only for you." not in json.dumps(late.events)
    assert (await guest.does("question.list"))["details"][0]["answer"]["text"] == "Only for you."
    assert (await other.does("question.list"))["details"] == []


# ---- upvotes ---------------------------------------------------------------------------------------------


async def test_a_person_upvotes_once_and_takes_it_back(live_webinar: Meeting, join: Join) -> None:
    one, two = await join(live_webinar), await join(live_webinar)
    question = await asked_by(one)
    await two.receives("question.asked")
    for _ in range(3):
        await two.does("question.vote", question=question, up=True)
    await one.does("question.vote", question=question, up=True)
    await one.receives("question.voted", id=question, votes=2)
    assert await QuestionVote.objects.acount() == 2
    late = await join(live_webinar)
    assert late.welcome["snapshot"]["questions"][0]["votes"] == 2
    await two.does("question.vote", question=question, up=False)
    await two.does("question.vote", question=question, up=False)
    await one.receives("question.voted", id=question, votes=1)
    assert (await Question.objects.aget()).votes == 1
    await set_up(live_webinar, has_upvotes=False)
    await two.receives("question.configured", seconds=10)
    assert (await two.asks("question.vote", question=question, up=True))["error"] == "not_now"


async def test_two_processes_count_alike(live_webinar: Meeting, two_servers: tuple[Server, Server]) -> None:
    seats = [await sync_to_async(guest_of)(live_webinar) for _ in range(10)]
    clients = [
        await enter(two_servers[number % 2], live_webinar, seat.person, seat=seat)
        for number, seat in enumerate(seats)
    ]
    async with closing(*clients):
        question = await asked_by(clients[0])
        for client in clients:
            await client.receives("question.asked")
        await asyncio.gather(*(each.does("question.vote", question=question, up=True) for each in clients))
        for client in clients:
            await client.receives("question.voted", id=question, votes=10)
        seat = seats[3]
        again = await enter(two_servers[0], live_webinar, seat.person, seat=seat)
        async with closing(again):
            assert again.welcome["own"]["upvoted_questions"] == [question]
            assert again.welcome["snapshot"]["questions"][0]["votes"] == 10


@IN_ONE_FORM
async def test_a_total_that_the_bus_has_lost_is_read_again(live_webinar: Meeting, join: Join) -> None:
    guest = await join(live_webinar)
    question = await asked_by(guest)
    await Question.objects.filter(pk=question).aupdate(votes=7, votes_version=7)
    await guest.receives("question.voted", votes=7, seconds=20)


# ---- settings, rights, refusals --------------------------------------------------------------------------


async def test_settings_take_effect_at_once(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    await host.does("question.configure", is_open=False)
    assert (await guest.receives("question.configured"))["settings"]["is_open"] is False
    assert (await guest.asks("question.ask", text="x"))["error"] == "not_now"
    await host.does("question.configure", is_open=True, is_moderated=True)
    await guest.until(lambda: guest.all("question.configured")[1:])
    late = await join(live_webinar)
    assert late.welcome["snapshot"]["question_settings"] == {
        "is_open": True,
        "is_moderated": True,
        "anonymity": "everyone",
        "has_upvotes": True,
    }
    await host.does("question.configure", is_moderated=True)
    assert await QuestionSettings.objects.acount() == 1
    assert len(host.all("question.configured")) == 2, "what changes nothing is not told"


COMMANDS: dict[str, dict[str, Any]] = {
    "question.edit": {"text": "x"},
    "question.delete": {},
    "question.vote": {"up": True},
    "question.approve": {},
    "question.answering": {"on": True},
    "question.answer": {"text": "x"},
    "question.dismiss": {},
    "question.merge": {"into": "x"},
    "question.pin": {"on": True},
    "question.assign": {"person": None},
    "question.translate": {"language": "en", "text": "x"},
}
BY_SPEAKERS = {"question.answering", "question.answer", "question.translate"}
BY_ATTENDEES = {"question.edit", "question.delete", "question.vote"}


@IN_ONE_FORM
@pytest.mark.parametrize("command", COMMANDS)
async def test_what_a_command_refuses(live_webinar: Meeting, join: Join, command: str) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    elsewhere, fields = await sync_to_async(factories.live_question)(), COMMANDS[command]
    for question in ("zzz", elsewhere.pk):
        assert (await host.asks(command, question=question, **fields))["error"] == "not_found"
    for wrong in ({"question": 7}, {"question": "../x"}, {"question": "zzz", "more": 1}, {}):
        given = {**fields, **wrong} if wrong else fields
        assert (await host.asks(command, **given))["error"] == "bad_field"
    if command not in BY_ATTENDEES:
        assert (await guest.asks(command, question="zzz", **fields))["error"] == "not_allowed"


@IN_ONE_FORM
@pytest.mark.parametrize(
    "fields",
    [
        *({"text": text} for text in ("", " ", "\u200b", 7, None, "x" * 1001)),
        *({"text": "x", **each} for each in ({"anonymous": "yes"}, {"language": "xx"}, {"language": 1})),
        {"text": "x", "client_id": "!"},
        {"text": "x", "hidden_from": "nobody"},
    ],
)
async def test_a_question_of_another_form_is_refused(
    live_webinar: Meeting, join: Join, fields: dict[str, Any]
) -> None:
    guest = await join(live_webinar)
    assert (await guest.asks("question.ask", **fields))["error"] == "bad_field"
    assert not await Question.objects.aexists()


@IN_ONE_FORM
async def test_only_hosts_change_the_settings(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    assert (await host.asks("question.configure", anonymity="perhaps"))["error"] == "bad_field"
    assert (await guest.asks("question.configure", is_open=False))["error"] == "not_allowed"
    assert (await guest.asks("question.list", before="x"))["error"] == "bad_field"


@IN_ONE_FORM
async def test_after_the_end_nothing_is_asked_any_more(live_webinar: Meeting, join: Join) -> None:
    host, guest = await join(live_webinar, live_webinar.host), await join(live_webinar)
    question = await asked_by(guest)
    await host.does("meeting.end")
    await guest.receives("meeting.ended")
    assert (await guest.asks("question.ask", text="too late"))["error"] == "not_now"
    assert (await guest.asks("question.vote", question=question, up=True))["error"] == "not_now"
    assert (await host.asks("question.answer", question=question))["error"] == "not_now"
    assert [each["id"] for each in (await guest.does("question.list"))["questions"]] == [question]


@IN_ONE_FORM
async def test_before_admission_nothing_is_asked(scheduled_webinar: Meeting, join: Join) -> None:
    guest = await join(scheduled_webinar)
    assert guest.welcome["snapshot"] is None
    assert (await guest.asks("question.ask", text="x"))["error"] == "not_allowed"
    assert (await guest.asks("question.list"))["error"] == "not_allowed"


@IN_ONE_FORM
async def test_questions_of_the_practice_session_stay_there(scheduled_webinar: Meeting, join: Join) -> None:
    host = await join(scheduled_webinar, scheduled_webinar.host)
    await asked_by(host, "only among us")
    await host.does("meeting.start")
    await host.receives("meeting.started")
    question = await asked_by(host, "welcome")
    guest = await join(scheduled_webinar)
    assert [each["id"] for each in guest.welcome["snapshot"]["questions"]] == [question]
    assert [each["id"] for each in (await guest.does("question.list"))["questions"]] == [question]
    assert len((await host.does("question.list"))["questions"]) == 2


@IN_ONE_FORM
async def test_a_flood_of_questions_is_too_fast(live_webinar: Meeting, join: Join) -> None:
    guest = await join(live_webinar)
    answers = [await guest.asks("question.ask", text=f"question {number}") for number in range(20)]
    assert {answer.get("error") for answer in answers} == {None, "too_fast"}


# ---- many ------------------------------------------------------------------------------------------------


@IN_ONE_FORM
async def test_many_long_questions_come_page_by_page(live_webinar: Meeting, join: Join) -> None:
    def fill() -> None:
        one = factories.live_question(meeting=live_webinar, text="å" * 1000, seq=1)
        for number in range(2, 121):
            factories.live_question(participant=one.participant, text="å" * 1000, seq=number)

    await sync_to_async(fill)()
    guest = await join(live_webinar)
    assert guest.largest <= 64 * 1024
    assert guest.welcome["snapshot"]["more_questions"] is True
    seen: list[str] = []
    before = None
    while True:
        page = await guest.does("question.list", before=before)
        seen += [each["id"] for each in page["questions"]]
        before = page["next"]
        if before is None:
            break
    assert len(seen) == len(set(seen)) == 120
    assert guest.largest <= 64 * 1024


async def test_coming_back_equals_having_stayed(live_webinar: Meeting, join: Join) -> None:
    host, guest, stayed = (
        await join(live_webinar, live_webinar.host),
        await join(live_webinar),
        await join(live_webinar),
    )
    kept, gone = await asked_by(guest, "kept"), await asked_by(guest, "gone")
    await stayed.does("question.vote", question=kept, up=True)
    await host.does("question.answer", question=kept, text="Yes.")
    await host.does("question.dismiss", question=gone)
    await stayed.receives("question.dismissed", id=gone)
    back = await join(live_webinar, since=0)
    durable = [
        event for event in stayed.events if "seq" in event and event["ev"] not in {"welcome", "admitted"}
    ]
    assert back.welcome["missed"] == durable
    found = await eventually(lambda: Question.objects.filter(state="answered").count())
    assert found == 1
    assert [(each["id"], each["votes"]) for each in back.welcome["snapshot"]["questions"]] == [(kept, 1)]


@IN_ONE_FORM
async def test_none_of_two_thousand_upvotes_is_lost(live_webinar: Meeting, join: Join) -> None:
    """Each of a hundred people upvotes twenty questions, all at once; a question's total is told a few times only."""

    def fill() -> list[str]:
        one = factories.live_question(meeting=live_webinar, seq=1)
        others = [factories.live_question(participant=one.participant, seq=2 + at) for at in range(19)]
        return [one.pk, *(each.pk for each in others)]

    questions = await sync_to_async(fill)()
    clients = [await join(live_webinar) for _ in range(100)]
    await asyncio.gather(
        *(client.does("question.vote", question=each, up=True) for client in clients for each in questions)
    )
    for question in questions:
        await clients[0].receives("question.voted", id=question, votes=100)
    totals = [row.votes async for row in Question.objects.all()]
    assert totals == [100] * 20
    assert await QuestionVote.objects.acount() == 2000
    told = len(clients[0].all("question.voted"))
    assert told <= 600, "totals of a tick are gathered"
