"""Tags and filters for every page: icons, texts in several languages, dates and times in the reader's time zone."""

from collections.abc import Iterable
from datetime import date, datetime, time
from functools import lru_cache
from urllib.parse import urlencode

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from companies import email_addresses, zones
from companies.languages import (
    NATIVE_NAMES,
    LanguageText,
    LocalizedText,
    active_language,
    date_as_written,
    in_language,
    language_name,
    time_as_written,
)

register = template.Library()
MOST_LINKS = 500


def _markdown(*, without: Iterable[str]) -> MarkdownIt:
    """HTML in the source is escaped. Nesting is limited, because each opening bracket is looked ahead that deep."""
    options = {"html": False, "linkify": False, "breaks": True, "maxNesting": 20}
    return MarkdownIt("js-default", options).disable(list(without))


# No images: they would be loaded from elsewhere.
_usual = _markdown(without=["image", "table"])
_without_links = _markdown(without=["image", "table", "link"])


@lru_cache(maxsize=256)
def as_html(text: str) -> SafeString:
    """Rendered Markdown, cached. A text with thousands of brackets is shown as typed."""
    parser = _usual if text.count("[") <= MOST_LINKS else _without_links
    return mark_safe(str(parser.render(text)))  # noqa: S308 - the renderer escapes all HTML


@register.filter
def readable_email(address: object) -> str:
    """`{{ person.email|readable_email }}`: as people write it; the address itself is what programs are given."""
    return email_addresses.readable(str(address or ""))


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """`{% icon "mic" %}`: decorative; the text beside it carries the meaning."""
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" {css}" if css else "",
        static("icons.svg"),
        name,
    )


@register.filter
def text(value: LanguageText | None) -> str | SafeString:
    """A text in the reader's language; one in another is marked with it, for readers and for their devices."""
    return marked(in_language(value))


@register.filter
def marked(localized: LocalizedText | str) -> str | SafeString:
    """The same of a text that a view has read already; what has no language of its own stays as it is."""
    if not isinstance(localized, LocalizedText):
        return localized
    if not localized.is_fallback:
        return localized.text
    return format_html(
        '<span lang="{}">{}</span> <small class="soft">({})</small>',
        localized.language,
        localized.text,
        language_name(localized.language),
    )


@register.filter
def for_screen_readers(value: LanguageText | None) -> SafeString:
    """`Register{{ meeting.title|for_screen_readers }}`: a link's name goes on with which one, in its own language.

    An `aria-label` would be read as if it were in the language of the page. Hidden text has a space before it.
    """
    localized = in_language(value)
    return format_html('<span class="visually-hidden"{}>{}</span>', _lang(localized), localized.text)


@register.filter
def lang_attribute(value: LanguageText | None) -> SafeString | str:
    """`<img alt="{{ text|plain }}"{{ text|lang_attribute }}>`: the language, where it is another than the page's."""
    return _lang(in_language(value))


def _lang(localized: LocalizedText) -> SafeString | str:
    return format_html(' lang="{}"', localized.language) if localized.is_fallback else ""


@register.filter
def plain(value: LanguageText | None) -> str:
    """The same without markup, for attributes and titles."""
    return in_language(value).text


@register.filter
def prose(value: LanguageText | None) -> SafeString:
    """A longer text in Markdown, with a note when it is not translated yet."""
    localized = in_language(value)
    if not localized.text:
        return mark_safe("")
    body = as_html(localized.text)
    if not localized.is_fallback:
        return format_html('<div class="prose">{}</div>', body)
    return format_html(
        '<p class="small soft">{}</p><div class="prose" lang="{}">{}</div>',
        not_translated(localized.language),
        localized.language,
        body,
    )


def not_translated(language: str) -> str:
    return _("Not translated yet. Shown in %(language)s.") % {"language": language_name(language)}


@register.filter
def language_in_words(code: str) -> str:
    """The language's name in the reader's language."""
    return language_name(code)


@register.filter
def language_list(codes: Iterable[str]) -> str:
    """`English, Polish`."""
    return ", ".join(language_name(code) for code in codes)


