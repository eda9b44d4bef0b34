"""What is worth knowing about the days of a meeting: public holidays, clocks that change, for whom it is night."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count

from companies import zones
from companies.languages import active_language
from meetings.holidays import COUNTRIES, Holiday, holidays_on
from meetings.models import Meeting, Registration

MORNING, EVENING = 7, 20  # hours in the local time of each person; outside them it is night
NOON = time(12)
MOST_DAYS = 8  # of one meeting, which takes at most a week

# How many people are in a time zone and a country; nobody, where it is only known that they may come.
Audience = Counter[tuple[str, str]]


@dataclass(frozen=True)
class DayNotes:
    """`day` is the first, local to the meeting. Zones and holidays with the number of people, which may be 0."""

    day: date
    starts_at: datetime
    ends_at: datetime
    holidays: list[tuple[Holiday, int]]
    clocks_forward: list[str]
    clocks_back: list[str]
    at_night: list[tuple[str, int]]

    def __bool__(self) -> bool:
        return bool(self.holidays or self.clocks_forward or self.clocks_back or self.at_night)


def notes_on(
    *, day: date, local_time: time | None, minutes: int, timezone: str, audience: Audience
) -> DayNotes:
    """Of a meeting on that day; nobody is at night without a time, or with one that does not exist on that day.

    Raises OverflowError on the last days of the calendar.
    """
    try:
        starts_at = zones.instant(day, local_time or NOON, timezone)
    except (zones.NonexistentTime, zones.AmbiguousTime):
        return notes_on(day=day, local_time=None, minutes=minutes, timezone=timezone, audience=audience)
    ends_at = starts_at + timedelta(minutes=minutes)
    holidays: Counter[Holiday] = Counter()
    forward: dict[str, bool] = {}
    back: dict[str, bool] = {}
    for (zone, country), number in audience.items():
        for one in _days(starts_at, ends_at, zone):
            for holiday in holidays_on(one, [country], active_language()):
                holidays[holiday] += number
            change = zones.clock_change(one, zone)
            if change:
                (forward if change > timedelta() else back)[zone] = True
    people = by_zone(audience) if local_time else Counter[str]()
    night = [(zone, number) for zone, number in people.items() if is_night(zone, starts_at, ends_at)]
    return DayNotes(day, starts_at, ends_at, holidays.most_common(), list(forward), list(back), night)


def cluster(timezone: str) -> Audience:
    """Nobody yet, of all countries that people may come from."""
    return Audience({(timezone, country): 0 for country in COUNTRIES})


def audience_of(meeting: Meeting) -> Audience:
    """Who takes part: the host, those on stage and those registered. Two queries."""
    stage = {meeting.host_id: meeting.host} | {
        role.person_id: role.person for role in meeting.roles.select_related("person")
    }
    found = Audience(audience_place(one.timezone, one.country) for one in stage.values() if one.is_active)
    registered = meeting.registrations.filter(state=Registration.State.CONFIRMED, person__is_active=True)
    others = registered.exclude(person__in=stage).order_by().values_list("timezone", "country")
    for timezone, country, number in others.annotate(number=Count("pk")):
        found[audience_place(timezone, country)] += number
    return found


def audience_place(timezone: str, country: str) -> tuple[str, str]:
    """Who named no country of ours is most likely in that of their time zone."""
    return timezone, country if country in COUNTRIES else zones.country_of(timezone)


def by_zone(audience: Audience) -> Counter[str]:
    """Without zones that nobody is in."""
    found: Counter[str] = Counter()
    for (timezone, _country), number in audience.items():
        found[timezone] += number
    return +found


def is_night(zone_name: str, starts_at: datetime, ends_at: datetime) -> bool:
    zone = zones.zone(zone_name)
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    ends_late = end.date() != start.date() or (end.hour, end.minute) > (EVENING, 0)
    return start.hour < MORNING or ends_late


def _days(starts_at: datetime, ends_at: datetime, zone_name: str) -> Iterable[date]:
    zone = zones.zone(zone_name)
    first, last = starts_at.astimezone(zone).date(), ends_at.astimezone(zone).date()
    return [first + timedelta(days=number) for number in range(min((last - first).days + 1, MOST_DAYS))]
