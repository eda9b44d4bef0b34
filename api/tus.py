"""The tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload), for uploads of any kind.

An app says what its uploads are: `Uploads`. Pages get refusals in plain text, programs as problem details.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Generic, TypeVar

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from api.problems import Problem

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-defer-length,expiration,termination,checksum"
LARGEST_PART = 16 * 1024 * 1024  # bytes; a client then sends the next part
COMMON_HEADERS = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}
_NUMBER = re.compile(r"^\d{1,15}$")
_ALGORITHMS = ("sha256", "sha1", "md5")
CHECKSUM_MISMATCH = 460  # defined by tus
View = Callable[..., HttpResponse]
OPENAPI = {
    "parameters": [
        {
            "in": "header",
            "name": name,
            "required": required,
            "schema": {"type": "string"},
            "description": words,
        }
        for name, required, words in (
            ("Tus-Resumable", True, "1.0.0"),
            ("Upload-Offset", False, "PATCH: where the part starts"),
            ("Upload-Checksum", False, "PATCH: sha256, sha1 or md5, and its base64"),
        )
    ],
    "responses": {
        200: {"description": "HEAD: Upload-Offset and Upload-Length give the progress."},
        204: {"description": "PATCH: the part is kept; Upload-Offset says where the next one begins."},
        410: {"description": "The upload can no longer be changed."},
        507: {"description": "There is no disk space for the part: send it again later."},
        460: {"description": "The part was damaged in transit. Send it again."},
    },
}


class TusRefusal(Exception):
    """Ends a request with a status, a sentence and headers."""

    def __init__(self, status: int, message: str, headers: dict[str, str] = COMMON_HEADERS) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, headers


class WrongOffset(Exception):
    """The part does not begin at `offset`, where the stored bytes end."""

    def __init__(self, offset: int) -> None:
        super().__init__(str(offset))
        self.offset = offset


Row = TypeVar("Row")


@dataclass(frozen=True)
class Uploads(Generic[Row]):
    """`position_of` gives the bytes that are stored, and the length where it is known.

    `receive` takes upload, offset, part and length, and raises WrongOffset and TusRefusal; `abandon` TusRefusal.
    `about` gives headers of an answer.
    """

    position_of: Callable[[Row], tuple[int, int | None]]

    receive: Callable[[Row, int, bytes, int | None], Row]
    abandon: Callable[[Row], None]
    about: Callable[[Row], dict[str, str]]


def speaks_tus(largest: Callable[[], int], *methods: str) -> Callable[[View], View]:
    """Answers OPTIONS with what may be sent, and refusals in plain text."""

    def decorate(view: View) -> View:
        answered = partial(_answer_in_plain_text, view, largest, (*methods, "OPTIONS"))
        return require_http_methods([*methods, "OPTIONS"])(wraps(view)(answered))

    return decorate


def _answer_in_plain_text(
    view: View, largest: Callable[[], int], methods: tuple[str, ...], request: HttpRequest, **kwargs: str
) -> HttpResponse:
    if request.method == "OPTIONS":
        response = _capabilities(largest())
        response.headers["Allow"] = ", ".join(methods)
        return response
    try:
        return view(request, **kwargs)
    except TusRefusal as refusal:
        plain = "text/plain; charset=utf-8"
        return HttpResponse(
            refusal.message, status=refusal.status, headers={**refusal.headers, "Content-Type": plain}
        )


def _capabilities(largest: int) -> HttpResponse:
    headers = {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(largest),
        "Tus-Checksum-Algorithm": ",".join(_ALGORITHMS),
    }
    return HttpResponse(status=204, headers=headers)


def refuse_other_versions(request: HttpRequest) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise TusRefusal(412, _("This server supports tus 1.0.0."), {"Tus-Version": VERSION})


def created(upload: Row, address: str, uploads: Uploads[Row]) -> HttpResponse:
    return _answer(201, {"Location": address, **uploads.about(upload)})


def answer(request: HttpRequest, find: Callable[[], Row], uploads: Uploads[Row]) -> HttpResponse:
    """For HEAD, PATCH and DELETE; `find` returns the upload if the client may use it. Raises TusRefusal."""
    refuse_other_versions(request)
    upload = find()
    if request.method == "HEAD":
        return _answer(200, _progress(upload, uploads))
    if request.method == "PATCH":
        return _receive(request, upload, uploads)
    uploads.abandon(upload)
    return _answer(204, {})


def answer_to_program(request: HttpRequest, find: Callable[[], Row], uploads: Uploads[Row]) -> HttpResponse:
    """As `answer`. Raises Problem."""
    try:
        return answer(request, find, uploads)
    except TusRefusal as refusal:
        problem = Problem(refusal.status, refusal.message)
        problem.headers = dict(refusal.headers)
        raise problem from refusal


def _receive(request: HttpRequest, upload: Row, uploads: Uploads[Row]) -> HttpResponse:
    if request.headers.get("Content-Type", "").split(";")[0].strip() != "application/offset+octet-stream":
        raise TusRefusal(415, _("Send each part as application/offset+octet-stream."))
    offset = _number(request, "Upload-Offset")
    if offset is None:
        raise TusRefusal(400, _("Set Upload-Offset to the position where the part starts."))
    if offset != uploads.position_of(upload)[0]:  # before the body is read
        raise TusRefusal(409, _("The part does not start where the upload left off."))
    length = _number(request, "Upload-Length")
    part = _part(request)
    try:
        upload = uploads.receive(upload, offset, part, length)
    except WrongOffset as error:
        raise TusRefusal(409, _("The part does not start where the upload left off.")) from error
    return _answer(204, {"Upload-Offset": str(uploads.position_of(upload)[0]), **uploads.about(upload)})


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


# ---- request headers ------------------------------------------------------------------------------------


def metadata_of(request: HttpRequest) -> dict[str, str]:
    """`filename d29ybGQ=,meeting YWJj`: pairs of a key and base64. Raises TusRefusal."""
    metadata = {}
    for pair in request.headers.get("Upload-Metadata", "")[:8000].split(","):
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


def _progress(upload: Row, uploads: Uploads[Row]) -> dict[str, str]:
    offset, length = uploads.position_of(upload)
    of_length = {"Upload-Defer-Length": "1"} if length is None else {"Upload-Length": str(length)}
    return {"Upload-Offset": str(offset), **of_length, **uploads.about(upload)}


def _answer(status: int, headers: dict[str, str]) -> HttpResponse:
    return HttpResponse(status=status, headers={**COMMON_HEADERS, **headers})
