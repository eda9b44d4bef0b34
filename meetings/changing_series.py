"""Changing or cancelling an occurrence together with the later ones of its series; which dates come next."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from meetings.changing import cancel_meeting, change_meeting
from meetings.meeting_input import MeetingDetails, details_of, problems
from meetings.models import Meeting, Series
from meetings.preconditions import lock_all, refuse
from meetings.recurrence import ImpossibleRule, Rule, days
from meetings.stage_roles import get_or_create_stage

# What the meetings of a series share as long as they agree on it; format and address only together.
SHARED = (("title",), ("description",), ("format", "address"))


@transaction.atomic
def change_following(
    *, meeting: Meeting, details: MeetingDetails, now: datetime, expected: MeetingDetails | None = None
) -> list[Meeting]:
    """Changes this occurrence; the later ones of its series move by as many days, to the same local time.

    A new title, description or place goes to those later ones that had the same before. Each keeps its people.
    `expected` is of this occurrence.
    """
    refuse(problems(details, now=now, allow_past=True))
    get_or_create_stage(details, meeting.host)
    lock_all(following(meeting))
    before = details_of(meeting)
    shift = details.local_day - before.local_day
    changed = []
    for each in following(meeting, latest_first=shift > timedelta(0)):
        is_first = each.pk == meeting.pk
        wanted = details if is_first else details_of_later(each, before, details)
        changed.append(
            change_meeting(meeting=each, details=wanted, now=now, expected=expected if is_first else None)
        )
    _rename_series(meeting, before)
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


def next_days(meeting: Meeting, number: int) -> list[date]:
    """The days after the last one of the series by its rule; none where there is no rule, or no next day."""
    series = meeting.series
    last = Meeting.objects.filter(series=series).order_by("starts_at").last() if series else None
    if series is None or last is None or series.frequency == Series.Frequency.DATES:
        return []
    try:
        rule = Rule(
            frequency=series.frequency,
            interval=series.interval,
            weekdays=tuple(series.weekdays),
            monthly_by=series.monthly_by,
            count=number + 1,
        )
        return days(rule, last.local_day)[1:]
    except ImpossibleRule:  # the last one was moved to a day that the rule does not know
        return []


def details_of_later(later: Meeting, before: MeetingDetails, after: MeetingDetails) -> MeetingDetails:
    """A later meeting, changed as one of its series is changed from `before` to `after`."""
    present = details_of(later)
    shared: dict[str, Any] = {}
    for names in SHARED:
        if all(getattr(present, name) == getattr(before, name) for name in names):
            shared |= {name: getattr(after, name) for name in names}
    return replace(
        present,
        local_day=later.local_day + (after.local_day - before.local_day),
        local_time=after.local_time,
        timezone=after.timezone,
        duration_minutes=after.duration_minutes,
        **shared,
    )


def _rename_series(meeting: Meeting, before: MeetingDetails) -> None:
    """The series takes the new title once none of its meetings has the old one."""
    series = meeting.series
    if series is None or series.title != before.title:
        return
    titles = dict(Meeting.objects.filter(series=series).values_list("pk", "title"))
    if before.title not in titles.values():
        series.title = titles[meeting.pk]
        series.save(update_fields=["title"])
