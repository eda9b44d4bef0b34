"""What the schedule's filters offer: choices with counts, chips to remove a choice, the month, and pages."""

import calendar
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import formats
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from companies.collation import sorted_by_name
from companies.languages import NATIVE_NAMES, LocalizedText, codes, in_language, other_language
from companies.models.company import countries_by_name
from meetings.models import Meeting, Programme
from portal.filters import Filters, SearchResult
from portal.meeting_cards import Day, MeetingCard


@dataclass(frozen=True)
class Choice:
    """`lang` where the label is in another language than the page."""

    name: str
    value: str
    label: str
    count: int
    is_chosen: bool
    lang: str = ""


@dataclass(frozen=True)
class Chip:
    """A choice that was made; `query_without` is the query string without it."""

    label: str
    query_without: str
    lang: str = ""


@dataclass(frozen=True)
class Choices:
    languages: Sequence[Choice]
    kinds: Sequence[Choice]
    countries: Sequence[Choice]
    programmes: Sequence[Choice]
    chips: Sequence[Chip]


def of(query: QueryDict, filters: Filters, found: SearchResult, programmes: QuerySet[Programme]) -> Choices:
    """Choices without any meeting are left out, unless chosen."""
    own_names = [(code, LocalizedText(NATIVE_NAMES[code], code, is_fallback=True)) for code in codes()]
    languages = _choices("l", own_names, found.languages, filters.languages)
    kinds = _choices("k", _words(Meeting.Kind.choices), found.kinds, filters.kinds)
    countries = _choices("c", _words(countries_by_name()), found.countries, filters.countries)
    shown = programmes.filter(slug__in=[*found.programmes, filters.programme])
    named = [(programme.slug, in_language(programme.title)) for programme in shown]
    in_programmes = _choices(
        "p", sorted_by_name(named, lambda pair: str(pair[1])), found.programmes, (filters.programme,)
    )
    several = [*languages, *kinds, *countries, *in_programmes]
    chips = [_chip(query, choice) for choice in several if choice.is_chosen]
    if filters.words:
        chips.insert(0, Chip(_("“%(words)s”") % {"words": filters.words}, query_without(query, "q")))
    if filters.is_mine:
        chips.append(Chip(_("My meetings"), query_without(query, "mine")))
    if filters.month is not None and not filters.is_grid:
        chips.append(Chip(formats.date_format(filters.month, "YEAR_MONTH_FORMAT"), query_without(query, "m")))
    return Choices(languages, kinds, countries, in_programmes, chips)


def _words(given: Iterable[tuple[str, object]]) -> list[tuple[str, str]]:
    words = [(value, str(label)) for value, label in given]
    return [(value, label[:1].upper() + label[1:]) for value, label in words]


def _choices(
    name: str, given: Iterable[tuple[str, str | LocalizedText]], counts: Counter[str], chosen: Sequence[str]
) -> list[Choice]:
    every = [
        Choice(name, value, str(label), counts[value], value in chosen, other_language(label))
        for value, label in given
    ]
    return [choice for choice in every if choice.count or choice.is_chosen]


def _chip(query: QueryDict, choice: Choice) -> Chip:
    return Chip(choice.label, query_without(query, choice.name, choice.value), choice.lang)


def query_without(query: QueryDict, name: str, value: str | None = None) -> str:
    """The query string without one value of a filter, or without the whole filter, on the first page."""
    rest = query.copy()
    left = [given for given in rest.getlist(name) if value is not None and given != value]
    rest.setlist(name, left)
    rest.pop("page", None)
    return "?" + rest.urlencode()


def query_with(query: QueryDict, **changes: str) -> str:
    changed = query.copy()
    changed.pop("page", None)
    for name, value in changes.items():
        changed[name] = value
    return "?" + changed.urlencode()


# ---- the month beside the list ---------------------------------------------------------------------------


@dataclass(frozen=True)
class CalendarCell:
    day: date | None
    count: int = 0
    is_live: bool = False
    is_today: bool = False
    address: str = ""

    @property
    def anchor(self) -> str:
        return f"d{self.day.isoformat()}" if self.day else ""

    @property
    def label(self) -> str:
        return formats.date_format(self.day, "MONTH_DAY_FORMAT") if self.day else ""


@dataclass(frozen=True)
class Month:
    title: str
    weekdays: Sequence[tuple[str, str]]
    weeks: Sequence[Sequence[CalendarCell]]
    earlier: str
    later: str


def month_of(query: QueryDict, filters: Filters, found: SearchResult, *, today: date) -> Month:
    first = (filters.month or today).replace(day=1)
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)

    def cell(day: date) -> CalendarCell:
        if day.month != first.month:
            return CalendarCell(None)
        anchor = f"#d{day.isoformat()}"
        address = anchor if filters.month else query_with(query, m=f"{day:%Y-%m}") + anchor
        return CalendarCell(day, found.days[day], day in found.live_days, day == today, address)

    return Month(
        title=formats.date_format(first, "YEAR_MONTH_FORMAT"),
        weekdays=[(str(WEEKDAYS_ABBR[number])[:2], str(WEEKDAYS[number])) for number in range(7)],
        weeks=[[cell(day) for day in week] for week in weeks],
        earlier=query_with(query, m=_shifted(first, -1)),
        later=query_with(query, m=_shifted(first, 1)),
    )


def grid_of(month: Month, by_day: Iterable[Day]) -> list[list[tuple[CalendarCell, Sequence[MeetingCard]]]]:
    """The weeks of the month, each day with its meetings."""
    cards = {day.anchor: day.cards for day in by_day}
    return [[(cell, cards.get(cell.anchor, [])) for cell in week] for week in month.weeks]


def _shifted(first: date, months: int) -> str:
    number = first.year * 12 + first.month - 1 + months
    return f"{number // 12:04}-{number % 12 + 1:02}"


# ---- pages -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pages:
    number: int
    count: int

    @property
    def has_earlier(self) -> bool:
        return self.number > 1

    @property
    def has_more(self) -> bool:
        return self.number < self.count


def pages_of(filters: Filters, found: SearchResult) -> Pages:
    return Pages(1, 1) if filters.is_grid else Pages(min(filters.page, found.pages), found.pages)
