"""Recordings as uploads of tus (`api.tus`): what a client declares, and how the flows refuse."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import http_date

from api.tus import COMMON_HEADERS, TusRefusal, Uploads, length_of, metadata_of
from recordings import publishing, uploading
from recordings.models import Upload
from recordings.tasks import wake_worker

_STATUS_OF = {
    "over": 410,
    "too_large": 413,
    "length": 400,
    "not_a_recording": 415,
    "unfinished": 428,  # the client must decide about the earlier upload (RFC 6585, 3)
    "disk_full": 507,
}


@dataclass(frozen=True)
class Creation:
    """What a client declares about the file that it will upload."""

    meeting: str
    filename: str
    content_type: str
    replace: bool


def creation_of(request: HttpRequest) -> Creation:
    """Raises TusRefusal."""
    metadata = metadata_of(request)
    return Creation(
        meeting=metadata.get("meeting", ""),
        filename=metadata.get("filename", ""),
        content_type=metadata.get("filetype", ""),
        replace=metadata.get("replace") == "1",
    )


def refusal_of(error: uploading.UnableToUpload, request: HttpRequest) -> TusRefusal:
    """With the URL at which the same person continues the same file, if it was begun before."""
    headers, earlier = dict(COMMON_HEADERS), error.earlier
    if earlier is not None and uploading.is_same_file(
        earlier, creation_of(request).filename, length_of(request)
    ):
        headers["Location"] = reverse("upload", args=[earlier.pk])
    return TusRefusal(_STATUS_OF.get(error.code, 409), error.message, headers)


def uploads_at(now: datetime) -> Uploads[Upload]:
    def receive(upload: Upload, offset: int, part: bytes, length: int | None) -> Upload:
        try:
            upload = uploading.receive_part(
                upload_id=upload.pk, offset=offset, part=part, now=now, length=length
            )
        except uploading.UnableToReceive as error:
            raise TusRefusal(_STATUS_OF[error.code], error.message) from error
        if upload.completed_at is not None:
            wake_worker(upload.recording_id)
        return upload

    def abandon(upload: Upload) -> None:
        try:
            uploading.abandon_upload(upload=upload)
        except uploading.UnableToReceive as error:
            raise TusRefusal(403, error.message) from error

    return Uploads(lambda upload: (upload.offset, upload.length), receive, abandon, _about)


def _about(upload: Upload) -> dict[str, str]:
    """A link to the recording's page, and when an unfinished upload expires."""
    page = {"Recording-Location": reverse("recording", args=[upload.recording_id])}
    until = upload.touched_at + publishing.UPLOAD_KEPT
    return page if upload.completed_at else {**page, "Upload-Expires": http_date(until.timestamp())}
