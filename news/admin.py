"""The administration of articles and of the operator's own pages."""

from django.contrib import admin

from companies.admin import TEXTS, Media, Stamped
from news.models import Article, Page


@admin.register(Article)
class ArticleAdmin(Stamped, admin.ModelAdmin[Article]):
    formfield_overrides = TEXTS
    list_display = ["__str__", "published_at", "author", "company"]
    list_filter = ["published_at"]
    list_select_related = ["author", "company"]
    search_fields = ["slug", "title"]
    autocomplete_fields = ["author", "company"]
    raw_id_fields = ["meeting", "programme"]
    exclude = ["created_at", "updated_at"]
    date_hierarchy = "published_at"
    Media = Media

    def view_on_site(self, obj: Article) -> str:
        return obj.get_absolute_url()


@admin.register(Page)
class PageAdmin(Stamped, admin.ModelAdmin[Page]):
    formfield_overrides = TEXTS
    list_display = ["slug", "__str__", "updated_at"]
    exclude = ["updated_at"]
    Media = Media
