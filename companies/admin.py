"""The administration of people and companies, and base classes that every app's administration shares."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Field, JSONField, Model, QuerySet, SlugField, URLField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext_lazy as _

from api.models import ApiToken
from companies import editing, erasing, personal_data, sessions, signals, signing_in
from companies.form_fields import NOTHING_SELECTED
from companies.forms import LanguageTextFormField, ZoneField, language_choices
from companies.languages import LanguageTextField, in_language
from companies.models import Company, Need, Offer, Person, Topic
from companies.models.company import countries_by_name

admin.site.site_header = settings.SITE_NAME
admin.site.site_title = settings.SITE_NAME
admin.site.index_title = _("Administration")
admin.site.empty_value_display = "–"

LINES = {"description": 10, "body": 16}  # rows of the longer text areas


def country_choices() -> list[tuple[Any, Any]]:
    return [("", str(NOTHING_SELECTED)), *countries_by_name()]


# Columns with codes, and the choices for each.
CHOICES: dict[str, Callable[[], list[tuple[Any, Any]]]] = {
    "language": language_choices,
    "country": country_choices,
}


def _with_empty_choice_in_words(choices: Any) -> list[tuple[Any, Any]]:
    return [(value, label if value else NOTHING_SELECTED) for value, label in choices]


class TranslatedAdmin(BaseModelAdmin[Any]):
    """Edits texts by language, and offers a list of choices where a column holds a code."""

    formfield_overrides = {URLField: {"assume_scheme": "https"}}

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, LanguageTextField):
            rows = LINES.get(db_field.name, 3) if db_field.prose else 0
            return db_field.formfield(form_class=LanguageTextFormField, rows=rows)
        if db_field.name == "timezone":
            return ZoneField()
        if db_field.name in CHOICES and not db_field.choices:
            return forms.ChoiceField(
                choices=CHOICES[db_field.name],
                required=not db_field.blank,
                label=capfirst(db_field.verbose_name),
                help_text=db_field.help_text,
            )
        made = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(made, forms.ModelChoiceField) and made.empty_label is not None:
            made.empty_label = str(NOTHING_SELECTED)
        elif isinstance(made, forms.ChoiceField):
            made.choices = _with_empty_choice_in_words(made.choices)
        if made and isinstance(db_field, SlugField):
            made.error_messages["invalid"] = _(
                "Use only unaccented letters, numbers, hyphens and underscores."
            )
        if made and isinstance(made.widget, RelatedFieldWidgetWrapper):
            # Related rows can be chosen here; they are added, changed and deleted on their own pages.
            made.widget.can_add_related = made.widget.can_change_related = made.widget.can_delete_related = (
                False
            )
        return made


class SlugFromTitle(forms.ModelForm[Any]):
    """An empty slug is made from the title."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        self.fields["slug"].help_text = _(
            "Lowercase letters, numbers and hyphens. If you leave this empty, it is made from the title."
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("slug") and "slug" not in self.errors and cleaned.get("title"):
            cleaned["slug"] = self._slug_of(in_language(cleaned["title"], "en").text)
            if not cleaned["slug"]:
                self.add_error("slug", _("Enter this yourself: it cannot be made from the title."))
        return cleaned

    def _slug_of(self, title: str) -> str:
        room = self._meta.model._meta.get_field("slug").max_length or 50
        return slugify(title)[:room].strip("-")


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Read-only: changed through the service's own pages, because changes send emails."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [self._shown(name) for name in self.fields or ()]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.get_fields(request, obj)

    def _shown(self, name: Any) -> Any:
        fields = {field.name: field for field in self.model._meta.fields}
        return as_text(fields[name]) if isinstance(fields.get(name), JSONField) else name


@cache
def as_text(field: JSONField[Any, Any]) -> Callable[[Model], str]:
    """A JSON column as text: a text in the reader's language, or a comma-separated list."""

    @admin.display(description=field.verbose_name, empty_value="–")
    def shown(row: Model) -> str:
        value = getattr(row, field.name)
        if isinstance(field, LanguageTextField):
            return in_language(value).text
        if isinstance(value, dict):
            return "\n".join(f"{key}: {each}" for key, each in value.items())
        return ", ".join(map(str, value or []))

    return shown


class TimestampedAdmin(admin.ModelAdmin[Any]):
    """Sets created_at and updated_at."""

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm[Any], change: bool) -> None:  # noqa: FBT001
        now = timezone.now()
        if not change:
            obj.created_at = now
        obj.updated_at = now
        super().save_model(request, obj, form, change)


class CountryFilter(admin.SimpleListFilter):
    """Filters by country, listed by name where the column holds a code."""

    title = _("country")
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return countries_by_name()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(country=self.value()) if self.value() else queryset


@admin.register(Topic)
class TopicAdmin(TranslatedAdmin, admin.ModelAdmin[Topic]):
    list_display = ["__str__", "slug"]
    search_fields = ["slug", "name__folds"]


class ListingInline(TranslatedAdmin, admin.StackedInline[Any, Company]):
    fields = ["title", "details", "topics"]
    filter_horizontal = ["topics"]
    extra = 0


class OfferInline(ListingInline):
    model = Offer


