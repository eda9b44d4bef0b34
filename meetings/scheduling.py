"""Scheduling a meeting or a series, adding dates to it, publishing a draft, discarding it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db import transaction
from django.utils.translation import gettext as _

from companies.ids import new_id
from companies.languages import date_as_written
from companies.models import Person
from companies.refusals import Refusal
from meetings import recurrence, signals
from meetings.asking import questions_of, set_questions
from meetings.meeting_input import MeetingDetails, apply_details, details_of
from meetings.models import Meeting, Series
from meetings.preconditions import UnableToSchedule, impossible, lock_all, locked, refuse_impossible
from meetings.stage_roles import get_or_create_stage, set_stage_roles
from rooms.models import Room


class UnableToPublish(Refusal): ...


class UnableToDiscard(Refusal): ...


def schedule(
    *,
    host: Person,
    details: MeetingDetails,
    rule: recurrence.Rule | None = None,
    now: datetime,
    publish: bool = True,
) -> list[Meeting]:
    """One meeting, or with a rule all of its series. Raises UnableToSchedule, UnableToPublish."""
    if rule is None:
        return [schedule_meeting(host=host, details=details, now=now, publish=publish)]
    return schedule_series(host=host, details=details, rule=rule, now=now, publish=publish)


@transaction.atomic
def schedule_meeting(
    *, host: Person, details: MeetingDetails, now: datetime, publish: bool = True
) -> Meeting:
    """Makes a meeting with its room and the people on stage. Raises UnableToSchedule.

    A speaker whose address nobody has becomes a guest Person; an existing person's profile is never changed.
    A meeting in a project room is for invited people only, whatever `details.visibility` says.
    """
    refuse_impossible(details, now=now)
    meeting = _new_meeting(host=host, details=details, now=now)
    return publish_meeting(meeting=meeting, now=now) if publish else meeting


@transaction.atomic
def schedule_series(
    *, host: Person, details: MeetingDetails, rule: recurrence.Rule, now: datetime, publish: bool = True
) -> list[Meeting]:
    """One meeting for each date of the rule, at the same local time, each with its own room.

    All or none. Raises UnableToSchedule, also when that time does not exist on one of the dates.
    """
    first = refuse_impossible(details, now=now, alone=False)
    try:
        planned = recurrence.occurrences(rule, details.local_day, details.local_time, details.timezone)
    except recurrence.ImpossibleRule as error:
        raise UnableToSchedule({error.field: [error.message]}) from error
    _refuse_overlap([starts_at for _day, starts_at in planned], first)
    series = Series.objects.create(
        title=details.title,
        frequency=rule.frequency,
        interval=rule.interval,
        monthly_by=rule.monthly_by,
        weekdays=list(rule.weekdays),
        count=rule.count,
        until=rule.until,
        timezone=details.timezone,
        created_at=now,
    )
    made = []
    for position, (day, _starts_at) in enumerate(planned, start=1):
        occurrence = replace(details, local_day=day)
        refuse_impossible(occurrence, now=now)
        made.append(_new_meeting(host=host, details=occurrence, now=now, series=series, position=position))
    return [publish_meeting(meeting=meeting, now=now) for meeting in made] if publish else made


@transaction.atomic
def add_dates(*, meeting: Meeting, days: Collection[date], now: datetime) -> list[Meeting]:
    """Further meetings like this one, at its local time on these days: a series without a rule, or more of one.

    Each has the same people on stage and asks the same questions; nobody is registered. They are published if the
    meeting is. All or none. Raises UnableToSchedule with errors for `days`.
    """
    meeting = locked(meeting)
    if meeting.state == Meeting.State.CANCELLED:
        raise UnableToSchedule({"": [_("A cancelled meeting cannot be changed.")]})
    details = replace(details_of(meeting), questions=tuple(questions_of(meeting)))
    if not meeting.room.is_project_room:
        details = replace(details, room=None)
    series = _series_to_extend(meeting, details, now)
    present = lock_all(list(Meeting.objects.filter(series=series)))
    _refuse_dates(details, days, present, now=now)
    made = [
        _new_meeting(
            host=meeting.host, details=replace(details, local_day=day), now=now, series=series, position=1
        )
        for day in sorted(set(days))
    ]
    _number(series)
    if meeting.state == Meeting.State.DRAFT:
        return made
    return [publish_meeting(meeting=one, now=now) for one in made]


def _series_to_extend(meeting: Meeting, details: MeetingDetails, now: datetime) -> Series:
    """That of the meeting, locked; or a new one of this meeting alone."""
    if meeting.series_id is not None:
        return Series.objects.select_for_update(no_key=True).get(pk=meeting.series_id)
    series = Series.objects.create(
        title=details.title,
        frequency=Series.Frequency.DATES,
        count=1,
        timezone=details.timezone,
        created_at=now,
    )
    meeting.series, meeting.series_position = series, 1
    meeting.save(update_fields=["series", "series_position"])
    return series


def _refuse_dates(
    details: MeetingDetails, days: Collection[date], present: list[Meeting], *, now: datetime
) -> None:
    errors: list[str] = []
    if not days:
        errors.append(_("Enter at least one date."))
    if len(present) + len(set(days)) > recurrence.MAX_OCCURRENCES:
        most = {"max": recurrence.MAX_OCCURRENCES}
        errors.append(_("A series can have at most %(max)s meetings.") % most)
    for day in sorted(set(days)):
        occurrence = replace(details, local_day=day)
        impossible_here = [words for found in impossible(occurrence, now=now).values() for words in found]
        if not impossible_here and any(
            one.starts_at < occurrence.ends_at and occurrence.starts_at < one.ends_at
            for one in present
            if one.state != Meeting.State.CANCELLED
        ):
            impossible_here = [_("A meeting of this series takes place at that time already.")]
        errors += [f"{date_as_written(day)}: {words}" for words in impossible_here]
    if errors:
        raise UnableToSchedule({"days": errors})


def _number(series: Series) -> None:
    """The parts of a series are numbered by their time; one that ends by a number of meetings has as many."""
    parts = list(series.meetings.order_by("starts_at", "pk"))
    for position, part in enumerate(parts, start=1):
        part.series_position = position
    Meeting.objects.bulk_update(parts, ["series_position"])
    if series.count is not None:
        series.count = len(parts)
    else:
        series.until = max(series.until or parts[-1].local_day, parts[-1].local_day)
    series.save(update_fields=["count", "until"])


@transaction.atomic
def publish_meeting(*, meeting: Meeting, now: datetime) -> Meeting:
    """draft → scheduled: people see it and may register. Raises UnableToPublish."""
    meeting = locked(meeting)
    if meeting.state != Meeting.State.DRAFT:
        raise UnableToPublish(meeting.state, _("This meeting is already published."))
    if meeting.ends_at <= now:
        raise UnableToPublish("past", _("The time of this meeting has passed. Set a new time first."))
    meeting.state = Meeting.State.SCHEDULED
    meeting.published_at = now
    meeting.save(update_fields=["state", "published_at"])
    signals.meeting_scheduled.send(Meeting, meeting=meeting, now=now)
    return meeting


@transaction.atomic
def discard_draft(*, meeting: Meeting, now: datetime) -> None:
    """Deletes a draft with its room. Raises UnableToDiscard for a published meeting."""
    meeting = locked(meeting)
    if meeting.state != Meeting.State.DRAFT:
        raise UnableToDiscard(
            meeting.state, _("This meeting is published. It can be cancelled, but not deleted.")
        )
    room = meeting.room
    signals.meeting_discarded.send(Meeting, meeting=meeting, now=now)
    meeting.delete()
    if not room.is_project_room and not room.meetings.exists():
        room.delete()


def _new_meeting(
    *,
    host: Person,
    details: MeetingDetails,
    now: datetime,
    series: Series | None = None,
    position: int | None = None,
) -> Meeting:
    meeting_id = new_id()
    room = details.room or Room.objects.create(created_at=now)
    meeting = Meeting(
        id=meeting_id,
        uid=Meeting.new_uid(meeting_id),
        host=host,
        room=room,
        series=series,
        series_position=position,
        created_at=now,
    )
    apply_details(meeting, details)
    meeting.save(force_insert=True)
    set_stage_roles(meeting, get_or_create_stage(details, host))
    if details.questions:
        set_questions(meeting, details.questions, now=now)
    return meeting


def _refuse_overlap(starts: list[datetime], duration: timedelta) -> None:
    if any(later - earlier < duration for earlier, later in pairwise(starts)):
        raise UnableToSchedule(
            {
                "duration_minutes": [
                    _("A meeting in the series would still be running when the next one starts.")
                ]
            }
        )
