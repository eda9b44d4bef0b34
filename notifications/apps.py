"""TELLING: the outbox, and everything that leaves by mail."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Mails")

    def ready(self) -> None:
        from meetings.recipients import Outbox, register_outbox
        from notifications import planning, receivers

        receivers.connect()
        register_outbox(Outbox(planning.hear_of_joining, planning.hear_of_leaving))
