"""Locks of the flows: always the room first, then its questions, so that no two flows wait for each other."""

from engagement.questions.models import Question
from rooms.models import Room
from rooms.refusals import Refused


def lock_room(room_id: str) -> None:
    """One change of the room's questions at a time; upvotes do not wait for it. Raises Refused."""
    if not Room.objects.select_for_update(no_key=True).filter(pk=room_id).exists():
        raise Refused("not_found")


def lock_question(room_id: str, question_id: str) -> Question:
    """Raises Refused when the room has no such question."""
    lock_room(room_id)
    rows = Question.objects.with_people().select_for_update(of=("self",), no_key=True)
    question = rows.filter(pk=question_id, room=room_id).first()
    if question is None:
        raise Refused("not_found")
    return question
