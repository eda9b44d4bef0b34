"""News, archive and feed; and the operator's pages."""

from datetime import datetime

from django.conf import settings
from django.db.models import Count
from django.db.models.functions import ExtractYear
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_safe

from companies.languages import in_language
from companies.public_page import PublicPage, address, organization, page_of_list, words_of
from companies.shared_pages import cached_for_anonymous
from companies.views.paging import page_of
from meetings.access import visible_meeting, visitor_of
from news import access, feeds
from news.models import Article, Page

ON_A_PAGE = 10
ON_A_PAGE_OF_A_YEAR = 50
YEARS = range(1970, 3000)  # databases have no year 0


@require_safe
@cached_for_anonymous
def news_page(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    articles = access.readable_articles(visitor_of(request).person, now=now).select_related("company")
    page = page_of(request, "page", articles, ON_A_PAGE)
    context = {
        "section": "news",
        "public_page": page_of_list(
            request, _("News"), _("News about companies working together around the southern Baltic.")
        ),
        "page": page,
        "years": _years(request),
        "now": now,
    }
    return render(request, "news/news.html", context)


@require_safe
def news_year(request: HttpRequest, year: int) -> HttpResponse:
    if year not in YEARS:
        raise Http404
    now = timezone.now()
    articles = access.readable_articles(visitor_of(request).person, now=now).select_related("company")
    of_year = articles.filter(published_at__year=year)
    page = page_of(request, "page", of_year, ON_A_PAGE_OF_A_YEAR)
    if not page.paginator.count:
        raise Http404
    context = {"section": "news", "articles": page, "page": page, "year": year, "now": now}
    return render(request, "news/year.html", {**context, "years": _years(request)})


def _years(request: HttpRequest) -> list[tuple[int, int]]:
    """Each year with news, newest first, and the number of articles."""
    articles = access.readable_articles(visitor_of(request).person, now=timezone.now())
    by_year = articles.exclude(published_at=None).order_by().annotate(year=ExtractYear("published_at"))
    return list(by_year.values_list("year").annotate(Count("pk")).order_by("-year"))


@require_safe
@cached_for_anonymous
def article_page(request: HttpRequest, slug: str) -> HttpResponse:
    visitor, now = visitor_of(request), timezone.now()
    article = access.article_for(visitor.person, slug, now=now)
    meeting = visible_meeting(visitor, article.meeting_id) if article.meeting_id else None
    others = access.readable_articles(visitor.person, now=now).exclude(pk=article.pk)[:3]
    context = {
        "section": "news",
        "article": article,
        "public_page": _public_page(article, now),
        "meeting": meeting,
        "others": others,
        "now": now,
    }
    return render(request, "news/article.html", context)


def _public_page(article: Article, now: datetime) -> PublicPage | None:
    if article.published_at is None or article.published_at > now:
        return None
    title, summary = words_of(article.title), words_of(article.summary)
    data: dict[str, object] = {
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": article.published_at.isoformat(),
        "dateModified": max(article.updated_at, article.published_at).isoformat(),
        "inLanguage": in_language(article.title).language,
        "publisher": organization(settings.SITE_NAME, "/"),
    }
    if summary:
        data["description"] = summary
    if article.picture_address:
        data["image"] = address(article.picture_address)
    if article.author and article.author.name:
        data["author"] = {"@type": "Person", "name": article.author.name}
    return PublicPage(
        path=article.get_absolute_url(),
        title=title,
        description=summary,
        image=article.picture_address,
        image_text=words_of(article.picture_text),
        is_article=True,
        data=data,
    )


@require_safe
def news_picture(request: HttpRequest, file_name: str) -> HttpResponseBase:
    article = access.article_of_picture(visitor_of(request).person, file_name, now=timezone.now())
    response = FileResponse(article.picture.open("rb"))
    response["Cache-Control"] = "private, max-age=86400"
    return response


@require_safe
def news_feed(request: HttpRequest) -> HttpResponseBase:
    """In the language of `?lang=`, else in the negotiated one. Published articles only: a feed is public."""
    articles = access.published_articles(now=timezone.now())
    etag = feeds.version(request, articles)
    response: HttpResponseBase = condition(etag_func=lambda _request: etag)(feeds.NewsFeed(articles))(request)
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return _operator_page(request, Page.Slug.PRIVACY)


@require_safe
def imprint(request: HttpRequest) -> HttpResponse:
    return _operator_page(request, Page.Slug.IMPRINT)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return _operator_page(request, Page.Slug.ACCESSIBILITY)


def _operator_page(request: HttpRequest, slug: Page.Slug) -> HttpResponse:
    """The operator's text; without one, a default text about the service."""
    page = access.operator_page(slug)
    context = {
        "page": page,
        "retention": _periods(),
        "replies_are_read": bool(settings.INBOUND_EMAIL_ADDRESS),
        "browsers_are_notified": bool(settings.VAPID_PRIVATE_KEY),
        "speech_is_transcribed": bool(settings.TRANSCRIPTION_URL),
    }
    return render(request, "legal/own.html" if page else f"legal/{slug}.html", context)


def _periods() -> dict[str, int]:
    """After which the service deletes or anonymises what is kept about people."""
    return {
        "guest_months": settings.RETENTION_GUEST_MONTHS,
        "attendance_years": settings.RETENTION_ATTENDANCE_YEARS,
        "chat_months": settings.RETENTION_CHAT_MONTHS,
        "email_months": settings.RETENTION_EMAIL_MONTHS,
    }
