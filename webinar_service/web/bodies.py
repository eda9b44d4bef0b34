"""Request bodies, read before a thread is taken: bounded by who sends them and where to, counted while they come.

Nothing beyond what an anonymous form needs is accepted, or written to disk, before its sender is known.
"""

import tempfile
from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone

from companies.api.auth import valid_token
from meetings.views.uploads import LARGEST_PART

Receive = Callable[[], Awaitable[Any]]
ANONYMOUS = 256 * 1024  # bytes; the longest form that a visitor fills in takes some 30 KB
KNOWN = settings.DATA_UPLOAD_MAX_MEMORY_SIZE  # pictures, captions, long descriptions in six languages
FORM_AROUND_A_FILE = 1024 * 1024
LARGEST: Mapping[str, int] = {
    "upload": LARGEST_PART,  # a part of a resumable upload
    "api:upload": LARGEST_PART,
    "upload_recording": settings.UPLOAD_MAX_BYTES
    + FORM_AROUND_A_FILE,  # a whole file from a browser without scripts
}


class BodyTooLarge(Exception):
    """The body is, or says that it is, larger than its sender may send here."""


class ClientGone(Exception):
    """Nobody is there any more."""


def most_bytes(path: str) -> int:
    """Of somebody who is known."""
    try:
        return LARGEST.get(resolve(path).view_name, KNOWN)
    except Resolver404:
        return KNOWN


def is_known(scope: Any) -> bool:
    """Signed in, or with a valid token; asks the database."""
    request = ASGIRequest(scope, BytesIO())
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return valid_token(token.strip(), timezone.now()) is not None
    SessionMiddleware(lambda _request: HttpResponse()).process_request(request)
    return get_user(request).is_authenticated


def declared_length(scope: Any) -> int:
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(lengths[0]) if lengths and lengths[0].isdigit() else 0


async def read_body(scope: Any, receive: Receive, ask_if_known: Callable[[], Awaitable[bool]]) -> IO[bytes]:
    """The whole body at its start. Raises BodyTooLarge, ClientGone, and what `ask_if_known` raises."""
    body = _Body(scope["path"], ask_if_known)
    await body.expect(declared_length(scope))
    try:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            await body.add(message.get("body", b""))
            if not message.get("more_body", False):
                return body.finished()
    except BaseException:
        body.close()
        raise


class _Body:
    def __init__(self, path: str, ask_if_known: Callable[[], Awaitable[bool]]) -> None:
        self._path, self._ask_if_known = path, ask_if_known
        self._most, self._length = ANONYMOUS, 0
        # In memory up to some megabytes, so that nothing of somebody unknown touches the disk.
        self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - lives as long as its request
            max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE, dir=str(settings.FILE_UPLOAD_TEMP_DIR)
        )

    async def expect(self, length: int) -> None:
        if length <= self._most:
            return
        largest = most_bytes(self._path)
        if length > largest or self._most == largest or not await self._ask_if_known():
            raise BodyTooLarge
        self._most = largest

    async def add(self, part: bytes) -> None:
        self._length += len(part)
        await self.expect(self._length)
        self._file.write(part)

    def finished(self) -> IO[bytes]:
        self._file.seek(0)
        return self._file

    def close(self) -> None:
        self._file.close()
