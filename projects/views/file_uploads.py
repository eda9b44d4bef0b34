"""Resumable uploads of files from browsers. Only who began an upload sees it, while they write in the project."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext as _

from api.tus import (
    TusRefusal,
    Uploads,
    answer,
    created,
    length_of,
    metadata_of,
    refuse_other_versions,
    speaks_tus,
)
from meetings.access import NotVisible, Visitor, visitor_of
from projects import access, filing
from projects.file_kinds import LARGEST_FILE
from projects.models import FileUpload
from projects.tasks import wake_worker

_STATUS_OF = {
    "too_large": 413,
    "quota": 413,
    "unknown_type": 415,
    "other_content": 415,
    "other_type": 415,
    "has_macros": 415,
    "disk_full": 507,
    "gone": 410,
}


def _largest() -> int:
    return LARGEST_FILE


@speaks_tus(_largest, "POST")
def file_uploads(request: HttpRequest) -> HttpResponse:
    refuse_other_versions(request)
    asked, visitor = metadata_of(request), visitor_of(request)
    if visitor.person is None:
        raise NotVisible
    project = access.writer_in(visitor, asked.get("project", "")).project
    file = access.file_in(project, asked["file"]) if asked.get("file") else None
    length = length_of(request)
    if length is None:
        raise TusRefusal(400, _("Set Upload-Length to the size of the file."))
    try:
        upload = filing.begin_upload(
            project=project,
            file=file,
            name=asked.get("filename", ""),
            length=length,
            by=visitor,
            now=timezone.now(),
        )
    except filing.UnableToFile as refusal:
        raise _refusal_of(refusal) from refusal
    return created(upload, reverse("file_upload", args=[upload.pk]), _uploads(visitor))


@speaks_tus(_largest, "HEAD", "PATCH", "DELETE")
def file_upload(request: HttpRequest, upload_id: str) -> HttpResponse:
    visitor = visitor_of(request)
    return answer(request, lambda: access.file_upload_for(visitor, upload_id), _uploads(visitor))


def _uploads(visitor: Visitor) -> Uploads[FileUpload]:
    def receive(upload: FileUpload, offset: int, part: bytes, _length: int | None) -> FileUpload:
        try:
            received = filing.receive_part(
                upload=upload, offset=offset, part=part, by=visitor, now=timezone.now()
            )
        except filing.UnableToFile as refusal:
            raise _refusal_of(refusal) from refusal
        if received.offset == received.length:
            wake_worker(received.pk)  # a version has the id of its upload
        return received

    return Uploads(
        lambda upload: (upload.offset, upload.length),
        receive,
        lambda upload: filing.abandon_upload(upload=upload),
        _about,
    )


def _refusal_of(refusal: filing.UnableToFile) -> TusRefusal:
    return TusRefusal(_STATUS_OF.get(refusal.code, 409), refusal.message)


def _about(upload: FileUpload) -> dict[str, str]:
    return {"Upload-Expires": http_date((upload.touched_at + filing.UPLOAD_KEPT).timestamp())}
