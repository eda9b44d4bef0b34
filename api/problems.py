"""Errors as problem details (RFC 9457), with messages by field where fields are invalid."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from api.field_errors import by_field

log = logging.getLogger(__name__)
FieldErrors = Mapping[str, Sequence[str]]


class Problem(Exception):
    """Ends an operation with a status, a sentence and, for 422, messages by field."""

    def __init__(self, status: int, detail: str, errors: FieldErrors | None = None, code: str = "") -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors, self.code = status, detail, errors or {}, code
        self.headers: dict[str, str] = {}


def problem_response(request: HttpRequest, problem: Problem) -> HttpResponse:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title_of(problem.status),
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.path,
    }
    if problem.errors:
        body["errors"] = {field: list(messages) for field, messages in problem.errors.items()}
    if problem.code:
        body["code"] = problem.code
    response = JsonResponse(body, status=problem.status, content_type="application/problem+json")
    for name, value in problem.headers.items():
        response[name] = value
    return response


def title_of(status: int) -> str:
    if status in TITLES:
        return TITLES[status]
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error"


TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    412: "Changed in the meantime",
    413: "Too large",
    415: "Not of this kind",
    422: "Not valid",
    429: "Too many requests",
    460: "Checksum mismatch",
    500: "Server error",
    503: "Not available",
}


def not_visible() -> Problem:
    return Problem(404, _("Not found, or you do not have access."))


def no_token(request: HttpRequest) -> Problem:
    """RFC 6750 (3): `error` only when an invalid token was sent."""
    problem = Problem(401, _("Send a valid token in the Authorization header."))
    came = 'Bearer realm="api", error="invalid_token"' if request.headers.get("Authorization") else ""
    problem.headers["WWW-Authenticate"] = came or 'Bearer realm="api"'
    return problem


def no_scope(scope: str) -> Problem:
    problem = Problem(
        403, _("This token does not have the scope “%(scope)s”.") % {"scope": scope}, code="scope"
    )
    problem.headers["WWW-Authenticate"] = f'Bearer realm="api", error="insufficient_scope", scope="{scope}"'
    return problem


def too_large() -> Problem:
    return Problem(413, _("This is larger than the service accepts."))


def not_json() -> Problem:
    return Problem(415, _("Send the body as application/json."))


def invalid(errors: FieldErrors) -> Problem:
    return Problem(422, _("Some fields are not valid."), errors)


def failed() -> Problem:
    return Problem(500, _("An error occurred in the service. Please try again."))


def unavailable() -> Problem:
    """The database does not answer, or all connections that the service allows itself are in use."""
    problem = Problem(503, _("The service is not available right now. Please try again soon."))
    problem.headers["Retry-After"] = "5"
    return problem


def too_many_requests(wait: float | None) -> Problem:
    problem = Problem(429, _("Too many requests with this token. Please wait a moment."))
    problem.headers["Retry-After"] = str(int(wait or 59) + 1)
    return problem


def refused_by_framework(request: HttpRequest, error: Any) -> HttpResponse:
    """The framework answers 400 for whatever its parser refuses."""
    if isinstance(error.__cause__, Problem):
        return problem_response(request, error.__cause__)
    detail = _("The body is not valid JSON in UTF-8.") if error.status_code == 400 else str(error)
    return problem_response(request, Problem(error.status_code, detail))


def not_found(request: HttpRequest, error: Any) -> HttpResponse:
    return problem_response(request, not_visible())


def database_unavailable(request: HttpRequest, error: Any) -> HttpResponse:
    log.error("the database did not answer an operation of the API", exc_info=error)
    return problem_response(request, unavailable())


def install(api: NinjaAPI) -> None:
    """Makes an API answer every refusal as a problem."""

    @api.exception_handler(Problem)
    def known(request: HttpRequest, error: Problem) -> HttpResponse:
        return problem_response(request, error)

    @api.exception_handler(ValidationError)
    def not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return problem_response(request, invalid(by_field(error.errors)))

    @api.exception_handler(AuthenticationError)
    def unknown_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return problem_response(request, no_token(request))

    api.add_exception_handler(Http404, not_found)

    @api.exception_handler(PermissionDenied)
    def refused(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        return problem_response(request, Problem(403, _("You do not have permission to do this.")))

    @api.exception_handler(Throttled)
    def throttled(request: HttpRequest, error: Throttled) -> HttpResponse:
        return problem_response(request, too_many_requests(error.wait))

    @api.exception_handler(RequestDataTooBig)
    def heavy(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
        return problem_response(request, too_large())

    api.add_exception_handler(HttpError, refused_by_framework)

    @api.exception_handler(Exception)
    def unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
        log.error("an operation of the API failed", exc_info=error)
        return problem_response(request, failed())

    for kind in (OperationalError, InterfaceError):
        api.add_exception_handler(kind, database_unavailable)
