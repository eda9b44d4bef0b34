"""Meetings whose instant no longer is their local time, because the rules of their time zone have changed (tzdata).

What a host promised is the local time: it stays, and the instant follows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from companies.refusals import Refusal
from meetings.changing import change_meeting
from meetings.meeting_input import details_of
from meetings.models import Meeting
from meetings.recurrence import ImpossibleRule, instant_on


@dataclass(frozen=True)
class Displaced:
    """`new` is None where the zone has no such local time on that day any more, or has it twice; `problem` says so."""

    meeting: Meeting
    new: datetime | None
    problem: str = ""


def displaced_meetings(*, now: datetime) -> Iterator[Displaced]:
    """Drafts and meetings that have not begun, soonest first. Writes nothing."""
    ahead = Meeting.objects.filter(
        state__in=[Meeting.State.DRAFT, Meeting.State.SCHEDULED], starts_at__gt=now
    )
    for meeting in ahead.select_related("room", "host").order_by("starts_at", "pk").iterator(chunk_size=500):
        try:
            new = instant_on(meeting.local_day, meeting.local_time, meeting.timezone)
        except ImpossibleRule as error:
            yield Displaced(meeting, None, error.message)
        else:
            if new != meeting.starts_at:
                yield Displaced(meeting, new)


def follow_zone(displaced: Displaced, *, now: datetime) -> str:
    """Moves the meeting as its host would, with its emails and reminders. Returns why it could not; else empty."""
    if displaced.new is None:
        return displaced.problem
    try:
        change_meeting(
            meeting=displaced.meeting, details=details_of(displaced.meeting), now=now, by_new_rules=True
        )
    except Refusal as refusal:
        return refusal.message
    return ""
