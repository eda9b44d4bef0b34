"""Operations on programmes."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from ninja.decorators import decorate_view

from api.auth import Scope
from api.idempotency import idempotent
from api.paging import Page, PageQuery, page
from api.problems import Problem
from companies.api.people import caller
from companies.api.schemas import strip_nul
from meetings import access, announcing
from meetings.access import Visitor
from meetings.api.requests import ProgrammeIn
from meetings.api.schemas import ProgrammeOut, programme_out

router = Router(tags=["programmes"])


@router.get("", response=Page[ProgrammeOut], auth=Scope("programmes:read"), summary="List programmes")
def list_programmes(request: HttpRequest, asked: Query[PageQuery]) -> dict[str, Any]:
    """Newest first; drafts for the secretariat alone."""
    seen = access.visible_programmes(Visitor(person=caller(request)))
    return page(seen.with_meetings_announced(), asked, "-created_at", programme_out)


@router.get("/{slug}", response=ProgrammeOut, auth=Scope("programmes:read"), summary="Read a programme")
def read(request: HttpRequest, slug: str) -> ProgrammeOut:
    """Its meetings are found with `GET /api/v1/meetings?programme=` and this slug."""
    return programme_out(access.programme_for(Visitor(person=caller(request)), strip_nul(slug)))


@router.post("", response={201: ProgrammeOut}, auth=Scope("programmes:write"), summary="Announce a programme")
@decorate_view(idempotent)
def announce(request: HttpRequest, payload: ProgrammeIn) -> Status[ProgrammeOut]:
    """For the secretariat."""
    if not caller(request).is_secretariat:
        raise Problem(403, _("Only the secretariat announces programmes."))
    given = payload.model_dump(exclude={"published"})
    details = announcing.ProgrammeDetails(**given, is_published=payload.published)
    try:
        made = announcing.announce_programme(details=details, now=timezone.now())
    except announcing.UnableToAnnounce as refusal:
        if refusal.code == "slug_taken":
            raise Problem(409, refusal.message) from refusal
        raise
    return Status(201, programme_out(made))
