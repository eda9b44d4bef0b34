"""A look at rooms and at what happened in them; nothing of them is changed here.

Only kinds of room that an app above has named are shown: project rooms exist only for the people of their companies.
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from companies.admin import ReadOnlyAdmin
from rooms.models import Participant, Presence, Room, RoomEvent

_relations: dict[str, str] = {}


def name_rooms(kind: str, relation: str) -> None:
    """Shows rooms of this kind, named after the rows that `relation` leads to from a room; these have a `title`."""
    _relations[kind] = relation


class RoomRowsAdmin(ReadOnlyAdmin):
    room = "room__"  # the lookup that leads from a row to its room

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(**{f"{self.room}kind__in": [*_relations]}).prefetch_related(*self._lookups())

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        titles = (f"{lookup}__title__folds" for lookup in self._lookups())
        return [*super().get_search_fields(request), *titles]

    def _lookups(self) -> list[str]:
        return [f"{self.room}{relation}" for relation in _relations.values()]

    @admin.display(description=_("meeting"))
    def meeting_titles(self, row: Any) -> str:
        room = row.room if self.room else row
        return ", ".join(dict.fromkeys(map(str, getattr(room, _relations[room.kind]).all())))


@admin.register(Room)
class RoomAdmin(RoomRowsAdmin, admin.ModelAdmin[Room]):
    room = ""
    list_display = ["meeting_titles", "created_at"]
    fields = ["meeting_titles", "created_at"]
    ordering = ["-created_at"]


@admin.register(Participant)
class ParticipantAdmin(RoomRowsAdmin, admin.ModelAdmin[Participant]):
    list_display = ["name", "company_name", "meeting_titles", "admission", "first_seen_at"]
    list_filter = ["admission"]
    list_select_related = ["room"]
    search_fields = ["name__folds", "company_name__folds", "person__email__folds"]
    ordering = ["-first_seen_at"]
    fields = ["name", "person", "company_name", "meeting_titles", "admission", "on_stage", "first_seen_at"]


@admin.register(Presence)
class PresenceAdmin(RoomRowsAdmin, admin.ModelAdmin[Presence]):
    list_display = ["person", "meeting_titles", "joined_at", "left_at"]
    list_select_related = ["person", "room"]
    search_fields = ["person__name__folds", "person__email__folds"]
    ordering = ["-joined_at"]
    fields = ["person", "meeting_titles", "joined_at", "seen_at", "left_at"]


@admin.register(RoomEvent)
class RoomEventAdmin(RoomRowsAdmin, admin.ModelAdmin[RoomEvent]):
    list_display = ["ev", "person", "meeting_titles", "seq", "at"]
    list_filter = ["ev"]
    list_select_related = ["room", "person"]
    search_fields = ["person__name__folds"]
    ordering = ["-at", "-seq"]
    fields = ["ev", "person", "meeting_titles", "seq", "at", "payload"]