class NeedInline(ListingInline):
    model = Need


@admin.register(Company)
class CompanyAdmin(TranslatedAdmin, TimestampedAdmin, admin.ModelAdmin[Company]):
    list_display = ["name", "city", "country", "size", "is_listed", "updated_at"]
    list_filter = ["is_listed", "country", "size", "topics"]
    search_fields = ["name__folds", "city__folds", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    filter_horizontal = ["topics"]
    # The company's own page scales the logo and re-encodes it.
    exclude = ["logo", "created_at", "updated_at"]
    inlines = [OfferInline, NeedInline]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001
        for listing in formset.save(commit=False):
            listing.created_at = listing.created_at or timezone.now()
            listing.save()
        for listing in formset.deleted_objects:
            listing.delete()
        formset.save_m2m()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        super().save_related(request, form, formsets, change)
        editing.touch(company=form.instance, now=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Company) -> None:
        self.delete_queryset(request, Company.objects.filter(pk=obj.pk))

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Company]) -> None:
        # Its people remain, without a company and without the admin role.
        people = list(Person.objects.filter(company__in=queryset).values_list("pk", flat=True))
        Person.objects.filter(pk__in=people).update(is_company_admin=False, company=None)
        signals.access_changed.send(Person, people=people)
        super().delete_queryset(request, queryset)

    def view_on_site(self, obj: Company) -> str:
        return obj.get_absolute_url()


class PersonForm(forms.ModelForm[Person]):
    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if Person.objects.filter(email=email).exists():
            raise forms.ValidationError(_("Another person already has this email address."))
        return email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("is_company_admin") and not cleaned.get("company"):
            self.add_error("company", _("Choose the company this person is an admin of."))
        return cleaned


@admin.register(Person)
class PersonAdmin(TranslatedAdmin, admin.ModelAdmin[Person]):
    form = PersonForm
    list_display = [
        "__str__",
        "email",
        "company",
        "is_company_admin",
        "is_active",
        "last_login",
    ]
    list_filter = ["is_secretariat", "is_company_admin", "is_active"]
    list_select_related = ["company"]
    search_fields = ["name__folds", "email__folds", "company__name__folds"]
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
        "wants_follow_ups",
        "wants_digest",
        "has_quiet_hours",
        "wants_newsletter",
        "is_secretariat",
        "is_active",
        "last_login",
        "created_at",
    ]

    def get_fields(self, request: HttpRequest, obj: Person | None = None) -> list[Any]:
        return [name for name in self.fields or () if obj or name not in self.readonly_fields]

    def get_readonly_fields(self, request: HttpRequest, obj: Person | None = None) -> list[str]:
        # People change the address that they sign in with themselves, by a code.
        own = ["is_secretariat", "is_active"] if obj == request.user else []
        return [*self.readonly_fields, *(["email"] if obj else []), *own]

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change:
            obj.set_unusable_password()
        elif "wants_newsletter" in form.changed_data and not obj.wants_newsletter:
            obj.newsletter_off_at = timezone.now()
        super().save_model(request, obj, form, change)
        signals.access_changed.send(Person, people=[obj.pk])
        if not obj.is_active:
            sessions.sign_out_everywhere(person=obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        return super().get_queryset(request).filter(erased_at__isnull=True)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One account at a time, on its page; one's own on the profile. `is_active` only closes an account."""
        return obj is not None and obj != request.user and super().has_delete_permission(request, obj)

    def _delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Erases the account as its owner would; a row may stay without name and address."""
        person = self.get_object(request, object_id)
        if person is None:
            raise Http404
        if not self.has_delete_permission(request, person):
            raise PermissionDenied
        obstacles = personal_data.obstacles(person, timezone.now())
        if request.method == "POST" and not obstacles:
            try:
                return self._erase(request, person)
            except erasing.UnableToErase as refusal:
                obstacles = refusal.obstacles
        context = {
            **self.admin_site.each_context(request),
            "title": _("Delete account"),
            "opts": self.opts,
            "person": person,
            "obstacles": obstacles,
        }
        return render(request, "admin/companies/person/erase.html", context)

    def _erase(self, request: HttpRequest, person: Person) -> HttpResponse:
        erasing.erase_person(person=person, now=timezone.now())
        person.refresh_from_db()
        self.log_change(request, person, _("Delete account"))
        self.message_user(
            request, _("The account has been deleted. The person gets a last email to confirm it.")
        )
        return redirect("admin:companies_person_changelist")


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin, admin.ModelAdmin[ApiToken]):
    list_display = ["name", "person", "created_at", "last_used_at", "revoked_at"]
    list_select_related = ["person"]
    search_fields = ["name__folds", "person__email__folds"]
    fields = ["name", "person", "scopes", "created_at", "last_used_at", "revoked_at"]
    actions = ["revoke"]

    @admin.action(description=_("Revoke selected keys"), permissions=["view"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        signing_in.revoke_api_tokens(tokens=queryset, now=timezone.now())


__all__ = [
    "CountryFilter",
    "ReadOnlyAdmin",
    "SlugFromTitle",
    "TimestampedAdmin",
    "TranslatedAdmin",
    "as_text",
]
