"""Checks a claimed row once more: is its content still true, and does its recipient still want it?"""

from datetime import UTC, datetime, time, timedelta
from typing import TypeAlias

from companies.models import Person
from engagement.models import Question
from engagement.questions import reading
from meetings.access import memberships
from meetings.models import Invitation, Meeting, MeetingRole, Registration
from meetings.models.registration import RegistrationQuerySet
from notifications import post_emails
from notifications.digest_content import content_of
from notifications.models import OFF_REASONS, HostMessage, Notification, SuppressedAddress
from notifications.mornings import local_moment
from projects.date_polling import answers_of
from projects.models import Action, PostEmails
from recordings.models import Recording

Kind = Notification.Kind
Reason: TypeAlias = Notification.DropReason
SENT_WHEN_CANCELLED = {
    Kind.CANCELLATION,
    Kind.WITHDRAWN,
    Kind.LAPSED,
    Kind.REFUSED,
    Kind.RECORDING,
    Kind.MISSED,
    Kind.RECORDING_FAILED,
    Kind.RECORDING_MISSING,
}
CANCEL_AN_EVENT = {Kind.CANCELLATION, Kind.WITHDRAWN, Kind.LAPSED}
REGISTRATION_STATE_OF_KIND = {
    Kind.CONFIRMATION: Registration.State.CONFIRMED,
    Kind.REMINDER: Registration.State.CONFIRMED,
    Kind.THANKS: Registration.State.CONFIRMED,
    Kind.MISSED: Registration.State.CONFIRMED,
    Kind.REQUESTED: Registration.State.PENDING,
    Kind.WAITLISTED: Registration.State.WAITLISTED,
    Kind.OFFER: Registration.State.OFFERED,
    Kind.WITHDRAWN: Registration.State.CANCELLED,
    Kind.LAPSED: Registration.State.CANCELLED,
    Kind.REFUSED: Registration.State.CANCELLED,
}
RECORDING_STATE_OF_KIND = {
    Kind.RECORDING: Recording.State.PUBLISHED,
    Kind.MISSED: Recording.State.PUBLISHED,
    Kind.RECORDING_MISSING: Recording.State.EXPECTED,
    Kind.RECORDING_FAILED: Recording.State.FAILED,
}
REGISTRATION_STATE_OF_AUDIENCE: dict[str, str] = {
    HostMessage.Audience.REGISTERED: Registration.State.CONFIRMED,
    HostMessage.Audience.MISSED: Registration.State.CONFIRMED,
    HostMessage.Audience.WAITLISTED: Registration.State.WAITLISTED,
    HostMessage.Audience.PENDING: Registration.State.PENDING,
}
UNASKED = {
    Kind.INVITED,
    Kind.HOST_MESSAGE,
    Kind.POST,
    Kind.POSTS,
}  # not sent to somebody who reported an email as spam
LAST_KINDS = {Kind.WITHDRAWN, Kind.ACCOUNT_DELETED}  # sent to somebody whose account is erased
# What loses nothing by coming in the morning, for who wants no emails at night.
CAN_WAIT = {Kind.INVITED, Kind.RECORDING, Kind.MISSED, Kind.THANKS, Kind.DIGEST, Kind.NEWSLETTER}
NIGHT, MORNING = 22, 7  # hours in the time zone of the person
ALWAYS_USEFUL = timedelta(minutes=15)
THANKS_AFTER = timedelta(hours=1)  # the end
THANKS_LAST = timedelta(days=2)


def reason_to_drop(notification: Notification, *, now: datetime) -> Reason | None:
    """Why it must not be sent; None when it may."""
    return (
        _of_person(notification)
        or _of_meeting(notification)
        or _of_invitation(notification, now)
        or _of_registration(notification)
        or _of_recording(notification)
        or _of_questions(notification)
        or _of_membership(notification)
        or _of_posts(notification)
        or _of_work_in_project(notification, now)
        or _of_contact_request(notification)
        or _of_host_message(notification, now)
        or _of_thanks(notification, now)
        or _of_digest(notification, now)
        or (_of_reminder(notification, now) if notification.kind == Kind.REMINDER else None)
    )


def held_until(notification: Notification, *, now: datetime) -> datetime | None:
    """The next morning, for what can wait until then; None when it may be sent now."""
    person, meeting, newsletter = notification.person, notification.meeting, notification.newsletter
    if notification.kind not in CAN_WAIT or person is None or not person.has_quiet_hours:
        return None
    local = local_moment(now, person.timezone)
    if MORNING <= local.hour < NIGHT or (newsletter is not None and newsletter.is_test):
        return None
    day = local.date() + timedelta(days=local.hour >= NIGHT)
    morning = datetime.combine(day, time(MORNING), local.tzinfo).astimezone(UTC)
    return None if meeting is not None and now < meeting.starts_at <= morning else morning


