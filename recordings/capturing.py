"""Recording in the host's browser: one at a time in a room; a closed tab loses at most the last part."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from companies.models import Person
from companies.refusals import Refusal
from meetings.models import Meeting
from recordings import room_messages
from recordings.arriving import claim_expected, open_upload
from recordings.models import Recording
from recordings.states import State, advance, locked
from rooms import journal
from rooms.models import Presence

# Without a part, which comes every four seconds, for this long the tab is taken for closed: soon when whoever records
# has left the room, too; a lost network gets longer to come back.
SILENT_AND_GONE = timedelta(seconds=30)
CAPTURE_SILENT = timedelta(minutes=2)


class UnableToRecord(Refusal):
    """`code`: not_live, recording (already)."""


def is_capturing(room_id: str) -> bool:
    """Whether a browser is recording this room."""
    return Recording.objects.filter(room=room_id, state=State.CAPTURING).exists()


@transaction.atomic
def begin_capture(*, meeting: Meeting, by: Person, now: datetime) -> Recording:
    """A recording made by the browser of `by`; its `upload` takes the parts. Raises UnableToRecord.

    One at a time in a room. Uses the row of the expected recording, if there is one.
    """
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("room").get(pk=meeting.pk)
    if meeting.state != Meeting.State.LIVE:
        raise UnableToRecord("not_live", _("Start the meeting first."))
    try:
        with transaction.atomic():
            recording = claim_expected(meeting, State.CAPTURING, Recording.Source.BROWSER, by, now)
    except IntegrityError as error:
        raise UnableToRecord("recording", _("This room is already being recorded.")) from error
    Recording.objects.filter(pk=recording.pk).update(started_at=now)
    recording.started_at = now
    open_upload(recording, by=by, length=None, filename="", content_type="", now=now)
    event = room_messages.RecordingStarted(recording=recording.pk, at=journal.protocol_time(now))
    journal.write(room=recording.room, event=event, now=now)
    return recording


@transaction.atomic
def finish_capture(*, recording: Recording, now: datetime) -> Recording:
    """capturing → received with the bytes that arrived; failed without any. Idempotent."""
    recording = locked(recording)
    if recording.state != State.CAPTURING:
        return recording
    advance(recording, State.RECEIVED, now=now)
    event = room_messages.RecordingStopped(recording=recording.pk, at=journal.protocol_time(now))
    journal.write(room=recording.room, event=event, now=now)
    return recording


def finish_abandoned_captures(*, now: datetime) -> int:
    """Ends captures whose browser is gone, keeping what arrived. Returns how many.

    As long as one runs, everybody in the room reads that they are recorded.
    """
    recorder = Presence.objects.present().filter(room=OuterRef("room"), person=OuterRef("upload__created_by"))
    is_lost = Q(upload__touched_at__lte=now - CAPTURE_SILENT)
    silent = Recording.objects.filter(
        is_lost | Q(~Exists(recorder)),
        state=State.CAPTURING,
        upload__touched_at__lte=now - SILENT_AND_GONE,
    )
    return len([finish_capture(recording=recording, now=now) for recording in silent])
