"""Adds what a page reports of its connection to the row of that connection."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from rooms.messages import MediaReport
from rooms.models import LinkReport, Presence
from rooms.refusals import Refused


@transaction.atomic
def add_report(*, connection: str, report: MediaReport, now: datetime) -> None:
    """Raises Refused: not_now while the connection has no presence."""
    presence = Presence.objects.filter(connection=connection).values_list("pk", flat=True).first()
    if presence is None:
        raise Refused("not_now", "no presence")
    LinkReport.objects.bulk_create(
        [LinkReport(presence_id=presence, updated_at=now)], ignore_conflicts=True
    )  # a second report of the same moment meets it
    packets = report.received + report.lost
    seconds = report.seconds
    LinkReport.objects.filter(presence=presence).update(
        seconds=F("seconds") + seconds,
        weak_seconds=F("weak_seconds") + min(report.weak_seconds, seconds),
        poor_seconds=F("poor_seconds") + min(report.poor_seconds, seconds),
        far_seconds=F("far_seconds") + min(report.far_seconds, seconds),
        missing_seconds=F("missing_seconds") + min(report.missing_seconds, seconds),
        away_seconds=F("away_seconds") + min(report.away_seconds, seconds),
        received=F("received") + report.received,
        lost=F("lost") + report.lost,
        bytes_received=F("bytes_received") + report.bytes_received,
        worst_loss=Greatest(F("worst_loss"), Value(report.lost / packets if packets else 0.0)),
        worst_jitter_ms=Greatest(F("worst_jitter_ms"), Value(report.jitter_ms)),
        worst_round_trip_ms=Greatest(F("worst_round_trip_ms"), Value(report.round_trip_ms)),
        updated_at=now,
        **({} if report.relayed is None else {"is_relayed": report.relayed}),
    )
