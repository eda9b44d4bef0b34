"""Error pages: what happened, that nothing was lost, and what to do."""

import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.views import (
    company_contacts,
    confirmations,
    contact,
    newsletter,
    partners,
    programmes,
    registrations,
)
from recordings.media_files import is_disk_full
from webinar_service.web import refusals

# Forms of visitors who may have no session: rendered again with their input and a new token.
SHOWN_AGAIN: dict[str | None, Callable[..., HttpResponse]] = {
    "contact": contact.redisplay_form,
    "lost_confirmation": confirmations.redisplay_form,
    "newsletter": newsletter.redisplay_form,
    "partner_offer": partners.redisplay_form,
    "write_to_company": company_contacts.redisplay_form,
    "register": registrations.redisplay_form,
    "register_for_series": programmes.redisplay_form,
}


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The header tells scripts to retry this 403 with a new token: frontend/src/islands/problems.ts."""
    match = request.resolver_match
    if match is not None and match.url_name in SHOWN_AGAIN:
        response = SHOWN_AGAIN[match.url_name](request, **match.kwargs)
    else:
        response = render(request, "errors/csrf.html", status=403)
    response.headers["X-Form-Problem"] = "expired"
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    error = sys.exc_info()[1]
    if error is not None and is_disk_full(error):
        return render(request, "errors/500.html", {"is_disk_full": True}, status=507)
    if isinstance(error, OperationalError | InterfaceError):
        return refusals.busy_response(request)
    return render(request, "errors/500.html", status=500)
