"""Chapters that the slides suggest: where in a recording which page was on stage."""

from datetime import timedelta

from django.utils.translation import gettext as _

from engagement.slides.reading import pages_shown
from recordings.media_files import duration_text
from recordings.models import Recording

MOST = 100


def suggested_chapters(recording: Recording) -> str:
    """A line for each page, as a host would write it; empty when none was shown."""
    if recording.started_at is None or not recording.duration_seconds:
        return ""
    until = recording.started_at + timedelta(seconds=recording.duration_seconds)
    lines: dict[int, str] = {}
    for page in pages_shown(recording.room_id, recording.started_at, until):
        title = page.title or _("Slide %(number)d") % {"number": page.number}
        lines.setdefault(int((page.at - recording.started_at).total_seconds()), title)
    return "\n".join(f"{duration_text(at)} {title}" for at, title in list(lines.items())[:MOST])
