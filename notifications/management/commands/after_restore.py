"""After the restore of a backup, before the worker starts: no reminder goes twice."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse
from django.utils.timezone import now

from notifications import outbox


class Command(BaseCommand):
    help = (
        "Run it after restoring a backup, before the worker starts. Reminders and other emails that must not be sent "
        "twice, and have been due by now, may have been sent since the backup: they become uncertain, and a person "
        "decides. All others are sent."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        count = outbox.doubt_due(now=now())
        self.stdout.write(f"{count} emails are uncertain now; see {settings.SITE_URL}{reverse('outbox')}")
