"""How well media arrived: one row for each connection, in sums, without anything of the content."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies import erasing
from meetings.models import Meeting
from rooms.models import LinkReport, Presence
from tests import factories
from tests.rooms.conftest import IN_ONE_FORM, Join

MINUTE = {
    "seconds": 60,
    "received": 900,
    "lost": 100,
    "bytes_received": 7_500_000,
    "jitter_ms": 30,
    "round_trip_ms": 120,
    "weak_seconds": 0,
    "poor_seconds": 0,
    "far_seconds": 0,
    "missing_seconds": 0,
    "away_seconds": 0,
    "relayed": False,
}


@IN_ONE_FORM
async def test_reports_add_up_in_the_row_of_the_connection(live_meeting: Meeting, join: Join) -> None:
    guest, other = await join(live_meeting), await join(live_meeting)
    await guest.does("media.report", **MINUTE)
    worse = {
        "lost": 300,
        "received": 700,
        "jitter_ms": 10,
        "poor_seconds": 14,
        "far_seconds": 20,
        "missing_seconds": 90,
        "away_seconds": 7,
        "relayed": True,
    }
    await guest.does("media.report", **{**MINUTE, **worse})
    assert (await guest.asks("media.report", **MINUTE))["error"] == "too_fast"
    await other.does("media.report", **{**MINUTE, "weak_seconds": 30, "relayed": None})
    rows = [row async for row in LinkReport.objects.order_by("-seconds").values()]
    for row in rows:
        del row["presence_id"], row["updated_at"]
    assert rows[0] == {
        "seconds": 120,
        "weak_seconds": 0,
        "poor_seconds": 14,
        "far_seconds": 20,
        "missing_seconds": 60,
        "away_seconds": 7,
        "received": 1600,
        "lost": 400,
        "bytes_received": 15_000_000,
        "worst_loss": 0.3,
        "worst_jitter_ms": 30,
        "worst_round_trip_ms": 120,
        "is_relayed": True,
    }
    assert (rows[1]["weak_seconds"], rows[1]["is_relayed"], len(rows)) == (30, None, 2)


@IN_ONE_FORM
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seconds", 0),
        ("seconds", 121),
        ("lost", -1),
        ("received", 10**9 + 1),
        ("bytes_received", "1"),
        ("jitter_ms", 60_001),
        ("poor_seconds", 121),
        ("missing_seconds", -1),
        ("away_seconds", 121),
        ("content", "what was said"),
    ],
)
async def test_what_is_no_report_is_refused(
    live_meeting: Meeting, join: Join, field: str, value: Any
) -> None:
    guest = await join(live_meeting)
    assert (await guest.asks("media.report", **{**MINUTE, field: value}))["error"] == "bad_field"
    assert not await LinkReport.objects.aexists()


@IN_ONE_FORM
async def test_the_row_goes_with_the_account_and_the_minutes_in_the_room_stay(
    live_meeting: Meeting, join: Join
) -> None:
    guest = await join(live_meeting)
    await guest.does("media.report", **MINUTE)
    await sync_to_async(_erase)()
    assert not await LinkReport.objects.aexists()
    assert await Presence.objects.aexists()


def _erase() -> None:
    erasing.erase_person(person=LinkReport.objects.get().presence.person, now=timezone.now())


# ---- the page of hosts -----------------------------------------------------------------------------------


def report_of(meeting: Meeting, name: str, **fields: Any) -> LinkReport:
    participant = factories.participant(room=meeting.room, name=name)
    presence = factories.presence(room=meeting.room, person=participant.person)
    given = {
        "seconds": 600,
        "received": 990,
        "lost": 10,
        "bytes_received": 7_500_000,
        "updated_at": factories.NOW,
    }
    return LinkReport.objects.create(presence=presence, **{**given, **fields})


@pytest.mark.django_db
def test_a_host_reads_what_went_wrong_for_whom_the_worst_first() -> None:
    meeting = factories.meeting(state="ended", started_at=factories.NOW, host=factories.member())
    report_of(meeting, "Good Anna", is_relayed=False)
    report_of(meeting, "Weak Bo", weak_seconds=60, far_seconds=60, is_relayed=True)
    report_of(meeting, "Poor Cy", poor_seconds=125, worst_loss=0.345, away_seconds=9)
    report_of(factories.meeting(), "Of another meeting", poor_seconds=60)
    host = Client()
    host.force_login(meeting.host)
    page = host.get(reverse("connections", args=[meeting.pk]))
    poor, weak, good = page.context["rows"]
    assert [poor.name, weak.name, good.name] == ["Poor Cy", "Weak Bo", "Good Anna"]
    assert poor.verdicts == [
        "Poor connection for 2 minutes: audio broke up",
        "No audio and video from the media server for 9 seconds",
    ]
    assert weak.verdicts == ["Weak connection for 1 minute", "High latency: responses were delayed"]
    assert (good.verdicts, good.is_good) == (["Good"], True)
    assert [poor.path, weak.path, good.path] == ["", "Via a relay", "Direct"]
    assert (poor.loss, poor.worst_loss, poor.kbit, poor.minutes) == (1.0, 34.5, 100, 10)
    assert page.context["summary"] == {"people": 3, "poor": 1, "weak": 1, "away": 9}


@pytest.mark.django_db
def test_a_meeting_without_faults_counts_none() -> None:
    meeting = factories.meeting(state="ended", started_at=factories.NOW, host=factories.member())
    report_of(meeting, "Good Anna", is_relayed=False)
    host = Client()
    host.force_login(meeting.host)
    page = host.get(reverse("connections", args=[meeting.pk])).content.decode()
    assert "Connections measured: 1" in page
    assert "connection at times" not in page


@pytest.mark.django_db
def test_several_connections_of_a_person_are_one_line() -> None:
    meeting = factories.meeting(state="ended", started_at=factories.NOW, host=factories.member())
    first = report_of(meeting, "Anna", poor_seconds=60)
    second = factories.presence(room=meeting.room, person=first.presence.person)
    LinkReport.objects.create(presence=second, seconds=60, poor_seconds=60, updated_at=factories.NOW)
    host = Client()
    host.force_login(meeting.host)
    [row] = host.get(reverse("connections", args=[meeting.pk])).context["rows"]
    assert (row.minutes, row.verdicts) == (11, ["Poor connection for 2 minutes: audio broke up"])


def rows_seen_by_the_host(meeting: Meeting) -> Any:
    host = Client()
    host.force_login(meeting.host)
    return host.get(reverse("connections", args=[meeting.pk]))


@pytest.mark.django_db
def test_nobody_is_called_good_whom_nothing_reached() -> None:
    meeting = factories.meeting(state="ended", started_at=factories.NOW, host=factories.member())
    nothing = {"received": 0, "lost": 0, "bytes_received": 0}
    report_of(meeting, "Cut off", **nothing, missing_seconds=120)
    report_of(meeting, "Without a word", **nothing)
    page = rows_seen_by_the_host(meeting)
    cut_off, silent = page.context["rows"]
    assert cut_off.verdicts == ["Audio or video from others didn’t arrive for 2 minutes"]
    assert silent.verdicts == ["No audio or video arrived"]
    assert [(row.is_good, row.loss) for row in (cut_off, silent)] == [(False, None)] * 2
    assert "0.0%" not in page.text


@pytest.mark.django_db
def test_some_seconds_are_no_minute_and_one_long_round_trip_is_no_delay() -> None:
    meeting = factories.meeting(state="ended", started_at=factories.NOW, host=factories.member())
    report_of(meeting, "A moment", poor_seconds=14, weak_seconds=8, missing_seconds=6)
    report_of(meeting, "One look", worst_round_trip_ms=900)
    moment, look = rows_seen_by_the_host(meeting).context["rows"]
    assert moment.verdicts == [
        "Poor connection for less than a minute: audio broke up",
        "Audio or video from others didn’t arrive for less than a minute",
        "Weak connection for less than a minute",
    ]
    assert look.verdicts == ["Good"]
