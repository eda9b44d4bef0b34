"""Recordings: what remains of a meeting to watch."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordingsConfig(AppConfig):
    name = "meetings.recording"
    label = "recordings"
    verbose_name = _("Recordings")

    def ready(self) -> None:
        from companies import content_versions
        from meetings.live import policy
        from meetings.live.features import register
        from meetings.models import Chapter, Recording, RecordingFile
        from meetings.recording import capturing, room_feature

        policy.register_recorder(capturing.is_capturing)
        register(room_feature.RECORDING)

        for model in (Recording, RecordingFile, Chapter):
            content_versions.watch(model)
