"""The API, `/api/v1`, assembled from the routers of the apps."""

from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, re_path
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.openapi.urls import get_openapi_urls
from ninja.operation import Operation

from api import problems, requests, strictness
from api.openapi import ServiceOpenAPISchema
from api.scopes import SCOPES
from api.throttling import TokenThrottle
from attendance.api import attendance
from companies.api import companies, refusals
from meetings.api import invitations, meetings, programmes, registrations
from news import api as news
from notifications import api as messages
from portal.api import agenda, polls, questions, resources
from projects.api import date_polls, exports, files, projects, sheets
from recordings.api import recordings
from rooms.api import tickets

DESCRIPTION = f"""
With the API, programs do what people do on the pages with meetings, recordings, companies, projects and news.

**A token** is issued by the operator. It acts for one person, with that person's rights, within its scopes.

    .venv/bin/python manage.py api_token you@example.org --scope meetings:read --scope meetings:write

It is printed once. Send it with each request as `Authorization: Bearer TOKEN`; here, press *Authorize* and paste it.
With `--scope all` it has every scope: {", ".join(f"`{scope}`" for scope in SCOPES)}.

* **Times** in answers are RFC 3339 instants in UTC. In requests `starts_at` is an instant, or local wall-clock time
  (`2030-01-10T10:00`) in the zone `timezone`; a time that does not exist or exists twice on that day, because clocks
  change, is refused.
* **Texts** for people are objects by language: `{{"en": "Heat", "sv": "Värme"}}`.
* **Lists** are pages `{{"items": […], "next": "…"}}`: request the next page with `?cursor=` and
  the value of `next`, until it is null.
* **Fields and parameters** that an operation does not know, or that are given twice, are refused (422), so that
  nothing is silently ignored. Texts are stored in Unicode's NFC; control characters are refused.
* **Errors** are problem details (RFC 9457, `application/problem+json`) in the language of `Accept-Language`;
  with 422, `errors` has the messages by field.
* **Retrying**: a POST repeated with the same `Idempotency-Key` returns the first answer and does nothing twice.
* **Concurrent changes**: send the `ETag` that you read as `If-Match`; if someone has changed the item since, your
  change is refused (412).
* **Rate limit**: 600 requests a minute for each token, then 429 with `Retry-After`.
"""


class Api(NinjaAPI):
    """Answers unknown URLs and methods as the rest of the API does."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> ServiceOpenAPISchema:
        return ServiceOpenAPISchema(
            self, self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        )

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return f"{operation.view_func.__module__.split('.')[-1]}_{operation.view_func.__name__}".replace(
            "api_", "news_"
        )

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        found = super()._get_urls()
        pages = {pattern.name for pattern in get_openapi_urls(self)}
        for pattern in found:
            if isinstance(pattern, URLPattern):
                view: Any = require_safe(pattern.callback) if pattern.name in pages else pattern.callback
                pattern.callback = requests.as_api_view(view, self.on_exception)
        return [*found, re_path("", requests.as_api_view(requests.not_found, self.on_exception))]


api = Api(
    title=settings.SITE_NAME,
    version="1",
    description=DESCRIPTION,
    docs_url="/docs",
    openapi_url="/openapi.json",
    urls_namespace="api",
    servers=[{"url": settings.SITE_URL, "description": settings.SITE_NAME}],
    throttle=[TokenThrottle("600/minute")],
    parser=requests.StrictParser(),
)
problems.install(api)
refusals.install(api)
api.add_decorator(strictness.strict)
api.add_router("/meetings", meetings.router)
api.add_router("", attendance.router)
api.add_router("", questions.router)
api.add_router("", polls.router)
api.add_router("", agenda.router)
api.add_router("", resources.router)
api.add_router("", registrations.router)
api.add_router("", invitations.router)
api.add_router("", messages.router)
api.add_router("/rooms", tickets.router)
api.add_router("", recordings.router)
api.add_router("/companies", companies.router)
api.add_router("/programmes", programmes.router)
api.add_router("/news", news.router)
api.add_router("/projects", projects.router)
api.add_router("/projects", files.router)
api.add_router("/projects", date_polls.router)
api.add_router("/projects", exports.router)
api.add_router("/project-sheets", sheets.router)
