"""The outbox in the administration, read-only: who was sent what, and what is in doubt."""

from django.contrib import admin

from companies.admin import ReadOnlyAdmin
from notifications.models import ContactMessage, Notification


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin, admin.ModelAdmin[Notification]):
    list_display = ["kind", "person", "meeting", "state", "due_at", "sent_at", "attempts"]
    list_filter = ["state", "kind"]
    list_select_related = ["person", "meeting"]
    search_fields = ["person__email__folds", "person__name__folds", "meeting__title__folds"]
    date_hierarchy = "due_at"
    ordering = ["-due_at", "-pk"]
    fields = [
        "kind",
        "person",
        "meeting",
        "registration",
        "invitation",
        "recording",
        "company",
        "project",
        "caused_by",
        "contact_message",
        "state",
        "minutes_before",
        "due_at",
        "put_off_until",
        "sent_at",
        "attempts",
        "drop_reason",
        "failure",
        "created_at",
    ]


@admin.register(ContactMessage)
class ContactMessageAdmin(ReadOnlyAdmin, admin.ModelAdmin[ContactMessage]):
    list_display = ["name", "email", "company_name", "created_at"]
    search_fields = ["name__folds", "email__folds", "text__folds"]
    date_hierarchy = "created_at"
    fields = ["name", "email", "company_name", "language", "text", "created_at"]
