"""The outbox, and every email that is sent."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Emails")

    def ready(self) -> None:
        from meetings.recipients import InvitationLog, register_invitation_log
        from notifications import personal_data, planning, receivers

        receivers.connect()
        personal_data.register_all()
        register_invitation_log(
            InvitationLog(
                planning.people_to_invite, planning.people_to_notify_of_removal, planning.people_with_a_file
            )
        )
