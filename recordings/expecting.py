"""Recordings that were promised: expected once the meeting has begun; when missing, the host is told once."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from meetings import signals
from meetings.models import Meeting
from recordings.arriving import ARRIVED_STATES, EXPECTED_WITHIN, visibility_for
from recordings.models import Recording
from recordings.states import State


def expect_recordings(*, now: datetime) -> int:
    """Creates a row for each meeting that promised a recording, has begun or is over, and has none. Returns how many.

    It is expected within 24 hours of the meeting's end. Idempotent.
    """
    begun = Q(state__in=[Meeting.State.LIVE, Meeting.State.ENDED]) | Q(
        state=Meeting.State.SCHEDULED, ends_at__lte=now
    )
    meetings = Meeting.objects.filter(begun, record=True, recordings__isnull=True).select_related("room")
    return sum(_expect(meeting, now=now) for meeting in meetings)


def _expect(meeting: Meeting, *, now: datetime) -> bool:
    row = Recording(
        meeting=meeting,
        room=meeting.room,
        state=State.EXPECTED,
        source=Recording.Source.BROWSER,
        language=(meeting.languages or [""])[0],
        visibility=visibility_for(meeting),
        expected_by=max(meeting.ends_at, now) + EXPECTED_WITHIN,
        created_at=now,
        state_changed_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # another worker was first
        return False
    return True


def mark_overdue(*, now: datetime) -> int:
    """Tells the host, once, of each recording that is missing at its time; it may still arrive. Returns how many."""
    active = Q(upload__touched_at__gt=now - timedelta(hours=1))
    another = Recording.objects.filter(meeting=OuterRef("meeting"), state__in=ARRIVED_STATES)
    overdue = Recording.objects.overdue(now).filter(~Exists(another), alarmed_at__isnull=True).exclude(active)
    return sum(
        _report_missing(recording_id, now=now) for recording_id in overdue.values_list("pk", flat=True)
    )


@transaction.atomic
def _report_missing(recording_id: str, *, now: datetime) -> bool:
    silent = Recording.objects.filter(pk=recording_id, state=State.EXPECTED, alarmed_at__isnull=True)
    if not silent.update(alarmed_at=now):
        return False
    recording = Recording.objects.select_related("meeting", "meeting__host").get(pk=recording_id)
    signals.recording_missing.send(Recording, recording=recording, now=now)
    return True
