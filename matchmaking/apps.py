"""Who should meet."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchmakingConfig(AppConfig):
    name = "matchmaking"
    verbose_name = _("Contact between companies")

    def ready(self) -> None:
        from matchmaking import personal_data

        personal_data.register_all()
