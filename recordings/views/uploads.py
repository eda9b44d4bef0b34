"""Resumable uploads from browsers: whole files, and the parts of a capture.

`recording.start` in the room creates a capture's upload; its length comes with the last part.
Only the host who began an upload sees it.
"""

from collections.abc import Callable
from functools import partial, wraps

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from meetings import access
from meetings.access import Level, NotVisible
from recordings import tus, uploading
from recordings.access import upload_for

View = Callable[..., HttpResponse]


def _speaks_tus(*methods: str) -> Callable[[View], View]:
    """Answers OPTIONS, and refusals in plain text."""

    def decorate(view: View) -> View:
        return require_http_methods([*methods, "OPTIONS"])(
            wraps(view)(partial(_answer_tus, view, (*methods, "OPTIONS")))
        )

    return decorate


def _answer_tus(view: View, methods: tuple[str, ...], request: HttpRequest, **kwargs: str) -> HttpResponse:
    if request.method == "OPTIONS":
        response = tus.capabilities()
        response.headers["Allow"] = ", ".join(methods)
        return response
    try:
        return view(request, **kwargs)
    except tus.TusRefusal as refusal:
        plain = "text/plain; charset=utf-8"
        return HttpResponse(
            refusal.message, status=refusal.status, headers={**refusal.headers, "Content-Type": plain}
        )


@_speaks_tus("POST")
def uploads(request: HttpRequest) -> HttpResponse:
    tus.refuse_other_versions(request)
    asked, visitor = tus.creation_of(request), access.visitor_of(request)
    meeting = access.meeting_for(visitor, asked.meeting, Level.HOST)
    if visitor.person is None:
        raise NotVisible
    try:
        upload = uploading.begin_upload(
            meeting=meeting,
            by=visitor.person,
            length=tus.length_of(request),
            now=now(),
            filename=asked.filename,
            content_type=asked.content_type,
            replace=asked.replace,
        )
    except uploading.UnableToUpload as error:
        raise tus.refusal_of(error, request) from error
    return tus.created(upload)


@_speaks_tus("HEAD", "PATCH", "DELETE")
def upload(request: HttpRequest, upload_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    return tus.answer(request, lambda: upload_for(visitor, upload_id), now=now())
