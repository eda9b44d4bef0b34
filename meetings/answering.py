"""Answering the host's questions after registering: what stayed open, or what has changed."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from meetings.answers import checked
from meetings.models import Meeting, Registration
from meetings.question_input import QuestionInput, input_of
from meetings.registration_states import UnableToChangeRegistration
from meetings.seats import locked_meeting


@transaction.atomic
def change_answers(
    *, registration: Registration, answers: Mapping[str, object], now: datetime
) -> Registration:
    """Until the meeting starts. Answers to questions that are not asked any more stay.

    Raises UnableToAnswer, and UnableToChangeRegistration when it is too late.
    """
    meeting = locked_meeting(registration.meeting_id)
    saved = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    reason = reason_against(saved, meeting, now=now)
    if reason is not None:
        raise reason
    questions = questions_for(saved)
    asked = {question.key for question in questions}
    others = {key: answer for key, answer in saved.answers.items() if key not in asked}
    saved.answers = others | checked(questions, answers)
    saved.save(update_fields=["answers"])
    return saved


def questions_for(registration: Registration) -> list[QuestionInput]:
    """What its meeting asks now; who chose what has been removed since may keep it."""
    asked = registration.meeting.registration_questions.asked()
    return [input_of(question, chosen=registration.answers.get(question.key)) for question in asked]


def reason_against(
    registration: Registration, meeting: Meeting, *, now: datetime
) -> UnableToChangeRegistration | None:
    """Why its answers cannot be changed any more."""
    if registration.state == Registration.State.CANCELLED:
        return UnableToChangeRegistration("withdrawn", _("This registration has been cancelled."))
    if meeting.state == Meeting.State.CANCELLED:
        return UnableToChangeRegistration("cancelled", _("This meeting is cancelled."))
    if meeting.is_live or meeting.has_ended(now=now) or meeting.starts_at <= now:
        return UnableToChangeRegistration(
            "started", _("The meeting has started: answers can no longer be changed.")
        )
    return None
