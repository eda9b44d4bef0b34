"""Recordings in the administration, read-only: they change on their own pages, which send the notices."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from companies.admin import ReadOnlyAdmin
from recordings.media_files import failure_text
from recordings.models import Recording
from rooms.models import Room


@admin.register(Recording)
class RecordingAdmin(ReadOnlyAdmin, admin.ModelAdmin[Recording]):
    list_display = ["__str__", "state", "source", "visibility", "started_at", "expires_at"]
    list_filter = ["state", "source", "visibility"]
    list_select_related = ["meeting"]
    search_fields = ["title__folds", "meeting__title__folds"]
    fields = [
        "title",
        "meeting",
        "state",
        "failure_in_words",
        "source",
        "language",
        "visibility",
        "started_at",
        "duration_seconds",
        "expected_by",
        "alarmed_at",
        "published_at",
        "expires_at",
        "created_by",
        "created_at",
        "state_changed_at",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without those of project rooms, which exist only for the people of their companies."""
        return super().get_queryset(request).filter(room__kind=Room.Kind.MEETING)

    @admin.display(description=_("error"))
    def failure_in_words(self, obj: Recording) -> str:
        return failure_text(obj.failure, obj.failure_values) if obj.failure else ""

    def view_on_site(self, obj: Recording) -> str:
        return obj.get_absolute_url()
