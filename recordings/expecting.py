"""Recordings that were promised: expected once the meeting has begun; when missing, the host is told once."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from companies.refusals import Refusal
from meetings import running, signals
from meetings.models import Meeting
from recordings.arriving import ARRIVED_STATES, EXPECTED_WITHIN, visibility_for
from recordings.models import Recording
from recordings.room_messages import RecordingSkipped
from recordings.states import State
from rooms import journal


class UnableToSkip(Refusal): ...


def expect_recordings(*, now: datetime) -> int:
    """Creates a row for each meeting that promised a recording, has begun or is over, and has none. Returns how many.

    It is expected within 24 hours of the meeting's end. Of an online meeting that nobody started none is. Idempotent.
    """
    over = Q(state=Meeting.State.ENDED) | Q(state=Meeting.State.SCHEDULED, ends_at__lte=now)
    on_site = ~Q(format=Meeting.Format.ONLINE)  # it need not be started here
    begun = Q(state=Meeting.State.LIVE) | (over & (on_site | Q(started_at__isnull=False)))
    meetings = Meeting.objects.filter(begun, record=True, recordings__isnull=True).select_related("room")
    return sum(_expect(meeting, now=now) for meeting in meetings)


def is_awaited(meeting_id: str) -> bool:
    """Whether the meeting promises a recording and none has been begun."""
    begun = Recording.objects.filter(meeting=meeting_id).exclude(state=State.EXPECTED, upload__isnull=True)
    return Meeting.objects.filter(pk=meeting_id, record=True).exists() and not begun.exists()


@transaction.atomic
def skip_recording(*, meeting: Meeting, now: datetime) -> Meeting:
    """The host decides that this meeting is not recorded after all: nothing is promised or expected any more.

    Raises UnableToSkip once a recording has begun.
    """
    meeting = running.withdraw_recording_promise(meeting=meeting)
    Recording.objects.filter(meeting=meeting, state=State.EXPECTED, upload__isnull=True).delete()
    if meeting.recordings.exists():
        raise UnableToSkip("recorded", _("This meeting has a recording already."))
    event = RecordingSkipped(meeting=meeting.pk, at=journal.protocol_time(now))
    journal.write(room=meeting.room, event=event, now=now)
    return meeting


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
