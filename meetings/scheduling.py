"""What a host does with a meeting or a series: schedule, publish, move, change, cancel, start, end."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from companies.guests import get_or_create_person
from companies.ids import new_id
from companies.models import Person
from companies.refusals import FieldErrors, Invalid, Outdated, Refusal
from meetings import access, recurrence, room_messages, signals
from meetings.change_preview import (
    Conflict,
    Effects,
    changed_fields,
    conflicts_of,
    effects_of_change,
    room_conflict,
    seats_taken,
)
from meetings.meeting_input import (
    MeetingDetails,
    Speaker,
    apply_details,
    details_of,
    problems,
    to_rfc3339,
    with_changes,
)
from meetings.models import Meeting, MeetingRole, Series
from rooms import bus, journal
from rooms.models import Room

__all__ = [
    "Conflict",
    "Effects",
    "MeetingDetails",
    "Outdated",
    "Refusal",
    "Speaker",
    "UnableToCancel",
    "UnableToChange",
    "UnableToEnd",
    "UnableToExtend",
    "UnableToPublish",
    "UnableToSchedule",
    "UnableToStart",
    "at_times_of",
    "cancel_following",
    "cancel_meeting",
    "change_following",
    "change_meeting",
    "conflicts_of",
    "details_of",
    "discard_draft",
    "effects_of_change",
    "end_meeting",
    "extend_meeting",
    "following",
    "miss_meeting",
    "move_meeting",
    "patch_meeting",
    "publish_meeting",
    "schedule",
    "schedule_meeting",
    "schedule_series",
    "start_meeting",
]


class UnableToSchedule(Invalid):
    """The details are impossible: `field_errors` says what, by field of MeetingDetails or recurrence.Rule."""


class UnableToPublish(Refusal): ...


class UnableToChange(Refusal): ...


class UnableToCancel(Refusal): ...


class UnableToStart(Refusal): ...


class UnableToEnd(Refusal): ...


class UnableToExtend(Refusal): ...


LONGEST = timedelta(hours=24)  # from the start of a meeting to its extended end


# ---- scheduling ------------------------------------------------------------------------------------------


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
    """Makes a meeting with its room and the people on its stage. Raises UnableToSchedule.

    A speaker whose address nobody has becomes a guest Person; an existing person's profile is never changed.
    A meeting in a project room is for invited people only, whatever `details.visibility` says.
    """
    _refuse_impossible(details, now=now)
    meeting = _new_meeting(host=host, details=details, now=now)
    return publish_meeting(meeting=meeting, now=now) if publish else meeting


@transaction.atomic
def schedule_series(
    *, host: Person, details: MeetingDetails, rule: recurrence.Rule, now: datetime, publish: bool = True
) -> list[Meeting]:
    """One meeting for each day of the rule, at the same hour on the wall, each with a room of its own.

    All or none: an hour that one of the days does not have is an UnableToSchedule that names the day.
    """
    first = _refuse_impossible(details, now=now, alone=False)
    try:
        planned = recurrence.occurrences(rule, details.local_day, details.local_time, details.timezone)
    except recurrence.ImpossibleRule as error:
        raise UnableToSchedule({error.field: [error.message]}) from error
    _refuse_overlap([starts_at for _day, starts_at in planned], first)
    series = Series.objects.create(
        title=details.title,
        frequency=rule.frequency,
        interval=rule.interval,
        weekdays=list(rule.weekdays),
        count=rule.count,
        until=rule.until,
        timezone=details.timezone,
        created_at=now,
    )
    made = []
    for position, (day, _starts_at) in enumerate(planned, start=1):
        occurrence = replace(details, local_day=day)
        _refuse_impossible(occurrence, now=now)
        made.append(_new_meeting(host=host, details=occurrence, now=now, series=series, position=position))
    return [publish_meeting(meeting=meeting, now=now) for meeting in made] if publish else made


@transaction.atomic
def publish_meeting(*, meeting: Meeting, now: datetime) -> Meeting:
    """draft → scheduled: from now on it is announced, people may register. Raises UnableToPublish."""
    meeting = _locked(meeting)
    if meeting.state != Meeting.State.DRAFT:
        raise UnableToPublish(meeting.state, _("This meeting is announced already."))
    if meeting.ends_at <= now:
        raise UnableToPublish("past", _("Its hour has passed: move it first."))
    meeting.state = Meeting.State.SCHEDULED
    meeting.published_at = now
    meeting.save(update_fields=["state", "published_at"])
    signals.meeting_scheduled.send(Meeting, meeting=meeting, now=now)
    return meeting


@transaction.atomic
def discard_draft(*, meeting: Meeting) -> None:
    """Deletes what was never announced, with its own room. Raises UnableToCancel for anything that was."""
    meeting = _locked(meeting)
    if meeting.state != Meeting.State.DRAFT:
        raise UnableToCancel(
            meeting.state, _("This meeting was announced: it can be cancelled, not deleted.")
        )
    room = meeting.room
    meeting.delete()
    if not room.is_project_room and not room.meetings.exists():
        room.delete()


# ---- changing --------------------------------------------------------------------------------------------


@transaction.atomic
def move_meeting(
    *,
    meeting: Meeting,
    local_day: date,
    local_time: time,
    timezone: str,
    duration_minutes: int,
    now: datetime,
) -> Meeting:
    """Another hour on the wall of `timezone`. Raises UnableToChange, UnableToSchedule."""
    details = replace(
        details_of(_locked(meeting)),
        local_day=local_day,
        local_time=local_time,
        timezone=timezone,
        duration_minutes=duration_minutes,
    )
    return change_meeting(meeting=meeting, details=details, now=now)


@transaction.atomic
def change_meeting(
    *, meeting: Meeting, details: MeetingDetails, now: datetime, expected: MeetingDetails | None = None
) -> Meeting:
    """Makes the meeting what `details` say; its room stays. Raises UnableToChange, UnableToSchedule.

    With `expected` only as long as it still is what its host has read.

    When people who know of it must hear, `revision` goes up by one and one fact is sent: meeting_moved when
    the hours differ, else meeting_changed. A draft was told to nobody, so no fact is sent for it.
    """
    _refuse(problems(details, now=now, allow_past=True))
    stage = _stage(details, meeting.host)
    meeting = _locked(meeting)
    if expected is not None and details_of(meeting) != expected:
        raise UnableToChange("changed", _changed_meanwhile())
    details = replace(details, room=meeting.room)
    was = (meeting.starts_at, meeting.ends_at)
    changed = changed_fields(meeting, details)
    moves = "time" in changed
    _refuse_change(meeting, details, moves=moves)
    _refuse_impossible(details, now=now, meeting=meeting, moves=moves)
    before = _calendar_content(meeting)
    apply_details(meeting, details)
    if moves and meeting.state == Meeting.State.ENDED:  # missed, and held at another time
        meeting.state, meeting.ended_at = Meeting.State.SCHEDULED, None
    meeting.revision += 1 if changed else 0
    joined, left = _set_stage_roles(meeting, stage)
    if joined or left or _calendar_content(meeting) != before:
        meeting.changed_at = now
    meeting.save()
    if changed and meeting.is_open:
        _announce_change(meeting, changed, was, joined, now)
    if left and meeting.is_open:
        signals.stage_left.send(Meeting, meeting=meeting, people=left, now=now)
    if joined and meeting.is_open:
        # Invites who is new on the stage; the outbox tells nobody the same twice.
        signals.meeting_scheduled.send(Meeting, meeting=meeting, now=now)
    return meeting


@transaction.atomic
def patch_meeting(
    *,
    meeting: Meeting,
    by: access.Visitor,
    changes: Mapping[str, Any],
    now: datetime,
    draft: bool | None = None,
    is_current: Callable[[Meeting], bool] | None = None,
) -> Meeting:
    """Only these fields become others; `draft` False publishes. Two who change different fields at once both succeed.

    Whether the visitor hosts it, and whether it `is_current`, is asked under the lock. Raises Outdated, UnableToChange,
    UnableToPublish, UnableToSchedule.
    """
    _lock(meeting)
    meeting = access.meeting_for(by, meeting.pk, access.Level.HOST)  # after the lock: as it is now
    if is_current is not None and not is_current(meeting):
        raise Outdated("outdated", _changed_meanwhile())
    changed = change_meeting(meeting=meeting, details=with_changes(details_of(meeting), changes), now=now)
    if draft and changed.state != Meeting.State.DRAFT:
        raise UnableToSchedule({"draft": [_("This meeting is announced already.")]})
    if draft is False and changed.state == Meeting.State.DRAFT:
        return publish_meeting(meeting=changed, now=now)
    return changed


@transaction.atomic
def change_following(
    *, meeting: Meeting, details: MeetingDetails, now: datetime, expected: MeetingDetails | None = None
) -> list[Meeting]:
    """Changes this occurrence; the later ones of its series move by as many days, to the same hour there.

    Only hours go to the later ones: each keeps its own title, place and people. `expected` is of this occurrence.
    """
    _refuse(problems(details, now=now, allow_past=True))
    _stage(details, meeting.host)
    _lock_all(following(meeting))
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
def cancel_meeting(*, meeting: Meeting, reason: str, now: datetime) -> Meeting:
    """scheduled → cancelled, with `revision` + 1 as RFC 5546 (3.2.5) wants it. Raises UnableToCancel."""
    meeting = _locked(meeting)
    if meeting.state != Meeting.State.SCHEDULED:
        raise UnableToCancel(meeting.state, _why_not_cancelled(meeting))
    meeting.state = Meeting.State.CANCELLED
    meeting.cancelled_at = now
    meeting.cancel_reason = reason.strip()
    meeting.revision += 1
    meeting.save(update_fields=["state", "cancelled_at", "cancel_reason", "revision"])
    signals.meeting_cancelled.send(Meeting, meeting=meeting, now=now)
    event = room_messages.MeetingCancelled(
        meeting=meeting.pk, reason=meeting.cancel_reason, at=to_rfc3339(now)
    )
    journal.write(room=meeting.room, event=event, now=now)
    return meeting


@transaction.atomic
def cancel_following(*, meeting: Meeting, reason: str, now: datetime) -> list[Meeting]:
    """Cancels this occurrence and all later ones of its series that are still to come."""
    coming = _lock_all(following(meeting))
    return [
        cancel_meeting(meeting=each, reason=reason, now=now)
        for each in coming
        if each.state != Meeting.State.DRAFT
    ]


def following(meeting: Meeting, *, latest_first: bool = False) -> list[Meeting]:
    """This occurrence and the later ones of its series that are still to come.

    When they move to later days the last goes first: no two of them meet in one room on the way.
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
    """The meeting as it is, at the wall-clock hours of `details`, on its own day moved by `shift`."""
    return replace(
        details_of(meeting),
        local_day=meeting.local_day + shift,
        local_time=details.local_time,
        timezone=details.timezone,
        duration_minutes=details.duration_minutes,
    )


