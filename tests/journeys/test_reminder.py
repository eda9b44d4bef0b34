"""A reminder is sent from the outbox, with or without a message of the broker."""

from datetime import UTC, datetime, timedelta

from redis import Redis

from tests.journeys.conftest import Host
from tests.stack import TIMEOUT, Stack


def an_hour_after_the_next_minute() -> str:
    """Meetings begin at whole minutes, so the reminder of this one is due in 6 to 66 seconds."""
    soon = (datetime.now(UTC) + timedelta(seconds=66)).replace(second=0, microsecond=0)
    return (soon + timedelta(hours=1)).isoformat()


def test_a_reminder_is_sent_within_five_seconds_of_its_time(stack: Stack, host: Host) -> None:
    meeting = host.schedule(starts_at=an_hour_after_the_next_minute())["id"]
    host.register(meeting, "soon@example.org")
    stack.postbox.wait_for("soon@example.org")
    stack.postbox.wait_for("soon@example.org", count=2, seconds=2 * TIMEOUT)
    late = stack.sql(
        "SELECT extract(epoch FROM sent_at - due_at) FROM notifications_notification n"
        " JOIN companies_person p ON p.id = person_id"
        " WHERE p.email = 'soon@example.org' AND n.kind = 'reminder' AND n.state = 'sent'"
    )
    assert len(late) == 1
    assert 0 <= late[0][0] < 5


def test_who_registers_late_gets_only_the_reminders_still_ahead(stack: Stack, host: Host) -> None:
    meeting = host.schedule(
        starts_at=(datetime.now(UTC) + timedelta(minutes=30)).isoformat(timespec="minutes")
    )["id"]
    host.register(meeting, "late@example.org")
    planned = stack.sql(
        "SELECT n.minutes_before FROM notifications_notification n JOIN companies_person p ON p.id = person_id"
        " WHERE p.email = 'late@example.org' AND n.kind = 'reminder'"
    )
    assert [row[0] for row in planned] == [10]


def test_with_the_broker_emptied_every_due_mail_still_leaves(stack: Stack, host: Host) -> None:
    meeting = host.schedule(starts_at="2030-05-01T10:00")["id"]
    broker = Redis.from_url(stack.environment["REDIS_URL"])
    addresses = [f"flushed{number}@example.org" for number in range(20)]
    for address in addresses:
        host.register(meeting, address)
        broker.flushall()
    for address in addresses:
        stack.postbox.wait_for(address)
    assert [len(stack.postbox.to(address)) for address in addresses] == [1] * len(addresses)
