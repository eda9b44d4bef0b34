"""WHAT: programmes, meetings, registrations, rooms, presences, recordings."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = _("Programmes and meetings")

    def ready(self) -> None:
        from companies import content_versions
        from meetings import (
            models,
            project_policy,
            receivers,  # noqa: F401 - importing connects the receivers
            room_feature,
            room_policy,
        )
        from meetings.live import commands, policy
        from meetings.live.features import register

        policy.register(models.Room.Kind.MEETING, room_policy.MeetingPolicy())
        policy.register(models.Room.Kind.PROJECT, project_policy.ProjectPolicy())
        commands.register_own()
        register(room_feature.MEETING)

        shown = (models.Programme, models.Series, models.Meeting, models.MeetingRole)
        for model in shown:
            content_versions.watch(model)
        content_versions.watch(models.Registration, "meeting", "state")
        content_versions.watch(models.Room, "kind")  # and not the number of its newest event
        content_versions.watch(models.ProjectRoom)
