"""What, when and who comes."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = _("Programmes and meetings")

    def ready(self) -> None:
        from companies import content_versions
        from meetings import models, personal_data, room_feature
        from meetings.room_policy import MeetingPolicy
        from rooms import policy
        from rooms.features import register
        from rooms.models import Room

        policy.register(Room.Kind.MEETING, MeetingPolicy())
        register(room_feature.MEETING)
        for model in (
            models.Programme,
            models.Series,
            models.Meeting,
            models.MeetingRole,
            models.RegistrationQuestion,
        ):
            content_versions.watch(model)
        content_versions.watch(models.Registration, "meeting", "state", "country", "company", "company_name")
        personal_data.register_all()
