"""`sign_in_link EMAIL`: prints a one-time sign-in link, for trials and for operators who are locked out."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from companies import signing_in
from companies.models import Person


class Command(BaseCommand):
    help = "Prints a link that signs this person in once, within an hour."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--yes-i-am-the-operator", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO and not options["yes_i_am_the_operator"]:
            raise CommandError("DEMO is off. Add --yes-i-am-the-operator to continue.")
        person = Person.objects.filter(email=options["email"], is_active=True).first()
        if person is None:
            raise CommandError(f"No active account has the email address {options['email']}.")
        self.stdout.write(
            settings.SITE_URL + reverse("sign_in_link", args=[signing_in.sign_in_token(person)])
        )
