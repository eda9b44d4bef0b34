"""Resumable uploads by the tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload): whole files, and captures.

A capture's upload was made by `recording.start` in the room; its parts come in the same way, its length at the end.
Only the host who began an upload sees it.
"""

import base64
import binascii
import hashlib
import hmac
import logging
import re
from collections.abc import Callable
from functools import partial, wraps

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import http_date
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from kombu.exceptions import OperationalError

from companies.models import Person
from meetings import access, recording
from meetings.access import Level, NotVisible
from meetings.models import Upload
from meetings.tasks import prepare_recording

logger = logging.getLogger(__name__)
VERSION = "1.0.0"
EXTENSIONS = "creation,creation-defer-length,expiration,termination,checksum"
LARGEST_PART = 16 * 1024 * 1024  # bytes; a client sends the next one from where this ended
_NUMBER = re.compile(r"^\d{1,15}$")
_ALGORITHMS = ("sha256", "sha1", "md5")
CHECKSUM_MISMATCH = 460  # of tus


class BadRequest(Exception):
    """What the client said cannot be understood; carries the status to answer with."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}


Door = Callable[..., HttpResponse]


def _speaks_tus(*methods: str) -> Callable[[Door], Door]:
    """Answers OPTIONS, refuses other versions (412), puts the protocol's headers on every answer."""

    def decorate(view: Door) -> Door:
        return require_http_methods([*methods, "OPTIONS"])(
            wraps(view)(partial(_answer_tus, view, (*methods, "OPTIONS")))
        )

    return decorate


def _answer_tus(view: Door, methods: tuple[str, ...], request: HttpRequest, **kwargs: str) -> HttpResponse:
    if request.method == "OPTIONS":
        return _with_headers(_capabilities(), {"Allow": ", ".join(methods)})
    if request.headers.get("Tus-Resumable") != VERSION:
        return _with_headers(_refusal(412, _("This server speaks tus 1.0.0.")), {"Tus-Version": VERSION})
    try:
        response = view(request, **kwargs)
    except BadRequest as error:
        response = _refusal(error.status, error.message, error.headers)
    return _with_headers(response, {"Tus-Resumable": VERSION, "Cache-Control": "no-store"})


@_speaks_tus("POST")
def uploads(request: HttpRequest) -> HttpResponse:
    said = _metadata(request.headers.get("Upload-Metadata", ""))
    meeting = access.meeting_for(access.visitor_of(request), said.get("meeting", ""), Level.HOST)
    try:
        upload = recording.begin_upload(
            meeting=meeting,
            by=_person(request),
            length=_length(request),
            now=now(),
            filename=said.get("filename", ""),
            content_type=said.get("filetype", ""),
            replace=said.get("replace") == "1",
        )
    except recording.UnableToUpload as error:
        kept = error.earlier
        is_same = kept is not None and recording.is_same_file(
            kept, said.get("filename", ""), _length(request)
        )
        where = {"Location": reverse("upload", args=[kept.pk])} if kept is not None and is_same else {}
        raise BadRequest(_STATUS_OF.get(error.code, 409), error.message, where) from error
    headers = {"Location": reverse("upload", args=[upload.pk]), **_about(upload)}
    return _with_headers(HttpResponse(status=201), headers)


@_speaks_tus("HEAD", "PATCH", "DELETE")
def upload(request: HttpRequest, upload_id: str) -> HttpResponse:
    kept = upload_for(request, upload_id)
    if request.method == "HEAD":
        return _with_headers(HttpResponse(status=200), _progress(kept))
    if request.method == "PATCH":
        return _receive(request, kept)
    return _terminate(kept)


def upload_for(request: HttpRequest, upload_id: str) -> Upload:
    """One's own upload, as long as one may host its meeting. Raises NotVisible."""
    visitor = access.visitor_of(request)
    found = Upload.objects.select_related("recording", "recording__meeting").filter(pk=upload_id).first()
    if found is None or visitor.person is None or found.created_by_id != visitor.person.pk:
        raise NotVisible
    if access.level_in(visitor, found.recording.meeting) < Level.HOST:
        raise NotVisible
    return found


