"""The news as an Atom feed (RFC 4287), in one language at a time."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from companies.languages import active_language, in_language, with_language
from companies.text import cleaned
from news.models import Article

NEWEST = 30


class NewsFeed(Feed[Article, Any]):
    """`articles` come from the view; a text without the language falls back to another one, as on the pages."""

    feed_type = Atom1Feed

    def __init__(self, articles: QuerySet[Article]) -> None:
        self.articles = articles
        self.language = active_language()

    def title(self) -> str:
        return _("News from %(site)s") % {"site": settings.SITE_NAME}

    def subtitle(self) -> str:
        return _("News about companies working together around the southern Baltic.")

    def author_name(self) -> str:
        return str(settings.SITE_NAME)

    def link(self) -> str:
        return reverse("news")

    def feed_url(self) -> str:
        return f"{reverse('news_feed')}?lang={self.language}"

    def items(self) -> QuerySet[Article]:
        return self.articles.order_by("-published_at", "-pk")[:NEWEST]

    def item_title(self, item: Article) -> str:
        return cleaned(with_language(in_language(item.title)), one_line=True)

    def item_description(self, item: Article) -> str:
        return cleaned(in_language(item.summary).text)

    def item_pubdate(self, item: Article) -> datetime | None:
        return item.published_at

    def item_updateddate(self, item: Article) -> datetime:
        return max(item.updated_at, item.published_at or item.updated_at)


def version(request: HttpRequest, articles: QuerySet[Article]) -> str:
    """Changes with everything that a reader of the feed would see."""
    newest = articles.order_by("-updated_at").values_list("updated_at", flat=True).first()
    return f'"{active_language()}-{articles.count()}-{newest.timestamp() if newest else 0}"'
