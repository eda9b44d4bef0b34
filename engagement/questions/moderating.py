"""What hosts do with a question: approve, dismiss, merge, pin, assign; and translations of it."""

from datetime import datetime

from django.db import connection, transaction

from companies.text import cleaned
from engagement.questions import announcing
from engagement.questions.asking import show
from engagement.questions.locking import lock_question, lock_room
from engagement.questions.messages import QuestionChanged, QuestionDismissed, QuestionMerged
from engagement.questions.models import Question, QuestionVote, is_known_language
from rooms.journal import NewEvent, protocol_time
from rooms.models import Participant
from rooms.refusals import Refused


@transaction.atomic
def approve(*, room_id: str, question_id: str, now: datetime) -> None:
    """Shows a held question to everybody, and reopens one that was answered, dismissed or merged. Raises Refused."""
    question = lock_question(room_id, question_id)
    if question.state == Question.State.VISIBLE:
        raise Refused("not_now", "visible")
    question.state, question.shown_at = Question.State.VISIBLE, question.shown_at or now
    question.reason = question.answer = ""
    question.answer_is_private = False
    question.answered_at = question.answered_by = question.heard_at = question.merged_into = None
    question.save()
    show(question, now)
    announcing.tell(question, [announcing.details_of(question, now)], now)


@transaction.atomic
def dismiss(*, room_id: str, question_id: str, reason: str, now: datetime) -> None:
    """The asker is told the reason. Raises Refused."""
    question = lock_question(room_id, question_id)
    if not question.is_open:
        raise Refused("not_now", "not_open")
    gone = announcing.gone(question, QuestionDismissed(id=question.pk, at=protocol_time(now)))
    question.state, question.reason = Question.State.DISMISSED, reason
    question.answering_at = None
    question.save()
    announcing.tell(question, [*_still_seen(question, gone), announcing.details_of(question, now)], now)


def _still_seen(question: Question, gone: NewEvent) -> list[NewEvent]:
    """Hosts and the asker still see the question in its new state."""
    return [gone, announcing.event_of(question, QuestionChanged)]


@transaction.atomic
def merge(*, room_id: str, question_id: str, into_id: str, now: datetime) -> tuple[int, int]:
    """Returns the united upvotes and their version. Raises Refused."""
    lock_room(room_id)
    source, into = lock_question(room_id, question_id), lock_question(room_id, into_id)
    if source.pk == into.pk or source.meeting != into.meeting:
        raise Refused("bad_field", "into: another question of the same meeting")
    if not source.is_open or not into.is_open:
        raise Refused("not_now", "not_open")
    merged = QuestionMerged(id=source.pk, into=into.pk, at=protocol_time(now))
    gone = announcing.gone(source, merged)
    source.state, source.merged_into, source.answering_at = Question.State.MERGED, into, None
    source.save()
    Question.objects.filter(merged_into=source).update(merged_into=into)
    _unite_votes(source, into)
    events = [*_still_seen(source, gone), announcing.event_of(into, QuestionChanged)]
    announcing.tell(source, events, now)
    return into.votes, into.votes_version


def _unite_votes(source: Question, into: Question) -> None:
    """Both rows are locked, so no upvote is counted meanwhile. The source keeps its own, in case it is reopened."""
    table = connection.ops.quote_name(QuestionVote._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (question_id, participant_id)"  # noqa: S608 - a name of ours
            f" SELECT %s, participant_id FROM {table} WHERE question_id = %s"
            " ORDER BY participant_id ON CONFLICT DO NOTHING",
            [into.pk, source.pk],
        )
    into.votes = into.upvotes.count()
    into.votes_version += 1
    into.save(update_fields=["votes", "votes_version"])


@transaction.atomic
def pin(*, room_id: str, question_id: str, on: bool, now: datetime) -> None:
    question = lock_question(room_id, question_id)
    if question.is_pinned == on:
        return
    question.is_pinned = on
    question.save(update_fields=["is_pinned"])
    announcing.tell(question, [announcing.event_of(question, QuestionChanged)], now)


@transaction.atomic
def assign(*, room_id: str, question_id: str, participant: int | None, now: datetime) -> None:
    """`participant` is the key of somebody in the room, or None. Raises Refused."""
    question = lock_question(room_id, question_id)
    if participant is None:
        question.assigned_to = None
    else:
        question.assigned_to = Participant.objects.filter(pk=participant, room=room_id).first()
        if question.assigned_to is None:
            raise Refused("not_found")
    question.save(update_fields=["assigned_to"])
    announcing.tell(question, [announcing.event_of(question, QuestionChanged)], now)


@transaction.atomic
def translate(*, room_id: str, question_id: str, language: str, text: str, now: datetime) -> None:
    """Raises Refused."""
    question = lock_question(room_id, question_id)
    if not is_known_language(language) or language == question.language:
        raise Refused("bad_field", "language: another supported one")
    found = cleaned(text).strip()
    if not found:
        raise Refused("bad_field", "text: empty once cleaned")
    question.translations = {**question.translations, language: found}
    question.save(update_fields=["translations"])
    announcing.tell(question, [announcing.event_of(question, QuestionChanged)], now)
