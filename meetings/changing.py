"""What a host changes in a scheduled meeting: time, texts, rules, people on stage; and cancelling it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from companies.refusals import Outdated, Refusal
from meetings import access, room_messages, signals
from meetings.asking import set_questions
from meetings.change_preview import changed_fields, times_after
from meetings.meeting_input import (
    MeetingDetails,
    apply_details,
    details_of,
    problems,
    to_rfc3339,
    with_changes,
)
from meetings.models import Meeting
from meetings.preconditions import UnableToSchedule, lock, locked, refuse, refuse_impossible
from meetings.recipients import QUIET_CHANGES
from meetings.scheduling import publish_meeting
from meetings.stage_roles import get_or_create_stage, set_stage_roles
from meetings.waiting_room import announce_waiting_room
from rooms import journal, locking

# Of a change that people are notified of: what the email says with the former value, and what it only names.
WITH_FORMER_VALUE = ("title", "format", "address")
NAMED = ("description", "languages", "interpreted_into")


class UnableToChange(Refusal): ...


class UnableToCancel(Refusal): ...


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
    """To another local time in `timezone`. Raises UnableToChange, UnableToSchedule."""
    details = replace(
        details_of(locked(meeting)),
        local_day=local_day,
        local_time=local_time,
        timezone=timezone,
        duration_minutes=duration_minutes,
    )
    return change_meeting(meeting=meeting, details=details, now=now)


@transaction.atomic
def change_meeting(
    *,
    meeting: Meeting,
    details: MeetingDetails,
    now: datetime,
    expected: MeetingDetails | None = None,
    by_new_rules: bool = False,
) -> Meeting:
    """Makes the meeting what `details` say; its room stays. Raises UnableToChange, UnableToSchedule, UnableToAsk.

    With `expected` only while the meeting still is what the host has read. An unchanged local time keeps its instant,
    unless it goes `by_new_rules` of its time zone.

    If people have to be notified, `revision` goes up by one and one signal is sent: meeting_moved for another time,
    else meeting_changed. No signal is sent for a draft.
    """
    refuse(problems(details, now=now, allow_past=True))
    stage = get_or_create_stage(details, meeting.host)
    meeting = locked(meeting)
    if expected is not None and details_of(meeting) != expected:
        raise UnableToChange("changed", _changed_meanwhile())
    details = replace(details, room=meeting.room)
    was = (meeting.starts_at, meeting.ends_at)
    changed = changed_fields(meeting, details, by_new_rules=by_new_rules)
    times = times_after(meeting, details, by_new_rules=by_new_rules)
    moves = "time" in changed
    _refuse_change(meeting, details, moves=moves)
    refuse_impossible(details, now=now, meeting=meeting, moves=moves)
    before, had_waiting_room = _calendar_content(meeting), meeting.lobby
    former = {name: getattr(meeting, name) for name in WITH_FORMER_VALUE if name in changed}
    unannounced = {name: getattr(meeting, name) for name in NAMED}
    interpretation = _interpretation(meeting)
    apply_details(meeting, details)
    meeting.starts_at, meeting.ends_at = times
    if moves and meeting.state == Meeting.State.ENDED:  # nobody started it, so it may be held at another time
        meeting.state, meeting.ended_at = Meeting.State.SCHEDULED, None
    meeting.revision += 1 if changed else 0
    joined, left = set_stage_roles(meeting, stage)
    if details.questions is not None:
        set_questions(meeting, details.questions, now=now)
    if joined or left or _calendar_content(meeting) != before:
        meeting.changed_at = now
    meeting.save()
    if meeting.lobby != had_waiting_room:
        announce_waiting_room(meeting, now)
    if _interpretation(meeting) != interpretation and meeting.is_open:
        signals.interpretation_changed.send(Meeting, meeting=meeting, now=now)
    if changed and meeting.is_open:
        beside = {name for name, value in unannounced.items() if getattr(meeting, name) != value}
        told = changed | beside | ({"speakers"} if joined or left else set())
        announced = told if changed - QUIET_CHANGES else changed
        _announce_change(meeting, announced, was, former, joined, now)
    if left and meeting.is_open:
        signals.stage_left.send(Meeting, meeting=meeting, people=left, now=now)
    if joined and meeting.is_open:
        # Invites those who are new on stage; the outbox sends nobody the same invitation twice.
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
    """Changes only these fields; `draft` False publishes. Two who change different fields at once both succeed.

    Whether the visitor hosts it, and whether it `is_current`, is checked under the lock. Raises Outdated,
    UnableToChange, UnableToPublish, UnableToSchedule.
    """
    lock(meeting)
    meeting = access.meeting_for(by, meeting.pk, access.Level.HOST)  # read after the lock
    if is_current is not None and not is_current(meeting):
        raise Outdated("outdated", _changed_meanwhile())
    changed = change_meeting(meeting=meeting, details=with_changes(details_of(meeting), changes), now=now)
    if draft and changed.state != Meeting.State.DRAFT:
        raise UnableToSchedule({"draft": [_("This meeting is already published.")]})
    if draft is False and changed.state == Meeting.State.DRAFT:
        return publish_meeting(meeting=changed, now=now)
    return changed


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, reason: str, now: datetime) -> Meeting:
    """scheduled → cancelled, with `revision` + 1 as RFC 5546 (3.2.5) wants it. Raises UnableToCancel."""
    meeting = locked(meeting)
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
    locking.set_locked(room_id=meeting.room_id, on=False, now=now)
    return meeting


def _refuse_change(meeting: Meeting, details: MeetingDetails, *, moves: bool) -> None:
    if meeting.state == Meeting.State.CANCELLED:
        raise UnableToChange("cancelled", _("A cancelled meeting cannot be changed."))
    if moves and meeting.state == Meeting.State.ENDED and meeting.started_at is not None:
        raise UnableToChange("ended", _("The meeting is over. Its time can no longer be changed."))
    if meeting.state == Meeting.State.LIVE and details.starts_at != meeting.starts_at:
        raise UnableToChange("live", _("The meeting is live. Its start time can no longer be changed."))


def _calendar_content(meeting: Meeting) -> tuple[object, ...]:
    """The fields that a calendar event shows."""
    texts = (meeting.title, meeting.description, meeting.format, meeting.address)
    return (*texts, meeting.starts_at, meeting.ends_at, meeting.timezone)


def _interpretation(meeting: Meeting) -> tuple[object, ...]:
    """Where it is heard depends on these."""
    return (list(meeting.interpreted_into), meeting.interpretation_how, meeting.format)


def _announce_change(
    meeting: Meeting,
    changed: frozenset[str],
    was: tuple[datetime, datetime],
    former: dict[str, Any],
    joined: set[int],
    now: datetime,
) -> None:
    if "time" not in changed:
        signals.meeting_changed.send(
            Meeting, meeting=meeting, changed=set(changed), former=former, joined=joined, now=now
        )
        return
    signals.meeting_moved.send(
        Meeting,
        meeting=meeting,
        previous_starts_at=was[0],
        previous_ends_at=was[1],
        changed=set(changed),
        former=former,
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
    return _("Someone else has changed this. Load the current version before you change it.")


def _why_not_cancelled(meeting: Meeting) -> str:
    reasons: dict[str, Callable[[], str]] = {
        Meeting.State.DRAFT: lambda: _(
            "This is a draft, and no one has been notified of it. Delete it instead."
        ),
        Meeting.State.LIVE: lambda: _("The meeting is live. End it instead."),
        Meeting.State.ENDED: lambda: _("The meeting is over."),
    }
    return reasons.get(meeting.state, lambda: _("The meeting is already cancelled."))()