# ---- running ---------------------------------------------------------------------------------------------


@transaction.atomic
def start_meeting(*, meeting: Meeting, now: datetime) -> Meeting:
    """scheduled → live: those who wait come in. Raises UnableToStart, also while the room is live."""
    meeting = _locked(meeting)
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
    """Lets a live meeting run on: so many minutes beyond its planned end, or beyond now when that has passed.

    Its hours in calendars stay. Raises UnableToExtend.
    """
    meeting = _locked(meeting)
    if meeting.state != Meeting.State.LIVE:
        raise UnableToExtend(meeting.state, _("Only a live meeting can be extended."))
    until = max(meeting.planned_end, now) + timedelta(minutes=minutes)
    if until - (meeting.started_at or now) > LONGEST:
        raise UnableToExtend("too_long", _("A meeting lasts at most 24 hours."))
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
def end_meeting(*, meeting: Meeting, now: datetime, automatically: bool = False) -> Meeting:
    """live → ended, for everybody. `ended_at` is when the last one left, if nobody is there. Raises UnableToEnd."""
    meeting = _locked(meeting)
    if meeting.state != Meeting.State.LIVE:
        raise UnableToEnd(meeting.state, _("Only a live meeting can be ended."))
    return _end(meeting, _ended_at(meeting, now, automatically=automatically), now)


