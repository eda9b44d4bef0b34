"""The reader's language and time zone for each request: from the profile, else from the browser."""

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation

from companies import zones
from companies.content_versions import pinned_version, version_at_start
from companies.languages import active_language, codes
from companies.models import Person


def without_nul(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """404 for a path with NUL, which PostgreSQL accepts in no text.

    Forms, searches and the API refuse it by field.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info and not request.path_info.startswith("/api/"):
            raise Http404
        return get_response(request)

    return answer


class ReaderMiddleware:
    """After LocaleMiddleware, which has read the cookie and Accept-Language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        changes_nothing = request.method in {"GET", "HEAD"}
        with pinned_version() if changes_nothing else version_at_start():
            person = request.user if isinstance(request.user, Person) else None
            if person is not None and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
                translation.activate(person.language)
                request.LANGUAGE_CODE = translation.get_language()
            named = request.GET.get("lang") if changes_nothing else None
            if named in codes():
                # For this page alone: search engines have one address for each language.
                translation.activate(named)
                request.LANGUAGE_CODE = named
            with timezone.override(reader_zone(request, person)):
                return self.get_response(request)


def reader_zone(request: HttpRequest, person: Person | None) -> zoneinfo.ZoneInfo:
    wanted = person.timezone if person else zones.from_cookies(request.COOKIES) or _likely_zone()
    return zones.known_zone(wanted)


def _likely_zone() -> str:
    return zones.BY_LANGUAGE.get(active_language(), str(settings.DEFAULT_TIMEZONE))
