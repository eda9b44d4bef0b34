"""Django's `check`; with --mail-to it also sends a test email."""

from html import escape
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import check
from django.utils.timezone import now

from companies.ids import new_id
from notifications.mailer import UnableToDeliver, deliver_at_once
from notifications.mime import Mail, WrittenBody
from notifications.rendering import sender
from webinar_service.environment_forms import is_mail_address


class Command(check.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--mail-to", metavar="ADDRESS", help="also send a test email to this address")

    def handle(self, *app_labels: list[str], **options: Any) -> None:
        super().handle(*app_labels, **options)
        if options["mail_to"]:
            self.send_test_mail(options["mail_to"])

    def send_test_mail(self, address: str) -> None:
        if not is_mail_address(address):
            raise CommandError("--mail-to is not an address.")
        try:
            deliver_at_once(test_mail(address), now=now())
        except UnableToDeliver as problem:
            raise CommandError(f"The test email was not sent. {problem}") from problem
        where = "handed to the mail server" if settings.EMAIL_URL else f"written to {settings.MAIL_DIR}"
        self.stdout.write(f"The test email to {address} was {where}.")


def test_mail(address: str) -> Mail:
    text = f"This is a test email from {settings.SITE_NAME}, {settings.SITE_URL}. Mail leaves the service."
    return Mail(
        reference=f"test-{new_id()}",
        sender=sender(),
        recipient=("", address),
        subject=f"Test mail from {settings.SITE_NAME}",
        language="en",
        body=WrittenBody(f"{text}\n", f"<p>{escape(text)}</p>"),
    )
