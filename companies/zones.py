"""Time zones: an allow-list of names, and wall-clock time to instants where an hour may be missing or doubled."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from urllib.parse import unquote
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext, gettext_noop

# Where the cluster's people are; offered first. Any other canonical zone may be chosen too.
NEAR = (
    "Europe/Stockholm",
    "Europe/Copenhagen",
    "Europe/Warsaw",
    "Europe/Berlin",
    "Europe/Vilnius",
    "Europe/Helsinki",
    "Europe/Riga",
    "Europe/Tallinn",
    "Europe/Oslo",
    "Europe/London",
    "UTC",
)

# Their towns have names of their own in most of our languages.
TOWNS = frozenset(
    {
        gettext_noop("Stockholm"),
        gettext_noop("Copenhagen"),
        gettext_noop("Warsaw"),
        gettext_noop("Berlin"),
        gettext_noop("Vilnius"),
        gettext_noop("Helsinki"),
        gettext_noop("Riga"),
        gettext_noop("Tallinn"),
        gettext_noop("Oslo"),
        gettext_noop("London"),
    }
)

# The clock that a reader of this language most likely lives by, until the browser has told.
OF_LANGUAGE = {
    "sv": "Europe/Stockholm",
    "pl": "Europe/Warsaw",
    "de": "Europe/Berlin",
    "da": "Europe/Copenhagen",
    "lt": "Europe/Vilnius",
}

COOKIE = "timezone"


class NoSuchHour(ValueError):
    """The clocks went forward over this wall-clock time: it does not exist on that day."""


class HourTwice(ValueError):
    """The clocks went back over this wall-clock time: it exists twice on that day."""


@cache
def known() -> frozenset[str]:
    """The only names that may reach ZoneInfo: a name from outside can make it raise four kinds of error."""
    regions = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    return frozenset(name for name in available_timezones() if name.startswith(regions)) | {"UTC"}


def zone(name: str) -> ZoneInfo:
    """The zone of an allowed name; ValueError for any other."""
    if name not in known():
        raise ValueError(f"unknown time zone: {name[:64]!r}")
    return ZoneInfo(name)


def of_browser(cookies: Mapping[str, str]) -> str | None:
    """The zone that a browser told us (islands/zone.ts), when we know it. A script writes the slash as %2F."""
    name = unquote(cookies.get(COOKIE, ""))
    return name if name in known() else None


def choices() -> list[str]:
    return [*NEAR, *sorted(known() - set(NEAR))]


def place(name: str) -> str:
    """The town that people know a zone by: Europe/Stockholm is “Stockholm”."""
    town = name.rsplit("/", 1)[-1].replace("_", " ")
    return gettext(town) if town in TOWNS else town


def instant(day: date, clock: time, zone_name: str) -> datetime:
    """Wall-clock time in a zone as an aware UTC instant. Raises NoSuchHour, HourTwice or ValueError."""
    local = datetime.combine(day, clock)
    early = local.replace(tzinfo=zone(zone_name), fold=0)
    late = early.replace(fold=1)
    if early.utcoffset() == late.utcoffset():
        return early.astimezone(UTC)
    if early.astimezone(UTC).astimezone(early.tzinfo).replace(tzinfo=None) != local:
        raise NoSuchHour(f"{local:%Y-%m-%d %H:%M} does not exist in {zone_name}")
    raise HourTwice(f"{local:%Y-%m-%d %H:%M} exists twice in {zone_name}")
