"""Captions: typed by captioners in a language, and corrected by who typed them."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from companies import erasing
from companies.models import Person
from engagement.realtime_text import reading
from meetings.models import Meeting
from rooms.models import RoomEvent
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
