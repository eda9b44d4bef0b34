"""A letter: what one mail says, before it becomes text and HTML; and the parts that letters share."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from companies import zones
from companies.languages import LanguageText, in_language
from companies.templatetags.page import clock, day_in_words, not_translated
from meetings.models import Meeting

HOURS = re.compile(r"\d\d:\d\d–\d\d:\d\d(?=[^<>]*<)")


@dataclass(frozen=True)
class Link:
    words: str
    address: str

    @property
    def shown(self) -> str:
        return self.address.split("://", 1)[-1]


@dataclass(frozen=True)
class Passage:
    """A paragraph; `title` stands above it, `language` is given when it differs from the letter's."""

    text: str
    title: str = ""
    language: str = ""
    link: Link | None = None
    is_name: bool = False  # what the meeting is called


@dataclass(frozen=True)
class When:
    """The hour in the reader's zone, and on the line below whose clock that is, and the host's where it differs."""

    hour: str
    clocks: str


@dataclass(frozen=True)
class Letter:
    subject: str
    heading: str
    language: str
    kind: str = ""
    when: When | None = None
    opening: tuple[Passage, ...] = ()
    code: str = ""
    button: Link | None = None
    button_note: str = ""
    passages: tuple[Passage, ...] = ()
    footer: tuple[Passage, ...] = ()


def as_text(letter: Letter) -> str:
    """The same as plain text: first the hour, then the words, each link on a line of its own."""
    blocks = [*([f"{letter.when.hour}\n{letter.when.clocks}"] if letter.when else []), letter.heading]
    blocks += [_passage(passage) for passage in letter.opening]
    blocks += [letter.code] if letter.code else []
    if letter.button:
        blocks.append(f"{letter.button.words}:\n{letter.button.address}")
        blocks += [letter.button_note] if letter.button_note else []
    blocks += [_passage(passage) for passage in letter.passages]
    blocks.append("-- \n" + "\n".join(_passage(passage) for passage in letter.footer))
    return "\n\n".join(block.strip("\n") for block in blocks) + "\n"


def as_html(letter: Letter) -> str:
    """On a narrow screen `10:00–11:00` stays on one line."""
    head, body, rest = render_to_string("notifications/letter.html", {"letter": letter}).partition("<body")
    return head + body + HOURS.sub(r'<span style="white-space:nowrap;">\g<0></span>', rest)


def _passage(passage: Passage) -> str:
    lines = [passage.title, passage.text]
    if passage.link:
        lines.append(f"{passage.link.words}: {passage.link.address}")
    return "\n".join(line for line in lines if line)


# ---- parts that several letters have ---------------------------------------------------------------------


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def span(starts_at: datetime, ends_at: datetime, zone_name: str) -> str:
    """`Thursday 14 January 2027, 10:00–11:00`; the last day too when it is another."""
    zone = zones.zone(zone_name)
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    if start.date() == end.date():
        return f"{day_in_words(start)}, {clock(start)}–{clock(end)}"
    return f"{day_in_words(start)}, {clock(start)} – {day_in_words(end)}, {clock(end)}"


def when(meeting: Meeting, zone_name: str) -> When:
    """The reader's hour first; the host's beside it when their clocks show another."""
    mine = _("Your time, %(place)s.") % {"place": zones.place(zone_name)}
    here, there = zones.zone(zone_name), zones.zone(meeting.timezone)
    start, end = meeting.starts_at.astimezone(there), meeting.ends_at.astimezone(there)
    if start.utcoffset() == meeting.starts_at.astimezone(here).utcoffset():
        return When(span(meeting.starts_at, meeting.ends_at, zone_name), mine)
    same_day = start.date() == meeting.starts_at.astimezone(here).date()
    hours = (
        f"{clock(start)}–{clock(end)}"
        if same_day
        else span(meeting.starts_at, meeting.ends_at, meeting.timezone)
    )
    theirs = _("In %(place)s, where the host is, %(hours)s.") % {
        "place": zones.place(meeting.timezone),
        "hours": hours,
    }
    return When(span(meeting.starts_at, meeting.ends_at, zone_name), f"{mine} {theirs}")


def name_of(text: LanguageText, language: str) -> tuple[Passage, ...]:
    """A title as it was given, and a note where it is not in the reader's language yet."""
    reading = in_language(text, language)
    if not reading.text:
        return ()
    if not reading.is_fallback:
        return (Passage(reading.text, is_name=True),)
    name = Passage(reading.text, language=reading.language, is_name=True)
    return (name, Passage(not_translated(reading.language)))


def footer(*, because: str, unsubscribe: str = "") -> tuple[Passage, ...]:
    closing = [
        Passage(settings.SITE_NAME),
        Passage(because, link=Link(_("Privacy"), absolute(reverse("privacy")))),
    ]
    if unsubscribe:
        closing.append(Passage("", link=Link(_("No more reminders"), unsubscribe)))
    if settings.DEMO:
        closing.append(Passage(_("Demo content: companies and people are invented.")))
    return tuple(closing)
