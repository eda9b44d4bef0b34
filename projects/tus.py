"""Files of projects as uploads of tus (`api.tus`): what has arrived, and how the flow refuses."""

from datetime import datetime

from django.utils.http import http_date

from api.tus import TusRefusal, Uploads
from meetings.access import Visitor
from projects import filing
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


def uploads_at(now: datetime, visitor: Visitor) -> Uploads[FileUpload]:
    def receive(upload: FileUpload, offset: int, part: bytes, _length: int | None) -> FileUpload:
        try:
            received = filing.receive_part(upload=upload, offset=offset, part=part, by=visitor, now=now)
        except filing.UnableToFile as refusal:
            raise refusal_of(refusal) from refusal
        if received.offset == received.length:
            wake_worker(received.pk)  # a version has the id of its upload
        return received

    return Uploads(
        lambda upload: (upload.offset, upload.length),
        receive,
        lambda upload: filing.abandon_upload(upload=upload),
        _about,
    )


def refusal_of(refusal: filing.UnableToFile) -> TusRefusal:
    return TusRefusal(_STATUS_OF.get(refusal.code, 409), refusal.message)


def _about(upload: FileUpload) -> dict[str, str]:
    return {"Upload-Expires": http_date((upload.touched_at + filing.UPLOAD_KEPT).timestamp())}
