"""Resumable uploads from browsers: whole files, and the parts of a capture.

`recording.start` in the room creates a capture's upload; its length comes with the last part.
Only the host who began an upload sees it.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import now

from api.tus import answer, created, length_of, refuse_other_versions, speaks_tus
from meetings import access
from meetings.access import Level, NotVisible
from recordings import tus, uploading
from recordings.access import upload_for
from recordings.arriving import max_upload_bytes


@speaks_tus(max_upload_bytes, "POST")
def uploads(request: HttpRequest) -> HttpResponse:
    refuse_other_versions(request)
    asked, visitor = tus.creation_of(request), access.visitor_of(request)
    meeting = access.meeting_for(visitor, asked.meeting, Level.HOST)
    if visitor.person is None:
        raise NotVisible
    try:
        upload = uploading.begin_upload(
            meeting=meeting,
            by=visitor.person,
            length=length_of(request),
            now=now(),
            filename=asked.filename,
            content_type=asked.content_type,
            replace=asked.replace,
        )
    except uploading.UnableToUpload as error:
        raise tus.refusal_of(error, request) from error
    return created(upload, reverse("upload", args=[upload.pk]), tus.uploads_at(now()))


@speaks_tus(max_upload_bytes, "HEAD", "PATCH", "DELETE")
def upload(request: HttpRequest, upload_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    return answer(request, lambda: upload_for(visitor, upload_id), tus.uploads_at(now()))
