"""A flow's refusal as a problem: 412 when the row has changed, 422 with field errors, else 409 with its code."""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from api.problems import Problem, invalid, problem_response
from companies.refusals import Outdated, Refusal


def install(api: NinjaAPI) -> None:
    @api.exception_handler(Refusal)
    def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
        return problem_response(request, problem_of(refusal))


def problem_of(refusal: Refusal) -> Problem:
    if isinstance(refusal, Outdated):
        return Problem(412, refusal.message)
    if "" not in refusal.field_errors:
        return invalid(refusal.field_errors)
    return Problem(409, refusal.message, code=refusal.code)
