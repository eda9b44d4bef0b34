"""What hosts ask at registration: adding, changing, moving and removing questions.

Answers belong to the registrations and stay in all of these. A question that nobody has answered is deleted when it is
removed; any other stays with its words, as do removed choices, so that the answers can be read.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from companies.languages import LanguageText
from companies.refusals import Invalid, Refusal
from meetings.models import Meeting, Registration, RegistrationQuestion
from meetings.preconditions import lock_all, locked
from meetings.question_input import QuestionInput, input_of, problems


class UnableToAsk(Refusal):
    """`code`: cancelled, ended, gone or answered."""


class ImpossibleQuestions(Invalid):
    """`field_errors` is by `questions.<number>.<field of QuestionInput>`."""


@transaction.atomic
def add_question(*, meeting: Meeting, question: QuestionInput, now: datetime) -> None:
    """As the last one. Raises UnableToAsk."""
    meeting = _changeable(meeting, now)
    _set(meeting, [*questions_of(meeting), question])


@transaction.atomic
def change_question(*, meeting: Meeting, question: QuestionInput, now: datetime) -> None:
    """The asked one with the same key. Raises UnableToAsk."""
    meeting = _changeable(meeting, now)
    present = questions_of(meeting)
    _place_of(present, question.key)
    _set(meeting, [question if one.key == question.key else one for one in present])


@transaction.atomic
def move_question(*, meeting: Meeting, key: str, up: bool, now: datetime) -> None:
    """One place up or down; the first and the last stay. Raises UnableToAsk."""
    meeting = _changeable(meeting, now)
    present = questions_of(meeting)
    place = _place_of(present, key)
    other = max(0, place - 1) if up else min(len(present) - 1, place + 1)
    present[place], present[other] = present[other], present[place]
    _set(meeting, present)


@transaction.atomic
def remove_question(*, meeting: Meeting, key: str, now: datetime) -> None:
    """Raises UnableToAsk."""
    meeting = _changeable(meeting, now)
    present = questions_of(meeting)
    _place_of(present, key)
    _set(meeting, [one for one in present if one.key != key])


@transaction.atomic
def ask_in(*, meeting: Meeting, others: Sequence[Meeting], now: datetime) -> None:
    """Makes the others ask exactly what this meeting asks, under the same keys. Raises UnableToAsk."""
    wanted = questions_of(meeting)
    for other in lock_all(list(others)):
        _refuse_unless_changeable(other, now)
        _set(other, wanted)


def asking_otherwise(meeting: Meeting, others: Sequence[Meeting], *, now: datetime) -> list[Meeting]:
    """Those of the others that can still be changed and do not ask exactly the same. Two queries."""
    wanted = questions_of(meeting)
    found: dict[str, list[QuestionInput]] = {other.pk: [] for other in others}
    for row in RegistrationQuestion.objects.asked().filter(meeting__in=found):
        found[row.meeting_id].append(input_of(row))
    return [other for other in others if found[other.pk] != wanted and reason_against(other, now=now) is None]


def set_questions(meeting: Meeting, questions: Sequence[QuestionInput], *, now: datetime) -> None:
    """Under the meeting's lock: asks exactly these, in this order. Raises UnableToAsk, ImpossibleQuestions."""
    if list(questions) != questions_of(meeting):
        _refuse_unless_changeable(meeting, now)
        _set(meeting, questions)


def questions_of(meeting: Meeting) -> list[QuestionInput]:
    """What the meeting asks now."""
    return [input_of(question) for question in meeting.registration_questions.asked()]


def answer_counts(meeting: Meeting, keys: Collection[str]) -> dict[str, int]:
    """By key: how many registrations hold an answer, withdrawn ones too. One query."""
    if not keys:
        return {}
    counted = {f"n{number}": Count("pk", filter=Q(answers__has_key=key)) for number, key in enumerate(keys)}
    found = Registration.objects.filter(meeting=meeting).order_by().aggregate(**counted)
    return {key: found[f"n{number}"] for number, key in enumerate(keys)}


def _set(meeting: Meeting, questions: Sequence[QuestionInput]) -> None:
    errors = problems(questions)
    if errors:
        raise ImpossibleQuestions(errors)
    saved = {question.key: question for question in meeting.registration_questions.all()}
    answered = {key for key, number in answer_counts(meeting, list(saved)).items() if number}
    rows = [
        _row(meeting, saved.get(question.key), question, place, is_answered=question.key in answered)
        for place, question in enumerate(questions)
    ]
    # Positions are unique: all are free before they are given anew.
    meeting.registration_questions.asked().order_by().update(position=None)
    meeting.registration_questions.filter(
        key__in=saved.keys() - answered - {one.key for one in rows}
    ).delete()
    RegistrationQuestion.objects.bulk_create(row for row in rows if row.key not in saved)
    for row in rows:
        if row.key in saved:
            row.save()


def _row(
    meeting: Meeting,
    saved: RegistrationQuestion | None,
    question: QuestionInput,
    place: int,
    *,
    is_answered: bool,
) -> RegistrationQuestion:
    row = saved or RegistrationQuestion(meeting=meeting, key=question.key)
    if is_answered and row.kind != question.kind:
        raise UnableToAsk("answered", _kind_stays(), field=f"questions.{place}.kind")
    offered = [{"id": one.id, "text": _without_empty(one.text)} for one in question.choices]
    removed = _removed_choices(row, question) if is_answered else []
    row.position, row.kind, row.is_required = place, question.kind, question.is_required
    row.label, row.choices = _without_empty(question.label), [*offered, *removed]
    return row


def _removed_choices(row: RegistrationQuestion, question: QuestionInput) -> list[dict[str, Any]]:
    kept = {one.id for one in question.choices}
    return [{**choice, "removed": True} for choice in row.choices if choice["id"] not in kept]


def _without_empty(text: LanguageText) -> LanguageText:
    return {code: words.strip() for code, words in text.items() if words.strip()}


def _changeable(meeting: Meeting, now: datetime) -> Meeting:
    meeting = locked(meeting)
    _refuse_unless_changeable(meeting, now)
    return meeting


def _refuse_unless_changeable(meeting: Meeting, now: datetime) -> None:
    reason = reason_against(meeting, now=now)
    if reason is not None:
        raise reason


def reason_against(meeting: Meeting, *, now: datetime) -> UnableToAsk | None:
    """Why its questions cannot be changed any more."""
    if meeting.state == Meeting.State.CANCELLED:
        return UnableToAsk("cancelled", _("This meeting is cancelled."))
    if meeting.has_ended(now=now):
        return UnableToAsk("ended", _("This meeting is over."))
    return None


def _place_of(questions: Sequence[QuestionInput], key: str) -> int:
    for place, question in enumerate(questions):
        if question.key == key:
            return place
    raise UnableToAsk("gone", _("This question has been removed in the meantime."))


def _kind_stays() -> str:
    return _("People have already answered this question. Remove it and add a new one instead.")
