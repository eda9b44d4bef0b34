"""Meetings that nobody ends end by themselves: 30 minutes after their planned end, or 10 after the last one left."""

import logging
from datetime import datetime

from django.db import transaction

from meetings import running
from meetings.models import Meeting

logger = logging.getLogger(__name__)


def end_due_meetings(*, now: datetime) -> int:
    """Ends every open meeting that should be over; one that was never started counts as missed. Returns how many.

    Running twice, or in two processes at once, ends each of them once.
    """
    found = list(Meeting.objects.due_to_end(now).values_list("pk", flat=True))
    return sum(_end_one(meeting_id, now) for meeting_id in found)


def _end_one(meeting_id: str, now: datetime) -> bool:
    try:
        return _end_if_still_due(meeting_id, now)
    except running.UnableToEnd:  # somebody else was first
        return False


@transaction.atomic
def _end_if_still_due(meeting_id: str, now: datetime) -> bool:
    meeting = Meeting.objects.select_for_update(no_key=True).filter(pk=meeting_id).first()
    if meeting is None or not Meeting.objects.filter(pk=meeting_id).due_to_end(now).exists():
        return False
    if meeting.state == Meeting.State.LIVE:
        running.end_meeting(meeting=meeting, now=now, automatically=True)
    else:
        running.miss_meeting(meeting=meeting, now=now)
    logger.info("meeting %s ended by itself", meeting_id)
    return True
