"""Move or cancel: same UID, SEQUENCE up by one, and the calendar event follows."""

import json
import re
import subprocess
from pathlib import Path

from tests.journeys.conftest import Host
from tests.stack import Stack, calendar_of, text_of
from tools.node import npm_command

READER = Path(__file__).parent / "read_calendar.mjs"


def read_by_another(calendar: str) -> dict[str, str]:
    """As read by another calendar library (ical.js)."""
    _npm, path = npm_command()
    done = subprocess.run(
        ["node", str(READER)], input=calendar, env={"PATH": path}, capture_output=True, text=True, check=True
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


def waiting_reminders(stack: Stack, meeting: str) -> set[int]:
    rows = stack.sql(
        "SELECT DISTINCT revision FROM notifications_notification"
        " WHERE meeting_id = %s AND kind = 'reminder' AND state = 'waiting'",
        meeting,
    )
    return {revision for (revision,) in rows}


def test_a_move_keeps_the_uid_and_raises_the_sequence(stack: Stack, host: Host) -> None:
    meeting = host.schedule(starts_at="2030-01-10T10:00", timezone="Europe/Stockholm")
    host.register(meeting["id"], "moved@example.org", timezone="Europe/Copenhagen")
    first = read_by_another(calendar_of(stack.postbox.wait_for("moved@example.org")))
    host.api("PATCH", f"/meetings/{meeting['id']}", {"starts_at": "2030-01-11T14:30"})
    mail = stack.postbox.wait_for("moved@example.org", count=2)
    second = read_by_another(calendar_of(mail))
    assert (first["method"], first["sequence"], first["start"]) == ("REQUEST", 0, "2030-01-10T09:00:00Z")
    assert (second["method"], second["sequence"], second["start"]) == ("REQUEST", 1, "2030-01-11T13:30:00Z")
    assert first["uid"] == second["uid"] == meeting["uid"]
    assert second["attendees"] == ["mailto:moved@example.org"]
    assert "14:30" in text_of(mail)
    assert waiting_reminders(stack, meeting["id"]) == {1}


def test_calendar_event_and_page_show_the_same_time(stack: Stack, host: Host) -> None:
    meeting = host.schedule(starts_at="2027-10-31T10:00", timezone="Europe/Vilnius")
    host.register(meeting["id"], "agrees@example.org", timezone="Europe/London")
    entry = read_by_another(calendar_of(stack.postbox.wait_for("agrees@example.org")))
    _status, page = stack.get(f"/meetings/{meeting['id']}/")
    shown = {
        instant
        for instant in re.findall(r'<time datetime="([^"]+)"', page)
        if instant.startswith("2027-10-31")
    }
    assert entry["start"] == "2027-10-31T08:00:00Z"
    assert "2027-10-31T10:00+02:00" in shown
    assert "2027-10-31T09:00+01:00" in shown  # the reader of this page is in Stockholm


def test_a_cancellation_goes_to_all_and_nothing_follows_it(stack: Stack, host: Host) -> None:
    meeting = host.schedule(starts_at="2030-01-10T10:00")
    host.register(meeting["id"], "cancelled@example.org")
    stack.postbox.wait_for("cancelled@example.org")
    host.api("POST", f"/meetings/{meeting['id']}/cancel?reason=Ice")
    mail = stack.postbox.wait_for("cancelled@example.org", count=2)
    entry = read_by_another(calendar_of(mail))
    assert (entry["method"], entry["status"], entry["sequence"], entry["uid"]) == (
        "CANCEL",
        "CANCELLED",
        1,
        meeting["uid"],
    )
    assert "Ice" in text_of(mail)
    assert waiting_reminders(stack, meeting["id"]) == set()