def reason_not_to_push(notification: Notification, *, now: datetime) -> Reason | None:
    """As for its email, but whoever wants no emails may want this."""
    person = notification.person
    if person is None or not person.is_active:
        return Reason.PERSON_INACTIVE
    return (
        _of_meeting(notification)
        or _of_invitation(notification, now)
        or _of_registration(notification)
        or _of_host_message(notification, now)
        or (_of_reminder(notification, now) if notification.kind == Kind.REMINDER else None)
    )


def _of_person(notification: Notification) -> Reason | None:
    person = notification.person
    if person is None:  # to the operator
        return None
    if person.erased_at is not None and notification.last_address and notification.kind in LAST_KINDS:
        return None
    if not person.is_active:
        return Reason.PERSON_INACTIVE
    preference = notification.preference
    if preference is not None and not preference.is_wanted_by(person):
        return OFF_REASONS[preference]
    return _of_address(notification)


def _of_address(notification: Notification) -> Reason | None:
    if notification.suppression == SuppressedAddress.Reason.BOUNCE:
        return Reason.UNDELIVERABLE
    if notification.suppression and (notification.preference is not None or notification.kind in UNASKED):
        return Reason.COMPLAINED
    return None


def _of_meeting(notification: Notification) -> Reason | None:
    meeting = notification.meeting
    if meeting is None:
        return None
    if meeting.state == Meeting.State.CANCELLED and notification.kind not in SENT_WHEN_CANCELLED:
        return Reason.MEETING_CANCELLED
    if (
        notification.kind == Kind.CHANGE
        and notification.revision < meeting.revision
        and _has_later(notification)
    ):
        return Reason.TOLD_LATER
    if notification.kind not in CANCEL_AN_EVENT and _has_left_project(notification.person, meeting):
        return Reason.NOT_IN_ROOM
    return None


def _has_left_project(person: Person | None, meeting: Meeting) -> bool:
    """Whoever has left hears no more of its meetings, whatever place they had in them."""
    if person is None or not meeting.room.is_project_room or _is_in_room(person, meeting.room_id):
        return False
    return memberships().closed_rooms_of(person).filter(pk=meeting.room_id).exists()


def _has_later(notification: Notification) -> bool:
    later = Notification.objects.filter(
        person=notification.person_id, meeting=notification.meeting_id, kind=Kind.CHANGE
    )
    return later.filter(revision__gt=notification.revision).exists()


def _of_invitation(notification: Notification, now: datetime) -> Reason | None:
    invitation, meeting = notification.invitation, notification.meeting
    if invitation is None or meeting is None:
        return None
    if notification.kind == Kind.WITHDRAWN:
        # Invited again, registered or put on stage since: the event in the calendar is wanted.
        has_another = Invitation.objects.admitting().filter(meeting=meeting, person=notification.person_id)
        if has_another.exists() or _comes_anyway(notification, meeting):
            return Reason.INVITATION_CHANGED
        return None
    if notification.kind not in {Kind.INVITED, Kind.CHANGE}:
        return None
    if invitation.state != Invitation.State.INVITED or _comes_anyway(notification, meeting):
        return Reason.INVITATION_CHANGED
    is_late = notification.kind == Kind.INVITED and meeting.has_ended(now=now)
    return Reason.TOO_LATE if is_late else None


def _comes_anyway(notification: Notification, meeting: Meeting) -> bool:
    person = notification.person
    return _active_registrations(notification).exists() or (
        person is not None and _takes_part_in(meeting, person)
    )


def _of_registration(notification: Notification) -> Reason | None:
    registration = notification.registration
    if registration is None:
        return _of_role(notification) if notification.invitation_id is None else None
    wanted = REGISTRATION_STATE_OF_KIND.get(Kind(notification.kind))
    if wanted is not None and registration.state != wanted:
        return Reason.REGISTRATION_CHANGED
    if notification.kind == Kind.CHANGE and registration.state == Registration.State.CANCELLED:
        return Reason.REGISTRATION_CHANGED
    if notification.kind in {Kind.WITHDRAWN, Kind.LAPSED} and _active_registrations(notification).exists():
        return Reason.REGISTERED_AGAIN
    if notification.kind == Kind.VERIFY and registration.verify_by is None:
        return Reason.REGISTRATION_CHANGED
    return None


def _of_role(notification: Notification) -> Reason | None:
    meeting = notification.meeting
    if meeting is not None and notification.kind == Kind.WITHDRAWN:
        return _of_removal_notice(notification, meeting)
    kinds = {Kind.INVITATION, Kind.REMINDER, Kind.CHANGE, Kind.RECORDING}
    if meeting is None or notification.person is None or notification.kind not in kinds:
        return None
    return None if _takes_part_in(meeting, notification.person) else Reason.NOT_ON_STAGE


