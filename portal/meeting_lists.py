"""What the schedule lists, read once for all who see the same meetings and ask for the same of them."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import QueryDict

from companies.content_versions import content_version
from companies.process_cache import Read
from companies.shared_pages import surroundings
from meetings import access
from meetings.access import Audience, Reach, Visitor
from meetings.models import Meeting, Programme
from meetings.models.meeting import MeetingQuerySet
from meetings.views import days
from meetings.views.meeting_cards import Rows, rows_to_keep
from portal import facets as choices
from portal.facets import Choices, Month
from portal.filters import Filters, Found, find, within_month

MOST_LISTINGS = 100
LONGEST_QUERY = 200  # each day of the month beside the list repeats it


@dataclass(frozen=True)
class Listing:
    """Nothing in it is one visitor's; `made_of` is what it was made of, where others may share it."""

    found: Found
    rows: Rows
    choices: Choices
    month: Month
    made_of: tuple[Hashable, ...] | None


_listings: Read[Listing] = Read(MOST_LISTINGS)


def listing_for(visitor: Visitor, query: QueryDict, filters: Filters, now: datetime) -> Listing:
    programmes = access.visible_programmes(visitor)
    if not _is_asked_by_many(query, filters):
        found = found_for(visitor, filters, now)
        return _listing(found, query, filters, now, programmes=programmes, made_of=None)
    reach = access.reach_of(visitor)
    audience = Audience(reach, access.tied_to(visitor, among=_hidden_from(reach, filters, now)))
    asked = (audience, query.urlencode(), *surroundings())

    def read() -> Listing:
        made_of = (*asked, content_version())
        found = _found(access.meetings_of(audience), filters, now)
        return _listing(found, query, filters, now, programmes=programmes, made_of=made_of)

    return _listings.once(asked, read)


_hidden: Read[frozenset[str]] = Read()


def _hidden_from(reach: Reach, filters: Filters, now: datetime) -> frozenset[str]:
    """What may be listed at this time and takes a tie to see."""

    def read() -> frozenset[str]:
        beyond = _in_time(access.meetings_beyond(reach), filters, now)
        if filters.month is not None:
            beyond = within_month(beyond, filters.month, days.reader_zone())
        return frozenset(beyond.order_by().values_list("pk", flat=True))

    # Meetings that are over by now may be among them: what is listed leaves them out.
    return _hidden.once((reach, filters.month, str(days.reader_zone())), read)


def _is_asked_by_many(query: QueryDict, filters: Filters) -> bool:
    """What has been is left out: a list of everybody's own past meetings would grow for ever."""
    is_bounded = filters.month is not None or not filters.is_past
    return is_bounded and not (filters.is_mine or filters.words) and len(query.urlencode()) <= LONGEST_QUERY


def _listing(
    found: Found,
    query: QueryDict,
    filters: Filters,
    now: datetime,
    *,
    programmes: QuerySet[Programme],
    made_of: tuple[Hashable, ...] | None,
) -> Listing:
    rows = found.meetings if filters.is_grid else found.page(filters.page)
    return Listing(
        found=found,
        rows=rows_to_keep(rows),
        choices=choices.of(query, filters, found, programmes),
        month=choices.month_of(query, filters, found, today=days.here(now).date()),
        made_of=made_of,
    )


def found_for(visitor: Visitor, filters: Filters, now: datetime) -> Found:
    meetings = access.visible_meetings(visitor)
    if filters.is_mine:
        meetings = meetings.filter(pk__in=access.own_meetings(visitor).values("pk"))
    return _found(meetings, filters, now)


def _found(meetings: MeetingQuerySet, filters: Filters, now: datetime) -> Found:
    month = filters.month or days.here(now).date()
    in_time = _in_time(meetings.announced(), filters, now)
    return find(in_time, filters, zone=days.reader_zone(), month=month)


def _in_time(meetings: MeetingQuerySet, filters: Filters, now: datetime) -> MeetingQuerySet:
    """A month shows all of itself; otherwise what is live or coming (also cancelled), or what has been."""
    if filters.month is not None:
        return meetings.order_by("starts_at", "pk")
    if filters.is_past:
        return meetings.past(now)
    coming = Q(state=Meeting.State.LIVE) | Q(ends_at__gt=now)
    return meetings.filter(coming).exclude(state=Meeting.State.ENDED).order_by("starts_at", "pk")
