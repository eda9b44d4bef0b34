"""`api_token EMAIL --scope …`: creates an API token for this person and prints it once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from api import scopes
from companies import signing_in
from companies.models import Person


class Command(BaseCommand):
    help = "Creates an API key and prints it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--scope", action="append", required=True, help=f"{', '.join(scopes.SCOPES)}; or all"
        )
        parser.add_argument("--name", default="", help="a name that says what the key is for")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(email=options["email"], is_active=True).first()
        if person is None:
            raise CommandError(f"No active account has the email address {options['email']}.")
        try:
            allowed = scopes.chosen(options["scope"])
        except scopes.UnknownScope as error:
            raise CommandError(
                f"Unknown scope: {error}. Available scopes: {', '.join(scopes.SCOPES)}"
            ) from error
        key = signing_in.make_api_token(
            person=person, name=options["name"], scopes=allowed, now=timezone.now()
        )
        self.stdout.write(key)
