"""Scheduling: from wall-clock time in the form to rows of the outbox."""

from tests.journeys.conftest import Host
from tests.stack import Stack, calendar_of, text_of


def test_a_speaker_is_invited_with_the_time_in_their_own_zone(stack: Stack, host: Host) -> None:
    host.schedule(
        starts_at="2030-01-10T11:00",
        timezone="Europe/Vilnius",
        speakers=[{"email": "katrin@example.org", "name": "Katrin Brüggemann"}],
    )
    mail = stack.postbox.wait_for("katrin@example.org")
    assert "11:00" in text_of(mail)
    assert "DTSTART:20300110T090000Z" in calendar_of(mail)


def test_scheduling_that_fails_leaves_neither_meeting_nor_promise(stack: Stack, host: Host) -> None:
    before = stack.sql(
        "SELECT (SELECT count(*) FROM meetings_meeting), (SELECT count(*) FROM notifications_notification)"
    )
    for wrong in ({"starts_at": "2027-03-28T02:30"}, {"starts_at": "2027-10-31T02:30"}):
        try:
            host.schedule(timezone="Europe/Stockholm", speakers=[{"email": "never@example.org"}], **wrong)
        except AssertionError as refused:
            assert "starts_at" in str(refused)
        else:
            raise AssertionError("an hour that does not exist, or exists twice, was taken")
    assert (
        stack.sql(
            "SELECT (SELECT count(*) FROM meetings_meeting), (SELECT count(*) FROM notifications_notification)"
        )
        == before
    )


def test_the_published_meeting_is_on_the_schedule(stack: Stack, host: Host) -> None:
    meeting = host.schedule(title={"en": "Ice on the intake"})
    status, page = stack.get(f"/meetings/{meeting['id']}/")
    assert (status, "Ice on the intake" in page) == (200, True)
