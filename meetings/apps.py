"""WHAT: programmes, meetings, registrations, rooms, presences, recordings."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = _("Programmes and meetings")

    def ready(self) -> None:
        from companies import content_versions
        from meetings import models, receivers, room_feature  # noqa: F401 - importing connects the receivers
        from meetings.live import commands
        from meetings.live.features import register
        from meetings.recording import room_feature as recording_feature

        commands.register_own()
        register(room_feature.MEETING)
        register(recording_feature.RECORDING)

        shown = (models.Programme, models.Series, models.Meeting, models.MeetingRole)
        for model in (*shown, models.Recording, models.RecordingFile, models.Chapter):
            content_versions.watch(model)
        content_versions.watch(models.Registration, "meeting", "state")
        content_versions.watch(models.Room, "kind", "title")  # and not the number of its newest event
