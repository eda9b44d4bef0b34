"""What the schedule lists, read once for all visitors with the same visibility key and the same query."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import QueryDict

from companies.content_versions import content_version
from companies.process_cache import CachedRead
from companies.shared_pages import page_cache_key
from meetings import access
from meetings.access import VisibilityKey, VisibilityTier, Visitor
from meetings.models import Programme
from meetings.models.meeting import MeetingQuerySet, not_over
from portal import days, facets
from portal.facets import Choices, Month
from portal.filters import Filters, SearchResult, find, within_month
from portal.meeting_cards import CardData, card_data_to_cache

MOST_MEETING_LISTS = 100
LONGEST_QUERY = 200  # characters; each day in the month picker repeats it


@dataclass(frozen=True)
class MeetingList:
    """Nothing in it belongs to one visitor; `cache_key` is None where it is not shared."""

    found: SearchResult
    rows: CardData
    choices: Choices
    month: Month
    cache_key: tuple[Hashable, ...] | None


_meeting_lists: CachedRead[MeetingList] = CachedRead(MOST_MEETING_LISTS)


def meeting_list_for(visitor: Visitor, query: QueryDict, filters: Filters, now: datetime) -> MeetingList:
    programmes = access.visible_programmes(visitor)
    if not _is_shareable(query, filters):
        found = search(visitor, filters, now)
        return _build_meeting_list(found, query, filters, now, programmes=programmes, cache_key=None)
    tier = access.tier_of(visitor)
    visibility_key = VisibilityKey(
        tier, access.involved_meeting_ids(visitor, among=_ids_hidden_from(tier, filters, now))
    )
    asked = (visibility_key, query.urlencode(), *page_cache_key())

    def read() -> MeetingList:
        cache_key = (*asked, content_version())
        found = _search(access.meetings_visible_to(visibility_key), filters, now)
        return _build_meeting_list(found, query, filters, now, programmes=programmes, cache_key=cache_key)

    return _meeting_lists.get_or_read(asked, read)


_hidden_meetings: CachedRead[frozenset[str]] = CachedRead()


def _ids_hidden_from(tier: VisibilityTier, filters: Filters, now: datetime) -> frozenset[str]:
    """Meetings that may be listed at this time and are visible only to those involved in them."""

    def read() -> frozenset[str]:
        hidden = _in_period(access.meetings_hidden_from(tier), filters, now)
        if filters.month is not None:
            hidden = within_month(hidden, filters.month, days.reader_zone())
        return frozenset(hidden.order_by().values_list("pk", flat=True))

    # The cached keys may include meetings that have ended since; the lists filter those out.
    return _hidden_meetings.get_or_read((tier, filters.month, str(days.reader_zone())), read)


def _is_shareable(query: QueryDict, filters: Filters) -> bool:
    """Past meetings only within one month: otherwise the visibility keys would grow with the history."""
    is_bounded = filters.month is not None or not filters.is_past
    return is_bounded and not (filters.is_mine or filters.words) and len(query.urlencode()) <= LONGEST_QUERY


def _build_meeting_list(
    found: SearchResult,
    query: QueryDict,
    filters: Filters,
    now: datetime,
    *,
    programmes: QuerySet[Programme],
    cache_key: tuple[Hashable, ...] | None,
) -> MeetingList:
    rows = found.meetings if filters.is_grid else found.page(filters.page)
    return MeetingList(
        found=found,
        rows=card_data_to_cache(rows),
        choices=facets.of(query, filters, found, programmes),
        month=facets.month_of(query, filters, found, today=days.in_reader_zone(now).date()),
        cache_key=cache_key,
    )


def search(visitor: Visitor, filters: Filters, now: datetime) -> SearchResult:
    meetings = access.visible_meetings(visitor)
    if filters.is_mine:
        meetings = meetings.filter(pk__in=access.own_meetings(visitor).values("pk"))
    return _search(meetings, filters, now)


def _search(meetings: MeetingQuerySet, filters: Filters, now: datetime) -> SearchResult:
    month = filters.month or days.in_reader_zone(now).date()
    in_period = _in_period(meetings.published(), filters, now)
    return find(in_period, filters, zone=days.reader_zone(), month=month)


def _in_period(meetings: MeetingQuerySet, filters: Filters, now: datetime) -> MeetingQuerySet:
    """All meetings of a month; without one, the past ones, or the live and upcoming ones (also cancelled)."""
    if filters.month is not None:
        return meetings.order_by("starts_at", "pk")
    if filters.is_past:
        return meetings.past(now)
    return meetings.filter(not_over(now)).order_by("starts_at", "pk")