@transaction.atomic
def miss_meeting(*, meeting: Meeting, now: datetime) -> Meeting:
    """scheduled → ended, without a start: its time has passed. Raises UnableToEnd."""
    meeting = _locked(meeting)
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
    return meeting


def _ended_at(meeting: Meeting, now: datetime, *, automatically: bool) -> datetime:
    """Attendance is a share of the time until here. Of people on site nothing is known but the planned end."""
    started_at = meeting.started_at or now
    if meeting.room.is_occupied:
        ended_at = now
    else:
        left = meeting.room.last_left_at(since=started_at)
        otherwise = min(meeting.planned_end, now) if automatically else now
        ended_at = left if left is not None and meeting.format == Meeting.Format.ONLINE else otherwise
    return max(ended_at, started_at)  # the clocks of two machines may differ by a moment


# ---- steps of the above ----------------------------------------------------------------------------------


def _lock_all(meetings: list[Meeting]) -> list[Meeting]:
    """Several meetings are locked in the order of their ids, here as where people register for a series."""
    ids = [meeting.pk for meeting in meetings]
    locked = list(Meeting.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    return sorted(locked, key=lambda meeting: meeting.starts_at)


def _lock(meeting: Meeting) -> None:
    Meeting.objects.select_for_update(no_key=True).filter(pk=meeting.pk).first()


def _locked(meeting: Meeting) -> Meeting:
    return (
        Meeting.objects.select_for_update(of=("self",), no_key=True)
        .select_related("room", "host")
        .get(pk=meeting.pk)
    )


def _refuse_impossible(
    details: MeetingDetails,
    *,
    now: datetime,
    meeting: Meeting | None = None,
    moves: bool = True,
    alone: bool = True,
) -> timedelta:
    """Raises UnableToSchedule, or gives the duration. With `alone` the project room must be free."""
    errors = problems(details, now=now, allow_past=not moves)
    if not errors and alone and moves and details.room is not None:
        errors = room_conflict(details.room, details.starts_at, details.ends_at, except_meeting=meeting)
    if (
        not errors
        and meeting is not None
        and details.capacity is not None
        and details.capacity < seats_taken(meeting)
    ):
        errors = {"capacity": [_("More people than this have a seat already.")]}
    _refuse(errors)
    return timedelta(minutes=details.duration_minutes)


def _refuse(errors: FieldErrors) -> None:
    if errors:
        raise UnableToSchedule(errors)


def _refuse_overlap(starts: list[datetime], duration: timedelta) -> None:
    if any(later - earlier < duration for earlier, later in pairwise(starts)):
        raise UnableToSchedule(
            {"duration_minutes": [_("One meeting of the series would still run when the next begins.")]}
        )


def _refuse_change(meeting: Meeting, details: MeetingDetails, *, moves: bool) -> None:
    if meeting.state == Meeting.State.CANCELLED:
        raise UnableToChange("cancelled", _("A cancelled meeting stays as it was."))
    if moves and meeting.state == Meeting.State.ENDED and meeting.started_at is not None:
        raise UnableToChange("ended", _("The meeting is over: its hour stays."))
    if meeting.state == Meeting.State.LIVE and details.starts_at != meeting.starts_at:
        raise UnableToChange("live", _("The meeting is live: its start stays."))


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
    _set_stage_roles(meeting, _stage(details, host))
    return meeting


def _calendar_content(meeting: Meeting) -> tuple[object, ...]:
    """What a calendar shows of it."""
    texts = (meeting.title, meeting.description, meeting.format, meeting.address)
    return (*texts, meeting.starts_at, meeting.ends_at, meeting.timezone)


def _set_stage_roles(meeting: Meeting, stage: dict[int, str]) -> tuple[set[int], set[int]]:
    """Who has come onto the stage, and who has left it. Their open sockets look again at what they may do."""
    before = dict(meeting.roles.values_list("person_id", "role"))
    meeting.roles.exclude(person__in=stage).delete()
    for person_id, role in stage.items():
        MeetingRole.objects.update_or_create(meeting=meeting, person_id=person_id, defaults={"role": role})
    for person_id, _role in before.items() ^ stage.items():
        refresh = partial(bus.reauthorize_person, person_id, room=meeting.room_id)
        transaction.on_commit(refresh, robust=True)
    return stage.keys() - before.keys(), before.keys() - stage.keys()


def _stage(details: MeetingDetails, host: Person) -> dict[int, str]:
    """Role by person. Found or made before the meeting is locked: everywhere locks come as person, then meeting."""
    profile = {"language": host.language, "timezone": details.timezone}
    return {
        get_or_create_person(email=one.email, name=one.name.strip(), **profile).pk: one.role
        for one in details.speakers
    }


def _announce_change(
    meeting: Meeting,
    changed: frozenset[str],
    was: tuple[datetime, datetime],
    joined: set[int],
    now: datetime,
) -> None:
    if "time" not in changed:
        signals.meeting_changed.send(Meeting, meeting=meeting, changed=set(changed), joined=joined, now=now)
        return
    signals.meeting_moved.send(
        Meeting,
        meeting=meeting,
        previous_starts_at=was[0],
        previous_ends_at=was[1],
        changed=set(changed),
        joined=joined,
        now=now,
    )
    event = room_messages.MeetingMoved(
        meeting=meeting.pk,
        starts_at=to_rfc3339(meeting.starts_at),
        ends_at=to_rfc3339(meeting.ends_at),
        at=to_rfc3339(now),
    )
    journal.write(room=meeting.room, event=event, now=now)


def _changed_meanwhile() -> str:
    return _("This was changed by somebody else. Read it again before you change it.")


def _why_not_cancelled(meeting: Meeting) -> str:
    reasons: dict[str, Callable[[], str]] = {
        Meeting.State.DRAFT: lambda: _("Nobody knows of this draft: it can be deleted."),
        Meeting.State.LIVE: lambda: _("The meeting is live: end it instead."),
        Meeting.State.ENDED: lambda: _("The meeting is over."),
    }
    return reasons.get(meeting.state, lambda: _("The meeting is cancelled already."))()
