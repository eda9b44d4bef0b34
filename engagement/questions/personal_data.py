"""Personal data of questions: exported, erased with an account, and deleted after some months."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from companies.models import Person
from companies.personal_data import (
    Column,
    Export,
    RetentionRule,
    register,
    register_impersonal,
    register_retention,
)
from companies.retention import delete_in_batches, months_before
from engagement.questions import announcing
from engagement.questions.models import Question, QuestionSettings, QuestionVote
from rooms.models import Presence
from rooms.personal_data import ROOM, add_room_titles


def register_all() -> None:
    register(
        Question,
        "questions",
        export=Export(
            rows=lambda person: Question.objects.filter(participant__person=person),
            columns=[
                *ROOM,
                *("text", "language", "hidden_from", "asked_at", "edited_at", "shown_at", "state", "votes"),
                Column("answer", _("answer"), lambda row: row.answer),
                *("answer_is_private", "answered_at", "reason"),
            ],
            prepare=add_room_titles,
            title=_("Questions that you asked"),
        ),
        erase=erase_questions,
        without={
            "id": "a number of the service",
            "meeting": "the room's title names it",
            "participant": "the person",
            "role": "the meeting says it",
            "translations": "written by others",
            "is_pinned": "decided by hosts",
            "votes_version": "a number of the service",
            "seq": "a number of the service",
            "assigned_to": "another person",
            "answering_at": "decided by hosts",
            "heard_at": "decided by hosts",
            "answered_by": "another person",
            "merged_into": "another person's question",
            "client_id": "a number made by the browser",
        },
    )
    register(
        QuestionVote,
        "question_votes",
        export=Export(
            rows=lambda person: QuestionVote.objects.filter(participant__person=person).select_related(
                "question"
            ),
            columns=[Column("question", _("question"), lambda row: row.question.text)],
            title=_("Questions that you upvoted"),
        ),
        why_not_erased="deleted with the participants of the person",
        without={"participant": "the person"},
    )
    register_impersonal("settings of a room", QuestionSettings)
    register_retention(RetentionRule("questions", delete_old_questions))


@transaction.atomic
def erase_questions(person: Person, now: datetime) -> None:
    """As if they had deleted each of them; rooms with people in them are told. Their answers stay, without a name."""
    own = Question.objects.filter(participant__person=person)
    announcing.erase_texts(own)
    for question in own.filter(_is_occupied()).order_by("room", "seq"):
        announcing.tell(question, [announcing.deletion_of(question, now)], now)
    own.delete()
    answered = Question.objects.filter(answered_by=person)
    announcing.erase_answerer(answered)
    answered.update(answered_by=None)


def _is_occupied() -> Exists:
    return Exists(Presence.objects.present().filter(room=OuterRef("room")))


def delete_old_questions(now: datetime, limit: int) -> int:
    """Those asked before RETENTION_CHAT_MONTHS."""
    return delete_in_batches(_before(months_before(now, settings.RETENTION_CHAT_MONTHS)), limit)


def _before(cutoff: datetime) -> QuerySet[Question]:
    return Question.objects.filter(asked_at__lt=cutoff).order_by("asked_at")
