"""Operations on news."""

from datetime import datetime
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from ninja.decorators import decorate_view
from pydantic import Field

from api.auth import Scope
from api.idempotency import idempotent
from api.paging import Page, PageQuery, page
from api.problems import Problem
from companies.api.people import caller
from companies.api.schemas import Line, Moment, NamedTitle, OptionalText, RequestModel, example
from news import access, publishing
from news.models import Article

router = Router(tags=["news"])


class ArticleIn(RequestModel):
    model_config = example(
        slug="harbour-heat-opens",
        title={"en": "The harbour is warm", "sv": "Hamnen är varm"},
        summary={"en": "A first winter without oil."},
        published_at="2026-11-02T08:00:00Z",
    )

    slug: Annotated[Line, Field(pattern=r"^[a-z0-9-]+$", min_length=2)]
    title: NamedTitle
    summary: OptionalText = {}
    body: OptionalText = {}
    published_at: Moment | None = Field(
        None, description="null: draft; a future time: published automatically then"
    )


class ArticleOut(Schema):
    slug: str
    title: dict[str, str]
    summary: dict[str, str]
    body: dict[str, str]
    published_at: datetime | None
    url: str


@router.get("", response=Page[ArticleOut], auth=Scope("news:read"), summary="List news")
def list_news(request: HttpRequest, asked: Query[PageQuery]) -> dict[str, Any]:
    """Published articles, newest first."""
    return page(access.published_articles(now=timezone.now()), asked, "-published_at", article_out)


@router.post("", response={201: ArticleOut}, auth=Scope("news:write"), summary="Write an article")
@decorate_view(idempotent)
def write(request: HttpRequest, payload: ArticleIn) -> Status[ArticleOut]:
    """Secretariat only."""
    if not caller(request).is_secretariat:
        raise Problem(403, _("Only the secretariat can publish news."))
    details = publishing.ArticleDetails(**payload.model_dump())
    try:
        article = publishing.write_article(author=caller(request), details=details, now=timezone.now())
    except publishing.UnableToWrite as refusal:
        raise Problem(409, refusal.message) from refusal
    return Status(201, article_out(article))


def article_out(article: Article) -> ArticleOut:
    return ArticleOut(
        slug=article.slug,
        title=article.title,
        summary=article.summary,
        body=article.body,
        published_at=article.published_at,
        url=f"{settings.SITE_URL}{reverse('article', args=[article.slug])}",
    )
