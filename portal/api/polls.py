"""The polls of a meeting, for programs."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from api.auth import Scope
from api.paging import Page, PageQuery, page
from companies.api.people import caller
from companies.api.schemas import strip_nul
from engagement.models import Poll
from engagement.polls import results
from engagement.polls.messages import PollInfo
from meetings import access
from meetings.access import Level, Visitor

router = Router(tags=["meetings"])


class PollOptionOut(Schema):
    id: int
    text: str = Field(description="in the meeting's language")
    translations: dict[str, str] = Field(description="by language, where the host gave them")


class PollResultOut(Schema):
    id: int = Field(description="of the option; in a word cloud the rank")
    votes: int = Field(description="in a ranking the sum of points")
    text: str = Field(description="the answer in a word cloud, else empty")


class PollOut(Schema):
    id: str
    kind: str = Field(description="single, multiple, rating, words, ranking or quiz")
    title: str = Field(description="in the meeting's language")
    translations: dict[str, str] = Field(description="by language, where the host gave them")
    options: list[PollOptionOut]
    state: Literal["prepared", "open", "closed"]
    anonymous: bool
    opened_at: datetime | None
    closed_at: datetime | None
    voters: int | None = Field(description="how many voted; null where the caller may not see it")
    results: list[PollResultOut] | None = Field(description="null where the caller may not see them")
    right: list[int] | None = Field(description="right answers of a quiz, once shared")


@router.get(
    "/meetings/{meeting_id}/polls",
    response=Page[PollOut],
    auth=Scope("meetings:read"),
    operation_id="meetings_polls",
    summary="List the polls of a meeting",
)
def list_polls(request: HttpRequest, meeting_id: str, asked: Query[PageQuery]) -> dict[str, Any]:
    """Oldest first. Hosts get all; participants those that were opened, with the results that were shared; others
    those whose results are on the meeting's page. Nothing says who chose what."""
    visitor = Visitor(person=caller(request))
    meeting = access.meeting_for(visitor, strip_nul(meeting_id))
    level = access.level_in(visitor, meeting)
    if level >= Level.HOST:
        rows, is_host = results.polls_of_meeting(meeting.pk), True
    elif level >= Level.READ:
        rows, is_host = results.polls_opened_in(meeting.pk), False
    else:
        rows, is_host = results.polls_on_page_of(meeting.pk), False
    return page(results.with_results(rows), asked, "created_at", lambda poll: _out(poll, is_host=is_host))


def _out(poll: Poll, *, is_host: bool) -> PollOut:
    info: PollInfo = results.info_of(poll)
    shown = info if is_host else results.for_attendee(info)
    return PollOut(
        **shown.model_dump(include={"id", "kind", "title", "state", "anonymous", "voters", "right"}),
        translations=shown.translations,
        options=[
            PollOptionOut(id=each.id, text=each.text, translations=each.translations)
            for each in shown.options
        ],
        opened_at=poll.opened_at,
        closed_at=poll.closed_at,
        results=None
        if shown.results is None
        else [PollResultOut(id=each.id, votes=each.votes, text=each.text) for each in shown.results],
    )
