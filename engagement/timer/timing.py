"""Starting and stopping the timer, in the journal: its last event says what runs."""

from datetime import datetime, timedelta

from django.db import transaction

from engagement.timer.messages import TimerStarted, TimerStopped
from rooms import journal
from rooms.messages import PersonRef, message_name
from rooms.models import RoomEvent

STARTED, STOPPED = message_name(TimerStarted), message_name(TimerStopped)


@transaction.atomic
def start(
    *,
    room_id: str,
    seconds: int,
    label: str,
    person: PersonRef | None,
    by_ref: PersonRef,
    by: int,
    now: datetime,
) -> None:
    """`by` is the key of the person who does it."""
    event = TimerStarted(
        seconds=seconds,
        ends_at=journal.protocol_time(now + timedelta(seconds=seconds)),
        label=label,
        person=person,
        by=by_ref,
        at=journal.protocol_time(now),
    )
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)


@transaction.atomic
def stop(*, room_id: str, by_ref: PersonRef, by: int, now: datetime) -> None:
    event = TimerStopped(by=by_ref, at=journal.protocol_time(now))
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)


def last_started(room_id: str, seq: int) -> RoomEvent | None:
    """The event of the timer that runs at this number, or has run out; None after it was stopped."""
    events = RoomEvent.objects.filter(room=room_id, seq__lte=seq, ev__in=(STARTED, STOPPED))
    last = events.order_by("seq").last()
    return last if last is not None and last.ev == STARTED else None
