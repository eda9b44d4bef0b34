"""When an email that can wait for it is due: in the morning, in its reader's time zone."""

from datetime import UTC, date, datetime, time, timedelta

from companies import zones

HOUR = 8
MORNING = range(HOUR, HOUR + 4)  # in which a late one may still be sent
TUESDAY, SATURDAY = 1, 5


def local_moment(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(zones.known_zone(zone))


def is_weekday_morning(now: datetime, zone: str) -> bool:
    local = local_moment(now, zone)
    return local.weekday() < SATURDAY and local.hour in MORNING


def next_tuesday(now: datetime, zone: str) -> datetime:
    """The first one after now, at eight in that zone."""
    return next(one for one in _mornings(now, zone) if local_moment(one, zone).weekday() == TUESDAY)


def tuesday_of_next_week(now: datetime, zone: str) -> datetime:
    """Not tomorrow, where a late one was planned on a Monday."""
    week = local_moment(now, zone).isocalendar()[:2]
    first = next_tuesday(now, zone)
    return first if local_moment(first, zone).isocalendar()[:2] != week else next_tuesday(first, zone)


def next_morning(now: datetime, zone: str) -> datetime:
    """Of a weekday."""
    return next(one for one in _mornings(now, zone) if local_moment(one, zone).weekday() < SATURDAY)


def _mornings(now: datetime, zone: str) -> list[datetime]:
    today = local_moment(now, zone).date()
    days: list[date] = [today + timedelta(days=ahead) for ahead in range(9)]
    found = [datetime.combine(day, time(HOUR), zones.known_zone(zone)) for day in days]
    return [one.astimezone(UTC) for one in found if one > now]
