"""Request bodies, read before a thread is used, with limits by sender and URL.

More than an anonymous form needs is accepted, or written to disk, only from known senders; a recording only from
those who may upload it; and nothing where the disk would become too full.
"""

import errno
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import PermissionDenied
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone

from api.auth import valid_token
from api.tus import LARGEST_PART
from engagement.resources.file_types import LARGEST_FILE as LARGEST_DOCUMENT
from engagement.slides.rendering import LARGEST_FILE as LARGEST_PDF
from meetings import access
from meetings.access import Level, NotAllowed
from projects import access as project_access
from projects.file_kinds import LARGEST_FILE as LARGEST_PROJECT_FILE
from recordings.access import upload_for
from rooms import policy
from rooms.views.tickets import requester_of

Receive = Callable[[], Awaitable[Any]]
ANONYMOUS = 256 * 1024  # bytes; the longest form of anonymous visitors takes some 30 KB
KNOWN = settings.DATA_UPLOAD_MAX_MEMORY_SIZE  # pictures, captions, long descriptions in six languages
FORM_AROUND_A_FILE = 1024 * 1024
CHECK_EVERY = 16 * 1024 * 1024  # bytes of a body after which the free space is checked again
LARGEST: Mapping[str, int] = {
    "upload": LARGEST_PART,  # a part of a resumable upload
    "api:upload": LARGEST_PART,
    "upload_recording": settings.UPLOAD_MAX_BYTES
    + FORM_AROUND_A_FILE,  # a whole file from a browser without scripts
    "file_upload": LARGEST_PART,
    "api:file_upload": LARGEST_PART,
    "project_files": LARGEST_PROJECT_FILE + FORM_AROUND_A_FILE,
    "project_file": LARGEST_PROJECT_FILE + FORM_AROUND_A_FILE,
    "slides": LARGEST_PDF + FORM_AROUND_A_FILE,
    "room_slides": LARGEST_PDF + FORM_AROUND_A_FILE,
    "resources": LARGEST_DOCUMENT + FORM_AROUND_A_FILE,
    "room_resources": LARGEST_DOCUMENT + FORM_AROUND_A_FILE,
}
# Taken from those who may upload there, also from speakers without an account.
LEVELS = {
    "slides": Level.SPEAK,
    "room_slides": Level.SPEAK,
    "resources": Level.HOST,
    "room_resources": Level.SPEAK,
}
PARTS_OF_FILES = {"file_upload", "api:file_upload"}
IN_PROJECTS = {*PARTS_OF_FILES, "project_files", "project_file"}


class BodyTooLarge(Exception):
    """The body is, or is declared to be, larger than this sender may send to this URL."""


class NoSpace(Exception):
    """With this body fewer than MIN_FREE_BYTES would be free."""


class ClientGone(Exception):
    """The client has disconnected."""


def max_bytes(path: str) -> int:
    """The limit for anybody at this URL."""
    match = _match(path)
    return LARGEST.get(match.view_name, KNOWN) if match else KNOWN


def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None


def max_bytes_of_sender(scope: Any) -> int:
    """The limit for this sender at this URL; queries the database."""
    request = ASGIRequest(scope, BytesIO())
    SessionMiddleware(lambda _request: HttpResponse()).process_request(request)
    is_known, match = _is_known(request), _match(scope["path"])
    if match is not None and match.view_name in LEVELS:
        return LARGEST[match.view_name] if _may_upload_to_meeting(request, match) else ANONYMOUS
    if not is_known:
        return ANONYMOUS
    if match is None or match.view_name not in LARGEST:
        return KNOWN
    if match.view_name in IN_PROJECTS:
        return LARGEST[match.view_name] if _may_upload_to_project(request, match) else ANONYMOUS
    return LARGEST[match.view_name] if _may_upload_recording(request, match) else ANONYMOUS


def _is_known(request: HttpRequest) -> bool:
    """Signed in, or a program with a valid token, which only the API accepts."""
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    if request.path.startswith("/api/") and scheme.lower() == "bearer":
        token = valid_token(key.strip(), timezone.now())
        if token is None:
            return False
        request.user = token.person
        return True
    request.user = get_user(request)
    return request.user.is_authenticated


