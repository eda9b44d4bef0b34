"""News and its archive."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsConfig(AppConfig):
    name = "news"
    verbose_name = _("News")

    def ready(self) -> None:
        from companies import content_versions
        from news import personal_data
        from news.models import Article, Page

        content_versions.watch(Article)
        content_versions.watch(Page)
        personal_data.register_all()
