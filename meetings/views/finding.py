"""Finding meetings: filters that live in the address, with a count beside each choice.

The choice is made over a few columns of all meetings that the visitor sees; one page of rows is loaded whole.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import QueryDict

from companies.languages import codes
from companies.models.company import Country
from companies.words import plain, words
from meetings.models import Meeting

PER_PAGE = 30


@dataclass(frozen=True)
class Candidate:
    """What the filters look at."""

    pk: str
    kind: str
    languages: frozenset[str]
    country: str
    programme: str
    starts_at: datetime
    is_live: bool
    words: str

    @classmethod
    def of(cls, meeting: Meeting) -> Self:
        company, programme, series = meeting.host_company, meeting.programme, meeting.series
        texts = [meeting.title, meeting.description, programme and programme.title, series and series.title]
        names = [company.name, company.city] if company else []
        written = [word for text in texts if text for word in text.values()]
        return cls(
            pk=meeting.pk,
            kind=meeting.kind,
            languages=frozenset([*meeting.languages, *meeting.interpreted_into]),
            country=company.country if company else "",
            programme=programme.slug if programme else "",
            starts_at=meeting.starts_at,
            is_live=meeting.is_live,
            words=plain(" ".join([*written, *names, meeting.host.name])),
        )


@dataclass(frozen=True)
class Filters:
    """What the address asks for; anything it should not hold is left out, never an error."""

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
            words=" ".join(query.get("q", "").replace("\0", "").split())[:100],
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
        """A grid is of one month, this one unless another is asked for."""
        return replace(self, month=today.replace(day=1)) if self.is_grid and self.month is None else self

    @property
    def chosen(self) -> int:
        several = len(self.kinds) + len(self.languages) + len(self.countries)
        return several + bool(self.programme) + self.is_mine

    def accept(self, candidate: Candidate, zone: ZoneInfo) -> bool:
        if self.month is not None:
            local = candidate.starts_at.astimezone(zone)
            if (local.year, local.month) != (self.month.year, self.month.month):
                return False
        return (
            (not self.kinds or candidate.kind in self.kinds)
            and (not self.languages or not candidate.languages.isdisjoint(self.languages))
            and (not self.countries or candidate.country in self.countries)
            and (not self.programme or candidate.programme == self.programme)
            and all(word in candidate.words for word in words(self.words))
        )


@dataclass(frozen=True)
class Found:
    """Ids in order of time, and how many there would be with each choice of each filter."""

    ids: list[str]
    kinds: Counter[str]
    languages: Counter[str]
    countries: Counter[str]
    programmes: Counter[str]
    days: Counter[date]
    live_days: frozenset[date]

    @property
    def total(self) -> int:
        return len(self.ids)

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.ids) // PER_PAGE))

    def ids_of_page(self, page: int) -> list[str]:
        first = (min(max(page, 1), self.pages) - 1) * PER_PAGE
        return self.ids[first : first + PER_PAGE]


def find(candidates: list[Candidate], filters: Filters, *, zone: ZoneInfo) -> Found:
    """What the filters leave, and for each filter what it would leave with another choice."""

    def counts(without: Filters, values: Callable[[Candidate], Iterable[str]]) -> Counter[str]:
        accepted = [candidate for candidate in candidates if without.accept(candidate, zone)]
        return Counter(value for candidate in accepted for value in values(candidate) if value)

    in_any_month = [one for one in candidates if replace(filters, month=None).accept(one, zone)]
    return Found(
        ids=[candidate.pk for candidate in candidates if filters.accept(candidate, zone)],
        kinds=counts(replace(filters, kinds=()), lambda one: [one.kind]),
        languages=counts(replace(filters, languages=()), lambda one: one.languages),
        countries=counts(replace(filters, countries=()), lambda one: [one.country]),
        programmes=counts(replace(filters, programme=""), lambda one: [one.programme]),
        days=Counter(one.starts_at.astimezone(zone).date() for one in in_any_month),
        live_days=frozenset(one.starts_at.astimezone(zone).date() for one in in_any_month if one.is_live),
    )


def candidates_of(meetings: QuerySet[Meeting]) -> list[Candidate]:
    """In the order of the query; one query."""
    rows = meetings.select_related("host_company", "programme", "series", "host").only(
        *("kind", "state", "languages", "interpreted_into", "starts_at", "title", "description"),
        *("host_company__country", "host_company__name", "host_company__city", "host__name"),
        *("programme__slug", "programme__title", "series__title"),
    )
    return [Candidate.of(meeting) for meeting in rows]


def month_of(text: str) -> date | None:
    """`2026-12`, or None for anything that is no month of these times."""
    found = re.fullmatch(r"(2[01]\d\d)-(0[1-9]|1[0-2])", text, re.ASCII)
    return date(int(found[1]), int(found[2]), 1) if found else None


def _known(given: Iterable[str], allowed: Iterable[str]) -> tuple[str, ...]:
    wanted = set(given)
    return tuple(value for value in allowed if value in wanted)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
