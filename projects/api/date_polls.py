"""Operations on date polls of a project: read with their results, and answered."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from api.auth import Scope
from api.paging import Page, PageQuery, page
from api.problems import invalid
from companies.api.schemas import RequestModel, example, strip_nul
from meetings.api.schemas import absolute_url
from projects import access, date_polling
from projects.api.callers import reader, visitor_asking
from projects.date_polling import MOST_TIMES, PolledTime
from projects.models import DatePoll

router = Router(tags=["projects"])


class DatePollOut(Schema):
    id: str
    title: dict[str, str]
    timezone: str = Field(description="in which the times were proposed")
    state: str = Field(description="open, chosen or ended")
    closes_at: datetime = Field(description="until when it takes answers")
    meeting: str | None = Field(description="id of the meeting at the chosen time")
    made_by: int | None = Field(description="id of the member")
    made_at: datetime
    url: str


class TimeOut(Schema):
    id: str
    starts_at: datetime
    minutes: int
    yes: list[int] = Field(description="ids of the members who can")
    maybe: list[int] = Field(description="who can if need be")
    no: list[int] = Field(description="who cannot")
    is_best: bool


class ResultsOut(DatePollOut):
    times: list[TimeOut]


class AnswersIn(RequestModel):
    model_config = example(answers={"k3v8x2m9q4wd": "yes", "t7b5n1h6z0jc": "maybe"})

    answers: dict[str, Literal["yes", "maybe", "no"]] = Field(
        min_length=1, max_length=MOST_TIMES, description="for each time of the poll, by its id"
    )


@router.get(
    "/{project_id}/date-polls",
    response=Page[DatePollOut],
    auth=Scope("projects:read"),
    summary="List the date polls of a project",
)
def list_date_polls(request: HttpRequest, project_id: str, asked: Query[PageQuery]) -> dict[str, Any]:
    """Newest first."""
    return page(
        reader(request, project_id).project.date_polls.all(),
        asked,
        "-made_at",
        lambda poll: DatePollOut(**_fields_of(poll)),
    )


@router.get(
    "/{project_id}/date-polls/{poll_id}",
    response=ResultsOut,
    auth=Scope("projects:read"),
    summary="Read a date poll",
)
def read_date_poll(request: HttpRequest, project_id: str, poll_id: str) -> ResultsOut:
    """With its times, and who has answered what."""
    reader(request, project_id)
    return results_out(access.date_poll_in(strip_nul(project_id), strip_nul(poll_id)))


@router.put(
    "/{project_id}/date-polls/{poll_id}/answers",
    response=ResultsOut,
    auth=Scope("projects:write"),
    summary="Answer a date poll",
)
def answer_date_poll(request: HttpRequest, project_id: str, poll_id: str, payload: AnswersIn) -> ResultsOut:
    """For the caller, also a reader, in place of earlier answers. 409 once it takes no more answers."""
    reader(request, project_id)
    poll = access.date_poll_in(strip_nul(project_id), strip_nul(poll_id))
    try:
        date_polling.answer(
            poll=poll, answers=payload.answers, by=visitor_asking(request), now=timezone.now()
        )
    except date_polling.UnableToPoll as refusal:
        if refusal.code == "incomplete":
            raise invalid({"answers": [refusal.message]}) from refusal
        raise
    return results_out(poll)


def results_out(poll: DatePoll) -> ResultsOut:
    return ResultsOut(**_fields_of(poll), times=[_time_out(one) for one in date_polling.results_of(poll)])


def _fields_of(poll: DatePoll) -> dict[str, Any]:
    return {
        "id": poll.pk,
        "title": poll.title,
        "timezone": poll.timezone,
        "state": poll.state,
        "closes_at": poll.closes_at,
        "meeting": poll.meeting_id,
        "made_by": poll.made_by_id,
        "made_at": poll.made_at,
        "url": absolute_url("date_poll", poll.project_id, poll.pk),
    }


def _time_out(one: PolledTime) -> TimeOut:
    return TimeOut(
        id=one.row.pk,
        starts_at=one.row.starts_at,
        minutes=one.row.minutes,
        is_best=one.is_best,
        **{answer: [person.pk for person in people] for answer, people in one.people.items()},
    )
