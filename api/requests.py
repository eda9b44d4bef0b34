"""HTTP for every URL of the API: strict bodies, HEAD, OPTIONS, 304, and refusals as problems."""

import json
import math
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _
from ninja.parser import Parser
from ninja.types import DictStrAny

from api.problems import Problem, invalid, not_json, problem_response

View = Callable[..., HttpResponse]


class StrictParser(Parser):
    """Strict JSON (RFC 8259): no NaN, no lone surrogates, bounded nesting."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        if request.content_type != "application/json":
            raise not_json()
        text = request.body.decode()
        found: DictStrAny = JSON.decode(text)
        if "\\u" in text:  # only an escape can produce a lone surrogate, which UTF-8 cannot encode
            json.dumps(found, ensure_ascii=False).encode()
        return found


def with_each_name_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuses duplicate names in an object, of which parsers silently keep the last (RFC 8259, 4)."""
    found = dict(members)
    if len(found) < len(members):
        names = [name for name, _value in members]
        raise invalid({name: [_("Send this only once.")] for name in found if names.count(name) > 1})
    return found


def whole_number(written: str) -> int | float:
    """Integers beyond 64 bits are refused."""
    number = int(written)
    return number if -(2**63) <= number < 2**64 else finite(written)


def finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise ValueError("no number of JSON")
    return number


JSON = json.JSONDecoder(
    object_pairs_hook=with_each_name_once, parse_int=whole_number, parse_float=finite, parse_constant=finite
)


def as_api_view(view: View, on_exception: Callable[[HttpRequest, Exception], HttpResponse]) -> View:
    """`on_exception` answers what a view raises, also from decorators outside the operation."""

    @wraps(view)
    def api_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = respond_to_method(view, request, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - an outer edge: logged and answered as a problem
            response = on_exception(request, error)
        return with_cache_headers(request, response)

    api_view.csrf_exempt = True  # type: ignore[attr-defined]  # a token, never a cookie, says who asks
    return api_view


def respond_to_method(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """OPTIONS lists the methods, HEAD is GET without a body (RFC 9110, 9.3.2), other unsupported methods are 405."""
    response = view(request, *args, **kwargs)
    if response.status_code != 405:
        return response
    allowed = sorted(filter(None, response.get("Allow", "").split(", ")))
    if request.method == "HEAD" and "GET" in allowed:
        request.method = "GET"
        response = view(request, *args, **kwargs)
        request.method = "HEAD"
        return response
    return no_such_method(request, sorted({*allowed, "OPTIONS", *(["HEAD"] if "GET" in allowed else [])}))


def no_such_method(request: HttpRequest, allowed: list[str]) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": ", ".join(allowed)})
    message = _("This address accepts only these methods: %(methods)s.") % {"methods": ", ".join(allowed)}
    problem = Problem(405, message)
    problem.headers["Allow"] = ", ".join(allowed)
    return problem_response(request, problem)


def with_cache_headers(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Answers to one token stay out of shared caches; a conditional request is answered with 304."""
    response.setdefault("Cache-Control", "private, no-cache")
    patch_vary_headers(response, ["Authorization"])
    if (
        request.method in {"GET", "HEAD"}
        and response.status_code == 200
        and "If-None-Match" in request.headers
    ):
        answer = get_conditional_response(request, etag=response.get("ETag"), response=response)
        return answer if isinstance(answer, HttpResponse) else response
    return response


def not_found(request: HttpRequest) -> HttpResponse:
    """For unknown URLs below the API."""
    raise Http404
