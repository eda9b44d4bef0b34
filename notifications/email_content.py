"""The content of an email before it becomes text and HTML, and the parts that several emails share."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from companies import zones
from companies.languages import LanguageText, in_language
from companies.templatetags.page import day_in_words, format_time, not_translated
from meetings.models import Meeting

TIME_RANGE = re.compile(r"\d\d:\d\d–\d\d:\d\d(?=[^<>]*<)")


@dataclass(frozen=True)
class Link:
    label: str
    url: str

    @property
    def display_url(self) -> str:
        return self.url.split("://", 1)[-1]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `title` is its heading, `language` is set when it differs from the email's."""

    text: str
    title: str = ""
    language: str = ""
    link: Link | None = None
    is_name: bool = False  # the title of the meeting


@dataclass(frozen=True)
class MeetingTime:
    """The time in the reader's time zone; below it that zone, and the host's time where it differs."""

    date_and_time: str
    time_zones: str


@dataclass(frozen=True)
class EmailContent:
    subject: str
    heading: str
    language: str
    kind: str = ""
    when: MeetingTime | None = None
    opening: tuple[Paragraph, ...] = ()
    code: str = ""
    button: Link | None = None
    button_note: str = ""
    paragraphs: tuple[Paragraph, ...] = ()
    footer: tuple[Paragraph, ...] = ()


def as_text(content: EmailContent) -> str:
    """The same as plain text: first the time, then the paragraphs, each link on a line of its own."""
    blocks = [
        *([f"{content.when.date_and_time}\n{content.when.time_zones}"] if content.when else []),
        content.heading,
    ]
    blocks += [_paragraph_text(paragraph) for paragraph in content.opening]
    blocks += [content.code] if content.code else []
    if content.button:
        blocks.append(f"{content.button.label}:\n{content.button.url}")
        blocks += [content.button_note] if content.button_note else []
    blocks += [_paragraph_text(paragraph) for paragraph in content.paragraphs]
    blocks.append("-- \n" + "\n".join(_paragraph_text(paragraph) for paragraph in content.footer))
    return "\n\n".join(block.strip("\n") for block in blocks) + "\n"


def as_html(content: EmailContent) -> str:
    """`10:00–11:00` does not wrap on a narrow screen."""
    head, body, rest = render_to_string("notifications/email.html", {"content": content}).partition("<body")
    return head + body + TIME_RANGE.sub(r'<span style="white-space:nowrap;">\g<0></span>', rest)


def _paragraph_text(paragraph: Paragraph) -> str:
    lines = [paragraph.title, paragraph.text]
    if paragraph.link:
        lines.append(f"{paragraph.link.label}: {paragraph.link.url}")
    return "\n".join(line for line in lines if line)


# ---- parts that several emails have ----------------------------------------------------------------------


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def time_range(starts_at: datetime, ends_at: datetime, zone_name: str, *, in_sentence: bool = False) -> str:
    """`Thursday 14 January 2027, 10:00–11:00`; with the last day when it is another.

    In a sentence weekdays begin small in most languages.
    """
    zone = zones.zone(zone_name)
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    first = f"{day_in_words(start, in_sentence=in_sentence)}, {format_time(start)}"
    if start.date() == end.date():
        return f"{first}–{format_time(end)}"
    return f"{first} – {day_in_words(end, in_sentence=True)}, {format_time(end)}"


def meeting_time(meeting: Meeting, zone_name: str) -> MeetingTime:
    """The time in the reader's zone, and in the host's where it differs."""
    mine = _("Your time zone: %(place)s.") % {"place": zones.label(zone_name)}
    here, there = zones.zone(zone_name), zones.zone(meeting.timezone)
    start, end = meeting.starts_at.astimezone(there), meeting.ends_at.astimezone(there)
    if start.utcoffset() == meeting.starts_at.astimezone(here).utcoffset():
        return MeetingTime(time_range(meeting.starts_at, meeting.ends_at, zone_name), mine)
    same_day = start.date() == meeting.starts_at.astimezone(here).date()
    hours = (
        f"{format_time(start)}–{format_time(end)}"
        if same_day
        else time_range(meeting.starts_at, meeting.ends_at, meeting.timezone)
    )
    theirs = _("Host’s time (%(place)s): %(hours)s.") % {
        "place": zones.label(meeting.timezone),
        "hours": hours,
    }
    return MeetingTime(time_range(meeting.starts_at, meeting.ends_at, zone_name), f"{mine} {theirs}")


def title_paragraphs(text: LanguageText, language: str) -> tuple[Paragraph, ...]:
    """A title as entered, with a note where it is not in the reader's language yet."""
    reading = in_language(text, language)
    if not reading.text:
        return ()
    if not reading.is_fallback:
        return (Paragraph(reading.text, is_name=True),)
    name = Paragraph(reading.text, language=reading.language, is_name=True)
    return (name, Paragraph(not_translated(reading.language)))


def footer(*, reason_for_mail: str, unsubscribe: Link | None = None) -> tuple[Paragraph, ...]:
    closing = [
        Paragraph(settings.SITE_NAME),
        Paragraph(reason_for_mail, link=Link(_("Privacy"), absolute(reverse("privacy")))),
    ]
    if unsubscribe:
        closing.append(Paragraph("", link=unsubscribe))
    if settings.DEMO:
        closing.append(Paragraph(_("Demo content. All companies and people are fictional.")))
    return tuple(closing)
