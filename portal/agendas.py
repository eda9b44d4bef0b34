"""The agenda of a meeting as pages show it, and whether it can still be planned."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from companies.process_cache import CachedRead
from engagement.agenda.agenda_input import MOST_ITEMS
from engagement.agenda.describing import items_of
from engagement.models import AgendaItem
from meetings.models import Meeting


@dataclass(frozen=True)
class PlannedItem:
    """An item with the times that follow from the start of the meeting and the items before it."""

    row: AgendaItem
    starts_at: datetime
    ends_at: datetime


_agendas: CachedRead[list[AgendaItem]] = CachedRead()


def agenda_of(meeting: Meeting) -> list[PlannedItem]:
    """Read once for all visitors."""
    return list(planned(meeting, _agendas.get_or_read(meeting.pk, lambda: rows_of(meeting))))


def rows_of(meeting: Meeting) -> list[AgendaItem]:
    return list(items_of(meeting.pk)[:MOST_ITEMS])


def planned(meeting: Meeting, rows: Sequence[AgendaItem]) -> Iterator[PlannedItem]:
    starts_at = meeting.starts_at
    for row in rows:
        ends_at = starts_at + timedelta(minutes=row.minutes)
        yield PlannedItem(row, starts_at, ends_at)
        starts_at = ends_at


def can_plan(meeting: Meeting) -> bool:
    """Until the meeting is over or cancelled."""
    return meeting.is_open or meeting.state == Meeting.State.DRAFT
