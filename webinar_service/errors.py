"""Pages for what went wrong: they say what happened, that nothing was lost, and what to do."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from meetings.media_files import is_disk_full


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The header tells scripts that this 403 is mended by a new token: frontend/src/islands/problems.ts."""
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
    return render(request, "errors/500.html", status=500)
