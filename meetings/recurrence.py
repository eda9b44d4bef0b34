"""Our own recurrence rule → dates and instants; pure and bounded."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import Literal

from dateutil.rrule import DAILY, MO, MONTHLY, WEEKLY, rrule, weekday
from django.utils.translation import gettext as _

from companies import zones
from companies.languages import date_as_written, time_as_written
from companies.refusals import Refusal

FULL_WEEKS = 4  # that every month has
FREQUENCIES: dict[str, Literal[0, 1, 2, 3, 4, 5, 6]] = {"daily": DAILY, "weekly": WEEKLY, "monthly": MONTHLY}
MONTHLY_BY = {"day", "weekday", "last_weekday", "last_day"}
SHORTEST_MONTH = 28
MAX_OCCURRENCES = 60
MAX_INTERVAL = 52
FARTHEST_YEAR = 9900  # the calendar of Python ends in 9999
MAX_DAYS = 2 * 366  # a series ends within two years of its first day


class ImpossibleRule(Refusal):
    """`field` is what is wrong: of Rule, or local_time."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__("impossible_rule", message, field=field)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Every `interval` days, weeks or months, `count` times or until a day (inclusive).

    `weekdays` (0 is Monday) belongs to weekly rules; without it the first day's weekday counts. Weeks begin
    on Monday. A monthly rule keeps, by `monthly_by`: the day of the month, where a month without that day (31 April,
    29 February) uses its last day; the weekday, such as the second Tuesday; the last such weekday; or the last day.
    Raises ImpossibleRule.
    """

    frequency: str
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    monthly_by: str = "day"
    count: int | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if self.frequency not in FREQUENCIES:
            raise ImpossibleRule("frequency", _("Choose daily, weekly or monthly."))
        if not 1 <= self.interval <= MAX_INTERVAL:
            raise ImpossibleRule("interval", _("Choose a number from 1 to %(max)s.") % {"max": MAX_INTERVAL})
        if self.monthly_by not in MONTHLY_BY or (self.monthly_by != "day" and self.frequency != "monthly"):
            raise ImpossibleRule("monthly_by", _("This can only be set for a monthly series."))
        self._check_weekdays()
        self._check_end()

    def _check_weekdays(self) -> None:
        if self.weekdays and self.frequency != "weekly":
            raise ImpossibleRule("weekdays", _("Days of the week can only be set for a weekly series."))
        if any(day not in range(7) for day in self.weekdays):
            raise ImpossibleRule(
                "weekdays", _("A day of the week is a number from 0 (Monday) to 6 (Sunday).")
            )

    def _check_end(self) -> None:
        if (self.count is None) == (self.until is None):
            raise ImpossibleRule("count", _("Enter either the number of meetings or an end date."))
        if self.count is not None and not 1 <= self.count <= MAX_OCCURRENCES:
            raise ImpossibleRule("count", _("Choose a number from 1 to %(max)s.") % {"max": MAX_OCCURRENCES})


def days(rule: Rule, first: date) -> list[date]:
    """The days of the series, in order, none before `first`. Raises ImpossibleRule when it is too long."""
    if first.year > FARTHEST_YEAR:
        raise ImpossibleRule("local_day", _("This date is too far from today."))
    _refuse_first_day(rule, first)
    if rule.until is not None and rule.until < first:
        raise ImpossibleRule("until", _("The last day must not be before the first day."))
    last = first + timedelta(days=MAX_DAYS)
    field = "until" if rule.count is None else "count"
    if rule.until is not None and rule.until > last:
        raise ImpossibleRule(field, _("A series must end within two years of its first day."))
    until = rule.until or last
    found = list(
        islice(takewhile(lambda day: day <= until, _every(rule, first)), rule.count or MAX_OCCURRENCES + 1)
    )
    if len(found) > MAX_OCCURRENCES:
        raise ImpossibleRule(
            field, _("A series can have at most %(max)s meetings.") % {"max": MAX_OCCURRENCES}
        )
    if rule.count is not None and len(found) < rule.count:
        raise ImpossibleRule(field, _("A series must end within two years of its first day."))
    if not found:
        raise ImpossibleRule(field, _("No dates match. End the series later."))
    return found


def occurrences(rule: Rule, first: date, local_time: time, zone_name: str) -> list[tuple[date, datetime]]:
    """Each date with its instant in UTC: the same local time, whatever daylight saving does between them.

    Raises ImpossibleRule for `local_time`, naming the date on which that time does not exist or exists twice.
    """
    return [(day, instant_on(day, local_time, zone_name)) for day in days(rule, first)]


def instant_on(day: date, local_time: time, zone_name: str) -> datetime:
    """As zones.instant. Raises ImpossibleRule, which names the date and the zone and says what to do."""
    words = {
        "day": date_as_written(day),
        "hour": time_as_written(local_time),
        "place": zones.label(zone_name),
    }
    try:
        return zones.instant(day, local_time, zone_name)
    except zones.NonexistentTime as error:
        message = _(
            "There is no %(hour)s on %(day)s, because the clocks in %(place)s go forward. Choose a "
            "time one hour later."
        )
        raise ImpossibleRule("local_time", message % words) from error
    except zones.AmbiguousTime as error:
        message = _(
            "%(hour)s occurs twice on %(day)s, because the clocks in %(place)s go back. Choose a time one hour "
            "earlier or later."
        )
        raise ImpossibleRule("local_time", message % words) from error
    except OverflowError as error:
        raise ImpossibleRule("local_day", _("This date is too far from today.")) from error


def _refuse_first_day(rule: Rule, first: date) -> None:
    """The first day must be one of the rule's, else the series would begin on another day than was entered."""
    to_the_end = (
        (first + timedelta(days=1)).month != first.month,
        (first + timedelta(days=7)).month != first.month,
    )
    is_last_day, is_last_weekday = to_the_end
    if rule.monthly_by == "last_day" and not is_last_day:
        raise ImpossibleRule("local_day", _("This date isn’t the last day of its month."))
    if rule.monthly_by == "last_weekday" and not is_last_weekday:
        raise ImpossibleRule("local_day", _("This date isn’t the last such weekday of its month."))
    if rule.monthly_by == "weekday" and _week(first) > FULL_WEEKS:
        raise ImpossibleRule(
            "monthly_by", _("Not every month has a fifth such weekday. Choose the last one.")
        )


def _week(day: date) -> int:
    """2 for the second such weekday of its month."""
    return (day.day - 1) // 7 + 1


def _every(rule: Rule, first: date) -> Iterator[date]:
    """Without end. RFC 5545's default skips a month that lacks the day; `BYSETPOS=-1` takes its last day instead."""
    if rule.monthly_by != "day":
        return _every_month(rule, first)
    is_cut = rule.frequency == "monthly" and first.day > SHORTEST_MONTH
    moments = rrule(
        FREQUENCIES[rule.frequency],
        dtstart=datetime.combine(first, time()),
        interval=rule.interval,
        wkst=MO,
        byweekday=rule.weekdays or None,
        bymonthday=range(SHORTEST_MONTH, first.day + 1) if is_cut else None,
        bysetpos=-1 if is_cut else None,
    )
    return (moment.date() for moment in moments)


def _every_month(rule: Rule, first: date) -> Iterator[date]:
    week = _week(first) if rule.monthly_by == "weekday" else -1
    is_last_day = rule.monthly_by == "last_day"
    moments = rrule(
        MONTHLY,
        dtstart=datetime.combine(first, time()),
        interval=rule.interval,
        byweekday=None if is_last_day else weekday(first.weekday(), week),
        bymonthday=-1 if is_last_day else None,
    )
    return (moment.date() for moment in moments)
