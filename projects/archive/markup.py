"""What the pages of an archive are made of."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from companies.languages import LanguageText
from companies.templatetags.page import date_and_time_in_words
from projects.archive.writing import Write


def moment(at: datetime) -> str:
    return str(date_and_time_in_words(at))


def entry(text: object, *about: object) -> SafeString:
    """A text and, below it, whatever of these is not empty."""
    below = format_html_join(" · ", "{}", ((one,) for one in about if one))
    return format_html('<div><p class="text">{}</p><p class="soft">{}</p></div>', text, below)


def heading(words: object) -> SafeString:
    return format_html("<h2>{}</h2>", words)


def list_of(lines: Iterable[SafeString]) -> SafeString:
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in lines)))


def in_each_language(text: LanguageText) -> SafeString:
    return format_html_join("", '<div class="text" lang="{}">{}</div>', text.items())


def write_section(write: Write, title: str, lines: Iterable[SafeString]) -> None:
    found = list(lines)
    if found:
        write(format_html("{}{}", heading(title), list_of(found)))
