"""WHAT: programmes, meetings, registrations, rooms, presences, recordings."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = _("Programmes and meetings")

    def ready(self) -> None:
        from companies import content_versions
        from meetings import models, receivers  # noqa: F401 - importing connects the receivers

        shown = (models.Programme, models.Series, models.Meeting, models.MeetingRole)
        for model in shown:
            content_versions.watch(model)
        content_versions.watch(models.Registration, "meeting", "state")
        content_versions.watch(models.Room, "kind", "title")  # and not the number of its newest event
