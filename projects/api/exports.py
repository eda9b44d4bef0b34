"""Operations on exports of a project: asked for, followed and downloaded by its leads."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from ninja.decorators import decorate_view
from pydantic import Field

from api.auth import Scope
from api.idempotency import idempotent
from api.paging import Page, PageQuery, page
from companies.api.schemas import strip_nul
from meetings.api.schemas import absolute_url
from projects import access, downloads, exporting
from projects.api.callers import lead, visitor_asking
from projects.models import ProjectExport
from projects.tasks import wake_exporter

router = Router(tags=["projects"])
ARCHIVE = {
    "responses": {
        200: {
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
            "description": "The archive, as an attachment.",
        }
    }
}


class ExportOut(Schema):
    id: str
    state: str = Field(description="waiting, running, ready or failed")
    done: int = Field(description="of `total` steps, while it is running")
    total: int
    size: int = Field(description="bytes, once it is ready")
    asked_by: int | None = Field(description="id of the member")
    asked_at: datetime
    finished_at: datetime | None
    kept_until: datetime | None = Field(description="when it is deleted")
    content: str | None = Field(description="URL of the archive, for the same token; null unless it is ready")


@router.get(
    "/{project_id}/exports",
    response=Page[ExportOut],
    auth=Scope("projects:read"),
    summary="List the exports of a project",
)
def list_exports(request: HttpRequest, project_id: str, asked: Query[PageQuery]) -> dict[str, Any]:
    """Newest first. For leads."""
    return page(access.exports_of(lead(request, project_id).project), asked, "-asked_at", export_out)


@router.post(
    "/{project_id}/exports",
    response={201: ExportOut},
    auth=Scope("projects:write"),
    summary="Ask for an export",
)
@decorate_view(idempotent)
def ask_for_export(request: HttpRequest, project_id: str) -> Status[ExportOut]:
    """Everything of the project in one archive, made in the background. 409 while another one is being made."""
    project = lead(request, project_id).project
    export = exporting.ask_for_export(project=project, by=visitor_asking(request), now=timezone.now())
    wake_exporter(export.pk)
    return Status(201, export_out(export))


@router.get(
    "/{project_id}/exports/{export_id}",
    response=ExportOut,
    auth=Scope("projects:read"),
    summary="Read the state of an export",
)
def read_export(request: HttpRequest, project_id: str, export_id: str) -> ExportOut:
    """How far it is, and where it can be downloaded. For leads."""
    return export_out(access.export_in(lead(request, project_id).project, strip_nul(export_id)))


@router.get(
    "/{project_id}/exports/{export_id}/content",
    auth=Scope("projects:read"),
    url_name="export_content",
    summary="Download an export",
    openapi_extra=ARCHIVE,
)
def download_export(request: HttpRequest, project_id: str, export_id: str) -> HttpResponseBase:
    """A ZIP archive. 404 until it is ready."""
    project = lead(request, project_id).project
    return downloads.export_in(request, project, strip_nul(export_id))


def export_out(export: ProjectExport) -> ExportOut:
    return ExportOut(
        id=export.pk,
        state=export.state,
        done=export.done,
        total=export.total,
        size=export.size,
        asked_by=export.asked_by_id,
        asked_at=export.asked_at,
        finished_at=export.finished_at,
        kept_until=export.kept_until,
        content=absolute_url("api:export_content", export.project_id, export.pk) if export.is_ready else None,
    )
