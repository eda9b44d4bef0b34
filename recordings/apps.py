"""Recordings of meetings."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordingsConfig(AppConfig):
    name = "recordings"
    verbose_name = _("Recordings")

    def ready(self) -> None:
        from companies import content_versions
        from engagement.premiere import library
        from recordings import capturing, expecting, personal_data, room_feature
        from recordings.models import Chapter, Recording, RecordingFile
        from recordings.premiering import RecordingLibrary
        from rooms import policy
        from rooms.features import register

        policy.register_recorder(capturing.is_capturing, expecting.is_awaited)
        register(room_feature.RECORDING)
        library.register(RecordingLibrary())

        for model in (Recording, RecordingFile, Chapter):
            content_versions.watch(model)
        personal_data.register_all()
