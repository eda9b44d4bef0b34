"""The administration of people and companies, and what every administration of the service shares."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet, URLField
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import editing
from companies.forms import LanguageTextFormField
from companies.languages import LanguageTextField
from companies.models import ApiToken, Company, Need, Offer, Person, Topic

admin.site.site_header = settings.SITE_NAME
admin.site.site_title = settings.SITE_NAME
admin.site.index_title = _("Administration")

TEXTS: dict[Any, dict[str, Any]] = {
    LanguageTextField: {"form_class": LanguageTextFormField, "rows": 4},
    URLField: {"assume_scheme": "https"},
}


class Media:
    css = {"all": ["admin.css"]}


class LookOnly:
    """Changed only by the service's own pages, because people are told of each change: here it is looked at."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Stamped:
    """Keeps created_at and updated_at by itself."""

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:  # noqa: FBT001
        now = timezone.now()
        if not change:
            obj.created_at = now
        obj.updated_at = now
        super().save_model(request, obj, form, change)  # type: ignore[misc]


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin[Topic]):
    formfield_overrides = TEXTS
    list_display = ["slug", "__str__"]
    search_fields = ["slug", "name"]
    Media = Media


class WishInline(admin.StackedInline[Any, Company]):
    formfield_overrides = {LanguageTextField: {"form_class": LanguageTextFormField, "rows": 2}}
    fields = ["title", "details", "topics"]
    filter_horizontal = ["topics"]
    extra = 0


class OfferInline(WishInline):
    model = Offer


class NeedInline(WishInline):
    model = Need


@admin.register(Company)
class CompanyAdmin(Stamped, admin.ModelAdmin[Company]):
    formfield_overrides = TEXTS
    list_display = ["name", "city", "country", "size", "is_listed", "updated_at"]
    list_filter = ["is_listed", "country", "size", "topics"]
    search_fields = ["name", "city", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    filter_horizontal = ["topics"]
    # The logo is made small and safe on the company's own page.
    exclude = ["logo", "created_at", "updated_at"]
    inlines = [OfferInline, NeedInline]
    Media = Media

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001
        for wish in formset.save(commit=False):
            wish.created_at = wish.created_at or timezone.now()
            wish.save()
        for wish in formset.deleted_objects:
            wish.delete()
        formset.save_m2m()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        super().save_related(request, form, formsets, change)
        editing.touch(company=form.instance, now=timezone.now())

    def view_on_site(self, obj: Company) -> str:
        return obj.get_absolute_url()


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin[Person]):
    list_display = [
        "__str__",
        "email",
        "company",
        "is_company_admin",
        "is_secretariat",
        "is_active",
        "last_login",
    ]
    list_filter = ["is_secretariat", "is_company_admin", "is_active", "language", "company"]
    list_select_related = ["company"]
    search_fields = ["name", "email"]
    autocomplete_fields = ["company"]
    readonly_fields = ["last_login", "created_at"]
    fields = [
        "email",
        "name",
        "title",
        "company",
        "is_company_admin",
        "country",
        "language",
        "timezone",
        "wants_reminders",
        "wants_digest",
        "is_secretariat",
        "is_active",
        "last_login",
        "created_at",
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Person | None = None) -> list[str]:
        # An address is what a person signs in with: they change it themselves, by a code.
        return [*self.readonly_fields, "email"] if obj else list(self.readonly_fields)

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change:
            obj.email = obj.email.strip().lower()
            obj.set_unusable_password()
        obj.is_company_admin = obj.is_company_admin and obj.company_id is not None
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # is_active=False closes an account; erasing is more than one row


@admin.register(ApiToken)
class ApiTokenAdmin(LookOnly, admin.ModelAdmin[ApiToken]):
    list_display = ["name", "person", "scopes", "created_at", "last_used_at", "revoked_at"]
    list_select_related = ["person"]
    search_fields = ["name", "person__email"]
    exclude = ["key_hash"]
    actions = ["revoke"]

    @admin.action(description=_("Revoke the chosen keys"), permissions=["view"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        queryset.filter(revoked_at=None).update(revoked_at=timezone.now())


__all__ = ["TEXTS", "LookOnly", "Media", "Stamped"]
