"""Captions: typed by captioners in a language, and corrected by who typed them."""

from typing import Any

import orjson
import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from companies import erasing
from companies.models import Person
from engagement.realtime_text import reading
from engagement.realtime_text.drafts import Drafts
from engagement.realtime_text.messages import RttCorrected
from meetings.models import Meeting
from rooms.features import registry
from rooms.messages import PersonRef
from rooms.models import RoomEvent
from rooms.room_loader import load_room_state
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, Join
from tests.rooms.people import RoomClient
from tests.rooms.test_roles_in_the_room import has_role

LINE, SECOND = "line-0001", "line-0002"


async def captioner_in(meeting: Meeting, join: Join, host: RoomClient) -> RoomClient:
    captioner = await join(meeting)
    await host.does("people.appoint", person=captioner.id, role="captioner")
    await has_role(captioner, "captioner")
    return captioner


@IN_ONE_FORM
async def test_captions_have_the_language_that_their_captioner_writes_in(
    live_webinar: Meeting, join: Join
) -> None:
    host, other = await join(live_webinar, live_webinar.host), await join(live_webinar)
    captioner = await captioner_in(live_webinar, join, host)
    await captioner.does("rtt.type", text_id=LINE, version=1, text="God morg", language="sv")
    assert (await other.receives("rtt.typing", text="God morg"))["language"] == "sv"
    late = await join(live_webinar)
    assert [each["language"] for each in late.welcome["snapshot"]["being_typed"]] == ["sv"]
    await captioner.does("rtt.commit", text_id=LINE, text="God morgon.", language="sv")
    line = await other.receives("rtt.committed", text="God morgon.")
    assert line["language"] == "sv"
    assert line["began"] < line["at"]
    late = await join(live_webinar)
    assert [each["language"] for each in late.welcome["snapshot"]["text_lines"]] == ["sv"]


@IN_ONE_FORM
@pytest.mark.parametrize(
    ("language", "code"), [("tlh", "bad_field"), ("SV", "bad_field"), (7, "bad_field"), ("", "bad_field")]
)
async def test_a_language_that_is_none_is_refused(
    live_webinar: Meeting, join: Join, language: Any, code: str
) -> None:
    host = await join(live_webinar, live_webinar.host)
    captioner = await captioner_in(live_webinar, join, host)
    for do, fields in (("rtt.type", {"version": 1}), ("rtt.commit", {})):
        answer = await captioner.asks(do, text_id=LINE, text="x", language=language, **fields)
        assert answer["error"] == code
    answer = await host.asks("rtt.commit", text_id=LINE, text="x", language="sv")
    assert answer["error"] == "not_allowed"  # a host is no captioner
    assert not await sync_to_async(lambda: list(reading.lines_for_export(live_webinar.room_id)))()


@IN_ONE_FORM
async def test_a_captioner_corrects_own_lines_and_what_they_said_is_gone(
    live_webinar: Meeting, join: Join
) -> None:
    host, other = await join(live_webinar, live_webinar.host), await join(live_webinar)
    captioner = await captioner_in(live_webinar, join, host)
    second = await captioner_in(live_webinar, join, host)
    number = (await captioner.does("rtt.commit", text_id=LINE, text="heat pimps", language="en"))["line"]
    await captioner.does("rtt.correct", line=number, text="heat pumbs")
    await captioner.does("rtt.correct", line=number, text=" heat\u200b pumps ")
    corrected = await other.receives("rtt.corrected", line=number, text="heat pumps")
    assert corrected["by"]["id"] == captioner.id
    assert (await second.asks("rtt.correct", line=number, text="mine"))["error"] == "not_allowed"
    assert (await host.asks("rtt.correct", line=number, text="mine"))["error"] == "not_allowed"
    assert (await captioner.asks("rtt.correct", line=number, text="\u200b"))["error"] == "bad_field"
    assert (await captioner.asks("rtt.correct", line=999, text="x"))["error"] == "not_found"
    late = await join(live_webinar)
    assert [each["text"] for each in late.welcome["snapshot"]["text_lines"]] == ["heat pumps"]
    back = await join(live_webinar, since=0)
    texts = [each["text"] for each in back.welcome["missed"] if each["ev"].startswith("rtt.")]
    assert texts == ["heat pumps"] * 3
    assert not await RoomEvent.objects.filter(payload__text__in=["heat pimps", "heat pumbs"]).aexists()
    await host.does("rtt.delete", line=number)
    await other.receives("rtt.deleted", line=number)
    assert not await RoomEvent.objects.filter(payload__text="heat pumps").aexists()
    assert (await captioner.asks("rtt.correct", line=number, text="x"))["error"] == "not_found"


