"""The administration: programmes to edit; meetings, registrations and rooms read-only.

Meetings change only on the service's own pages, which notify people. Project rooms are not shown: they exist only for
the people of their companies.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.admin import CountryFilter, ReadOnlyAdmin, SlugFromTitle, TranslatedAdmin
from companies.models.company import Country
from meetings.models import Meeting, Programme, Registration, Series
from rooms.models import Participant, Presence, Room, RoomEvent


class ProgrammeForm(SlugFromTitle):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day is before the first."))
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


class MeetingRoomsAdmin(ReadOnlyAdmin):
    """Leaves out project rooms, and shows the titles of the meetings held in a room."""

    room = "room__"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(**{f"{self.room}kind": Room.Kind.MEETING}).prefetch_related(f"{self.room}meetings")

    @admin.display(description=_("meeting"))
    def meeting_titles(self, row: Any) -> str:
        room = row.room if self.room else row
        return ", ".join(dict.fromkeys(str(meeting) for meeting in room.meetings.all()))


@admin.register(Room)
class RoomAdmin(MeetingRoomsAdmin, admin.ModelAdmin[Room]):
    room = ""
    list_display = ["meeting_titles", "created_at"]
    search_fields = ["meetings__title__folds"]
    fields = ["meeting_titles", "created_at"]
    ordering = ["-created_at"]


@admin.register(Participant)
class ParticipantAdmin(MeetingRoomsAdmin, admin.ModelAdmin[Participant]):
    list_display = ["name", "company_name", "meeting_titles", "admission", "first_seen_at"]
    list_filter = ["admission"]
    list_select_related = ["room"]
    search_fields = [
        "name__folds",
        "company_name__folds",
        "person__email__folds",
        "room__meetings__title__folds",
    ]
    ordering = ["-first_seen_at"]
    fields = ["name", "person", "company_name", "meeting_titles", "admission", "on_stage", "first_seen_at"]


@admin.register(Presence)
class PresenceAdmin(MeetingRoomsAdmin, admin.ModelAdmin[Presence]):
    list_display = ["person", "meeting_titles", "joined_at", "left_at"]
    list_select_related = ["person", "room"]
    search_fields = ["person__name__folds", "person__email__folds", "room__meetings__title__folds"]
    ordering = ["-joined_at"]
    fields = ["person", "meeting_titles", "joined_at", "seen_at", "left_at"]


@admin.register(RoomEvent)
class RoomEventAdmin(MeetingRoomsAdmin, admin.ModelAdmin[RoomEvent]):
    list_display = ["ev", "person", "meeting_titles", "seq", "at"]
    list_filter = ["ev"]
    list_select_related = ["room", "person"]
    search_fields = ["person__name__folds", "room__meetings__title__folds"]
    ordering = ["-at", "-seq"]
    fields = ["ev", "person", "meeting_titles", "seq", "at", "payload"]
