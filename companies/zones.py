"""Time zones: every name and alias of IANA, and wall-clock time to instants where an hour may be missing or doubled."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from importlib import resources
from urllib.parse import unquote
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext, gettext_noop

# Where the cluster's people are; offered first. Any other canonical zone may be chosen too.
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


# Files that stand beside the zones and are none: what this machine is set to, and what nobody has set.
_NO_ZONES = frozenset({"localtime", "posixrules", "Factory"})
# Zones by letters alone, for which IANA has a town that nobody would look for: EST is its “Panama”.
_LETTERS = {
    **{name: name for name in ("CET", "EET", "MET", "WET", "EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT")},
    "EST": "UTC−5",
    "MST": "UTC−7",
    "HST": "UTC−10",
}
_FIXED = re.compile(r"(?:Etc/)?(?:GMT|UTC|UCT|Greenwich|Universal|Zulu)(?:([+-])(\d{1,2})|0)?")


@cache
def known() -> frozenset[str]:
    """The only names that may reach ZoneInfo: a name from outside can make it raise four kinds of error.

    Old names and aliases are among them (US/Eastern, Asia/Calcutta): browsers still tell them.
    """
    return frozenset(available_timezones()) - _NO_ZONES


@cache
def _towns() -> frozenset[str]:
    """The zones by the name that is used today, each a town of a country (IANA zone.tab)."""
    lines = _of_iana("zone.tab").splitlines()
    return frozenset(line.split("\t")[2] for line in lines if line and not line.startswith("#")) & known()


@cache
def _aliases() -> dict[str, str]:
    """The zone that each other name stands for (the links of IANA's tzdata.zi)."""
    links = [line.split() for line in _of_iana("tzdata.zi").splitlines() if line.startswith("L ")]
    return {alias: name for _mark, name, alias in links}


def _of_iana(file_name: str) -> str:
    return resources.files("tzdata").joinpath("zoneinfo", file_name).read_text(encoding="utf-8")


def canonical(name: str) -> str:
    """The town's name of today for an old one or an alias; any other name as it is."""
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
    """The zone that a browser told us (islands/zone.ts), when we know it. A script writes the slash as %2F."""
    name = unquote(cookies.get(COOKIE, ""))
    return name if name in known() else None


def choices() -> list[str]:
    return [*NEARBY, *sorted(_towns() - set(NEARBY))]


def label(name: str) -> str:
    """What people know a zone by: the town (Europe/Stockholm is “Stockholm”), or the offset (Etc/GMT+6 is “UTC−6”)."""
    fixed = _FIXED.fullmatch(name)
    if fixed is not None:
        return _offset(fixed[1], int(fixed[2] or 0))
    if name in _LETTERS:
        return _LETTERS[name]
    town = canonical(name).rsplit("/", 1)[-1].replace("_", " ")
    return gettext(town) if town in TOWNS else town


def _offset(sign: str | None, hours: int) -> str:
    """POSIX counts the other way round: Etc/GMT+6 is six hours behind."""
    if not hours:
        return "UTC"
    return f"UTC{'−' if sign == '+' else '+'}{hours}"


def instant(day: date, local_time: time, zone_name: str) -> datetime:
    """Wall-clock time in a zone as an aware UTC instant. Raises NonexistentTime, AmbiguousTime or ValueError."""
    local = datetime.combine(day, local_time)
    early = local.replace(tzinfo=zone(zone_name), fold=0)
    late = early.replace(fold=1)
    if early.utcoffset() == late.utcoffset():
        return early.astimezone(UTC)
    if early.astimezone(UTC).astimezone(early.tzinfo).replace(tzinfo=None) != local:
        raise NonexistentTime(f"{local:%Y-%m-%d %H:%M} does not exist in {zone_name}")
    raise AmbiguousTime(f"{local:%Y-%m-%d %H:%M} exists twice in {zone_name}")
