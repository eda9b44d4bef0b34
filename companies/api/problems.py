"""Errors as problem details (RFC 9457), with messages by field where a field is at fault."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

log = logging.getLogger(__name__)
FieldErrors = Mapping[str, Sequence[str]]


class Problem(Exception):
    """Ends an operation with a status, a sentence, and, for 422, messages by field."""

    def __init__(self, status: int, detail: str, errors: FieldErrors | None = None, code: str = "") -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors, self.code = status, detail, errors or {}, code


def problem_response(request: HttpRequest, problem: Problem) -> HttpResponse:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(problem.status, "Error"),
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.path,
    }
    if problem.errors:
        body["errors"] = {field: list(messages) for field, messages in problem.errors.items()}
    if problem.code:
        body["code"] = problem.code
    response = JsonResponse(body, status=problem.status, content_type="application/problem+json")
    if problem.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="api"'
    return response


TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    409: "Conflict",
    412: "Changed in the meantime",
    422: "Not valid",
    429: "Too many requests",
    500: "Server error",
}


def by_field(error: ValidationError) -> dict[str, list[str]]:
    """`body.payload.title` of the framework is `title` for the one who sent it."""
    found: dict[str, list[str]] = {}
    for item in error.errors:
        place = [str(part) for part in item.get("loc", ()) if part not in {"body", "query", "path", "header"}]
        field = ".".join(place[1:] if place[:1] == ["payload"] else place) or "body"
        found.setdefault(field, []).append(str(item.get("msg", "")))
    return found


def install(api: NinjaAPI) -> None:
    """Teaches an API to answer each refusal as a problem."""

    @api.exception_handler(Problem)
    def known(request: HttpRequest, error: Problem) -> HttpResponse:
        return problem_response(request, error)

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return problem_response(request, Problem(422, _("Some fields are not valid."), by_field(error)))

    @api.exception_handler(AuthenticationError)
    def unknown_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return problem_response(request, Problem(401, _("Send a valid token in the Authorization header.")))

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem_response(request, Problem(404, _("There is nothing here that you may see.")))

    @api.exception_handler(PermissionDenied)
    def refused(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        return problem_response(request, Problem(403, _("You may not do this.")))

    @api.exception_handler(Throttled)
    def too_fast(request: HttpRequest, error: Throttled) -> HttpResponse:
        response = problem_response(
            request, Problem(429, _("Too many requests with this token. Wait a moment."))
        )
        response["Retry-After"] = str(error.wait or 60)
        return response

    @api.exception_handler(HttpError)
    def plain(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem_response(request, Problem(error.status_code, str(error)))

    @api.exception_handler(Exception)
    def unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
        log.error("an operation of the API failed", exc_info=error)
        return problem_response(
            request, Problem(500, _("The service failed. Nothing was changed. Please try again."))
        )
