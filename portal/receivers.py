"""What follows a change of a meeting, ends with it, or is deleted with a draft, in the same transaction."""

from datetime import datetime
from typing import Any

from engagement.agenda import planning
from engagement.agenda import running as running_agenda
from engagement.breakouts import running as running_breakouts
from engagement.interpretation import interpreting
from engagement.polls import running
from engagement.premiere import playing
from engagement.resources import sharing
from engagement.slides import presenting
from meetings import signals
from meetings.models import Meeting
from projects import agenda_templates, carrying
from projects import signals as project_signals
from projects.models import ProjectRoom
from recordings.models import Recording
from recordings.publishing import UnableToDelete, delete_recording


def connect() -> None:
    signals.meeting_ended.connect(close_polls, dispatch_uid="polls")
    signals.meeting_ended.connect(hide_slides, dispatch_uid="slides")
    signals.meeting_ended.connect(stop_film, dispatch_uid="premiere")
    signals.meeting_ended.connect(end_agenda, dispatch_uid="agenda")
    signals.meeting_ended.connect(close_breakouts, dispatch_uid="breakout rooms")
    signals.meeting_ended.connect(close_channels, dispatch_uid="interpretation")
    signals.meeting_scheduled.connect(plan_channels, dispatch_uid="interpretation")
    signals.interpretation_changed.connect(plan_channels, dispatch_uid="interpretation")
    signals.meeting_scheduled.connect(fill_agenda, dispatch_uid="agenda template of a project")
    for signal in (
        signals.meeting_scheduled,
        signals.meeting_moved,
        signals.meeting_ended,
        signals.meeting_cancelled,
    ):
        signal.connect(carry_open_work, dispatch_uid="open work of a project")
    signals.meeting_discarded.connect(delete_agenda, dispatch_uid="agenda")
    signals.meeting_discarded.connect(delete_resources, dispatch_uid="resources")
    project_signals.project_deleted.connect(delete_recordings, dispatch_uid="recordings of a project")


def close_polls(*, meeting: Meeting, now: datetime, **_signal: Any) -> None:
    """A poll that is still open is closed with the meeting, and the room is told of it before of the end."""
    running.close_polls_of(room_id=meeting.room_id, meeting=meeting.pk, now=now)


def hide_slides(*, meeting: Meeting, now: datetime, **_signal: Any) -> None:
    """A project room shows none of them in its next meeting."""
    presenting.hide_at_end(room_id=meeting.room_id, now=now)


def stop_film(*, meeting: Meeting, now: datetime, **_signal: Any) -> None:
    """A project room does not go on with it in its next meeting."""
    playing.stop_at_end(room_id=meeting.room_id, now=now)


def end_agenda(*, meeting: Meeting, now: datetime, **_signal: Any) -> None:
    """The current item is done with the meeting."""
    running_agenda.end_with_meeting(room_id=meeting.room_id, meeting=meeting.pk, now=now)


def close_breakouts(*, meeting: Meeting, now: datetime, **_signal: Any) -> None:
    """Everybody in a breakout room comes back before they hear of the end."""
    running_breakouts.close_with_meeting(room_id=meeting.room_id, meeting=meeting.pk, now=now)


def plan_channels(*, meeting: Meeting, now: datetime, **_signal: Any) -> None:
    """The room has the channels that the meeting is announced with, unless the host has arranged something else."""
    is_in_room = meeting.is_online and not meeting.interpretation_how
    languages = meeting.interpreted_into if is_in_room else []
    interpreting.plan_channels(room_id=meeting.room_id, meeting=meeting.pk, languages=languages, now=now)


def close_channels(*, meeting: Meeting, now: datetime, **_signal: Any) -> None:
    """Interpreters are off air with the meeting, and the room is told of it before of the end."""
    interpreting.close_with_meeting(room_id=meeting.room_id, meeting=meeting.pk, now=now)


def fill_agenda(*, meeting: Meeting, now: datetime, **_signal: Any) -> None:
    """By the project's template, before what is open comes into it."""
    if meeting.room.is_project_room:
        agenda_templates.fill_new_meeting(meeting=meeting, now=now)


def carry_open_work(*, meeting: Meeting, now: datetime, **_signal: Any) -> None:
    """Another meeting may be the project's next one now."""
    if meeting.room.is_project_room:
        carrying.carry_open_work(room_id=meeting.room_id, now=now)


def delete_agenda(*, meeting: Meeting, now: datetime, **_signal: Any) -> None:
    """The project room of a draft stays, and the names in its agenda must not."""
    planning.replace_agenda(room_id=meeting.room_id, meeting=meeting.pk, items=(), by=None, now=now)


def delete_resources(*, meeting: Meeting, now: datetime, **_signal: Any) -> None:
    """What was shared for a draft is not left in its project room."""
    sharing.remove_all(room_id=meeting.room_id, meeting=meeting.pk, now=now)


def delete_recordings(*, project: ProjectRoom, now: datetime, **_signal: Any) -> None:
    """One that is being prepared at this moment stays with its host, who can delete it."""
    for recording in project.room.recordings.exclude(state=Recording.State.DELETED).order_by("pk"):
        try:
            delete_recording(recording=recording, now=now)
        except UnableToDelete:
            continue
