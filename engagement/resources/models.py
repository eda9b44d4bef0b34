"""A link or a document of a meeting."""

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.ids import new_id
from companies.model_fields import LineField, WebAddressField
from companies.models import Person
from rooms.models import Room

LONGEST_TITLE = 120
LONGEST_ADDRESS = 800


def resources_storage() -> Storage:
    """Separate from pictures, which are public: documents have no public URL."""
    return storages["resources"]


class Resource(models.Model):
    """A link has an address; a document has a type and a size, and its file is in the storage."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    room = models.ForeignKey(Room, verbose_name=_("room"), on_delete=models.CASCADE, related_name="resources")
    meeting = models.CharField(max_length=16, blank=True, help_text="id of the meeting that it belongs to")
    title = LineField(_("title"), max_length=LONGEST_TITLE)
    address = WebAddressField(_("web address"), max_length=LONGEST_ADDRESS, blank=True)
    file_type = models.CharField(max_length=4, blank=True, help_text="a key of file_types.TYPES")
    size = models.PositiveIntegerField(_("size"), default=0, help_text="bytes of the document")
    is_shown_before = models.BooleanField(_("on the meeting page before the meeting"), default=False)
    shared_by = models.ForeignKey(
        Person,
        verbose_name=_("shared by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="resources",
    )
    shared_at = models.DateTimeField(_("shared at"))

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        indexes = [
            models.Index(fields=["room", "meeting", "shared_at"], name="resources_by_room"),
            models.Index(fields=["meeting", "shared_at"], name="resources_by_meeting"),
            models.Index(fields=["shared_at"], name="resources_by_age"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(~Q(address="") & Q(file_type="", size=0))
                | (Q(address="", size__gt=0) & ~Q(file_type="")),
                name="a_resource_is_a_link_or_a_document",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_link(self) -> bool:
        return self.address != ""
