"""Covers: an uploaded picture, else one drawn from what the meeting or programme is, in the colour of its company."""

import zlib

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from companies.languages import LanguageText, in_language
from companies.models.company import ColorTheme
from companies.templatetags.page import lang_attribute
from meetings.models import Meeting, Programme
from meetings.models.programme import COVER_SIDE, SMALL_COVER_SIDE

register = template.Library()
SKIES = 3  # in covers.svg
SCENES = {
    Programme.Kind.WEBINAR_SERIES: Meeting.Kind.WEBINAR,
    Programme.Kind.CONFERENCE: Meeting.Kind.CONFERENCE_SESSION,
    Programme.Kind.PROJECT_DEVELOPMENT: Meeting.Kind.PROJECT_MEETING,
    Programme.Kind.STUDY_VISIT: Meeting.Kind.SITE_VISIT,
}


@register.simple_tag
def meeting_cover(meeting: Meeting, css: str = "", *, large: bool = False) -> SafeString:
    """Small ones stand beside the title and say nothing more; a `large` one is described in words."""
    if meeting.cover:
        address = meeting.cover_address if large else meeting.small_cover_address
        return _uploaded(address, meeting.cover_text if large else None, css, large=large)
    company = meeting.host_company
    return _drawn(meeting.pk, meeting.kind, company.color_theme if company else "", css)


@register.simple_tag
def programme_cover(programme: Programme, css: str = "", *, large: bool = False) -> SafeString:
    if programme.picture:
        address = programme.picture_address if large else programme.small_picture_address
        return _uploaded(address, programme.picture_text if large else None, css, large=large)
    return _drawn(programme.slug, SCENES[Programme.Kind(programme.kind)], "", css)


def _uploaded(address: str, words: LanguageText | None, css: str, *, large: bool) -> SafeString:
    """The size only tells the shape before the file is there; a large one is at the top of its page."""
    side = COVER_SIDE if large else SMALL_COVER_SIDE
    return format_html(
        '<span class="cover{}"><img src="{}" alt="{}"{} width="{}" height="{}"{} decoding="async"></span>',
        f" {css}" if css else "",
        address,
        in_language(words).text,
        lang_attribute(words),
        side,
        side * 9 // 16,
        SafeString("" if large else ' loading="lazy"'),
    )


def _drawn(key: str, scene: str, theme: str, css: str) -> SafeString:
    """Always the same for the same thing: sky, direction and, without a company, colour follow from its key."""
    number = zlib.crc32(key.encode())
    file = static("covers.svg")
    return format_html(
        '<span class="cover{}{}" data-tint="{}" aria-hidden="true"><svg viewBox="0 0 320 180"'
        ' preserveAspectRatio="xMidYMax slice"><use href="{}#sky-{}"/><use href="{}#{}"/></svg></span>',
        f" {css}" if css else "",
        " cover--mirrored" if number & 64 else "",
        theme or ColorTheme.values[number % len(ColorTheme.values)],
        file,
        number % SKIES,
        file,
        scene,
    )
