"""The agenda of a meeting, for programs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from api.auth import Scope
from api.idempotency import etag_of, is_current
from api.problems import Problem
from companies.api.people import caller
from companies.api.schemas import Line, NamedTitle, RequestModel, WholeNumber, example, strip_nul
from engagement.agenda import planning
from engagement.agenda.agenda_input import MOST_ITEMS, ItemInput
from engagement.agenda.models import LONGEST
from engagement.models import AgendaItem
from meetings import access
from meetings.access import Level, Visitor
from meetings.models import Meeting
from portal import agendas

router = Router(tags=["meetings"])


class AgendaItemIn(RequestModel):
    id: Annotated[str, Field(max_length=16)] | None = Field(
        None, description="of the item that it replaces; without one it is new"
    )
    title: NamedTitle
    minutes: Annotated[WholeNumber, Field(ge=1, le=LONGEST)]
    speaker: Line = ""


class AgendaIn(RequestModel):
    model_config = example(
        items=[
            {"title": {"en": "Welcome", "sv": "Välkommen"}, "minutes": 5},
            {"title": {"en": "Heat for harbours"}, "minutes": 20, "speaker": "Rūta Kazlauskaitė"},
        ]
    )

    items: list[AgendaItemIn] = Field(max_length=MOST_ITEMS, description="in their order")


class AgendaItemOut(Schema):
    id: str
    title: dict[str, str] = Field(description="by language")
    minutes: int
    speaker: str
    starts_at: datetime = Field(description="as planned: the start of the meeting and the items before")
    started_at: datetime | None = Field(description="when it became the current item in the room")
    ended_at: datetime | None


class AgendaOut(Schema):
    items: list[AgendaItemOut]


@router.get(
    "/meetings/{meeting_id}/agenda",
    response=AgendaOut,
    auth=Scope("meetings:read"),
    operation_id="meetings_agenda",
    summary="Read the agenda of a meeting",
)
def read_agenda(request: HttpRequest, response: HttpResponse, meeting_id: str) -> AgendaOut:
    """For everybody who may see the meeting. The response has an ETag to use in a later change."""
    meeting = access.meeting_for(Visitor(person=caller(request)), strip_nul(meeting_id))
    return _with_etag(response, _out(meeting, agendas.rows_of(meeting)))


@router.put(
    "/meetings/{meeting_id}/agenda",
    response=AgendaOut,
    auth=Scope("meetings:write"),
    operation_id="meetings_agenda_replace",
    summary="Replace the agenda of a meeting",
)
def replace_agenda(
    request: HttpRequest, response: HttpResponse, meeting_id: str, payload: AgendaIn
) -> AgendaOut:
    """Items that you send with their id keep what they are in the room; those that you leave out are removed."""
    visitor = Visitor(person=caller(request))
    meeting = access.meeting_for(visitor, strip_nul(meeting_id), Level.HOST)
    if not agendas.can_plan(meeting):
        raise Problem(409, _("This meeting is over. Its agenda can no longer be changed."), code="over")
    rows = planning.replace_agenda(
        room_id=meeting.room_id,
        meeting=meeting.pk,
        items=[
            ItemInput(id=one.id or "", title=one.title, minutes=one.minutes, speaker=one.speaker)
            for one in payload.items
        ],
        by=caller(request).pk,
        now=timezone.now(),
        is_current=lambda before: is_current(request, _out(meeting, before).model_dump()),
    )
    return _with_etag(response, _out(meeting, rows))


def _out(meeting: Meeting, rows: Sequence[AgendaItem]) -> AgendaOut:
    return AgendaOut(
        items=[
            AgendaItemOut(
                id=one.row.pk,
                title=one.row.title,
                minutes=one.row.minutes,
                speaker=one.row.speaker,
                starts_at=one.starts_at,
                started_at=one.row.started_at,
                ended_at=one.row.ended_at,
            )
            for one in agendas.planned(meeting, rows)
        ]
    )


def _with_etag(response: HttpResponse, shown: AgendaOut) -> AgendaOut:
    response["ETag"] = etag_of(shown.model_dump())
    return shown
