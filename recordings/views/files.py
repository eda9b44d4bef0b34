"""The files of recordings: whole or by range (RFC 9110, 14), for those who may see them, and never as a page.

Content types come from a short list and are never sniffed; this view is the only URL of the files.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePosixPath

from django.core.handlers.asgi import ASGIRequest
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header, http_date, parse_etags, parse_http_date_safe
from django.utils.text import get_valid_filename
from django.views.decorators.http import require_safe

from engagement.premiere.tickets import film_of
from meetings import access
from meetings.access import Level, NotAllowed, NotVisible
from recordings import access as recording_access
from recordings.models import Recording, RecordingFile

BLOCK = 256 * 1024
_TYPES = {"video/webm", "video/mp4", "audio/webm", "audio/mp4", "image/jpeg", "text/vtt"}
_RANGE = re.compile(r"^bytes=(\d{0,15})-(\d{0,15})$")


@require_safe
def recording_file(request: HttpRequest, recording_id: str) -> HttpResponseBase:
    visitor = access.visitor_of(request)
    recording = recording_access.recording_for(visitor, recording_id)
    wants_copy = "download" in request.GET
    if wants_copy and access.level_in(visitor, recording.meeting) < Level.SPEAK:
        raise NotAllowed
    kept = _file_of(recording, RecordingFile.Role.MAIN)
    return _send(request, kept, name=_name_for(recording, kept) if wants_copy else "")


@require_safe
def recording_poster(request: HttpRequest, recording_id: str) -> HttpResponseBase:
    recording = recording_access.recording_for(access.visitor_of(request), recording_id)
    return _send(request, _file_of(recording, RecordingFile.Role.POSTER))


@require_safe
def recording_captions(request: HttpRequest, recording_id: str, language: str) -> HttpResponseBase:
    recording = recording_access.recording_for(access.visitor_of(request), recording_id)
    kept = _file_of(recording, RecordingFile.Role.CAPTIONS, language=language)
    return _send(request, kept, name=_name_for(recording, kept) if "download" in request.GET else "")


@require_safe
def premiere_file(request: HttpRequest, ticket: str) -> HttpResponseBase:
    """For who is in the room now, while the film is on its stage."""
    return _send(request, _file_of(_on_stage(ticket), RecordingFile.Role.MAIN))


@require_safe
def premiere_captions(request: HttpRequest, ticket: str, language: str) -> HttpResponseBase:
    return _send(request, _file_of(_on_stage(ticket), RecordingFile.Role.CAPTIONS, language=language))


def _on_stage(ticket: str) -> Recording:
    recording = recording_access.playable_recordings().filter(pk=film_of(ticket) or "").first()
    if recording is None:
        raise NotVisible
    return recording


def _file_of(recording: Recording, role: str, **which: str) -> RecordingFile:
    kept = recording.files.filter(role=role, **which).first()
    if kept is None or kept.content_type not in _TYPES or not kept.file.storage.exists(kept.name):
        raise NotVisible
    return kept


def _name_for(recording: Recording, kept: RecordingFile) -> str:
    stem = get_valid_filename(str(recording)[:100] or recording.pk)
    return f"{stem}{PurePosixPath(kept.name).suffix}"


# ---- conditional and range requests ----------------------------------------------------------------------


@dataclass(frozen=True)
class ByteRange:
    """Bytes `first` to `last`, both inclusive."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


class RangeNotSatisfiable(Exception):
    """The range lies outside the file (416)."""


def parse_range(header: str, size: int) -> ByteRange | None:
    """The single range requested; None for none, or one to be ignored. Raises RangeNotSatisfiable."""
    match = _RANGE.match(header.replace(" ", ""))
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        if int(last) == 0 or size == 0:
            raise RangeNotSatisfiable
        return ByteRange(max(0, size - int(last)), size - 1)
    if int(first) >= size:
        raise RangeNotSatisfiable
    if last and int(last) < int(first):
        return None
    return ByteRange(int(first), min(int(last), size - 1) if last else size - 1)


def _send(request: HttpRequest, kept: RecordingFile, *, name: str = "") -> HttpResponseBase:
    size = kept.file.size
    changed = int(kept.file.storage.get_modified_time(kept.name).timestamp())
    etag = f'"{kept.sha256}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return _with_headers(HttpResponseNotModified(), kept, etag, changed, name)
    try:
        byte_range = (
            parse_range(request.headers.get("Range", ""), size)
            if _if_range_matches(request, etag, changed)
            else None
        )
    except RangeNotSatisfiable:
        refused = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, content_type="text/plain")
        refused.headers["Content-Range"] = f"bytes */{size}"
        return refused
    response = _content(request, kept, byte_range or ByteRange(0, size - 1))
    if byte_range is not None:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response.headers["Content-Range"] = f"bytes {byte_range.first}-{byte_range.last}/{size}"
    response.headers["Content-Length"] = str((byte_range or ByteRange(0, size - 1)).length)
    return _with_headers(response, kept, etag, changed, name)


def _if_range_matches(request: HttpRequest, etag: str, changed: int) -> bool:
    """If-Range: whether the part that the client has is of the same file."""
    condition = request.headers.get("If-Range")
    if condition is None or condition.strip() == etag:
        return True
    since = parse_http_date_safe(condition)
    return since is not None and since == changed


def _with_headers(
    response: HttpResponseBase, kept: RecordingFile, etag: str, changed: int, name: str
) -> HttpResponseBase:
    response.headers["Content-Type"] = kept.content_type
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(changed)
    response.headers["Cache-Control"] = "private, no-cache"  # revalidated each time: permissions can change
    response.headers["Content-Disposition"] = (
        content_disposition_header(bool(name), name or "recording") or "inline"
    )
    return response


# ---- bytes -----------------------------------------------------------------------------------------------


def _content(request: HttpRequest, kept: RecordingFile, byte_range: ByteRange) -> HttpResponseBase:
    if request.method == "HEAD" or byte_range.length <= 0:
        return HttpResponse()
    if isinstance(request, ASGIRequest):  # under ASGI Django would read a synchronous iterator into memory
        return StreamingHttpResponse(_async_blocks(kept, byte_range))
    return StreamingHttpResponse(_blocks(kept, byte_range))


def _blocks(kept: RecordingFile, byte_range: ByteRange) -> Iterator[bytes]:
    left = byte_range.length
    with kept.open() as source:
        source.seek(byte_range.first)
        while left > 0 and (block := source.read(min(BLOCK, left))):
            left -= len(block)
            yield block


async def _async_blocks(kept: RecordingFile, byte_range: ByteRange) -> AsyncIterator[bytes]:
    blocks = _blocks(kept, byte_range)
    try:
        while (block := await asyncio.to_thread(next, blocks, None)) is not None:
            yield block
    finally:
        await asyncio.to_thread(blocks.close)  # type: ignore[attr-defined]
