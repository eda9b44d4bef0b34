"""How well audio and video arrived over one connection to a room, in summary; nothing of their content."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from rooms.models.room import Presence


class LinkReportQuerySet(models.QuerySet["LinkReport"]):
    def of_room(self, room: str, since: datetime | None, until: datetime | None) -> Self:
        """What was measured there and in its breakout rooms by those who were there at some time in between."""
        presences = Presence.objects.in_rooms([room])
        presences = presences if since is None else presences.exclude(left_at__lt=since)
        presences = presences if until is None else presences.filter(joined_at__lte=until)
        return self.filter(presence__in=presences, seconds__gt=0)


class LinkReport(models.Model):
    """Sums of what the page of the connection has reported, and the worst of its minutes."""

    presence = models.OneToOneField(
        Presence,
        verbose_name=_("presence"),
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="link_report",
    )
    seconds = models.PositiveIntegerField(_("seconds measured"), default=0)
    weak_seconds = models.PositiveIntegerField(_("seconds with a weak connection"), default=0)
    poor_seconds = models.PositiveIntegerField(_("seconds with a poor connection"), default=0)
    far_seconds = models.PositiveIntegerField(_("seconds with high latency"), default=0)
    missing_seconds = models.PositiveIntegerField(_("seconds without audio or video from others"), default=0)
    away_seconds = models.PositiveIntegerField(_("seconds without the media server"), default=0)
    received = models.PositiveBigIntegerField(_("packets received"), default=0)
    lost = models.PositiveBigIntegerField(_("packets lost"), default=0)
    bytes_received = models.PositiveBigIntegerField(_("bytes received"), default=0)
    worst_loss = models.FloatField(_("largest share of lost packets in a minute"), default=0)
    worst_jitter_ms = models.PositiveIntegerField(_("highest jitter in milliseconds"), default=0)
    worst_round_trip_ms = models.PositiveIntegerField(_("highest latency in milliseconds"), default=0)
    is_relayed = models.BooleanField(_("through a relay"), null=True)
    updated_at = models.DateTimeField(_("last reported at"))

    objects = LinkReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("connection report")
        verbose_name_plural = _("connection reports")
        indexes = [models.Index(fields=["updated_at"], name="link_reports_by_age")]

    def __str__(self) -> str:
        return f"link of {self.presence_id}"
