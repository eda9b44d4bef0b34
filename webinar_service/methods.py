"""HTTP methods for every URL: OPTIONS and 405 with Allow, and no body for a 204 or 304."""

import inspect
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

BROWSER_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
# Not covered by CSRF checks; the API answers these as problems.
LEFT_TO_THE_VIEW = ("GET", "HEAD")
# Without a body (RFC 9110, 15.3.5 and 15.4.5), so without the headers that describe one.
BODILESS = (204, 304)


class MethodMiddleware:
    """Outside the CSRF middleware, which would answer PROPFIND with a page about cookies (403)."""

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
        if request.path_info.startswith("/api/"):
            return None
        allowed = methods_of(view)
        if request.method in LEFT_TO_THE_VIEW:
            return page_of_a_form(request, allowed) if is_browsed(request) and "GET" not in allowed else None
        if request.method == "OPTIONS":
            return None if "OPTIONS" in named_methods(view) else capabilities(allowed)
        return None if request.method in allowed else HttpResponseNotAllowed(allowed)


def is_browsed(request: HttpRequest) -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("Accept", "")


def page_of_a_form(request: HttpRequest, allowed: Iterable[str]) -> HttpResponse:
    """For somebody who loads again what the answer to a form left in the address bar."""
    page = render(request, "errors/405.html", status=405)
    page["Allow"] = ", ".join(allowed)
    return page


def with_options(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """OPTIONS is allowed everywhere, also where a file or the view itself lists its methods."""
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
    """From the view's decorator; a function without one takes the methods of browsers.

    Of a class, those of them that it has: Django's form views also take PUT, which no page of ours sends.
    """
    if hasattr(view, "view_class"):
        has = {*view.view_class()._allowed_methods(), "HEAD"}
        return tuple(method for method in BROWSER_METHODS if method in has)
    return named_methods(view) or BROWSER_METHODS


@cache
def named_methods(view: Callable[..., Any]) -> tuple[str, ...]:
    """From the view's decorator; empty without one."""
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
