"""The visitor and the form data of a request, for every view."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.http import url_has_allowed_host_and_scheme

from companies.models import Person

Given = ParamSpec("Given")


def person_of(request: HttpRequest) -> Person | None:
    """The signed-in person, else None."""
    return request.user if isinstance(request.user, Person) and request.user.is_active else None


def submitted_data(
    request: HttpRequest,
) -> tuple[QueryDict, MultiValueDict[str, UploadedFile[bytes]]] | tuple[None, None]:
    """Data and files for a form: bound for a POST, even an empty one; else unbound."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def login_required_to_post(
    view: Callable[Concatenate[HttpRequest, Given], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Given], HttpResponseBase]:
    """Like `login_required`, for URLs without a page: signing in leads back to the page with the button."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated:
            return redirect_to_login(_referring_page(request))
        return view(request, *args, **kwargs)

    return answer


def _referring_page(request: HttpRequest) -> str:
    """The referring page when it is on this site, else the home page."""
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(before)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
