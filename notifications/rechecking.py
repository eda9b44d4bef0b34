"""Looks at a claimed row once more: is what it would say still true, and does its reader still want it?"""

from datetime import datetime, timedelta

from companies.models import Person
from meetings.models import Meeting, MeetingRole, Recording, Registration
from meetings.models.registration import RegistrationQuerySet
from notifications.models import Notification

Kind = Notification.Kind
STILL_TOLD_WHEN_CANCELLED = {
    Kind.CANCELLATION,
    Kind.WITHDRAWN,
    Kind.REFUSED,
    Kind.RECORDING,
    Kind.RECORDING_FAILED,
    Kind.RECORDING_MISSING,
}
STATE_TOLD_BY = {
    Kind.CONFIRMATION: Registration.State.CONFIRMED,
    Kind.REMINDER: Registration.State.CONFIRMED,
    Kind.REQUESTED: Registration.State.PENDING,
    Kind.WAITLISTED: Registration.State.WAITLISTED,
    Kind.OFFER: Registration.State.OFFERED,
    Kind.WITHDRAWN: Registration.State.CANCELLED,
    Kind.REFUSED: Registration.State.CANCELLED,
}
STATE_OF_ALARM = {
    Kind.RECORDING: Recording.State.PUBLISHED,
    Kind.RECORDING_MISSING: Recording.State.EXPECTED,
    Kind.RECORDING_FAILED: Recording.State.FAILED,
}
ALWAYS_USEFUL = timedelta(minutes=15)


def reason_to_drop(notification: Notification, *, now: datetime) -> str:
    """Why this must not leave any more; empty when it may."""
    return (
        _of_person(notification)
        or _of_meeting(notification)
        or _of_seat(notification)
        or _of_recording(notification)
        or (_of_reminder(notification, now) if notification.kind == Kind.REMINDER else "")
    )


def _of_person(notification: Notification) -> str:
    person = notification.person
    if not person.is_active:
        return "the person is not active"
    if notification.kind in Notification.NEVER_TWICE and not person.wants_reminders:
        return "the person does not want reminders"
    return ""


def _of_meeting(notification: Notification) -> str:
    meeting = notification.meeting
    if meeting is None:
        return ""
    if meeting.state == Meeting.State.CANCELLED and notification.kind not in STILL_TOLD_WHEN_CANCELLED:
        return "the meeting is cancelled"
    if (
        notification.kind == Kind.CHANGE
        and notification.revision < meeting.revision
        and _has_later(notification)
    ):
        return "told with a later change"
    return ""


def _has_later(notification: Notification) -> bool:
    later = Notification.objects.filter(
        person=notification.person_id, meeting=notification.meeting_id, kind=Kind.CHANGE
    )
    return later.filter(revision__gt=notification.revision).exists()


def _of_seat(notification: Notification) -> str:
    seat = notification.registration
    if seat is None:
        return _of_role(notification)
    wanted = STATE_TOLD_BY.get(Kind(notification.kind))
    if wanted is not None and seat.state != wanted:
        return f"the seat is {seat.state}"
    if notification.kind == Kind.CHANGE and seat.state == Registration.State.CANCELLED:
        return "the seat was given back"
    if notification.kind == Kind.WITHDRAWN and _active_seats(notification).exists():
        return "the person has registered again"
    return ""


def _of_role(notification: Notification) -> str:
    meeting = notification.meeting
    if meeting is not None and notification.kind == Kind.WITHDRAWN:
        return _of_goodbye(notification, meeting)
    if meeting is None or notification.kind not in {
        Kind.INVITATION,
        Kind.REMINDER,
        Kind.CHANGE,
        Kind.RECORDING,
    }:
        return ""
    return "" if _is_of(meeting, notification.person) else "the person has no role in the meeting any more"


def _of_goodbye(notification: Notification, meeting: Meeting) -> str:
    """To somebody who was on the stage; an entry that came with a seat since is not taken away."""
    if _is_of(meeting, notification.person):
        return "on the stage again"
    has_seat = _active_seats(notification).filter(state=Registration.State.CONFIRMED).exists()
    if notification.details.get("calendar"):
        return "the person has registered meanwhile" if has_seat else ""
    return "" if has_seat else "the seat was given back"


def _is_of(meeting: Meeting, person: Person) -> bool:
    if meeting.host_id == person.pk or MeetingRole.objects.filter(meeting=meeting, person=person).exists():
        return True
    if person.company_id is None or not meeting.room.is_project_room:
        return False
    return meeting.room.companies.filter(pk=person.company_id).exists()


def _active_seats(notification: Notification) -> RegistrationQuerySet:
    return Registration.objects.active().filter(
        meeting=notification.meeting_id, person=notification.person_id
    )


def _of_recording(notification: Notification) -> str:
    recording, wanted = notification.recording, STATE_OF_ALARM.get(Kind(notification.kind))
    if wanted is None:
        return ""
    if recording is None or recording.state != wanted:
        return "the recording is not as it was"
    if notification.kind == Kind.RECORDING and notification.registration_id is not None:
        return (
            ""
            if recording.visibility != Recording.Visibility.HOSTS
            else "the recording is not for this person"
        )
    return ""


def _of_reminder(notification: Notification, now: datetime) -> str:
    meeting = notification.meeting
    if meeting is None or notification.revision < meeting.revision:
        return "the meeting has changed"
    if meeting.state == Meeting.State.ENDED or now >= meeting.starts_at:
        return "too late: the meeting has begun"
    lead = meeting.starts_at - _planned_for(notification, meeting)
    if meeting.starts_at - now < lead / 2 and lead > ALWAYS_USEFUL:
        return "too late: a reminder at half the time would only confuse"
    return ""


def _planned_for(notification: Notification, meeting: Meeting) -> datetime:
    """The hour it was planned for; `due_at` moves on when the server was away."""
    minutes = notification.occasion.split(":")[1:2]
    return (
        meeting.starts_at - timedelta(minutes=int(minutes[0]))
        if minutes and minutes[0].isdigit()
        else notification.due_at
    )
