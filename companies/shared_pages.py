"""Pages and parts of pages that are the same for many people: made once, and again when the content has changed.

A whole page is shared among strangers: visitors without an account, a personal link or anything typed. A part is shared
among all for whom it says the same. Both are kept in this process, by what they were made of: the content's version,
language, time zone and minute. Nothing that tells of one person may stand in them.
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
# What newsletters, search engines and social networks add to addresses; no page of ours reads it.
_TRACKING_PARAMETERS = ("utm_", "fbclid", "gclid", "msclkid", "mc_cid", "mc_eid", "li_fat_id", "pk_", "mtm_")


_pages: ProcessCache[tuple[str, list[bytes]]] = ProcessCache(MOST_PAGES)


def cached_for_anonymous(
    view: Callable[Concatenate[HttpRequest, Given], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Given], HttpResponse]:
    """The page depends on nothing but the content, its address, language, time zone and the minute."""

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
    """Asks for a page as it stands, whole, and as nobody whom we know."""
    return (
        request.method in {"GET", "HEAD"}
        and all(name.startswith(_TRACKING_PARAMETERS) for name in request.GET)
        and "HX-Request" not in request.headers
        and "messages" not in request.COOKIES
        # A cookie of a session that is over, or was never ours, is nobody's.
        and (settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.session.keys())
    )


def _drop_query(request: HttpRequest) -> None:
    """What others added names who was written to (mc_eid); forms of the page give the address they came by again."""
    request.META["QUERY_STRING"] = ""
    request.GET = QueryDict()


def page_cache_key() -> tuple[Hashable, ...]:
    """All that a page depends on but for its address, who asks and the content."""
    # By its key: tzname() calls several zones of one offset alike (Etc/GMT, Etc/GMT+0), and pages name them.
    return get_language(), str(timezone.get_current_timezone()), current_minute()


def current_minute() -> int:
    """Meetings begin and end on whole minutes: within one, nothing on a page changes by itself."""
    return int(timezone.now().timestamp() // 60)


def _is_cacheable(response: HttpResponse) -> bool:
    plain = set(response.headers) == {"Content-Type"} and not response.cookies
    return plain and response.status_code == 200 and len(response.content) <= LARGEST_PAGE


def _with_csrf_token(request: HttpRequest, content_type: str, parts: list[bytes]) -> HttpResponse:
    """With the form token of who asks in place of the one of who asked first."""
    content = parts[0] if len(parts) == 1 else get_token(request).encode().join(parts)
    return HttpResponse(content, content_type=content_type)