def _receive(request: HttpRequest, kept: Upload) -> HttpResponse:
    if request.headers.get("Content-Type", "").split(";")[0].strip() != "application/offset+octet-stream":
        raise BadRequest(415, _("A part comes as application/offset+octet-stream."))
    offset = _number(request, "Upload-Offset")
    if offset is None:
        raise BadRequest(400, _("Say with Upload-Offset where the part begins."))
    if offset != kept.offset:  # before the part is read
        raise BadRequest(409, _("The part does not begin where the upload stands."))
    length = _number(request, "Upload-Length")
    part = _part(request)
    try:
        kept = recording.receive_part(upload_id=kept.pk, offset=offset, part=part, now=now(), length=length)
    except recording.WrongOffset as error:
        raise BadRequest(409, _("The part does not begin where the upload stands.")) from error
    except recording.UnableToReceive as error:
        raise BadRequest(_STATUS_OF[error.code], error.message) from error
    if kept.completed_at is not None:
        nudge(kept.recording_id)
    return _with_headers(HttpResponse(status=204), {"Upload-Offset": str(kept.offset), **_about(kept)})


_STATUS_OF = {
    "over": 410,
    "too_large": 413,
    "length": 400,
    "not_a_recording": 415,
    "unfinished": 428,  # the client has to say what becomes of the earlier one (RFC 6585, 3)
    "disk_full": 507,
}


def _part(request: HttpRequest) -> bytes:
    """At most LARGEST_PART bytes; the answer's Upload-Offset says how much was taken. Raises BadRequest."""
    part = request.read(LARGEST_PART)
    algorithm, _space, given = request.headers.get("Upload-Checksum", "").partition(" ")
    if not algorithm:
        return part
    if algorithm not in _ALGORITHMS:
        raise BadRequest(400, _("Checksums are made with %(names)s.") % {"names": ", ".join(_ALGORITHMS)})
    made = base64.b64encode(hashlib.new(algorithm, part, usedforsecurity=False).digest()).decode()
    if not hmac.compare_digest(made, given.strip()):
        raise BadRequest(CHECKSUM_MISMATCH, _("The part was damaged on its way. Send it again."))
    return part


def _terminate(kept: Upload) -> HttpResponse:
    try:
        recording.abandon_upload(upload=kept)
    except recording.UnableToReceive as error:
        raise BadRequest(403, error.message) from error
    return HttpResponse(status=204)


def nudge(recording_id: str) -> None:
    """Only a courtesy: without a broker the sweep finds the recording."""
    try:
        prepare_recording.apply_async([recording_id], retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("no broker to nudge: %s", error)


# ---- what a client says ----------------------------------------------------------------------------------


def _metadata(header: str) -> dict[str, str]:
    """`filename d29ybGQ=,meeting YWJj`: pairs of a key and base64. Raises BadRequest."""
    said = {}
    for pair in header[:8000].split(","):
        key, _space, value = pair.strip().partition(" ")
        try:
            said[key] = base64.b64decode(value, validate=True).decode().replace("\0", "")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise BadRequest(400, _("Upload-Metadata is not as tus writes it.")) from error
    return said


def _length(request: HttpRequest) -> int | None:
    length = _number(request, "Upload-Length")
    if length is None and request.headers.get("Upload-Defer-Length") != "1":
        raise BadRequest(400, _("Say with Upload-Length how large the file is."))
    return length


def _number(request: HttpRequest, header: str) -> int | None:
    given = request.headers.get(header)
    if given is None:
        return None
    if not _NUMBER.match(given):
        raise BadRequest(400, _("%(header)s is not a number.") % {"header": header})
    return int(given)


def _person(request: HttpRequest) -> Person:
    person = access.visitor_of(request).person
    if person is None:
        raise NotVisible
    return person


# ---- what is answered ------------------------------------------------------------------------------------


def _progress(kept: Upload) -> dict[str, str]:
    length = {"Upload-Defer-Length": "1"} if kept.length is None else {"Upload-Length": str(kept.length)}
    return {"Upload-Offset": str(kept.offset), **length, **_about(kept)}


def _about(kept: Upload) -> dict[str, str]:
    """The page of the recording, and until when the bytes of an unfinished upload are kept."""
    page = {"Recording-Location": reverse("recording", args=[kept.recording_id])}
    until = kept.touched_at + recording.UPLOAD_KEPT
    return page if kept.completed_at else {**page, "Upload-Expires": http_date(until.timestamp())}


def _capabilities() -> HttpResponse:
    headers = {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(recording.most_bytes()),
        "Tus-Checksum-Algorithm": ",".join(_ALGORITHMS),
    }
    return _with_headers(HttpResponse(status=204), headers)


def _refusal(status: int, message: str, headers: dict[str, str] | None = None) -> HttpResponse:
    return _with_headers(
        HttpResponse(message, status=status, content_type="text/plain; charset=utf-8"), headers or {}
    )


def _with_headers(response: HttpResponse, headers: dict[str, str]) -> HttpResponse:
    for name, value in headers.items():
        response.headers[name] = value
    return response
