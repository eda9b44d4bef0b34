"""Finding meetings: filters from the query string, with the number of meetings for each choice."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Self, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, TextField
from django.db.models.functions import Cast, Concat, TruncDate
from django.http import QueryDict

from companies.folding import MAX_ROWS, asked_words, texts_contain_words
from companies.languages import codes
from companies.models.company import Country
from meetings.models import Meeting

Queried = TypeVar("Queried", bound=QuerySet[Meeting])
PER_PAGE = 30


@dataclass(frozen=True)
class FacetGroup:
    """`count` meetings that are equal in everything that can be filtered by."""

    kind: str
    languages: frozenset[str]
    country: str
    programme: str
    count: int


@dataclass(frozen=True)
class Filters:
    """Parsed from the query string; unknown values are ignored."""

    words: str = ""
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    programme: str = ""
    month: date | None = None
    is_grid: bool = False
    is_past: bool = False
    is_mine: bool = False
    page: int = 1

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        return cls(
            words=asked_words(query.get("q", "")),
            kinds=_known(query.getlist("k"), Meeting.Kind.values),
            languages=_known(query.getlist("l"), codes()),
            countries=_known(query.getlist("c"), Country.values),
            programme=query.get("p", "").replace("\0", "")[:140],
            month=month_of(query.get("m", "")),
            is_grid=query.get("view") == "month",
            is_past=query.get("when") == "past",
            is_mine=query.get("mine") == "1",
            page=_number(query.get("page", "")),
        )

    def in_month_of(self, today: date) -> Self:
        """A grid always shows one month: the one asked for, or that of `today`."""
        return replace(self, month=today.replace(day=1)) if self.is_grid and self.month is None else self

    def for_calendar(self) -> Self:
        """What a subscription goes by: neither a period nor a page, nor whose meetings they are."""
        return replace(self, month=None, is_grid=False, is_past=False, is_mine=False, page=1)

    @property
    def chosen(self) -> int:
        several = len(self.kinds) + len(self.languages) + len(self.countries)
        return several + bool(self.programme) + self.is_mine

    def accept(self, group: FacetGroup) -> bool:
        return (
            (not self.kinds or group.kind in self.kinds)
            and (not self.languages or not group.languages.isdisjoint(self.languages))
            and (not self.countries or group.country in self.countries)
            and (not self.programme or group.programme == self.programme)
        )

    def narrow(self, meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
        """As `accept`, in the database."""
        if self.kinds:
            meetings = meetings.filter(kind__in=self.kinds)
        if self.languages:
            written = Concat(Cast("languages", TextField()), Cast("interpreted_into", TextField()))
            wanted = [Q(languages_text__contains=f'"{code}"') for code in self.languages]
            meetings = meetings.alias(languages_text=written).filter(reduce(or_, wanted))
        if self.countries:
            meetings = meetings.filter(host_company__country__in=self.countries)
        return meetings.filter(programme__slug=self.programme) if self.programme else meetings


def matching(meetings: QuerySet[Meeting], filters: Filters) -> QuerySet[Meeting]:
    """Those that the filters leave, whatever their period; among at most the first MAX_ROWS for words."""
    if filters.words:
        meetings = meetings.filter(pk__in=_with_words(meetings, filters.words)[0])
    return filters.narrow(meetings)


@dataclass(frozen=True)
class SearchResult:
    """The meetings in order of time, and how many there would be with each choice of each filter."""

    meetings: QuerySet[Meeting]
    total: int
    kinds: Counter[str]
    languages: Counter[str]
    countries: Counter[str]
    programmes: Counter[str]
    days: Counter[date]
    live_days: frozenset[date]
    is_complete: bool  # False if only the first MAX_ROWS meetings were searched for words

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))

    def page(self, number: int) -> QuerySet[Meeting]:
        first = (min(max(number, 1), self.pages) - 1) * PER_PAGE
        return self.meetings[first : first + PER_PAGE]


def find(meetings: QuerySet[Meeting], filters: Filters, *, zone: ZoneInfo, month: date) -> SearchResult:
    """The filtered meetings, and for each filter the counts with any other choice; days of `month` only.

    Three queries, and one more for words, however many meetings there are.
    """
    is_complete = True
    of_month = within_month(meetings, month, zone)
    asked = of_month if filters.month is not None else meetings
    if filters.words:
        keys, is_complete = _with_words(asked, filters.words)
        asked, of_month = asked.filter(pk__in=keys), of_month.filter(pk__in=keys)
    groups = _groups(asked)

    def counts(without: Filters, values: Callable[[FacetGroup], Iterable[str]]) -> Counter[str]:
        found: Counter[str] = Counter()
        for group in filter(without.accept, groups):
            found.update({value: group.count for value in values(group) if value})
        return found

    days = _days(filters.narrow(of_month), zone)
    return SearchResult(
        meetings=filters.narrow(asked),
        total=sum(group.count for group in groups if filters.accept(group)),
        kinds=counts(replace(filters, kinds=()), lambda one: [one.kind]),
        languages=counts(replace(filters, languages=()), lambda one: one.languages),
        countries=counts(replace(filters, countries=()), lambda one: [one.country]),
        programmes=counts(replace(filters, programme=""), lambda one: [one.programme]),
        days=Counter({day: count for day, count, _live in days}),
        live_days=frozenset(day for day, _count, live in days if live),
        is_complete=is_complete,
    )


def _groups(meetings: QuerySet[Meeting]) -> list[FacetGroup]:
    grouped = meetings.order_by().values_list(
        *("kind", "languages", "interpreted_into", "host_company__country", "programme__slug")
    )
    return [
        FacetGroup(kind, frozenset([*spoken, *interpreted]), country or "", programme or "", count)
        for kind, spoken, interpreted, country, programme, count in grouped.annotate(Count("pk"))
    ]


def _days(meetings: QuerySet[Meeting], zone: ZoneInfo) -> list[tuple[date, int, int]]:
    """Dates in the reader's time zone, each with its number of meetings and of live ones."""
    by_day = meetings.order_by().annotate(day=TruncDate("starts_at", tzinfo=zone)).values_list("day")
    live = Count("pk", filter=Q(state=Meeting.State.LIVE))
    return list(by_day.annotate(count=Count("pk"), live=live))


def within_month(meetings: Queried, month: date, zone: ZoneInfo) -> Queried:
    return meetings.filter(starts_at__range=_bounds(month, zone))


def _bounds(month: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    first = datetime(month.year, month.month, 1, tzinfo=zone)
    after = datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=zone)
    return first, after - timedelta(microseconds=1)


def _with_words(meetings: QuerySet[Meeting], words: str) -> tuple[list[str], bool]:
    """Keys of those that contain every word, and whether all were searched: at most the first MAX_ROWS."""
    rows = meetings.values_list(
        *("pk", "title", "description", "programme__title", "series__title"),
        *("host_company__name", "host_company__city", "host__name"),
    )
    read = list(rows[: MAX_ROWS + 1])
    return [pk for pk, *texts in read[:MAX_ROWS] if texts_contain_words(texts, words)], len(read) <= MAX_ROWS


def month_of(text: str) -> date | None:
    """The first day of a month written like `2026-12`; None for anything else."""
    found = re.fullmatch(r"(2[01]\d\d)-(0[1-9]|1[0-2])", text, re.ASCII)
    return date(int(found[1]), int(found[2]), 1) if found else None


def _known(given: Iterable[str], allowed: Iterable[str]) -> tuple[str, ...]:
    wanted = set(given)
    return tuple(value for value in allowed if value in wanted)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
