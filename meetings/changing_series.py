"""Changing or cancelling an occurrence together with the later ones of its series."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from meetings.changing import cancel_meeting, change_meeting
from meetings.meeting_input import MeetingDetails, details_of, problems
from meetings.models import Meeting
from meetings.preconditions import lock_all, refuse
from meetings.stage_roles import get_or_create_stage


@transaction.atomic
def change_following(
    *, meeting: Meeting, details: MeetingDetails, now: datetime, expected: MeetingDetails | None = None
) -> list[Meeting]:
    """Changes this occurrence; the later ones of its series move by as many days, to the same local time.

    Only the time goes to the later ones: each keeps its title, address and people. `expected` is of this occurrence.
    """
    refuse(problems(details, now=now, allow_past=True))
    get_or_create_stage(details, meeting.host)
    lock_all(following(meeting))
    shift = details.local_day - meeting.local_day
    changed = []
    for each in following(meeting, latest_first=shift > timedelta(0)):
        is_first = each.pk == meeting.pk
        wanted = details if is_first else at_times_of(each, details, shift)
        changed.append(
            change_meeting(meeting=each, details=wanted, now=now, expected=expected if is_first else None)
        )
    return sorted(changed, key=lambda one: one.starts_at)


@transaction.atomic
def cancel_following(*, meeting: Meeting, reason: str, now: datetime) -> list[Meeting]:
    """Cancels this occurrence and the later ones of its series, drafts excepted."""
    found = lock_all(following(meeting))
    return [
        cancel_meeting(meeting=each, reason=reason, now=now)
        for each in found
        if each.state != Meeting.State.DRAFT
    ]


def following(meeting: Meeting, *, latest_first: bool = False) -> list[Meeting]:
    """This occurrence and the later ones of its series that have not started.

    To move them to later days take the latest first: no two then overlap in one project room on the way.
    """
    if meeting.series_id is None:
        return [meeting]
    later = Meeting.objects.filter(
        series=meeting.series_id,
        state__in=[Meeting.State.DRAFT, Meeting.State.SCHEDULED],
        series_position__gte=meeting.series_position,
    )
    return list(later.order_by("-starts_at" if latest_first else "starts_at"))


def at_times_of(meeting: Meeting, details: MeetingDetails, shift: timedelta) -> MeetingDetails:
    """The meeting as it is, but at the local time of `details`, on its own day moved by `shift`."""
    return replace(
        details_of(meeting),
        local_day=meeting.local_day + shift,
        local_time=details.local_time,
        timezone=details.timezone,
        duration_minutes=details.duration_minutes,
    )
