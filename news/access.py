"""Who may read articles; all lookups on behalf of a person go through here."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404

from companies.access import secretariat
from companies.folding import MAX_ROWS, texts_contain_words
from companies.models import Person
from news.models import Article, ArticleQuerySet, Page


def published_articles(*, now: datetime) -> ArticleQuerySet:
    return Article.objects.published(now)


def operator_page(slug: str) -> Page | None:
    """A page with the operator's own text; None when there is none."""
    return Page.objects.filter(slug=slug).first()


def readable_articles(person: Person | None, *, now: datetime) -> QuerySet[Article]:
    """Published articles; the secretariat reads drafts too."""
    if person is not None and person.is_active and person.is_secretariat:
        return Article.objects.all()
    return published_articles(now=now)


def articles_with_words(articles: QuerySet[Article], words: str) -> list[Article]:
    """Those that contain every word, in any language, among the newest MAX_ROWS."""
    rows = articles.exclude(published_at=None).select_related("company")[:MAX_ROWS]
    return [one for one in rows if texts_contain_words((one.title, one.summary, one.body), words)]


def drafts(by: Person | None) -> QuerySet[Article]:
    """Articles without a day on which they are published, the oldest first; for the secretariat."""
    secretariat(by)
    return Article.objects.filter(published_at=None).order_by("created_at", "pk")


def article_for(person: Person | None, slug: str, *, now: datetime) -> Article:
    article = (
        readable_articles(person, now=now)
        .select_related("author", "company", "programme")
        .filter(slug=slug)
        .first()
    )
    if article is None:
        raise Http404
    return article


def article_of_picture(person: Person | None, file_name: str, *, now: datetime) -> Article:
    article = readable_articles(person, now=now).filter(picture=f"news/{file_name}").first()
    if article is None:
        raise Http404
    return article
