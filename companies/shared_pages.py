"""Cached pages and fragments that are the same for many visitors, invalidated when the content changes.

A whole page is shared among anonymous visitors who have neither a personal link nor form input in the session, and
among guests by personal links who see the same. A fragment is shared among everybody who gets the same. All are kept
in this process by the content's version, language, time zone and minute, and must contain nothing personal.
"""

import json
import re
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import get_language

from companies.content_versions import content_version
from companies.process_cache import ProcessCache
from companies.text import JSON_IN_HTML

Given = ParamSpec("Given")
MOST_PAGES = 200
LARGEST_PAGE = 400_000  # bytes
_FORM_TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")[A-Za-z0-9]{64}(?=")')
NAME = "\ue000name\ue000"  # a placeholder, in private-use characters
_NAME_IN_JSON = json.dumps(NAME)[1:-1].encode()
# Tracking parameters that newsletters, search engines and social networks add; no page of ours reads them.
_TRACKING_PARAMETERS = ("utm_", "fbclid", "gclid", "msclkid", "mc_cid", "mc_eid", "li_fat_id", "pk_", "mtm_")


_pages: ProcessCache[tuple[str, list[bytes]]] = ProcessCache(MOST_PAGES)
_guest_pages: ProcessCache[tuple[str, list[bytes]]] = ProcessCache(MOST_PAGES)


def cached_for_anonymous(
    view: Callable[Concatenate[HttpRequest, Given], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Given], HttpResponse]:
    """For a view whose page depends only on the content, its URL, language, time zone and the minute."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
        if not is_anonymous_page_request(request):
            return view(request, *args, **kwargs)
        _drop_query(request)
        key = (request.path, *page_cache_key(), content_version())
        made = _pages.get(key)
        if made is not None:
            return _with_csrf_token(request, *made)
        response = view(request, *args, **kwargs)
        if _is_cacheable(response):
            _pages.set(key, (response["Content-Type"], _FORM_TOKEN.split(response.content)))
        return response

    return answer


def shared_with_guests(
    request: HttpRequest, by: Hashable | None, page: Callable[[], HttpResponse], *, name: str | None = None
) -> HttpResponse:
    """The page, made once for all guests for whom `by` is the same, whose sessions only hold personal links.

    `by` identifies everything that the page shows besides its URL, language, time zone and minute, above all the
    content's version; None when it is not shared. With a `name` the page is made with `NAME` in its place, in HTML
    and in JSON.
    """
    if by is None or not _is_guest_page_request(request):
        return _with_name(page(), name)
    key = (request.path, *page_cache_key(), by)
    made = _guest_pages.get(key)
    if made is None:
        response = page()
        made = response["Content-Type"], _FORM_TOKEN.split(response.content)
        if _is_cacheable(response):
            _guest_pages.set(key, made)
    return _with_name(_with_csrf_token(request, *made), name)


def _is_guest_page_request(request: HttpRequest) -> bool:
    """A plain GET without a query, by nobody who is signed in, for whom no message waits."""
    has_message = "messages" in request.COOKIES or "_messages" in request.session
    is_plain = request.method == "GET" and not request.META.get("QUERY_STRING")
    return is_plain and not has_message and not request.user.is_authenticated


def _with_name(response: HttpResponse, name: str | None) -> HttpResponse:
    if name is not None:
        in_json = json.dumps(name)[1:-1].translate(JSON_IN_HTML)
        content = response.content.replace(_NAME_IN_JSON, in_json.encode())
        response.content = content.replace(NAME.encode(), escape(name).encode())
    return response


def is_anonymous_page_request(request: HttpRequest) -> bool:
    """A plain GET for the whole page by somebody unknown."""
    return (
        request.method in {"GET", "HEAD"}
        and all(name == "lang" or name.startswith(_TRACKING_PARAMETERS) for name in request.GET)
        and "messages" not in request.COOKIES
        # The cookie of an expired or invalid session identifies nobody.
        and (settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.session.keys())
    )


def _drop_query(request: HttpRequest) -> None:
    """Removes the language, which is active, and tracking parameters, which may identify a recipient (mc_eid).

    Forms of the page repeat its query.
    """
    request.META["QUERY_STRING"] = ""
    request.GET = QueryDict()


def page_cache_key() -> tuple[Hashable, ...]:
    """Everything that a page depends on except its URL, the visitor and the content."""
    # By the zone's key: several zones share a tzname() (Etc/GMT, Etc/GMT+0), and pages show the name.
    return get_language(), str(timezone.get_current_timezone()), current_minute()


def current_minute() -> int:
    """Meetings start and end on whole minutes, so within one minute nothing on a page changes by itself."""
    return int(timezone.now().timestamp() // 60)


def _is_cacheable(response: HttpResponse) -> bool:
    plain = set(response.headers) == {"Content-Type"} and not response.cookies
    return plain and response.status_code == 200 and len(response.content) <= LARGEST_PAGE


def _with_csrf_token(request: HttpRequest, content_type: str, parts: list[bytes]) -> HttpResponse:
    """With this visitor's form token in place of that of the visitor for whom it was rendered."""
    content = parts[0] if len(parts) == 1 else get_token(request).encode().join(parts)
    return HttpResponse(content, content_type=content_type)
