"""Responses without a view or the database, as a page in the reader's language or as a problem."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _

from api.problems import title_of

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
RETRY_AFTER = 5  # seconds, when the queue is full
DRAINED_FOR = 5.0  # seconds, so that a browser that is still sending gets to read the answer
DRAINED_BYTES = 64 * 1024 * 1024
POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    b"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
BACK = b"--back-to-the-form--"  # in the cached page
# Outside Django's middleware, which would set these headers.
HEADERS = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"vary", b"Accept-Language, Cookie"),
    (b"content-security-policy", POLICY),
]


async def refuse_as_busy(scope: Any, send: Send) -> None:
    await _answer(scope, send, 503, [(b"retry-after", str(RETRY_AFTER).encode())])
    await send({"type": "http.response.body"})


async def refuse_body(scope: Any, receive: Receive, send: Send, status: int) -> None:
    """Answers at once, discards what still arrives for a while, then closes the connection."""
    await _answer(scope, send, status, [])
    drained = 0
    try:
        async with asyncio.timeout(DRAINED_FOR):
            while drained < DRAINED_BYTES:
                message = await receive()
                drained += len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    break
    except TimeoutError:
        pass
    await send({"type": "http.response.body"})


def busy_response(request: HttpRequest) -> HttpResponse:
    """Like `refuse_as_busy`, from within Django, when the database had no connection for this request."""
    page = _page(503, translation.get_language() or settings.LANGUAGE_CODE, has_files=False)
    return HttpResponse(
        page, status=503, headers={"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"}
    )


async def _answer(scope: Any, send: Send, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    language = translation.get_language_from_request(ASGIRequest(scope, BytesIO()))
    is_for_programs = scope["path"].startswith("/api/")
    body = (
        _problem(status, language)
        if is_for_programs
        else _page(status, language, has_files=_has_files(scope)).replace(BACK, _form_before(scope))
    )
    kind = b"application/problem+json" if is_for_programs else b"text/html; charset=utf-8"
    about = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    about += [(b"content-language", language.encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": [*about, *HEADERS, *headers]})
    await send({"type": "http.response.body", "body": body, "more_body": True})


def _form_before(scope: Any) -> bytes:
    """The path of the page on this host whose form was sent, for a link; else empty, the address of the request."""
    headers = dict(scope["headers"])
    try:
        before = urlsplit(headers.get(b"referer", b"").decode("latin-1"))
    except ValueError:  # brackets that are no IPv6 address
        return b""
    is_ours = before.netloc.encode("latin-1") == headers.get(b"host") and before.path.startswith("/")
    address = before.path + (f"?{before.query}" if before.query else "")
    return escape(address).encode() if is_ours and not address.startswith("//") else b""


def _has_files(scope: Any) -> bool:
    """Whether the form is multipart (RFC 7578)."""
    kind: bytes = dict(scope["headers"]).get(b"content-type", b"")
    return kind.lower().startswith(b"multipart/form-data")


@cache
def _page(status: int, language: str, *, has_files: bool) -> bytes:
    context = {"site_name": settings.SITE_NAME, "has_files": has_files, "back": BACK.decode()}
    with translation.override(language):
        return render_to_string(f"errors/{status}.html", context).encode()


@cache
def _problem(status: int, language: str) -> bytes:
    with translation.override(language):
        detail = {
            413: _("The request is larger than allowed. Nothing was saved."),
            503: _("The service is busy. Nothing was done. Please try again in a few seconds."),
            507: _(
                "The server does not have enough disk space for this. Nothing was saved. Please "
                "try again later."
            ),
        }[status]
    problem = {"type": "about:blank", "title": title_of(status), "status": status, "detail": detail}
    return orjson.dumps(problem)
