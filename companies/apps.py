"""People and companies."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class CompaniesConfig(AppConfig):
    name = "companies"
    verbose_name = _("Companies and people")

    def ready(self) -> None:
        from companies import account_data, lookups, receivers  # noqa: F401 - importing connects the receivers

        account_data.register_all()
        lookups.register()
        connection_created.connect(lookups.give_to_sqlite)
        # Signals of the schema, not of rows: saving a row triggers nothing.
        from django.db.models.signals import post_migrate, pre_migrate  # noqa: TID251

        from companies import content_versions
        from companies.models import Company, Need, Offer, Person, Topic

        with_topics = (Company, Need, Offer)
        for model in (*with_topics, *(one.topics.through for one in with_topics), Topic):
            content_versions.watch(model, part=content_versions.Part.DIRECTORY)
        content_versions.watch(Person, "name", "title", "picture", "company", "is_active", "is_secretariat")
        pre_migrate.connect(content_versions.remove, sender=self)
        post_migrate.connect(content_versions.install, sender=self)
