"""What a host does with a meeting while it runs: start, extend, end."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from companies.refusals import Refusal
from meetings import access, room_messages, signals
from meetings.meeting_input import to_rfc3339
from meetings.models import Meeting
from meetings.preconditions import lock, locked
from meetings.waiting_room import announce_waiting_room
from rooms import journal, locking


class UnableToStart(Refusal): ...


class UnableToEnd(Refusal): ...


class UnableToExtend(Refusal): ...


class UnableToSetWaitingRoom(Refusal): ...


LONGEST = timedelta(hours=24)  # from the start of a meeting to its extended end


@transaction.atomic
def start_meeting(*, meeting: Meeting, now: datetime) -> Meeting:
    """scheduled → live: those waiting are admitted. Raises UnableToStart, also while the room has a live meeting."""
    meeting = locked(meeting)
    if meeting.state != Meeting.State.SCHEDULED:
        raise UnableToStart(meeting.state, _("Only a scheduled meeting can be started."))
    meeting.state = Meeting.State.LIVE
    meeting.started_at = now
    try:
        with transaction.atomic():
            meeting.save(update_fields=["state", "started_at"])
    except IntegrityError as error:
        message = _("Another meeting is live in this room. End it first.")
        raise UnableToStart("room_is_live", message) from error
    signals.meeting_started.send(Meeting, meeting=meeting, now=now)
    event = room_messages.MeetingStarted(
        meeting=meeting.pk, closes_at=to_rfc3339(meeting.closes_at), at=to_rfc3339(now)
    )
    journal.write(room=meeting.room, event=event, now=now)
    return meeting


@transaction.atomic
def extend_meeting(*, meeting: Meeting, minutes: int, now: datetime) -> Meeting:
    """To so many minutes after its planned end, or after now when that has passed.

    Its end in calendars stays. Raises UnableToExtend.
    """
    meeting = locked(meeting)
    if meeting.state != Meeting.State.LIVE:
        raise UnableToExtend(meeting.state, _("Only a live meeting can be extended."))
    until = max(meeting.planned_end, now) + timedelta(minutes=minutes)
    if until - (meeting.started_at or now) > LONGEST:
        raise UnableToExtend("too_long", _("A meeting can last at most 24 hours."))
    meeting.extended_until = until
    meeting.save(update_fields=["extended_until"])
    event = room_messages.MeetingExtended(
        meeting=meeting.pk,
        until=to_rfc3339(until),
        closes_at=to_rfc3339(meeting.closes_at),
        at=to_rfc3339(now),
    )
    journal.write(room=meeting.room, event=event, now=now)
    return meeting


@transaction.atomic
def set_waiting_room(*, meeting: Meeting, on: bool, by: access.Visitor, now: datetime) -> Meeting:
    """Also while it is live: when it is turned off, whoever waits is let in; who is inside stays.

    Whether the visitor hosts it is checked under the lock. Raises NotAllowed, NotVisible, UnableToSetWaitingRoom.
    """
    lock(meeting)
    meeting = access.meeting_for(by, meeting.pk, access.Level.HOST)  # read after the lock
    if not (meeting.is_open or meeting.state == Meeting.State.DRAFT):
        raise UnableToSetWaitingRoom(meeting.state, _("The meeting is over."))
    if meeting.lobby != on:
        meeting.lobby = on
        meeting.save(update_fields=["lobby"])
        announce_waiting_room(meeting, now)
    return meeting


@transaction.atomic
def withdraw_recording_promise(*, meeting: Meeting) -> Meeting:
    """The meeting is not announced as recorded any more. Its host may still record it."""
    meeting = locked(meeting)
    meeting.record = False
    meeting.save(update_fields=["record"])
    return meeting


@transaction.atomic
def end_meeting(*, meeting: Meeting, now: datetime, automatically: bool = False) -> Meeting:
    """live → ended, for everybody. `ended_at` is when the last one left, if the room is empty. Raises UnableToEnd."""
    meeting = locked(meeting)
    if meeting.state != Meeting.State.LIVE:
        raise UnableToEnd(meeting.state, _("Only a live meeting can be ended."))
    return _end(meeting, _ended_at(meeting, now, automatically=automatically), now)


@transaction.atomic
def miss_meeting(*, meeting: Meeting, now: datetime) -> Meeting:
    """scheduled → ended: its time passed and nobody started it. Raises UnableToEnd."""
    meeting = locked(meeting)
    if meeting.state != Meeting.State.SCHEDULED:
        raise UnableToEnd(meeting.state, _("Only a scheduled meeting can be marked as not held."))
    return _end(meeting, meeting.ends_at, now)


def _end(meeting: Meeting, ended_at: datetime, now: datetime) -> Meeting:
    meeting.state = Meeting.State.ENDED
    meeting.ended_at = ended_at
    meeting.save(update_fields=["state", "ended_at"])
    signals.meeting_ended.send(Meeting, meeting=meeting, now=now)
    journal.write(
        room=meeting.room, event=room_messages.MeetingEnded(meeting=meeting.pk, at=to_rfc3339(now)), now=now
    )
    locking.set_locked(room_id=meeting.room_id, on=False, now=now)
    return meeting


def _ended_at(meeting: Meeting, now: datetime, *, automatically: bool) -> datetime:
    """Attendance is a share of the time until then. For people on site only the planned end is known."""
    started_at = meeting.started_at or now
    if meeting.room.is_occupied:
        ended_at = now
    else:
        left = meeting.room.last_left_at(since=started_at)
        otherwise = min(meeting.planned_end, now) if automatically else now
        ended_at = left if left is not None and meeting.format == Meeting.Format.ONLINE else otherwise
    return max(ended_at, started_at)  # two machines' clocks may differ by a moment
