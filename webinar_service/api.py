"""The API for programs, `/api/v1`, put together from what each application offers."""

from django.conf import settings
from ninja import NinjaAPI

from companies.api import companies, problems
from companies.api.auth import TokenThrottle
from meetings.api import meetings, programmes, recordings, registrations, rooms
from news import api as news

api = NinjaAPI(
    title=settings.SITE_NAME,
    version="1",
    description="Send `Authorization: Bearer TOKEN`. Errors are problem details (RFC 9457).",
    docs_url="/docs",
    openapi_url="/openapi.json",
    urls_namespace="api",
    throttle=[TokenThrottle("600/min")],
)
problems.install(api)
api.add_router("/meetings", meetings.router)
api.add_router("", registrations.router)
api.add_router("/rooms", rooms.router)
api.add_router("", recordings.router)
api.add_router("/companies", companies.router)
api.add_router("/programmes", programmes.router)
api.add_router("/news", news.router)
