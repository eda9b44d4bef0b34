"""The administration of programmes; and a look at meetings and registrations.

These change only on the service's own pages, where people are told.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.admin import CountryFilter, ReadOnlyAdmin, SlugFromTitle, TranslatedAdmin
from companies.models.company import Country
from meetings.models import (
    CalendarReply,
    Invitation,
    Meeting,
    Programme,
    Registration,
    RegistrationQuestion,
    Series,
)
from rooms.admin import name_rooms
from rooms.models import Room


class ProgrammeForm(SlugFromTitle):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day must not be before the first day."))
        return cleaned


@admin.register(Programme)
class ProgrammeAdmin(TranslatedAdmin, admin.ModelAdmin[Programme]):
    form: type[forms.ModelForm[Programme]] = ProgrammeForm
    list_display = ["__str__", "kind", "starts_on", "ends_on", "place", "is_published"]
    list_filter = ["kind", "is_published"]
    search_fields = ["slug", "title__folds", "place__folds"]
    fields = [
        "title",
        "slug",
        "kind",
        "summary",
        "description",
        "picture",
        "picture_text",
        ("starts_on", "ends_on"),
        "timezone",
        "place",
        "is_published",
    ]

    def save_model(self, request: HttpRequest, obj: Programme, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change:
            obj.created_at = timezone.now()
        super().save_model(request, obj, form, change)

    def view_on_site(self, obj: Programme) -> str:
        return obj.get_absolute_url()


@admin.register(Series)
class SeriesAdmin(ReadOnlyAdmin, admin.ModelAdmin[Series]):
    list_display = ["__str__", "frequency", "interval", "count", "until", "timezone"]
    fields = ["title", "frequency", "interval", "count", "until", "timezone", "created_at"]

    def view_on_site(self, obj: Series) -> str:
        return obj.get_absolute_url()


@admin.register(Meeting)
class MeetingAdmin(ReadOnlyAdmin, admin.ModelAdmin[Meeting]):
    list_display = ["__str__", "kind", "state", "starts_at", "timezone", "host", "host_company", "visibility"]
    list_filter = ["state", "kind", "visibility", "programme"]
    list_select_related = ["host", "host_company"]
    search_fields = ["title__folds", "host__name__folds", "host__email__folds", "host_company__name__folds"]
    date_hierarchy = "starts_at"
    ordering = ["-starts_at"]
    fields = [
        "title",
        "description",
        "kind",
        "state",
        "starts_at",
        "ends_at",
        "timezone",
        "host",
        "host_company",
        "programme",
        "series",
        "series_position",
        "languages",
        "interpreted_into",
        "format",
        "address",
        "capacity",
        "visibility",
        "registration",
        "reminders",
        "record",
        "lobby",
        "replies_to_host",
        "follow_ups",
        "created_at",
        "published_at",
        "started_at",
        "ended_at",
        "cancelled_at",
        "cancel_reason",
    ]

    def view_on_site(self, obj: Meeting) -> str:
        return obj.get_absolute_url()


@admin.register(Registration)
class RegistrationAdmin(ReadOnlyAdmin, admin.ModelAdmin[Registration]):
    list_display = ["name", "company_name", "country_in_words", "meeting", "state", "registered_at"]
    list_filter = ["state", CountryFilter]
    list_select_related = ["meeting"]
    search_fields = ["name__folds", "person__email__folds", "company_name__folds", "meeting__title__folds"]
    date_hierarchy = "registered_at"
    ordering = ["-registered_at"]
    # Without link_key: whoever has it may act as the guest.
    fields = [
        "name",
        "person",
        "company_name",
        "company",
        "country_in_words",
        "meeting",
        "state",
        "answers",
        "language",
        "timezone",
        "registered_at",
        "confirmed_at",
        "offered_until",
        "cancelled_at",
    ]

    @admin.display(description=_("country"), ordering="country")
    def country_in_words(self, row: Registration) -> str:
        return str(dict(Country.choices).get(row.country, row.country))

    def view_on_site(self, obj: Registration) -> str:
        return reverse("registration", args=[obj.pk])


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin, admin.ModelAdmin[Invitation]):
    list_display = ["name", "person", "company_name", "meeting", "state", "invited_at", "sent_at"]
    list_filter = ["state"]
    list_select_related = ["person", "meeting"]
    search_fields = ["name__folds", "person__email__folds", "company_name__folds", "meeting__title__folds"]
    date_hierarchy = "invited_at"
    ordering = ["-invited_at"]
    # Without link_key: whoever has it may answer for the person.
    fields = [
        "name",
        "person",
        "company_name",
        "company",
        "meeting",
        "state",
        "language",
        "timezone",
        "by_company",
        "invited_by",
        "invited_at",
        "sent_at",
        "answered_at",
        "withdrawn_at",
    ]


@admin.register(CalendarReply)
class CalendarReplyAdmin(ReadOnlyAdmin, admin.ModelAdmin[CalendarReply]):
    list_display = ["person", "meeting", "answer", "outcome", "received_at"]
    list_filter = ["answer", "outcome"]
    list_select_related = ["person", "meeting"]
    search_fields = ["person__name__folds", "person__email__folds", "meeting__title__folds"]
    date_hierarchy = "received_at"
    fields = [
        "person",
        "meeting",
        "answer",
        "outcome",
        "attendee",
        "comment",
        "delegated_to",
        "proposed_starts_at",
        "proposed_ends_at",
        "received_at",
    ]


@admin.register(RegistrationQuestion)
class RegistrationQuestionAdmin(ReadOnlyAdmin, admin.ModelAdmin[RegistrationQuestion]):
    list_display = ["__str__", "meeting", "kind", "is_required", "position"]
    list_filter = ["kind", "is_required"]
    list_select_related = ["meeting"]
    search_fields = ["label__folds", "meeting__title__folds"]
    ordering = ["-pk"]
    fields = ["meeting", "position", "kind", "label", "choices", "is_required"]


name_rooms(Room.Kind.MEETING, "meetings")
