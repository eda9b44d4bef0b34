"""WHO: people and companies."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class CompaniesConfig(AppConfig):
    name = "companies"
    verbose_name = _("Companies and people")

    def ready(self) -> None:
        from companies import lookups, receivers  # noqa: F401 - importing connects the receivers

        lookups.register()
        connection_created.connect(lookups.give_to_sqlite)