@IN_ONE_FORM
async def test_what_was_practised_reaches_nobody_by_a_correction(
    scheduled_webinar: Meeting, join: Join
) -> None:
    host = await join(scheduled_webinar, scheduled_webinar.host)
    speaker = await sync_to_async(factories.member)()
    await sync_to_async(factories.role)(scheduled_webinar, speaker)
    captioner = await join(scheduled_webinar, speaker)
    practised = (await captioner.does("rtt.commit", text_id=LINE, text="rehearsed"))["line"]
    await host.does("meeting.start")
    await host.receives("meeting.started")
    guest = await join(scheduled_webinar)
    await host.does("people.appoint", person=captioner.id, role="captioner")
    await has_role(captioner, "captioner")
    answer = await captioner.asks("rtt.correct", line=practised, text="rehearsed, corrected")
    assert answer["error"] == "not_found"
    shown = (await captioner.does("rtt.commit", text_id=SECOND, text="shown", language="en"))["line"]
    await captioner.does("rtt.correct", line=shown, text="shown again")
    await guest.receives("rtt.corrected", line=shown)
    assert not [event for event in guest.events if event.get("line") == practised]


@IN_ONE_FORM
async def test_only_captions_are_corrected(live_meeting: Meeting, join: Join) -> None:
    host, captioner = await join(live_meeting, live_meeting.host), await join(live_meeting)
    said = (await captioner.does("rtt.commit", text_id=LINE, text="what I said"))["line"]
    await host.does("people.appoint", person=captioner.id, role="captioner")
    await has_role(captioner, "captioner")
    assert (await captioner.asks("rtt.correct", line=said, text="other"))["error"] == "not_allowed"


@IN_ONE_FORM
async def test_a_correction_leaves_in_memory_what_else_was_missed(live_meeting: Meeting, join: Join) -> None:
    host = await join(live_meeting, live_meeting.host)
    captioner = await captioner_in(live_meeting, join, host)
    number = (await captioner.does("rtt.commit", text_id=LINE, text="heat pimps", language="en"))["line"]
    await captioner.does("rtt.commit", text_id=SECOND, text="heat pimps too", language="en")
    state = await sync_to_async(load_room_state)(live_meeting.room_id)
    before = list(state.frames)
    corrected = RttCorrected(
        line=number, text="heat pumps", by=PersonRef(id=captioner.id, name="", role="captioner"), at=""
    )
    registry.durable["rtt.corrected"].apply(state, corrected)
    texts = [orjson.loads(each.frame).get("text") for each in state.frames]
    assert [each.seq for each in state.frames] == [each.seq for each in before]
    assert texts[-2:] == ["heat pumps", "heat pimps too"]


@IN_ONE_FORM
async def test_a_line_begun_in_one_language_is_finished_in_another(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    captioner = await captioner_in(live_webinar, join, host)
    await captioner.does("rtt.type", text_id=LINE, version=1, text="Hej", language="sv")
    edits = [{"at": 3, "insert": "!"}]
    await captioner.does("rtt.type", text_id=LINE, version=2, edits=edits, language="de")
    late = await join(live_webinar)
    [typed] = late.welcome["snapshot"]["being_typed"]
    assert (typed["text"], typed["language"]) == ("Hej!", "de")


@IN_ONE_FORM
async def test_a_kept_line_is_not_typed_any_more_for_a_process_that_comes_late(
    live_webinar: Meeting, join: Join
) -> None:
    host = await join(live_webinar, live_webinar.host)
    await host.does("rtt.commit", text_id=LINE, text="done")
    state = await sync_to_async(load_room_state)(live_webinar.room_id)
    assert (host.id, LINE) in state.feature_state(Drafts).finished


@IN_ONE_FORM
async def test_corrections_are_erased_with_the_account(live_webinar: Meeting, join: Join) -> None:
    host = await join(live_webinar, live_webinar.host)
    captioner = await captioner_in(live_webinar, join, host)
    number = (await captioner.does("rtt.commit", text_id=LINE, text="first", language="en"))["line"]
    await captioner.does("rtt.correct", line=number, text="secret words")
    await sync_to_async(_erase_author)(live_webinar, number)
    assert not await RoomEvent.objects.filter(payload__text="secret words").aexists()


def _erase_author(meeting: Meeting, number: int) -> None:
    row = RoomEvent.objects.get(room=meeting.room_id, seq=number)
    erasing.erase_person(person=Person.objects.get(pk=row.person_id), now=timezone.now())
