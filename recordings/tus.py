"""The tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload) over the upload flows.

Pages and API share it; each formats refusals itself: plain text, or problem details.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _

from recordings import arriving, publishing, uploading
from recordings.models import Upload
from recordings.tasks import wake_worker

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-defer-length,expiration,termination,checksum"
LARGEST_PART = 16 * 1024 * 1024  # bytes; a client then sends the next part
COMMON_HEADERS = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}
_NUMBER = re.compile(r"^\d{1,15}$")
_ALGORITHMS = ("sha256", "sha1", "md5")
CHECKSUM_MISMATCH = 460  # defined by tus
_STATUS_OF = {
    "over": 410,
    "too_large": 413,
    "length": 400,
    "not_a_recording": 415,
    "unfinished": 428,  # the client must decide about the earlier upload (RFC 6585, 3)
    "disk_full": 507,
}


class TusRefusal(Exception):
    """Ends a request with a status, a sentence and headers."""

    def __init__(self, status: int, message: str, headers: dict[str, str] = COMMON_HEADERS) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, headers


@dataclass(frozen=True)
class Creation:
    """What a client declares about the file that it will upload."""

    meeting: str
    filename: str
    content_type: str
    replace: bool


def refuse_other_versions(request: HttpRequest) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise TusRefusal(412, _("This server supports tus 1.0.0."), {"Tus-Version": VERSION})


def creation_of(request: HttpRequest) -> Creation:
    """Raises TusRefusal."""
    metadata = _metadata(request.headers.get("Upload-Metadata", ""))
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


def created(upload: Upload) -> HttpResponse:
    return _answer(201, {"Location": reverse("upload", args=[upload.pk]), **_about(upload)})


def answer(request: HttpRequest, find: Callable[[], Upload], *, now: datetime) -> HttpResponse:
    """For HEAD, PATCH and DELETE; `find` returns the upload if the client may use it. Raises TusRefusal."""
    refuse_other_versions(request)
    upload = find()
    if request.method == "HEAD":
        return _answer(200, _progress(upload))
    if request.method == "PATCH":
        return _receive(request, upload, now)
    return _terminate(upload)


def capabilities() -> HttpResponse:
    headers = {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(arriving.max_upload_bytes()),
        "Tus-Checksum-Algorithm": ",".join(_ALGORITHMS),
    }
    return HttpResponse(status=204, headers=headers)


def _receive(request: HttpRequest, upload: Upload, now: datetime) -> HttpResponse:
    if request.headers.get("Content-Type", "").split(";")[0].strip() != "application/offset+octet-stream":
        raise TusRefusal(415, _("Send each part as application/offset+octet-stream."))
    offset = _number(request, "Upload-Offset")
    if offset is None:
        raise TusRefusal(400, _("Set Upload-Offset to the position where the part starts."))
    if offset != upload.offset:  # before the body is read
        raise TusRefusal(409, _("The part does not start where the upload left off."))
    length = _number(request, "Upload-Length")
    part = _part(request)
    try:
        upload = uploading.receive_part(upload_id=upload.pk, offset=offset, part=part, now=now, length=length)
    except uploading.WrongOffset as error:
        raise TusRefusal(409, _("The part does not start where the upload left off.")) from error
    except uploading.UnableToReceive as error:
        raise TusRefusal(_STATUS_OF[error.code], error.message) from error
    if upload.completed_at is not None:
        wake_worker(upload.recording_id)
    return _answer(204, {"Upload-Offset": str(upload.offset), **_about(upload)})


def _part(request: HttpRequest) -> bytes:
    """At most LARGEST_PART bytes; the answer's Upload-Offset says how much was stored. Raises TusRefusal."""
    part = request.read(LARGEST_PART)
    algorithm, _space, given = request.headers.get("Upload-Checksum", "").partition(" ")
    if not algorithm:
        return part
    if algorithm not in _ALGORITHMS:
        raise TusRefusal(
            400, _("Supported checksum algorithms: %(names)s.") % {"names": ", ".join(_ALGORITHMS)}
        )
    made = base64.b64encode(hashlib.new(algorithm, part, usedforsecurity=False).digest()).decode()
    if not hmac.compare_digest(made, given.strip()):
        raise TusRefusal(CHECKSUM_MISMATCH, _("The part was damaged in transit. Send it again."))
    return part


def _terminate(upload: Upload) -> HttpResponse:
    try:
        uploading.abandon_upload(upload=upload)
    except uploading.UnableToReceive as error:
        raise TusRefusal(403, error.message) from error
    return _answer(204, {})


# ---- request headers ------------------------------------------------------------------------------------


def _metadata(header: str) -> dict[str, str]:
    """`filename d29ybGQ=,meeting YWJj`: pairs of a key and base64. Raises TusRefusal."""
    metadata = {}
    for pair in header[:8000].split(","):
        key, _space, value = pair.strip().partition(" ")
        try:
            metadata[key] = base64.b64decode(value, validate=True).decode().replace("\0", "")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise TusRefusal(400, _("Upload-Metadata is not in the tus format.")) from error
    return metadata


def length_of(request: HttpRequest) -> int | None:
    """None while the client does not know it (Upload-Defer-Length). Raises TusRefusal."""
    length = _number(request, "Upload-Length")
    if length is None and request.headers.get("Upload-Defer-Length") != "1":
        raise TusRefusal(400, _("Set Upload-Length to the size of the file."))
    return length


def _number(request: HttpRequest, header: str) -> int | None:
    given = request.headers.get(header)
    if given is None:
        return None
    if not _NUMBER.match(given):
        raise TusRefusal(400, _("%(header)s is not a number.") % {"header": header})
    return int(given)


# ---- response headers -----------------------------------------------------------------------------------


def _progress(upload: Upload) -> dict[str, str]:
    length = {"Upload-Defer-Length": "1"} if upload.length is None else {"Upload-Length": str(upload.length)}
    return {"Upload-Offset": str(upload.offset), **length, **_about(upload)}


def _about(upload: Upload) -> dict[str, str]:
    """A link to the recording's page, and when an unfinished upload expires."""
    page = {"Recording-Location": reverse("recording", args=[upload.recording_id])}
    until = upload.touched_at + publishing.UPLOAD_KEPT
    return page if upload.completed_at else {**page, "Upload-Expires": http_date(until.timestamp())}


def _answer(status: int, headers: dict[str, str]) -> HttpResponse:
    return HttpResponse(status=status, headers={**COMMON_HEADERS, **headers})
