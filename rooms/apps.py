"""The engine of the live rooms."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoomsConfig(AppConfig):
    name = "rooms"
    verbose_name = _("Rooms")

    def ready(self) -> None:
        from companies import content_versions
        from rooms import (  # importing connects the receivers
            commands,
            models,
            personal_data,
            receivers,  # noqa: F401
        )

        commands.register_engine_features()
        personal_data.register_all()
        content_versions.watch(models.Room, "kind")  # and not the number of its newest event
