"""Cached pages and fragments that are the same for many visitors, invalidated when the content changes.

A whole page is shared among anonymous visitors who have neither a personal link nor form input in the session. A
fragment is shared among everybody who gets the same. Both are kept in this process by the content's version,
language, time zone and minute, and must contain nothing personal.
"""

import re
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.translation import get_language

from companies.content_versions import content_version
from companies.process_cache import ProcessCache

Given = ParamSpec("Given")
MOST_PAGES = 200
LARGEST_PAGE = 400_000  # bytes
_FORM_TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")[A-Za-z0-9]{64}(?=")')
# Tracking parameters that newsletters, search engines and social networks add; no page of ours reads them.
_TRACKING_PARAMETERS = ("utm_", "fbclid", "gclid", "msclkid", "mc_cid", "mc_eid", "li_fat_id", "pk_", "mtm_")


_pages: ProcessCache[tuple[str, list[bytes]]] = ProcessCache(MOST_PAGES)


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


def is_anonymous_page_request(request: HttpRequest) -> bool:
    """A plain GET for the whole page by somebody unknown."""
    return (
        request.method in {"GET", "HEAD"}
        and all(name.startswith(_TRACKING_PARAMETERS) for name in request.GET)
        and "messages" not in request.COOKIES
        # The cookie of an expired or invalid session identifies nobody.
        and (settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.session.keys())
    )


def _drop_query(request: HttpRequest) -> None:
    """Removes tracking parameters, which may identify a recipient (mc_eid); forms of the page repeat its query."""
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
