"""`create_admin EMAIL`: gives this person the secretariat role. They sign in by an emailed code, as everybody."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from companies import email_addresses, signing_in


class Command(BaseCommand):
    help = "Gives the person with this email address secretariat rights."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            email_addresses.check(options["email"])
        except ValidationError as error:
            raise CommandError(f"{options['email']} is not a valid email address") from error
        person = signing_in.make_admin(email=options["email"], name=options["name"])
        self.stdout.write(
            f"{person.email} now has the secretariat role and signs in with a code sent to this address."
        )