def _may_upload_recording(request: HttpRequest, match: ResolverMatch) -> bool:
    """As the views decide it, but before the recording is read."""
    try:
        if match.view_name == "upload_recording":
            access.meeting_for(access.visitor_of(request), match.kwargs["meeting_id"], Level.HOST)
        else:
            upload_for(access.visitor_of(request), match.kwargs["upload_id"].replace("\0", ""))
    except (Http404, NotAllowed):
        return False
    return True


def _may_upload_to_project(request: HttpRequest, match: ResolverMatch) -> bool:
    """As the views decide it, but before the file is read."""
    visitor = access.visitor_of(request)
    try:
        if match.view_name in PARTS_OF_FILES:
            project_access.file_upload_for(visitor, match.kwargs["upload_id"].replace("\0", ""))
        else:
            project_access.writer_in(visitor, match.kwargs["room_id"].replace("\0", ""))
    except (Http404, PermissionDenied):
        return False
    return True


def _may_upload_to_meeting(request: HttpRequest, match: ResolverMatch) -> bool:
    """As the views decide it, but before the file is read."""
    try:
        level = LEVELS[match.view_name]
        if "meeting_id" in match.kwargs:
            access.meeting_for(access.visitor_of(request), match.kwargs["meeting_id"], level)
            return True
        return policy.entry_for(requester_of(request), match.kwargs["room_id"]).level >= level
    except (Http404, PermissionDenied):
        return False


def free_bytes() -> int:
    return shutil.disk_usage(settings.FILE_UPLOAD_TEMP_DIR).free


def declared_length(scope: Any) -> int:
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(lengths[0]) if lengths and lengths[0].isdigit() else 0


async def read_body(scope: Any, receive: Receive, ask_max_bytes: Callable[[], Awaitable[int]]) -> IO[bytes]:
    """The whole body, at its start. Raises BodyTooLarge, NoSpace, ClientGone, and what `ask_max_bytes` raises."""
    body = _Body(scope["path"], ask_max_bytes)
    try:
        await body.expect(declared_length(scope))
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            await body.add(message.get("body", b""))
            if not message.get("more_body", False):
                return body.finished()
    except BaseException as problem:
        body.close()
        if isinstance(problem, OSError) and problem.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise NoSpace from problem
        raise
    finally:
        body.expect_no_more()


class _Body:
    coming = 0  # bytes that all bodies of this process together have yet to write

    def __init__(self, path: str, ask_max_bytes: Callable[[], Awaitable[int]]) -> None:
        self._path, self._ask_max_bytes = path, ask_max_bytes
        self._most, self._length, self._coming, self._looked_at = ANONYMOUS, 0, 0, 0
        # In memory up to some megabytes, so that nothing of unknown senders is written to disk.
        self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - lives as long as its request
            max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE, dir=str(settings.FILE_UPLOAD_TEMP_DIR)
        )

    async def expect(self, length: int) -> None:
        """Declares the total length. Raises BodyTooLarge and NoSpace."""
        if length > self._most:
            if self._most > ANONYMOUS or length > max_bytes(self._path):
                raise BodyTooLarge
            self._most = await self._ask_max_bytes()
            if length > self._most:
                raise BodyTooLarge
        self._set_coming(max(self._coming, length - self._length))
        if length > ANONYMOUS and self._length >= self._looked_at:
            self._looked_at = self._length + CHECK_EVERY  # other processes write, too
            if free_bytes() - _Body.coming < settings.MIN_FREE_BYTES:
                raise NoSpace

    async def add(self, part: bytes) -> None:
        await self.expect(self._length + len(part))
        self._file.write(part)
        self._length += len(part)
        self._set_coming(max(0, self._coming - len(part)))

    def _set_coming(self, count: int) -> None:
        _Body.coming += count - self._coming
        self._coming = count

    def expect_no_more(self) -> None:
        self._set_coming(0)

    def finished(self) -> IO[bytes]:
        self._file.seek(0)
        return self._file

    def close(self) -> None:
        self._file.close()
