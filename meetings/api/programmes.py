"""Operations on programmes."""

from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from ninja.decorators import decorate_view

from companies.api.auth import Scope, caller
from companies.api.paging import Page, PageQuery, page
from companies.api.problems import Problem
from companies.api.repeating import idempotent
from companies.api.schemas import dropping_nul
from meetings import access
from meetings.access import Visitor
from meetings.api.asked import ProgrammeIn
from meetings.api.schemas import ProgrammeOut, programme_out, with_meetings
from meetings.models import Programme

router = Router(tags=["programmes"])


@router.get("", response=Page[ProgrammeOut], auth=Scope("programmes:read"), summary="List programmes")
def list_programmes(request: HttpRequest, asked: Query[PageQuery]) -> dict[str, Any]:
    """Newest first; drafts for the secretariat alone."""
    seen = access.visible_programmes(Visitor(person=caller(request)))
    return page(with_meetings(seen), asked, "-created_at", programme_out)


@router.get("/{slug}", response=ProgrammeOut, auth=Scope("programmes:read"), summary="Read a programme")
def read(request: HttpRequest, slug: str) -> ProgrammeOut:
    """Its meetings are found with `GET /api/v1/meetings?programme=` and this slug."""
    return programme_out(access.programme_for(Visitor(person=caller(request)), dropping_nul(slug)))


@router.post("", response={201: ProgrammeOut}, auth=Scope("programmes:write"), summary="Announce a programme")
@decorate_view(idempotent)
def announce(request: HttpRequest, payload: ProgrammeIn) -> Status[ProgrammeOut]:
    """For the secretariat."""
    if not caller(request).is_secretariat:
        raise Problem(403, _("Only the secretariat announces programmes."))
    if payload.ends_on and (payload.starts_on is None or payload.ends_on < payload.starts_on):
        raise Problem(422, _("Some fields are not valid."), {"ends_on": [_("It ends before it starts.")]})
    given = payload.model_dump(exclude={"published"})
    try:
        with transaction.atomic():
            made = Programme.objects.create(
                **given, is_published=payload.published, created_at=timezone.now()
            )
    except IntegrityError as error:
        raise Problem(409, _("There is a programme with this slug already.")) from error
    return Status(201, programme_out(made))
