"""Operations on the files of a project: read with all versions, downloaded, and uploaded in parts (tus)."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from ninja import Path, Query, Router, Schema, Status
from ninja.decorators import decorate_view
from pydantic import Field

from api.auth import Scope
from api.idempotency import idempotent
from api.paging import Page, PageQuery, page
from api.problems import invalid
from api.tus import OPENAPI, answer_to_program
from companies.api.schemas import Line, RequestModel, WholeNumber, example, strip_nul
from meetings.access import NotVisible
from meetings.api.schemas import absolute_url
from projects import access, downloads, filing, tus
from projects.api.callers import reader, visitor_asking
from projects.models import FileUpload, FileVersion, ProjectFile

router = Router(tags=["projects"])
MOST = 2**15 - 1
Number = Annotated[int, Path(ge=1, le=MOST)]
CONTENT = {
    "responses": {
        200: {
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            "description": "The bytes, as an attachment of the type of the file.",
        }
    }
}
_FIELD_OF = {
    **dict.fromkeys(("bad_name", "unknown_type", "other_type", "too_many_versions"), "name"),
    **dict.fromkeys(("empty", "too_large"), "size"),
}


class FileOut(Schema):
    id: str
    name: str
    type: str = Field(description="pdf, png, docx and so on: how the name ends")
    version: int = Field(description="number of the newest version")
    added_by: int | None = Field(description="id of the member")
    added_at: datetime
    changed_at: datetime
    url: str


class VersionOut(Schema):
    number: int
    size: int = Field(description="bytes")
    sha256: str
    state: str = Field(description="waiting (for the virus scanner), ready or refused")
    failure: str = Field(description="why it is refused: virus or too_large; empty otherwise")
    uploaded_by: int | None = Field(description="id of the member")
    uploaded_at: datetime
    content: str | None = Field(description="URL of the bytes, for the same token; null unless it is ready")


class FileIn(RequestModel):
    model_config = example(name="Depths.csv", size=2048)

    name: Line = Field(min_length=1, max_length=400, description="with its extension")
    size: WholeNumber = Field(ge=0, lt=2**53, description="bytes")


class FileUploadOut(Schema):
    id: str = Field(description="of the version, once the last byte has arrived and the file is accepted")
    name: str = Field(description="as the file will be called")
    expires_at: datetime = Field(description="when what has arrived is deleted, unless more arrives")
    upload: str = Field(description="URL to send the bytes to, with tus 1.0 PATCH requests")


@router.get(
    "/{project_id}/files",
    response=Page[FileOut],
    auth=Scope("projects:read"),
    summary="List the files of a project",
)
def list_files(request: HttpRequest, project_id: str, asked: Query[PageQuery]) -> dict[str, Any]:
    """Those added last first."""
    return page(reader(request, project_id).project.files.all(), asked, "-added_at", file_out)


@router.get(
    "/{project_id}/files/{file_id}", response=FileOut, auth=Scope("projects:read"), summary="Read a file"
)
def read_file(request: HttpRequest, project_id: str, file_id: str) -> FileOut:
    """What it is called, and which version is the newest."""
    return file_out(_file(request, project_id, file_id))


@router.get(
    "/{project_id}/files/{file_id}/versions",
    response=Page[VersionOut],
    auth=Scope("projects:read"),
    summary="List the versions of a file",
)
def list_versions(
    request: HttpRequest, project_id: str, file_id: str, asked: Query[PageQuery]
) -> dict[str, Any]:
    """Newest first, each with the URL of its bytes."""
    file = _file(request, project_id, file_id)
    return page(file.versions.select_related("file"), asked, "-uploaded_at", version_out)


@router.get(
    "/{project_id}/files/{file_id}/versions/{number}/content",
    auth=Scope("projects:read"),
    url_name="file_content",
    summary="Download a version of a file",
    openapi_extra=CONTENT,
)
def download_version(request: HttpRequest, project_id: str, file_id: str, number: Number) -> HttpResponseBase:
    """404 while the virus scanner has not let it pass."""
    return downloads.version_of(request, _file(request, project_id, file_id), number)


@router.post(
    "/{project_id}/files",
    response={201: FileUploadOut},
    auth=Scope("projects:write"),
    summary="Start the upload of a file",
)
@decorate_view(idempotent)
def begin_file(request: HttpRequest, project_id: str, payload: FileIn) -> Status[FileUploadOut]:
    """Where the project has a file of this name, it becomes its newest version.

    The response says where to send the bytes, with tus 1.0 and the same token. Not for readers.
    """
    return Status(201, _begin(request, reader(request, project_id), payload))


@router.post(
    "/{project_id}/files/{file_id}/versions",
    response={201: FileUploadOut},
    auth=Scope("projects:write"),
    summary="Start the upload of a new version",
)
@decorate_view(idempotent)
def begin_version(
    request: HttpRequest, project_id: str, file_id: str, payload: FileIn
) -> Status[FileUploadOut]:
    """Of the same type; the file keeps its name. The response says where to send the bytes."""
    member = reader(request, project_id)
    file = access.file_in(member.project, strip_nul(file_id))
    return Status(201, _begin(request, member, payload, file))


@router.api_operation(
    ["HEAD", "PATCH"],
    "/{project_id}/uploads/{upload_id}",
    auth=Scope("projects:write"),
    url_name="file_upload",
    summary="Upload the bytes of a file",
    openapi_extra=OPENAPI,
)
def receive_part(request: HttpRequest, project_id: str, upload_id: str) -> HttpResponse:
    """In parts of at most 16 MiB (tus 1.0.0). With the last one the file is checked, and kept or refused."""

    def find() -> FileUpload:
        upload = access.file_upload_for(visitor, strip_nul(upload_id))
        if upload.project_id != project_id:
            raise NotVisible
        return upload

    visitor = visitor_asking(request)
    return answer_to_program(request, find, tus.uploads_at(timezone.now(), visitor))


def _file(request: HttpRequest, project_id: str, file_id: str) -> ProjectFile:
    return access.file_in(reader(request, project_id).project, strip_nul(file_id))


def _begin(
    request: HttpRequest, member: access.Membership, asked: FileIn, file: ProjectFile | None = None
) -> FileUploadOut:
    try:
        upload = filing.begin_upload(
            project=member.project,
            file=file,
            name=asked.name,
            length=asked.size,
            by=visitor_asking(request),
            now=timezone.now(),
        )
    except filing.UnableToFile as refusal:
        if refusal.code in _FIELD_OF:
            raise invalid({_FIELD_OF[refusal.code]: [refusal.message]}) from refusal
        raise
    return FileUploadOut(
        id=upload.pk,
        name=upload.name,
        expires_at=upload.touched_at + filing.UPLOAD_KEPT,
        upload=absolute_url("api:file_upload", upload.project_id, upload.pk),
    )


def file_out(file: ProjectFile) -> FileOut:
    return FileOut(
        id=file.pk,
        name=file.name,
        type=file.file_type,
        version=file.versions_made,
        added_by=file.added_by_id,
        added_at=file.added_at,
        changed_at=file.changed_at,
        url=absolute_url("project_file", file.project_id, file.pk),
    )


def version_out(version: FileVersion) -> VersionOut:
    address = (version.file.project_id, version.file_id, version.number)
    return VersionOut(
        number=version.number,
        size=version.size,
        sha256=version.sha256,
        state=version.state,
        failure=version.failure,
        uploaded_by=version.uploaded_by_id,
        uploaded_at=version.uploaded_at,
        content=absolute_url("api:file_content", *address) if version.is_ready else None,
    )
