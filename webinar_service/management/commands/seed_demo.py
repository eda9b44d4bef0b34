"""Fills an empty service with the trial's content, once."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from webinar_service.demo import recordings as tapes
from webinar_service.demo import seed


class Command(BaseCommand):
    help = "Fills an empty service with invented companies, meetings, recordings and news, once."

    def handle(self, *args: Any, **options: Any) -> None:
        if seed.is_planted():
            self.stdout.write("The demo content is there already.")
            return
        planted = seed.plant(now=now())
        recordings = tapes.shelve(planted.meetings, now=planted.now)
        companies, meetings = len(planted.companies), len(planted.meetings)
        self.stdout.write(
            f"Planted {companies} companies, {meetings} meetings, {len(recordings)} recordings."
        )