@register.filter
def language_counts(pairs: Iterable[tuple[str, int]]) -> str:
    """`English (3), Polish (2)`."""
    return ", ".join(f"{language_name(code)} ({number})" for code, number in pairs)


@register.filter
def native_name(code: str) -> str:
    """The language's name in itself: Lietuvių."""
    return NATIVE_NAMES.get(code, code)


@register.filter
def zone_label(zone_name: object) -> str:
    """The city of a time zone: “Stockholm”."""
    return zones.label(str(zone_name))


@register.simple_tag
def my_zone() -> str:
    """Name of the reader's zone."""
    return str(timezone.get_current_timezone())


@register.simple_tag
def time_range(starts_at: datetime, ends_at: datetime, zone_name: str | None = None) -> SafeString:
    """`10:00–11:00` in a time zone (default: the reader's), inside <time>. Without the zone's abbreviation."""
    tz = zones.zone(zone_name) if zone_name else timezone.get_current_timezone()
    start, end = starts_at.astimezone(tz), ends_at.astimezone(tz)
    return format_html(
        '<time datetime="{}">{}–{}</time>',
        start.isoformat(timespec="minutes"),
        format_time(start),
        format_time(end),
    )


@register.filter(expects_localtime=True)
def format_time(moment: datetime | time) -> str:
    """`18:06`, in Danish `18.06`; in a template, in the reader's time zone."""
    return time_as_written(moment)


@register.simple_tag
def day(moment: datetime, zone_name: str | None = None, *, in_sentence: bool = False) -> str:
    """`Thursday 14 January 2027` in the reader's language, in a time zone (default: the reader's)."""
    tz = zones.zone(zone_name) if zone_name else timezone.get_current_timezone()
    return day_in_words(moment.astimezone(tz), in_sentence=in_sentence)


def day_in_words(moment: date, *, in_sentence: bool = False) -> str:
    """Of a datetime, in its own time zone."""
    return with_weekday(moment, date_as_written(moment), in_sentence=in_sentence)


def with_weekday(moment: date, as_written: str, *, in_sentence: bool = False) -> str:
    """Capitalised at the start of a line; inside a sentence only English and German capitalise weekdays."""
    weekday, language = formats.date_format(moment, "l").lower(), active_language()
    if language == "lt":
        return f"{as_written if in_sentence else capfirst(as_written)}, {weekday}"
    if language == "de":
        return f"{capfirst(weekday)}, {as_written}"
    if in_sentence and language != "en":
        return f"{weekday} {as_written}"
    return f"{capfirst(weekday)} {as_written}"


@register.filter
def date_in_words(moment: date) -> str:
    """`14 January 2027` in the format of the reader's language; for a datetime, the day in the reader's time zone."""
    if isinstance(moment, datetime) and timezone.is_aware(moment):
        return date_as_written(timezone.localtime(moment))
    return date_as_written(moment)


@register.filter(expects_localtime=True)
def date_and_time_in_words(moment: datetime) -> str:
    """`14 January 2027, 10:00` in the format of the reader's language and in the reader's time zone."""
    return f"{date_as_written(moment)}, {time_as_written(moment)}"


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: object) -> str:
    """The current query string with some parameters changed; None removes one."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None and value != "":
            query[name] = str(value)
    encoded = query.urlencode()
    return f"?{encoded}" if encoded else "?"


@register.simple_tag
def query_of(parameters: dict[str, object]) -> str:
    """A query string without its question mark."""
    return urlencode(parameters)


@register.simple_tag(takes_context=True)
def other_page(context: template.Context, number: int, name: str | None = None) -> str:
    """The current URL with another page of one of its lists."""
    return with_query(context, **{name or "page": number})


@register.filter
def styled(field: BoundField) -> SafeString:
    """A form field's widget with the design system's classes, linked to its hint and errors (WCAG 1.3.1, 3.3.1)."""
    is_choice = getattr(field.field.widget, "input_type", "") in {"checkbox", "radio"}
    described = [f"{field.auto_id}_error{number}" for number, _error in enumerate(field.errors)]
    if field.help_text:
        described.append(f"{field.auto_id}_hint")
    attrs: dict[str, str | bool] = {} if is_choice else {"class": "input"}
    if field.errors:
        attrs["aria-invalid"] = "true"
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)
