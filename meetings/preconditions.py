"""What the flows of a meeting begin with: locks, and the refusal of impossible details."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from companies.refusals import FieldErrors, Invalid
from meetings.change_preview import changed_fields, room_conflict, seats_taken
from meetings.meeting_input import MeetingDetails, problems
from meetings.models import Meeting

WHEN = {"local_day", "local_time", "timezone", "duration_minutes"}


class UnableToSchedule(Invalid):
    """`field_errors` is by field of MeetingDetails or recurrence.Rule."""


def lock_all(meetings: list[Meeting]) -> list[Meeting]:
    """In the order of their ids, as registering for a series does: no two flows lock each other out."""
    ids = [meeting.pk for meeting in meetings]
    rows = list(Meeting.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    return sorted(rows, key=lambda meeting: meeting.starts_at)


def lock(meeting: Meeting) -> None:
    Meeting.objects.select_for_update(no_key=True).filter(pk=meeting.pk).first()


def locked(meeting: Meeting) -> Meeting:
    return (
        Meeting.objects.select_for_update(of=("self",), no_key=True)
        .select_related("room", "host")
        .get(pk=meeting.pk)
    )


def refuse_impossible(
    details: MeetingDetails,
    *,
    now: datetime,
    meeting: Meeting | None = None,
    moves: bool = True,
    alone: bool = True,
) -> timedelta:
    """Returns the duration. Raises UnableToSchedule; with `alone` also when the project room is taken."""
    refuse(impossible(details, now=now, meeting=meeting, moves=moves, alone=alone))
    return timedelta(minutes=details.duration_minutes)


def impossible(
    details: MeetingDetails,
    *,
    now: datetime,
    meeting: Meeting | None = None,
    moves: bool = True,
    alone: bool = True,
) -> FieldErrors:
    """By field, everything for which `refuse_impossible` refuses."""
    errors = problems(details, now=now, allow_past=not moves)
    if alone and moves and details.room is not None and not errors.keys() & WHEN:
        errors |= room_conflict(details.room, details.starts_at, details.ends_at, except_meeting=meeting)
    if (
        meeting is not None
        and details.capacity is not None
        and "capacity" not in errors
        and details.capacity < seats_taken(meeting)
    ):
        errors["capacity"] = [_("More seats than this are already taken.")]
    return errors


def impossible_change(details: MeetingDetails, *, meeting: Meeting, now: datetime) -> FieldErrors:
    """The same of a change; a time that has passed may stay."""
    errors = problems(details, now=now, allow_past=True)
    moves = not errors.keys() & WHEN and "time" in changed_fields(meeting, details)
    return impossible(replace(details, room=meeting.room), now=now, meeting=meeting, moves=moves)


def refuse(errors: FieldErrors) -> None:
    if errors:
        raise UnableToSchedule(errors)
