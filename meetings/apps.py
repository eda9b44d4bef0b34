"""WHAT: programmes, meetings, registrations, rooms, presences, recordings."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = _("Programmes and meetings")

    def ready(self) -> None:
        from companies import content_versions
        from meetings import (
            hands,
            models,
            project_policy,
            receivers,  # noqa: F401 - importing connects the receivers
            room_policy,
        )
        from meetings.live import policy, stage

        policy.register(models.Room.Kind.MEETING, room_policy.MeetingPolicy())
        policy.register(models.Room.Kind.PROJECT, project_policy.ProjectPolicy())
        stage.before_joining(hands.lower_hand)

        shown = (models.Programme, models.Series, models.Meeting, models.MeetingRole)
        for model in shown:
            content_versions.watch(model)
        content_versions.watch(models.Registration, "meeting", "state")
        content_versions.watch(models.Room, "kind")  # and not the number of its newest event
        content_versions.watch(models.ProjectRoom)
