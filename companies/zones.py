"""IANA time zones and their aliases, and wall-clock time to instants where a time may not exist or exist twice."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from urllib.parse import unquote
from zoneinfo import ZoneInfo, available_timezones, reset_tzpath

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language

# One source on every machine: the package `tzdata`, whose version is locked, not what the system has.
reset_tzpath(())

# Around the southern Baltic, where most users are; offered first. Any other canonical zone may be chosen too.
NEARBY = (
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

# The most likely time zone of a reader of this language, until the browser has sent its own.
BY_LANGUAGE = {
    "sv": "Europe/Stockholm",
    "pl": "Europe/Warsaw",
    "de": "Europe/Berlin",
    "da": "Europe/Copenhagen",
    "lt": "Europe/Vilnius",
}

COOKIE = "timezone"


class NonexistentTime(ValueError):
    """The clocks went forward over this wall-clock time: it does not exist on that day."""


class AmbiguousTime(ValueError):
    """The clocks went back over this wall-clock time: it exists twice on that day."""


# Files beside the zones that are none: this machine's setting, and an unset one.
_NO_ZONES = frozenset({"localtime", "posixrules", "Factory"})
# Abbreviations that IANA links to a city that nobody would look for: EST is its “Panama”.
_LETTERS = {
    **{name: name for name in ("CET", "EET", "MET", "WET", "EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT")},
    "EST": "UTC−5",
    "MST": "UTC−7",
    "HST": "UTC−10",
}
_FIXED = re.compile(r"(?:Etc/)?(?:GMT|UTC|UCT|Greenwich|Universal|Zulu)(?:([+-])(\d{1,2})|0)?")


@cache
def known() -> frozenset[str]:
    """The only names that may reach ZoneInfo, which raises four kinds of error for others.

    Includes old names and aliases (US/Eastern, Asia/Calcutta), which browsers still report.
    """
    return frozenset(available_timezones()) - _NO_ZONES


def known_or(name: str, other: str) -> str:
    """`other` for a name that is none, or no longer: newer rules drop some that profiles still have."""
    return name if name in known() else other


def known_zone(name: str) -> ZoneInfo:
    """The installation's own zone for a name that is none, or no longer."""
    return zone(known_or(name, settings.DEFAULT_TIMEZONE))


def _towns() -> frozenset[str]:
    """The canonical zones, each a city of a country."""
    return frozenset(_countries())


@cache
def _countries() -> dict[str, str]:
    """By canonical zone, two letters (IANA zone.tab, ISO 3166)."""
    lines = [line.split("\t") for line in _of_iana("zone.tab").splitlines() if not line.startswith("#")]
    return {line[2]: line[0] for line in lines if len(line) > 2 and line[2] in known()}


@cache
def _aliases() -> dict[str, str]:
    """The canonical zone of each alias (the links of IANA's tzdata.zi)."""
    links = [line.split() for line in _of_iana("tzdata.zi").splitlines() if line.startswith("L ")]
    return {alias: name for _mark, name, alias in links}


def _of_iana(file_name: str) -> str:
    return resources.files("tzdata").joinpath("zoneinfo", file_name).read_text(encoding="utf-8")


def version() -> str:
    """Of the rules, such as 2026b."""
    return resources.files("tzdata").joinpath("zoneinfo", "tzdata.zi").read_text(encoding="utf-8").split()[2]


def canonical(name: str) -> str:
    """The canonical name of an alias; any other name as it is."""
    if name in _towns():
        return name
    found = _aliases().get(name, name)
    return found if found in _towns() else name


def zone(name: str) -> ZoneInfo:
    """The zone of an allowed name; ValueError for any other."""
    if name not in known():
        raise ValueError(f"unknown time zone: {name[:64]!r}")
    return ZoneInfo(name)


def from_cookies(cookies: Mapping[str, str]) -> str | None:
    """The time zone that the browser set (islands/time-zone.ts), if it is known. Scripts encode the slash as %2F."""
    name = unquote(cookies.get(COOKIE, ""))
    return name if name in known() else None


def choices() -> list[str]:
    return [*NEARBY, *sorted(_towns() - set(NEARBY))]


def label(name: str) -> str:
    """What people call a zone: the city in the active language, or the offset (Etc/GMT+6 is “UTC−6”)."""
    fixed = _FIXED.fullmatch(name)
    if fixed is not None:
        return _offset(fixed[1], int(fixed[2] or 0))
    if name in _LETTERS:
        return _LETTERS[name]
    return _city(canonical(name), get_language() or "en")


def label_with_country(name: str) -> str:
    """“New York (United States)”, in the active language."""
    locale = Locale.parse(get_language() or "en", sep="-")
    country = locale.territories.get(_countries().get(name, ""), "")
    return f"{label(name)} ({country})" if country else label(name)


@cache
def _city(name: str, language: str) -> str:
    """By Unicode's CLDR, which has a zone under the name that IANA gave it first: Asia/Calcutta."""
    in_cldr = Locale.parse(language, sep="-").time_zones
    # Links between two cities (Copenhagen to Berlin) are of zones that have become the same, not of their names.
    older = (alias for alias, later in _aliases().items() if later == name and alias not in _towns())
    found = (in_cldr[one]["city"] for one in (name, *older) if "city" in in_cldr.get(one, ()))
    return next(found, name.rsplit("/", 1)[-1].replace("_", " "))


def _offset(sign: str | None, hours: int) -> str:
    """POSIX signs are reversed: Etc/GMT+6 is six hours behind UTC."""
    if not hours:
        return "UTC"
    return f"UTC{'−' if sign == '+' else '+'}{hours}"


def country_of(name: str) -> str:
    """Two letters (ISO 3166); empty for a zone that is in none."""
    return _countries().get(canonical(name), "")


def clock_change(day: date, zone_name: str) -> timedelta:
    """By how much the clocks go forward on this day; back, where it is negative."""
    midnight = datetime.combine(day, time(), zone(zone_name))
    before, after = midnight.utcoffset(), (midnight + timedelta(days=1)).utcoffset()
    return after - before if before is not None and after is not None else timedelta()


def instant(day: date, local_time: time, zone_name: str) -> datetime:
    """Wall-clock time in a time zone as an aware UTC instant. Raises NonexistentTime, AmbiguousTime or ValueError."""
    local = datetime.combine(day, local_time)
    early = local.replace(tzinfo=zone(zone_name), fold=0)
    late = early.replace(fold=1)
    if early.utcoffset() == late.utcoffset():
        return early.astimezone(UTC)
    if early.astimezone(UTC).astimezone(early.tzinfo).replace(tzinfo=None) != local:
        raise NonexistentTime(f"{local:%Y-%m-%d %H:%M} does not exist in {zone_name}")
    raise AmbiguousTime(f"{local:%Y-%m-%d %H:%M} exists twice in {zone_name}")
