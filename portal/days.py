"""Dates and times as text, in the reader's language and time zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from companies import zones
from companies.languages import active_language
from companies.templatetags.page import day_in_words, format_time, with_weekday


def reader_zone() -> ZoneInfo:
    """As the middleware activated it; `get_current_timezone_name()` would give “-06” for a zone like Etc/GMT+6."""
    return zones.zone(str(timezone.get_current_timezone()))


def in_reader_zone(moment: datetime) -> datetime:
    return moment.astimezone(timezone.get_current_timezone())


def differs_from_reader(moment: datetime, zone_name: str) -> bool:
    """Whether the UTC offsets of that zone and the reader's differ at this moment."""
    return moment.astimezone(zones.zone(zone_name)).utcoffset() != in_reader_zone(moment).utcoffset()


def time_in(moment: datetime, zone_name: str) -> str:
    """`11:00 in Vilnius`."""
    local = moment.astimezone(zones.zone(zone_name))
    return _("%(hour)s in %(place)s") % {"hour": format_time(local), "place": zones.label(zone_name)}


def date_without_year(moment: date, *, in_sentence: bool = False) -> str:
    """`Tuesday 8 December`."""
    language = active_language()
    if language == "lt":
        written = f"{formats.date_format(moment, 'E j')}\u00a0d."
    else:
        written = formats.date_format(moment, "j. F" if language in {"de", "da"} else "j E")
    return with_weekday(moment, written, in_sentence=in_sentence)


def day_heading(moment: datetime, *, now: datetime, shown_year: int | None) -> str:
    """`Today, Thursday 3 December 2026`; `Tuesday 8 December` where the year is `shown_year`."""
    is_today = moment.date() == in_reader_zone(now).date()
    in_words = day_in_words if moment.year != shown_year else date_without_year
    words = in_words(moment, in_sentence=is_today)
    return _("Today, %(day)s") % {"day": words} if is_today else words


def short_date(moment: date) -> str:
    """`Tue 8 December`."""
    language = active_language()
    weekday = formats.date_format(moment, "D")
    if language == "lt":
        return f"{capfirst(formats.date_format(moment, 'E j'))}\u00a0d., {weekday}"
    numbers = formats.date_format(moment, "j. F" if language in {"de", "da"} else "j E")
    return f"{weekday}, {numbers}" if language == "de" else f"{weekday[:1].upper()}{weekday[1:]} {numbers}"


def date_and_time(moment: datetime) -> str:
    """`Thursday 14 January, 10:00` in the reader's time zone."""
    local = in_reader_zone(moment)
    return f"{date_without_year(local)}, {format_time(local)}"
