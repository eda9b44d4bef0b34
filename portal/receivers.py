"""What ends with a meeting, in the transaction that ends it."""

from datetime import datetime
from typing import Any

from engagement.polls import running
from meetings import signals
from meetings.models import Meeting


def connect() -> None:
    signals.meeting_ended.connect(close_polls, dispatch_uid="polls")


def close_polls(*, meeting: Meeting, now: datetime, **_signal: Any) -> None:
    """A poll that is still open is closed with the meeting, and the room is told of it before of the end."""
    running.close_polls_of(room_id=meeting.room_id, meeting=meeting.pk, now=now)
