"""The personal data of news: the author."""

from django.utils.translation import gettext_lazy as _

from companies.personal_data import Export, register, register_impersonal
from news.models import Article, Page


def register_all() -> None:
    register(
        Article,
        "news",
        export=Export(
            rows=lambda person: Article.objects.filter(author=person),
            columns=[
                *("slug", "title", "summary", "body", "picture_text"),
                *("published_at", "created_at", "updated_at"),
            ],
            title=_("News that you wrote"),
        ),
        erase=lambda person, _now: Article.objects.filter(author=person).update(author=None),
        without=dict.fromkeys(
            ["picture", "author", "company", "programme", "meeting"], "what the article is about"
        ),
    )
    register_impersonal("written by the operator", Page)
