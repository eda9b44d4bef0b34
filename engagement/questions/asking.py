"""Asking a question, and changing or deleting one's own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction

from companies.text import cleaned
from engagement.questions import announcing
from engagement.questions.locking import lock_question, lock_room
from engagement.questions.messages import QuestionAsked, QuestionChanged
from engagement.questions.models import (
    Question,
    QuestionSettings,
    is_known_language,
    settings_of,
)
from rooms.refusals import Refused

MOST_OPEN_OF_ONE_PERSON = 20
MOST_IN_A_MEETING = 1000


@dataclass(frozen=True)
class NewQuestion:
    """`meeting` is blank between the meetings of a project room; `participant` is the asker's key in the room."""

    room_id: str
    meeting: str
    participant: int
    role: str
    text: str
    is_anonymous: bool = False
    at_least_hidden_from: Literal["attendees", "everyone"] | None = None
    language: str = ""
    client_id: str = ""


@transaction.atomic
def ask(*, new: NewQuestion, now: datetime) -> str:
    """Returns the question's id: with a known `client_id` that of the first time. Raises Refused."""
    lock_room(new.room_id)
    if known := _asked_before(new):
        return known
    chosen = settings_of(new.room_id)
    if not chosen.is_open:
        raise Refused("not_now", "closed")
    hidden_from = _hidden_from(new, chosen)
    text = _visible_text(new.text)
    if new.language and not is_known_language(new.language):
        raise Refused("bad_field", "language: not supported")
    _refuse_too_many(new)
    state = Question.State.HELD if chosen.is_moderated else Question.State.VISIBLE
    created = Question.objects.create(
        room_id=new.room_id,
        meeting=new.meeting,
        participant_id=new.participant,
        role=new.role,
        hidden_from=hidden_from,
        text=text,
        language=new.language,
        state=state,
        asked_at=now,
        shown_at=None if chosen.is_moderated else now,
        client_id=new.client_id,
    )
    show(Question.objects.with_people().get(pk=created.pk), now)
    return created.pk


def _asked_before(new: NewQuestion) -> str:
    if not new.client_id:
        return ""
    known = Question.objects.filter(participant=new.participant, client_id=new.client_id)
    return known.values_list("pk", flat=True).first() or ""


def _hidden_from(new: NewQuestion, chosen: QuestionSettings) -> str:
    """As far as the settings hide an asker. Raises Refused when that is less than what the asker was promised."""
    if not new.is_anonymous:
        return Question.HiddenFrom.NOBODY
    if chosen.anonymity == QuestionSettings.Anonymity.NO:
        raise Refused("not_now", "anonymous")
    if new.at_least_hidden_from == "everyone" and chosen.anonymity != QuestionSettings.Anonymity.EVERYONE:
        raise Refused("not_now", "anonymous")
    return Question.HiddenFrom(chosen.anonymity)


def _visible_text(text: str) -> str:
    found = cleaned(text).strip()
    if not found:
        raise Refused("bad_field", "text: empty once cleaned")
    return found


def _refuse_too_many(new: NewQuestion) -> None:
    asked = Question.objects.filter(room=new.room_id, meeting=new.meeting)
    if asked.filter(participant=new.participant).unanswered().count() >= MOST_OPEN_OF_ONE_PERSON:
        raise Refused("not_now", "too_many_open")
    if asked.count() >= MOST_IN_A_MEETING:
        raise Refused("not_now", "too_many")


def show(question: Question, now: datetime) -> None:
    """Tells those who may see the question of it, as a new one."""
    events = [announcing.event_of(question, QuestionAsked)]
    if question.hidden_from == Question.HiddenFrom.ATTENDEES:
        events.append(announcing.details_of(question, now))
    question.seq = announcing.tell(question, [*events, announcing.own_of(question, now)], now)[0]
    question.save(update_fields=["seq"])


@transaction.atomic
def edit(*, room_id: str, question_id: str, participant: int, text: str, now: datetime) -> None:
    """A moderated room holds the question again: what others see has been approved as it stands. Raises Refused."""
    question = _own(room_id, question_id, participant)
    question.text, question.edited_at = _visible_text(text), now
    question.translations = {}
    if not (question.is_shown and settings_of(room_id).is_moderated):
        question.save()
        announcing.tell(question, [announcing.event_of(question, QuestionChanged)], now)
        return
    withdrawn = announcing.deletion_of(question, now)
    question.state, question.shown_at, question.answering_at = Question.State.HELD, None, None
    question.save()
    announcing.tell(question, [withdrawn], now)
    show(question, now)


@transaction.atomic
def delete(*, room_id: str, question_id: str, participant: int, now: datetime) -> None:
    """Erases the question for good. Raises Refused."""
    question = _own(room_id, question_id, participant)
    announcing.erase_texts(Question.objects.filter(pk=question.pk))
    announcing.tell(question, [announcing.deletion_of(question, now)], now)
    question.delete()


def _own(room_id: str, question_id: str, participant: int) -> Question:
    question = lock_question(room_id, question_id)
    if question.participant_id != participant:
        raise Refused("not_allowed" if question.is_shown else "not_found")
    if not question.is_open:
        raise Refused("not_now", "not_open")
    return question
