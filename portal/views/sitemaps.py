"""What anybody may open, for search engines (sitemaps.org): each page's own address, whose head names the others."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils.timezone import now

from companies.access import listed_companies
from companies.models import Company
from meetings.access import Visitor, series_of, visible_meetings, visible_programmes
from meetings.models import Meeting, Programme, Series
from news.access import published_articles
from news.models import Article
from recordings.access import public_recordings
from recordings.models import Recording

LISTS = ("home", "schedule", "programmes", "recordings", "directory", "news")


class _Site:
    """At the address of this installation, whichever of its names was asked for."""

    limit = 5_000  # addresses of one file: made within a second

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.SITE_URL).netloc


class _Rows(_Site):
    """The rows of a queryset, which says when one of them changed in the field `changed`."""

    changed = "updated_at"

    def lastmod(self, item: Any) -> datetime | None:
        changed: datetime | None = getattr(item, self.changed)
        return changed

    def get_latest_lastmod(self) -> datetime | None:
        latest: datetime | None = self.items().order_by().aggregate(latest=Max(self.changed))["latest"]
        return latest

    def items(self) -> QuerySet[Any]:
        raise NotImplementedError


class Lists(_Site, Sitemap[str]):
    def items(self) -> list[str]:
        return list(LISTS)

    def location(self, item: str) -> str:
        return reverse(item)


class Meetings(_Rows, Sitemap[Meeting]):
    changed = "changed_at"

    def items(self) -> QuerySet[Meeting]:
        return visible_meetings(Visitor()).published().only("pk", "changed_at").order_by("pk")


class SeriesOfMeetings(_Site, Sitemap[Series]):
    def items(self) -> QuerySet[Series]:
        return series_of(visible_meetings(Visitor()).published()).only("pk").order_by("pk")


class Programmes(_Site, Sitemap[Programme]):
    def items(self) -> QuerySet[Programme]:
        return visible_programmes(Visitor()).only("pk", "slug").order_by("pk")


class Recordings(_Rows, Sitemap[Recording]):
    changed = "state_changed_at"

    def items(self) -> QuerySet[Recording]:
        return public_recordings().only("pk", "state_changed_at").order_by("pk")


class Companies(_Rows, Sitemap[Company]):
    def items(self) -> QuerySet[Company]:
        return listed_companies().only("pk", "slug", "updated_at").order_by("pk")


class Articles(_Rows, Sitemap[Article]):
    def items(self) -> QuerySet[Article]:
        return published_articles(now=now()).only("pk", "slug", "updated_at").order_by("pk")


SITEMAPS: dict[str, type[Sitemap[Any]]] = {
    "pages": Lists,
    "meetings": Meetings,
    "series": SeriesOfMeetings,
    "programmes": Programmes,
    "recordings": Recordings,
    "companies": Companies,
    "news": Articles,
}
