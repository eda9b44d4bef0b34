"""What HTTP asks of every answer: OPTIONS and a method that is not taken are told the methods, a 204 has no body."""

import inspect
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

ASKED_BY_BROWSERS = ("GET", "HEAD", "POST", "OPTIONS")
# No check for forged forms stands before these; the API answers as a problem.
LEFT_TO_THE_VIEW = ("GET", "HEAD")
# Without a body (RFC 9110, 15.3.5 and 15.4.5), so without the headers that describe one.
BODILESS = (204, 304)


class MethodMiddleware:
    """Outside of the check for forged forms, which would answer PROPFIND with a page about cookies (403)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = with_options(request, self.get_response(request))
        if response.status_code in BODILESS:
            for header in ("Content-Type", "Content-Length"):
                response.headers.pop(header, None)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.path_info.startswith("/api/") or request.method in LEFT_TO_THE_VIEW:
            return None
        allowed = methods_of(view)
        if request.method == "OPTIONS":
            return None if "OPTIONS" in named_methods(view) else capabilities(allowed)
        return None if request.method in allowed else HttpResponseNotAllowed(allowed)


def with_options(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """OPTIONS is taken everywhere, also where a file or the view itself answers with the methods that it takes."""
    if response.status_code != 405 or "Allow" not in response:
        return response
    allowed = response["Allow"].split(", ")
    if request.method == "OPTIONS":
        return capabilities(tuple(allowed))
    response["Allow"] = allow(allowed)
    return response


def capabilities(methods: Iterable[str]) -> HttpResponse:
    return HttpResponse(status=204, headers={"Allow": allow(methods)})


def allow(methods: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys([*methods, "OPTIONS"]))


@cache
def methods_of(view: Callable[..., Any]) -> tuple[str, ...]:
    """As its decorator names them; a view that names none takes what browsers send.

    So does a class, of what it has: Django's classes for forms take PUT as well, which no page of ours is sent.
    """
    if hasattr(view, "view_class"):
        has = {*view.view_class()._allowed_methods(), "HEAD"}
        return tuple(method for method in ASKED_BY_BROWSERS if method in has)
    return named_methods(view) or ASKED_BY_BROWSERS


@cache
def named_methods(view: Callable[..., Any]) -> tuple[str, ...]:
    """Those of its decorator; none where it has no such decorator."""
    inner: Any = view
    while inner is not None:
        named = (
            inspect.getclosurevars(inner).nonlocals.get("request_method_list")
            if inspect.isfunction(inner)
            else None
        )
        if named:
            return tuple(named)
        inner = getattr(inner, "__wrapped__", None)
    return ()
