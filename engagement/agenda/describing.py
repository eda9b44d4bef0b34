"""The agenda as events, pages and the API show it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from engagement.agenda.messages import AgendaItemInfo
from engagement.agenda.models import AgendaItem
from rooms.journal import protocol_time


def items_of(meeting: str) -> QuerySet[AgendaItem]:
    """In their order."""
    return AgendaItem.objects.filter(meeting=meeting).order_by("number", "pk")


def meetings_with_agenda(meetings: Iterable[str]) -> set[str]:
    return set(AgendaItem.objects.filter(meeting__in=list(meetings)).values_list("meeting", flat=True))


def info_of(item: AgendaItem) -> AgendaItemInfo:
    return AgendaItemInfo(
        id=item.pk,
        title=item.title,
        minutes=item.minutes,
        speaker=item.speaker,
        started_at=_written(item.started_at),
        ended_at=_written(item.ended_at),
    )


def _written(moment: datetime | None) -> str | None:
    return protocol_time(moment) if moment is not None else None
