"""What a meeting of a project brings with it, in the transaction of its signal."""

from datetime import datetime
from typing import Any

from meetings import signals
from meetings.models import Meeting
from projects import carrying


def connect() -> None:
    for signal in (
        signals.meeting_scheduled,
        signals.meeting_moved,
        signals.meeting_ended,
        signals.meeting_cancelled,
    ):
        signal.connect(carry_open_work, dispatch_uid="open work of a project")


def carry_open_work(*, meeting: Meeting, now: datetime, **_signal: Any) -> None:
    """Another meeting may be the next one now."""
    if meeting.room.is_project_room:
        carrying.carry_open_work(room_id=meeting.room_id, now=now)
