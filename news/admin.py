"""The administration of articles and of the operator's pages."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.admin import SlugFromTitle, TimestampedAdmin, TranslatedAdmin
from news.models import Article, Page


class PublishedFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return [("draft", _("draft")), ("published", _("published"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        published = queryset.model.objects.published(timezone.now())
        match self.value():
            case "draft":
                return queryset.exclude(pk__in=published)
            case "published":
                return queryset.filter(pk__in=published)
        return queryset


@admin.register(Article)
class ArticleAdmin(TranslatedAdmin, TimestampedAdmin, admin.ModelAdmin[Article]):
    form = SlugFromTitle
    list_display = ["__str__", "published_at", "author", "company"]
    list_filter = [PublishedFilter, "company"]
    list_select_related = ["author", "company"]
    search_fields = ["slug", "title__folds", "summary__folds"]
    autocomplete_fields = ["author", "company", "meeting", "programme"]
    date_hierarchy = "published_at"
    actions = ["publish"]
    fields = [
        "title",
        "slug",
        "summary",
        "body",
        "picture",
        "picture_text",
        "author",
        "company",
        "programme",
        "meeting",
        "published_at",
    ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"author": request.user.pk, **super().get_changeform_initial_data(request)}

    @admin.action(description=_("Publish selected drafts now"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        now = timezone.now()
        queryset.filter(published_at=None).update(published_at=now, updated_at=now)

    def view_on_site(self, obj: Article) -> str:
        return obj.get_absolute_url()


@admin.register(Page)
class PageAdmin(TranslatedAdmin, TimestampedAdmin, admin.ModelAdmin[Page]):
    list_display = ["slug", "__str__", "updated_at"]
    fields = ["slug", "title", "body"]

    def view_on_site(self, obj: Page) -> str:
        return reverse(obj.slug)
