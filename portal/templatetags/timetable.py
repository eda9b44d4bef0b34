"""A meeting's row, rendered once for all visitors whose cards have the same cache key."""

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from companies.process_cache import ProcessCache
from companies.shared_pages import page_cache_key
from portal.meeting_cards import MeetingCard

register = template.Library()
_rows: ProcessCache[SafeString] = ProcessCache(3000)


@register.simple_tag(takes_context=True)
def timetable_row(
    context: Context,
    card: MeetingCard,
    *,
    level: int = 4,
    primary: bool = False,
    with_day: bool = False,
    of_programme: bool = False,
) -> SafeString:
    """`parts/meeting_card.html`; of the page's context it gets only the arguments."""
    options = (level, bool(primary), bool(with_day), bool(of_programme))
    key = None if card.version is None else (*card.cache_key, *options, *page_cache_key())
    row = _rows.get(key) if key else None
    if row is None:
        given = dict(zip(("level", "primary", "with_day", "of_programme"), options, strict=True))
        assert context.template is not None  # noqa: S101 - a tag is rendered by one
        part = context.template.engine.get_template("parts/meeting_card.html")
        row = part.render(context.new({"card": card, **given}))
        if key:
            _rows.set(key, row)
    return row
