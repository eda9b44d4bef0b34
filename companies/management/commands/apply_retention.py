"""Deletes and anonymises what is older than the periods in the settings, now."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from companies import retention


class Command(BaseCommand):
    help = "Deletes and anonymises what is older than the RETENTION_* periods. The scheduler does this every night."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for name, count in retention.apply_retention(now=now()).items():
            self.stdout.write(f"{name}: {count}")
