"""Days and hours in words, in the reader's language and on the reader's clock."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from companies import zones
from companies.languages import active_language
from companies.templatetags.page import day_in_words, format_time, with_weekday


def reader_zone() -> ZoneInfo:
    """The zone that the middleware made current for this reader; of a fixed offset Django's own name is “-06”."""
    return zones.zone(str(timezone.get_current_timezone()))


def in_reader_zone(moment: datetime) -> datetime:
    return moment.astimezone(timezone.get_current_timezone())


def differs_from_reader(moment: datetime, zone_name: str) -> bool:
    """Whether a clock in that zone shows another hour at this moment than the reader's."""
    return moment.astimezone(zones.zone(zone_name)).utcoffset() != in_reader_zone(moment).utcoffset()


def host_time(moment: datetime, zone_name: str) -> str:
    """`11:00 in Vilnius`, or nothing where the clocks agree."""
    if not differs_from_reader(moment, zone_name):
        return ""
    local = moment.astimezone(zones.zone(zone_name))
    return _("%(hour)s in %(place)s") % {"hour": format_time(local), "place": zones.label(zone_name)}


def date_without_year(moment: date, *, in_sentence: bool = False) -> str:
    """`Tuesday 8 December`: the year is plain from what stands around it."""
    language = active_language()
    if language == "lt":
        written = f"{formats.date_format(moment, 'E j')} d."
    else:
        written = formats.date_format(moment, "j. F" if language in {"de", "da"} else "j E")
    return with_weekday(moment, written, in_sentence=in_sentence)


def day_heading(moment: datetime, *, now: datetime, shown_year: int | None) -> str:
    """`Today, Thursday 3 December 2026` and under it `Tuesday 8 December`; the year again when it changes."""
    is_today = moment.date() == in_reader_zone(now).date()
    in_words = day_in_words if moment.year != shown_year else date_without_year
    words = in_words(moment, in_sentence=is_today)
    return _("Today, %(day)s") % {"day": words} if is_today else words


def short_date(moment: date) -> str:
    """`Tue 8 December`, for the column of the hours."""
    language = active_language()
    weekday = formats.date_format(moment, "D")
    if language == "lt":
        return f"{formats.date_format(moment, 'E j')} d., {weekday}"
    numbers = formats.date_format(moment, "j. F" if language in {"de", "da"} else "j E")
    return f"{weekday}, {numbers}" if language == "de" else f"{weekday[:1].upper()}{weekday[1:]} {numbers}"


def date_and_time(moment: datetime) -> str:
    """`Thursday 14 January, 10:00` on the reader's clock."""
    local = in_reader_zone(moment)
    return f"{date_without_year(local)}, {format_time(local)}"
