"""Plans what is told after a meeting: recordings, thanks, and questions that were left open or are answered."""

from datetime import datetime, timedelta

from django.db import transaction

from attendance import report
from engagement.models import Question
from engagement.questions import reading
from meetings.models import Meeting, MeetingRole, Registration
from meetings.recipients import (
    people_by_role,
)
from meetings.seats import locked_meeting
from notifications.models import Notification
from notifications.outbox_rows import (
    Addressee,
    all_addressees,
    delete_dropped,
    drop_rows,
    insert_for_each,
    insert_rows,
    new_row,
    new_row_for_each,
    people_in_roles,
    registered_addressee,
)
from notifications.relevance import THANKS_AFTER
from recordings.models import Recording
from rooms.admission import TURNED_AWAY
from rooms.models import Participant

Kind, Reason = Notification.Kind, Notification.DropReason
THANKS_UNTIL = timedelta(days=1)  # after the end


# ---- recordings ------------------------------------------------------------------------------------------


@transaction.atomic
def plan_recording(*, recording: Recording, now: datetime) -> None:
    """“The recording is there”, to people of the meeting who may see it."""
    meeting = recording.meeting
    known = Notification.objects.filter(recording=recording, kind__in=[Kind.RECORDING, Kind.MISSED])
    told = set(known.values_list("person", flat=True))
    addressees = [
        each for each in all_addressees(meeting) if each.person_id not in told and _may_see(recording, each)
    ]
    missed = _who_missed(meeting, now)
    dedupe_key = f"recording:{recording.pk}"
    insert_rows(
        new_row(
            Kind.MISSED if each.registration_id and each.person_id in missed else Kind.RECORDING,
            *(each, dedupe_key, meeting, now, now, recording),
        )
        for each in addressees
    )


def _who_missed(meeting: Meeting, now: datetime) -> set[int]:
    """Registered people to be told once that they were missed: not again with a second recording."""
    if not (meeting.follow_ups and report.is_known(meeting, now=now)):
        return set()
    told = Notification.objects.filter(meeting=meeting, kind=Kind.MISSED)
    came = report.people_who_attended(meeting, now) | people_by_role(meeting)
    confirmed = meeting.registrations.filter(state=Registration.State.CONFIRMED)
    return set(confirmed.exclude(person__in=told.values("person")).values_list("person", flat=True)) - came


@transaction.atomic
def plan_thanks(*, meeting: Meeting, now: datetime) -> None:
    """An hour after the end, to registered people who attended an online meeting, however short. Once.

    Not to whom a host has removed.
    """
    if not (meeting.follow_ups and report.is_known(meeting, now=now)):
        return
    came = report.people_who_attended(meeting, now) - people_by_role(meeting) - _turned_away(meeting)
    confirmed = meeting.registrations.filter(
        state=Registration.State.CONFIRMED, person__in=came, person__is_active=True
    )
    due_at = max(now, (meeting.ended_at or now) + THANKS_AFTER)
    thanked = [registered_addressee(each) for each in confirmed]
    dedupe_key = f"thanks:{meeting.pk}"
    delete_dropped(meeting, Kind.THANKS, thanked, dedupe_key)
    insert_for_each(thanked, new_row_for_each(Kind.THANKS, dedupe_key, meeting, due_at, now))


def _turned_away(meeting: Meeting) -> set[int]:
    """Removed by a host, and not let in again."""
    found = Participant.objects.filter(room=meeting.room_id, admission__in=TURNED_AWAY)
    return set(found.values_list("person", flat=True))


@transaction.atomic
def set_follow_ups(*, meeting: Meeting, on: bool, now: datetime) -> None:
    """Also after the end: thanks that have not been sent are not, and who was missed hears only of the recording."""
    locked = locked_meeting(meeting.pk)
    if locked.follow_ups == on:
        return
    locked.follow_ups = on
    locked.save(update_fields=["follow_ups"])
    waiting = Notification.objects.filter(meeting=locked)
    if on:
        if locked.ended_at is not None and now - locked.ended_at < THANKS_UNTIL:
            plan_thanks(meeting=locked, now=now)
        return
    drop_rows(waiting.filter(kind=Kind.THANKS), Reason.HOST_TURNED_OFF)
    waiting.filter(kind=Kind.MISSED).not_begun().update(kind=Kind.RECORDING)


@transaction.atomic
def plan_recording_alarm(*, recording: Recording, kind: Notification.Kind, now: datetime) -> None:
    """To the hosts: the recording is missing, or cannot be played."""
    roles = [MeetingRole.Role.HOST, MeetingRole.Role.CO_HOST]
    hosts = {recording.meeting.host_id, *people_in_roles(recording.meeting, roles)}
    dedupe_key = f"recording:{recording.pk}"
    insert_rows(
        new_row(kind, Addressee(person_id), dedupe_key, recording.meeting, now, now, recording)
        for person_id in sorted(hosts)
    )


def _may_see(recording: Recording, each: Addressee) -> bool:
    if each.invitation_id is not None:
        return False
    if each.registration_id is None:
        return True
    visible_to_registered = {
        Recording.Visibility.REGISTERED,
        Recording.Visibility.MEMBERS,
        Recording.Visibility.PUBLIC,
    }
    return each.has_calendar_event and recording.visibility in visible_to_registered


# ---- questions -------------------------------------------------------------------------------------------


@transaction.atomic
def plan_open_questions(*, meeting: Meeting, now: datetime) -> None:
    """Once after the end: to the host, and to the speakers to whom an open question is assigned."""
    unanswered = reading.open_questions(meeting.pk)
    assigned = set(unanswered.values_list("assigned_to__person", flat=True)) - {None}
    people = {meeting.host_id, *assigned} if unanswered.exists() else set()
    dedupe_key = f"questions:{meeting.pk}"
    insert_rows(
        new_row(Kind.OPEN_QUESTIONS, Addressee(one), dedupe_key, meeting, now, now) for one in sorted(people)
    )


@transaction.atomic
def plan_question_answered(*, question: Question, now: datetime) -> None:
    """After the meeting, to those who asked it: before its end they are told in the room. Once for a question."""
    meeting = Meeting.objects.filter(pk=question.meeting, state=Meeting.State.ENDED).first()
    if meeting is None or not question.answer:
        return
    if question.answer_is_private:
        askers = {question.participant.person_id}
    else:
        askers = {asker.person_id for asker in reading.askers_of(question)}
    registered = Registration.objects.active().filter(meeting=meeting, person__in=askers)
    by_person = {each.person_id: registered_addressee(each) for each in registered}
    rows = [
        new_row(
            Kind.QUESTION_ANSWERED,
            by_person.get(one) or Addressee(one),
            f"q:{question.pk}",
            meeting,
            now,
            now,
        )
        for one in sorted(askers)
    ]
    for row in rows:
        row.question = question
    insert_rows(rows)
