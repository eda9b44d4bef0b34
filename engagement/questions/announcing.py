"""What a room is told of a question: its events, each for those who may see it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from engagement.questions import describing, messages
from engagement.questions.messages import QuestionEvent
from engagement.questions.models import Question
from rooms import journal
from rooms.admission import public_id
from rooms.audience import Audience, audience_of
from rooms.journal import NewEvent
from rooms.messages import Event, message_name
from rooms.models import RoomEvent

WITH_TEXT = [
    message_name(shape)
    for shape in (
        messages.QuestionAsked,
        messages.QuestionChanged,
        messages.QuestionAnswered,
        messages.QuestionDetailed,
    )
]


ERASED: dict[str, Any] = {"text": "", "translations": {}, "answer": None, "from": None, "reason": ""}


def asker_and_hosts(question: Question) -> Audience:
    return audience_of(hosts=True, people=[public_id(question.participant_id)])


def event_of(question: Question, shape: type[QuestionEvent]) -> NewEvent:
    """Held, dismissed and merged questions are for hosts and the asker alone."""
    event = shape.model_validate(describing.info_of(question).model_dump(by_alias=True))
    return NewEvent(event, audience=None if question.is_shown else asker_and_hosts(question))


def details_of(question: Question, now: datetime) -> NewEvent:
    details = describing.details_of(question).model_dump(by_alias=True)
    event = messages.QuestionDetailed.model_validate({**details, "at": journal.protocol_time(now)})
    return NewEvent(event, audience=asker_and_hosts(question))


def own_of(question: Question, now: datetime) -> NewEvent:
    asker = public_id(question.participant_id)
    event = messages.QuestionOwn(id=question.pk, person=asker, at=journal.protocol_time(now))
    return NewEvent(event, audience=audience_of(people=[asker]))


def deletion_of(question: Question, now: datetime) -> NewEvent:
    return gone(question, messages.QuestionDeleted(id=question.pk, at=journal.protocol_time(now)))


def gone(question: Question, event: Event) -> NewEvent:
    """The question's end, to everybody who has seen it until now."""
    return NewEvent(event, audience=None if question.is_shown else asker_and_hosts(question))


def tell(question: Question, events: Sequence[NewEvent], now: datetime) -> list[int]:
    """Writes them to the journal of the question's room.

    They are not written as somebody's: that would name the asker of an anonymous question.
    """
    return journal.write_many(room_id=question.room_id, events=events, now=now)


def erase_texts(questions: QuerySet[Question]) -> None:
    """Removes who asks, question, translations and answer from the journal, for good."""
    _rewrite(questions, lambda payload: {name: ERASED.get(name, value) for name, value in payload.items()})


def erase_answerer(questions: QuerySet[Question]) -> None:
    """Removes who answered from the journal; the answers stay."""
    _rewrite(questions, _without_answerer)


def _without_answerer(payload: dict[str, Any]) -> dict[str, Any]:
    answer = payload.get("answer")
    return {**payload, "answer": {**answer, "by": ""}} if answer else payload


def _rewrite(questions: QuerySet[Question], change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    for room_id, keys in _by_room(questions).items():
        events = list(RoomEvent.objects.filter(room=room_id, ev__in=WITH_TEXT, payload__id__in=keys))
        for event in events:
            event.payload = change(event.payload)
        RoomEvent.objects.bulk_update(events, ["payload"], batch_size=200)


def _by_room(questions: QuerySet[Question]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for room_id, key in questions.values_list("room", "pk"):
        found.setdefault(room_id, []).append(key)
    return found