def _of_removal_notice(notification: Notification, meeting: Meeting) -> Reason | None:
    """To somebody removed from the stage; a calendar event from a later registration is not cancelled."""
    if notification.person is not None and _takes_part_in(meeting, notification.person):
        return Reason.ON_STAGE_AGAIN
    is_registered = _active_registrations(notification).filter(state=Registration.State.CONFIRMED).exists()
    if notification.details.get("calendar"):
        return Reason.REGISTERED_AGAIN if is_registered else None
    return None if is_registered else Reason.REGISTRATION_CHANGED


def _takes_part_in(meeting: Meeting, person: Person) -> bool:
    if person.erased_at is not None:
        return False
    if meeting.host_id == person.pk or MeetingRole.objects.filter(meeting=meeting, person=person).exists():
        return True
    return meeting.room.is_project_room and _is_in_room(person, meeting.room_id)


def _is_in_room(person: Person, room_id: str) -> bool:
    return memberships().rooms_of(person).filter(pk=room_id).exists()


def _active_registrations(notification: Notification) -> RegistrationQuerySet:
    return Registration.objects.active().filter(
        meeting=notification.meeting_id, person=notification.person_id
    )


def _of_recording(notification: Notification) -> Reason | None:
    recording, wanted = notification.recording, RECORDING_STATE_OF_KIND.get(Kind(notification.kind))
    if wanted is None:
        return None
    if recording is None or recording.state != wanted:
        return Reason.RECORDING_CHANGED
    if notification.kind in {Kind.RECORDING, Kind.MISSED} and notification.registration_id is not None:
        return None if recording.visibility != Recording.Visibility.HOSTS else Reason.RECORDING_CHANGED
    return None


def _of_questions(notification: Notification) -> Reason | None:
    if notification.kind == Kind.OPEN_QUESTIONS and notification.meeting_id is not None:
        has_open = reading.open_questions(notification.meeting_id).exists()
        return None if has_open else Reason.QUESTIONS_ANSWERED
    if notification.kind == Kind.QUESTION_ANSWERED:
        question = notification.question
        has_answer = question is not None and question.state == Question.State.ANSWERED and question.answer
        return None if has_answer else Reason.QUESTION_REOPENED
    return None


def _of_membership(notification: Notification) -> Reason | None:
    person, project = notification.person, notification.project
    if person is None:
        return None
    if notification.kind == Kind.COLLEAGUE_ADDED:
        return None if person.company_id == notification.company_id else Reason.NOT_IN_COMPANY
    if notification.kind == Kind.ACTION_DUE:
        return _of_action(person, notification.action)
    if notification.kind in {Kind.PROJECT_ROOM, Kind.PROJECT_DELETION, Kind.EXPORT_READY}:
        may_enter = project is not None and _is_in_room(person, project.pk)
        return None if may_enter else Reason.NOT_IN_ROOM
    return None


def _of_posts(notification: Notification) -> Reason | None:
    """Messages of discussions are for whoever may read in the project, and wants them so."""
    person, post = notification.person, notification.post
    if notification.kind == Kind.POST and person is not None:
        if post is None or post.deleted_at is not None:
            return Reason.POST_DELETED
        return _of_reader(person, post.thread.project_id, PostEmails.Choice.EACH)
    if notification.kind == Kind.POSTS and person is not None:
        has_some = post_emails.posts_of(notification).exists()
        nothing = None if has_some else Reason.NOTHING_NEW
        return _of_reader(person, str(notification.project_id), PostEmails.Choice.DAILY) or nothing
    return None


def _of_reader(person: Person, room_id: str, choice: PostEmails.Choice) -> Reason | None:
    if not memberships().opened_rooms_of(person).filter(pk=room_id).exists():
        return Reason.NOT_IN_ROOM
    return None if post_emails.are_chosen(person, room_id, choice) else Reason.POSTS_OFF


def _of_action(person: Person, action: Action | None) -> Reason | None:
    """Its text is for whoever may read in the project."""
    if action is None or action.done_at is not None:
        return Reason.ACTION_DONE
    if person.pk != action.person_id and (
        person.company_id is None or person.company_id != action.company_id
    ):
        return Reason.ACTION_DONE
    opened = memberships().opened_rooms_of(person).filter(pk=action.project_id)
    is_open = action.project.is_open and opened.exists()
    return None if is_open else Reason.NOT_IN_ROOM


def _of_work_in_project(notification: Notification, now: datetime) -> Reason | None:
    person = notification.person
    if person is None:
        return None
    if notification.kind in {Kind.PARTNER_CONFIRM, Kind.PARTNER_REQUEST}:
        return _of_partner_request(notification, person)
    if notification.kind in {Kind.DATE_POLL, Kind.DATE_POLL_OVER}:
        return _of_date_poll(notification, person, now)
    return None


