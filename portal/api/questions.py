"""Questions of a meeting, for programs."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from api.auth import Scope
from api.paging import Page, PageQuery, page
from companies.api.people import caller
from companies.api.schemas import strip_nul
from engagement.models import Question
from meetings.access import Visitor
from portal.live_questions import Reader, reader_of

router = Router(tags=["meetings"])


class LiveQuestionAsker(Schema):
    name: str
    company: str


class LiveQuestionAnswer(Schema):
    text: str = Field(description="empty when it was answered aloud only, or when the answer is private")
    aloud: bool
    private: bool
    by: str
    at: datetime


class LiveQuestionOut(Schema):
    model_config = ConfigDict(populate_by_name=True)  # Ninja reads the fields of the answer by their names
    id: str
    text: str
    language: str
    translations: dict[str, str]
    asker: LiveQuestionAsker | None = Field(alias="from", description="null when the question is anonymous")
    votes: int
    state: str = Field(description="held, visible, answered, dismissed or merged")
    at: datetime
    pinned: bool
    assigned: str | None = Field(description="the speaker who is to answer")
    answer: LiveQuestionAnswer | None
    reason: str = Field(description="why it was dismissed: for hosts and the asker")


@router.get(
    "/meetings/{meeting_id}/questions",
    response=Page[LiveQuestionOut],
    by_alias=True,
    auth=Scope("meetings:read"),
    operation_id="meetings_questions",
    summary="List the questions of a meeting",
)
def questions(request: HttpRequest, meeting_id: str, query: Query[PageQuery]) -> dict[str, Any]:
    """Newest first. Hosts get all, others what everybody saw and their own."""
    reader = reader_of(Visitor(person=caller(request)), strip_nul(meeting_id))
    return page(reader.questions(), query, "-asked_at", lambda question: _out(question, reader))


def _out(question: Question, reader: Reader) -> LiveQuestionOut:
    asker = question.participant if reader.asker_of(question) else None
    return LiveQuestionOut.model_validate(
        {
            "id": question.pk,
            "text": question.text,
            "language": question.language,
            "translations": question.translations,
            "from": {"name": asker.name, "company": asker.company_name} if asker is not None else None,
            "votes": question.votes,
            "state": question.state,
            "at": question.asked_at,
            "pinned": question.is_pinned,
            "assigned": question.assigned_to.name if question.assigned_to is not None else None,
            "answer": _answer(question, reader),
            "reason": question.reason if reader.sees_details(question) else "",
        }
    )


def _answer(question: Question, reader: Reader) -> LiveQuestionAnswer | None:
    if question.state != Question.State.ANSWERED or question.answered_at is None:
        return None
    return LiveQuestionAnswer(
        text=reader.answer_of(question),
        aloud=question.heard_at is not None,
        private=question.answer_is_private,
        by=question.answered_by.name if question.answered_by is not None else "",
        at=question.heard_at or question.answered_at,
    )
