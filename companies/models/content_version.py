"""Version numbers of the content that pages show (content_versions.py)."""

from django.db import models


class ContentVersion(models.Model):
    """Written by triggers only. Several rows for each part, so that transactions do not wait for each other."""

    slot = models.PositiveSmallIntegerField(primary_key=True)
    number = models.BigIntegerField(help_text="random: a number that comes back would bring an old page back")

    def __str__(self) -> str:
        return f"{self.slot}: {self.number}"
