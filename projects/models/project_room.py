"""The permanent room of a group of companies."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.languages import LanguageTextField, in_language
from companies.models import Person
from rooms.models.room import Room


class ProjectRoom(models.Model):
    room = models.OneToOneField(
        Room, verbose_name=_("room"), primary_key=True, on_delete=models.CASCADE, related_name="project"
    )
    title = LanguageTextField(_("title"))
    purpose = LanguageTextField(_("purpose"), prose=True, blank=True)
    created_by = models.ForeignKey(
        Person,
        verbose_name=_("created by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("project room")
        verbose_name_plural = _("project rooms")

    def __str__(self) -> str:
        return str(in_language(self.title))
