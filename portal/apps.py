"""Pages that show several apps at once."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("Pages")

    def ready(self) -> None:
        from portal import receivers

        receivers.connect()
