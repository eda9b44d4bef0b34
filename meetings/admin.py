"""The administration of programmes; and a look at meetings, seats, rooms and recordings.

These change only on the service's own pages, where people are told. Project rooms are not shown: they exist only for
the people of their companies.
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from companies.admin import TEXTS, LookOnly, Media
from meetings.models import (
    Meeting,
    Participant,
    Presence,
    Programme,
    Recording,
    Registration,
    Room,
    RoomEvent,
    Series,
)


@admin.register(Programme)
class ProgrammeAdmin(admin.ModelAdmin[Programme]):
    formfield_overrides = TEXTS
    list_display = ["__str__", "kind", "starts_on", "ends_on", "place", "is_published"]
    list_filter = ["kind", "is_published"]
    search_fields = ["slug", "title"]
    exclude = ["created_at"]
    Media = Media

    def save_model(self, request: HttpRequest, obj: Programme, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change:
            obj.created_at = timezone.now()
        super().save_model(request, obj, form, change)


@admin.register(Series)
class SeriesAdmin(LookOnly, admin.ModelAdmin[Series]):
    list_display = ["__str__", "frequency", "interval", "timezone"]


@admin.register(Meeting)
class MeetingAdmin(LookOnly, admin.ModelAdmin[Meeting]):
    list_display = ["__str__", "kind", "state", "starts_at", "timezone", "host", "host_company", "visibility"]
    list_filter = ["state", "kind", "visibility", "programme"]
    list_select_related = ["host", "host_company"]
    search_fields = ["title", "host__name", "host__email"]
    date_hierarchy = "starts_at"

    def view_on_site(self, obj: Meeting) -> str:
        return obj.get_absolute_url()


@admin.register(Registration)
class RegistrationAdmin(LookOnly, admin.ModelAdmin[Registration]):
    list_display = ["name", "company_name", "country", "meeting", "state", "registered_at"]
    list_filter = ["state", "country"]
    list_select_related = ["meeting"]
    search_fields = ["name", "person__email", "company_name"]
    exclude = ["link_key"]  # whoever has it may act as the guest


class OfMeetingRooms(LookOnly):
    """Leaves out all that happened in project rooms."""

    room = "room__"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        return rows.filter(**{f"{self.room}kind": Room.Kind.MEETING})


@admin.register(Room)
class RoomAdmin(OfMeetingRooms, admin.ModelAdmin[Room]):
    room = ""
    list_display = ["id", "created_at", "closed_at"]


@admin.register(Participant)
class ParticipantAdmin(OfMeetingRooms, admin.ModelAdmin[Participant]):
    list_display = ["name", "company_name", "room", "admission", "first_seen_at"]
    search_fields = ["name", "person__email"]


@admin.register(Presence)
class PresenceAdmin(OfMeetingRooms, admin.ModelAdmin[Presence]):
    list_display = ["person", "room", "joined_at", "left_at"]
    list_select_related = ["person", "room"]


@admin.register(RoomEvent)
class RoomEventAdmin(OfMeetingRooms, admin.ModelAdmin[RoomEvent]):
    list_display = ["room", "seq", "ev", "at"]
    list_filter = ["ev"]


@admin.register(Recording)
class RecordingAdmin(OfMeetingRooms, admin.ModelAdmin[Recording]):
    list_display = ["__str__", "state", "source", "visibility", "started_at", "expires_at"]
    list_filter = ["state", "source", "visibility"]
    list_select_related = ["meeting"]
