"""Resumable uploads of files from browsers. Only who began an upload sees it, while they write in the project."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from api.tus import (
    TusRefusal,
    answer,
    created,
    length_of,
    metadata_of,
    refuse_other_versions,
    speaks_tus,
)
from meetings.access import NotVisible, visitor_of
from projects import access, filing, tus
from projects.file_kinds import LARGEST_FILE


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
        raise tus.refusal_of(refusal) from refusal
    return created(upload, reverse("file_upload", args=[upload.pk]), tus.uploads_at(timezone.now(), visitor))


@speaks_tus(_largest, "HEAD", "PATCH", "DELETE")
def file_upload(request: HttpRequest, upload_id: str) -> HttpResponse:
    visitor = visitor_of(request)
    return answer(
        request, lambda: access.file_upload_for(visitor, upload_id), tus.uploads_at(timezone.now(), visitor)
    )
