"""The live text of a meeting as a file, for its hosts: every finished line that nobody has deleted."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from companies.views.spreadsheet import csv_file
from engagement.realtime_text import reading
from engagement.realtime_text.messages import TextLine
from meetings import access
from meetings.models import Meeting
from portal.transcripts import local_time, period_of, text_file


@login_required
@require_safe
def live_text_csv(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    titles = [_("Sent at"), _("Name"), _("Company"), _("Message text")]
    rows = (
        [local_time(line.at, meeting), line.person.name, line.person.company, line.text]
        for line in _lines(meeting)
    )
    return csv_file(f"live-text-{meeting.pk}.csv", titles, rows)


@login_required
@require_safe
def live_text_text(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    lines = [f"{local_time(line.at, meeting)} {line.person.name}: {line.text}\n" for line in _lines(meeting)]
    return text_file(f"live-text-{meeting.pk}.txt", "".join(lines))


def _lines(meeting: Meeting) -> Iterator[TextLine]:
    period = period_of(meeting)
    if period is None:
        return iter(())
    since, until = period
    return reading.lines_for_export(meeting.room_id, since=since, until=until)
