"""Operations on programmes."""

from datetime import date
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from ninja.decorators import decorate_view
from pydantic import Field

from api.auth import Scope
from api.idempotency import idempotent
from api.paging import Page, PageQuery, page
from api.problems import Problem
from companies.api.people import caller
from companies.api.schemas import (
    Day,
    Flag,
    Line,
    NamedTitle,
    OptionalText,
    RequestModel,
    ZoneName,
    example,
    strip_nul,
)
from meetings import access, announcing
from meetings.access import Visitor
from meetings.api.schemas import absolute_url, counted_in_list, shown
from meetings.models import Programme

router = Router(tags=["programmes"])

ProgrammeKind = Literal["webinar_series", "conference", "project_development", "study_visit"]


class ProgrammeIn(RequestModel):
    model_config = example(
        slug="harbour-heat",
        kind="webinar_series",
        title={"en": "Harbour heat"},
        starts_on="2030-01-10",
        ends_on="2030-03-28",
        published=True,
    )

    slug: Annotated[Line, Field(pattern=r"^[a-z0-9-]+$", min_length=2)]
    kind: ProgrammeKind
    title: NamedTitle
    summary: OptionalText = {}
    description: OptionalText = {}
    timezone: ZoneName = Field(default_factory=lambda: str(settings.DEFAULT_TIMEZONE))
    starts_on: Day | None = None
    ends_on: Day | None = None
    place: Line = ""
    published: Flag = False


class ProgrammeOut(Schema):
    slug: str
    kind: str
    title: dict[str, str]
    summary: dict[str, str]
    description: dict[str, str]
    timezone: str
    starts_on: date | None
    ends_on: date | None
    place: str
    published: bool
    url: str
    meetings: int = Field(description="number of published meetings in this programme")


def programme_out(programme: Programme) -> ProgrammeOut:
    return shown(
        ProgrammeOut,
        programme,
        published=programme.is_published,
        url=absolute_url("programme", programme.slug),
        meetings=counted_in_list(programme, "published_count", programme.meetings.published()),
    )


@router.get("", response=Page[ProgrammeOut], auth=Scope("programmes:read"), summary="List programmes")
def list_programmes(request: HttpRequest, asked: Query[PageQuery]) -> dict[str, Any]:
    """Newest first. Only the secretariat sees unpublished programmes."""
    seen = access.visible_programmes(Visitor(person=caller(request)))
    return page(seen.with_meetings_announced(), asked, "-created_at", programme_out)


@router.get("/{slug}", response=ProgrammeOut, auth=Scope("programmes:read"), summary="Read a programme")
def read(request: HttpRequest, slug: str) -> ProgrammeOut:
    """Its meetings are found with `GET /api/v1/meetings?programme=` and this slug."""
    return programme_out(access.programme_for(Visitor(person=caller(request)), strip_nul(slug)))


@router.post("", response={201: ProgrammeOut}, auth=Scope("programmes:write"), summary="Create a programme")
@decorate_view(idempotent)
def announce(request: HttpRequest, payload: ProgrammeIn) -> Status[ProgrammeOut]:
    """Secretariat only."""
    if not caller(request).is_secretariat:
        raise Problem(403, _("Only the secretariat can create programmes."))
    given = payload.model_dump(exclude={"published"})
    details = announcing.ProgrammeDetails(**given, is_published=payload.published)
    try:
        made = announcing.announce_programme(details=details, now=timezone.now())
    except announcing.UnableToAnnounce as refusal:
        if refusal.code == "slug_taken":
            raise Problem(409, refusal.message) from refusal
        raise
    return Status(201, programme_out(made))
