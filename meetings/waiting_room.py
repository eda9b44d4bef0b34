"""The room hears that its waiting room was turned on or off."""

from datetime import datetime

from meetings.meeting_input import to_rfc3339
from meetings.models import Meeting
from meetings.room_messages import MeetingWaitingRoom
from rooms import journal


def announce_waiting_room(meeting: Meeting, now: datetime) -> None:
    """Call it in the transaction that changes `lobby`."""
    if meeting.is_open:
        event = MeetingWaitingRoom(meeting=meeting.pk, on=meeting.lobby, at=to_rfc3339(now))
        journal.write(room=meeting.room, event=event, now=now)
