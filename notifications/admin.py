"""What came in or was refused, in the administration. The outbox has pages of its own."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from companies.admin import ReadOnlyAdmin
from notifications.models import ContactMessage, InboundMail, SuppressedAddress

SHOWN_BYTES = 16 * 1024


@admin.register(ContactMessage)
class ContactMessageAdmin(ReadOnlyAdmin, admin.ModelAdmin[ContactMessage]):
    list_display = ["name", "email", "company_name", "created_at"]
    search_fields = ["name__folds", "email__folds", "text__folds"]
    date_hierarchy = "created_at"
    fields = ["name", "email", "company_name", "language", "text", "created_at"]


@admin.register(SuppressedAddress)
class SuppressedAddressAdmin(ReadOnlyAdmin, admin.ModelAdmin[SuppressedAddress]):
    """Deleting one lets emails to its address go out again."""

    list_display = ["email", "reason", "since", "detail"]
    list_filter = ["reason"]
    search_fields = ["email__folds"]
    date_hierarchy = "since"
    fields = ["email", "reason", "since", "detail"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)


@admin.register(InboundMail)
class InboundMailAdmin(ReadOnlyAdmin, admin.ModelAdmin[InboundMail]):
    list_display = ["kind", "sender", "meeting", "received_at", "problem"]
    list_filter = ["kind"]
    list_select_related = ["meeting"]
    search_fields = ["sender__folds", "problem__folds"]
    date_hierarchy = "received_at"
    fields = [
        "kind",
        "sender",
        "person",
        "meeting",
        "received_at",
        "problem",
        "sender_name",
        "text",
        "beginning",
    ]

    @admin.display(description=_("Beginning of the email"))
    def beginning(self, mail: InboundMail) -> str:
        """For whoever looks why it could not be read."""
        return bytes(mail.content or b"")[:SHOWN_BYTES].decode("utf-8", "replace")
