"""Kept lines in the journal."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from engagement.realtime_text.messages import RttCommitted, RttCorrected, TextLine
from rooms.messages import message_name
from rooms.models import RoomEvent

LINE = message_name(RttCommitted)
CORRECTION = message_name(RttCorrected)


def line_rows(room_id: str) -> QuerySet[RoomEvent]:
    """Without deleted ones."""
    return RoomEvent.objects.filter(room=room_id, ev=LINE).exclude(payload__has_key="deleted")


def corrections_of(room_id: str, number: int) -> QuerySet[RoomEvent]:
    """Each has the text that the line was given."""
    return RoomEvent.objects.filter(room=room_id, ev=CORRECTION, payload__line=number)


def lines_before(room_id: str, before: int, *, limit: int, after: int = 0) -> list[TextLine]:
    """Those before the number `before`, newest first; none up to the number `after`."""
    rows = line_rows(room_id).filter(seq__lt=before, seq__gt=after).order_by("-seq")[:limit]
    return [as_line(row) for row in rows]


def lines_for_export(
    room_id: str, *, since: datetime | None = None, until: datetime | None = None
) -> Iterator[TextLine]:
    """Oldest first."""
    rows = line_rows(room_id).order_by("seq")
    if since is not None:
        rows = rows.filter(at__gte=since)
    if until is not None:
        rows = rows.filter(at__lte=until)
    return (as_line(row) for row in rows.iterator())


def as_line(row: RoomEvent) -> TextLine:
    return TextLine.model_validate({**row.payload, "id": row.seq})
