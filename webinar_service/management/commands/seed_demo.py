"""Fills an empty database with demo data."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from webinar_service.demo import recordings as demo_recordings
from webinar_service.demo import seed


class Command(BaseCommand):
    help = "Fills an empty service with invented companies, meetings, recordings and news, once."

    def handle(self, *args: Any, **options: Any) -> None:
        if seed.is_seeded():
            self.stdout.write("The demo content already exists.")
            return
        seeded = seed.seed_all(now=now())
        recordings = demo_recordings.seed_recordings(seeded.meetings, now=seeded.now)
        companies, meetings = len(seeded.companies), len(seeded.meetings)
        self.stdout.write(
            f"Created {companies} companies, {meetings} meetings, {len(recordings)} recordings."
        )
