"""The demo data: the TOML files beside this module, with times relative to the day of setting up."""

import tomllib
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from companies import zones
from companies.folding import base_letters

_FOLDER = Path(__file__).parent


def read(name: str) -> dict[str, Any]:
    with (_FOLDER / f"{name}.toml").open("rb") as source:
        return tomllib.load(source)


def plain_letters(words: str) -> str:
    """Małgorzata Dąbrowska as in an email address: malgorzata dabrowska."""
    return base_letters(words).encode("ascii", "ignore").decode()


def address(name: str, domain: str) -> str:
    return f"{'.'.join(plain_letters(name).split())}@{domain}"


def local_start_of(source: dict[str, Any], now: datetime) -> tuple[date, time]:
    """Wall-clock start in the meeting's time zone: `soon` minutes from now, else `day` days from today at `time`."""
    if "soon" in source:
        start = now + timedelta(minutes=source["soon"])
        start -= timedelta(minutes=start.minute % 5, seconds=start.second, microseconds=start.microsecond)
        local = start.astimezone(zones.zone(source["zone"]))
        return local.date(), local.time().replace(tzinfo=None)
    return workday(
        now.date() + timedelta(days=source["day"]), or_before=source["day"] < 0
    ), time.fromisoformat(source["time"])


def workday(day: date, *, or_before: bool = False) -> date:
    """The day itself, or for a weekend the next Monday; with `or_before` the Friday before."""
    over = day.weekday() - 4
    if over <= 0:
        return day
    return day - timedelta(days=over) if or_before else day + timedelta(days=3 - over)
