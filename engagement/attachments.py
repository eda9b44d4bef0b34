"""Sends a stored file as an attachment, never as a page of this site."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import IO, Any

from django.core.files.storage import Storage
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import get_valid_filename

BLOCK = 256 * 1024


def attachment(
    request: HttpRequest, storage: Storage, name: str, *, filename: str, content_type: str
) -> HttpResponseBase:
    """Raises Http404 when the file is gone."""
    try:
        size = storage.size(name)
        source = storage.open(name)
    except FileNotFoundError as error:
        raise Http404 from error
    response = _content(request, source)
    response.headers["Content-Type"] = content_type
    response.headers["Content-Length"] = str(size)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-cache"  # permissions can change
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    disposition = content_disposition_header(as_attachment=True, filename=filename)
    response.headers["Content-Disposition"] = disposition or "attachment"
    return response


def filename_of(title: str, ending: str) -> str:
    """A name that every system takes."""
    stem = get_valid_filename(title[:100].strip(" .") or "file")
    return f"{stem}{ending}"


def _content(request: HttpRequest, source: IO[Any]) -> HttpResponseBase:
    if request.method == "HEAD":
        source.close()
        return HttpResponse()
    if isinstance(request, ASGIRequest):  # under ASGI Django would read a synchronous iterator into memory
        return StreamingHttpResponse(_async_blocks(source))
    return StreamingHttpResponse(_blocks(source))


def _blocks(source: IO[Any]) -> Iterator[bytes]:
    with source:
        while block := source.read(BLOCK):
            yield block


async def _async_blocks(source: IO[Any]) -> AsyncIterator[bytes]:
    try:
        while block := await asyncio.to_thread(source.read, BLOCK):
            yield block
    finally:
        await asyncio.to_thread(source.close)
