"""Numbers that change with everything that pages show (content_versions.py)."""

from django.db import models


class ContentVersion(models.Model):
    """Written by triggers alone. Several rows, so that transactions that change content never wait for each other."""

    slot = models.PositiveSmallIntegerField(primary_key=True)
    number = models.BigIntegerField(help_text="random: a number that comes back would bring an old page back")

    def __str__(self) -> str:
        return f"{self.slot}: {self.number}"