def _of_partner_request(notification: Notification, person: Person) -> Reason | None:
    """Leads hear of it as long as they may read in the project and nobody has answered; an answer always arrives."""
    request = notification.sheet_request
    if request is None or request.answered_at is not None:
        return Reason.REQUEST_OVER
    if notification.kind == Kind.PARTNER_CONFIRM:
        return Reason.REQUEST_OVER if request.confirmed_at is not None else None
    return None if _is_in_room(person, request.sheet.project_id) else Reason.NOT_IN_ROOM


def _of_contact_request(notification: Notification) -> Reason | None:
    """A company hears of it as long as nobody has answered; the answer always arrives."""
    request = notification.contact
    if request is None or notification.person is None or notification.kind == Kind.COMPANY_ANSWER:
        return None
    if notification.kind == Kind.COMPANY_CONFIRM:
        return Reason.REQUEST_OVER if request.confirmed_at is not None else None
    if request.state != request.State.WAITING:
        return Reason.REQUEST_OVER
    return None if notification.person.company_id == request.company_id else Reason.NOT_IN_COMPANY


def _of_date_poll(notification: Notification, person: Person, now: datetime) -> Reason | None:
    """Asked for as long as there is something to answer or to choose, of whoever may read in the project."""
    poll = notification.date_poll
    if poll is None or poll.state != poll.State.OPEN:
        return Reason.POLL_OVER
    asks = notification.kind == Kind.DATE_POLL
    if asks and (not poll.takes_answers(now) or answers_of(poll, person)):
        return Reason.POLL_OVER
    opened = memberships().opened_rooms_of(person).filter(pk=poll.project_id)
    return None if poll.project.is_open and opened.exists() else Reason.NOT_IN_ROOM


def _of_digest(notification: Notification, now: datetime) -> Reason | None:
    person, chosen = notification.person, notification.details
    if notification.kind != Kind.DIGEST or person is None:
        return None
    left = content_of(person, meetings=chosen["meetings"], recordings=chosen["recordings"], now=now)
    return None if left else Reason.NOTHING_NEW


def _of_thanks(notification: Notification, now: datetime) -> Reason | None:
    meeting = notification.meeting
    if notification.kind != Kind.THANKS or meeting is None:
        return None
    if not meeting.follow_ups:
        return Reason.HOST_TURNED_OFF
    # Sent again, it is due anew.
    promised_at = meeting.ended_at + THANKS_AFTER if meeting.ended_at else notification.due_at
    return Reason.TOO_LATE if now - promised_at > THANKS_LAST else None


def _of_host_message(notification: Notification, now: datetime) -> Reason | None:
    """Only to those who are still among whom it was written to; what was written before the end is of no use later."""
    message, meeting = notification.host_message, notification.meeting
    if message is None or meeting is None or message.is_test:
        return None
    ended_at = meeting.ended_at or meeting.ends_at
    if meeting.has_ended(now=now) and message.created_at < ended_at:
        return Reason.TOO_LATE
    if notification.registration is not None:
        state, wanted = notification.registration.state, REGISTRATION_STATE_OF_AUDIENCE.get(message.audience)
        is_among = state == wanted if wanted else state != Registration.State.CANCELLED
        return None if is_among else Reason.REGISTRATION_CHANGED
    if notification.invitation is not None:
        return _of_invited(notification, notification.invitation, message)
    takes_part = notification.person is not None and _takes_part_in(meeting, notification.person)
    return None if takes_part else Reason.NOT_ON_STAGE


def _of_invited(notification: Notification, invitation: Invitation, message: HostMessage) -> Reason | None:
    if message.audience == HostMessage.Audience.INVITED:
        is_among = invitation.state == Invitation.State.INVITED
    else:  # whoever has accepted since hears of it all the same, unless that registration was cancelled
        is_among = invitation.state == Invitation.State.INVITED or (
            invitation.state == Invitation.State.ACCEPTED and _active_registrations(notification).exists()
        )
    return None if is_among else Reason.INVITATION_CHANGED


def _of_reminder(notification: Notification, now: datetime) -> Reason | None:
    meeting = notification.meeting
    if meeting is None or notification.revision < meeting.revision:
        return Reason.MEETING_CHANGED
    if meeting.state == Meeting.State.ENDED or now >= meeting.starts_at:
        return Reason.TOO_LATE
    lead = timedelta(minutes=notification.minutes_before or 0)
    if meeting.starts_at - now < lead / 2 and lead > ALWAYS_USEFUL:
        return Reason.TOO_LATE  # "tomorrow" an hour before the start would confuse
    return None
