"""Answering a question: aloud, with a strip on the stage meanwhile, or in writing, also after the meeting."""

from datetime import datetime

from django.db import transaction

from companies.text import cleaned
from engagement.questions import announcing, signals
from engagement.questions.locking import lock_question
from engagement.questions.messages import QuestionAnswered, QuestionChanged
from engagement.questions.models import Question
from rooms.journal import NewEvent
from rooms.refusals import Refused


@transaction.atomic
def begin_answering(*, room_id: str, question_id: str, now: datetime) -> None:
    """Another one that was being answered no longer is. Raises Refused."""
    question = lock_question(room_id, question_id)
    if question.state != Question.State.VISIBLE:
        raise Refused("not_now", "not_visible")
    if question.answering_at is not None:
        return
    events = _stop_answering(room_id)
    question.answering_at = now
    question.save(update_fields=["answering_at"])
    announcing.tell(question, [*events, announcing.event_of(question, QuestionChanged)], now)


def _stop_answering(room_id: str) -> list[NewEvent]:
    current = list(Question.objects.with_people().filter(room=room_id, answering_at__isnull=False))
    Question.objects.filter(room=room_id, answering_at__isnull=False).update(answering_at=None)
    for question in current:
        question.answering_at = None
    return [announcing.event_of(question, QuestionChanged) for question in current]


@transaction.atomic
def stop_answering(*, room_id: str, question_id: str, now: datetime) -> None:
    """Without it being answered. Raises Refused."""
    question = lock_question(room_id, question_id)
    if question.answering_at is None:
        return
    announcing.tell(question, _stop_answering(room_id), now)


@transaction.atomic
def answer(
    *, room_id: str, question_id: str, text: str | None, is_private: bool, by: int, now: datetime
) -> None:
    """In writing, or aloud without a text. An answer may be written later to one given aloud. Raises Refused."""
    question = lock_question(room_id, question_id)
    if question.state not in {*Question.OPEN_STATES, Question.State.ANSWERED}:
        raise Refused("not_now", "not_open")
    if question.state == Question.State.ANSWERED and text is None:
        raise Refused("not_now", "answered")
    had_details = question.answer_is_private
    _set_answer(question, _written(text), is_private=is_private, by=by, now=now)
    question.save()
    question.refresh_from_db(fields=["answered_by"])
    events = [announcing.event_of(question, QuestionAnswered)]
    if is_private or had_details:
        events.append(announcing.details_of(question, now))
    announcing.tell(question, events, now)
    signals.question_answered.send(Question, question=question, now=now)


def _written(text: str | None) -> str:
    written = cleaned(text or "").strip()
    if text is not None and not written:
        raise Refused("bad_field", "text: empty once cleaned")
    return written


def _set_answer(question: Question, written: str, *, is_private: bool, by: int, now: datetime) -> None:
    if is_private and not written:
        raise Refused("bad_field", "private: only in writing")
    if not written or question.answering_at is not None:
        question.heard_at = question.answering_at or now
    question.state, question.shown_at = Question.State.ANSWERED, question.shown_at or now
    question.answer, question.answer_is_private = written, is_private
    question.answered_at, question.answered_by_id = now, by
    question.answering_at = None
