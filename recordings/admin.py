"""Recordings in the administration, read-only: they change on their own pages, which send the notices."""

from django.contrib import admin

from meetings.admin import MeetingRoomsAdmin
from recordings.models import Recording


@admin.register(Recording)
class RecordingAdmin(MeetingRoomsAdmin, admin.ModelAdmin[Recording]):
    list_display = ["__str__", "state", "source", "visibility", "started_at", "expires_at"]
    list_filter = ["state", "source", "visibility"]
    list_select_related = ["meeting"]
    search_fields = ["title__folds", "meeting__title__folds"]
    fields = [
        "title",
        "meeting",
        "state",
        "failure",
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

    def view_on_site(self, obj: Recording) -> str:
        return obj.get_absolute_url()
