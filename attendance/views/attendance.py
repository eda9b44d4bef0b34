"""The attendance report for the host, by person, company and country: a page and a CSV file."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from attendance import report
from attendance.forms import AttendanceFilter
from companies.collation import sorted_by_name
from companies.folding import contains_words
from companies.models.company import country_name
from companies.views.paging import page_of
from companies.views.spreadsheet import csv_file
from meetings import access
from meetings.models import Meeting

PER_PAGE = 100
SAMPLES = 120
LABELS = 5


@dataclass(frozen=True)
class PresenceChart:
    """People in the room over time: SVG paths in a view box of 900 × 100; the labels are HTML."""

    area: str
    edge: str
    scale: list[int]
    moments: list[datetime]
    peak: int
    peak_at: datetime


@login_required
@require_safe
def attendance_page(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    filters = AttendanceFilter(request.GET)
    attendance = _attendance(meeting, filters)
    page = page_of(request, "page", _shown(attendance, filters), PER_PAGE)
    context = {
        "meeting": meeting,
        "attendance": attendance,
        "page": page,
        "shown": list(page),
        "companies": page_of(request, "companies", attendance.by_company, PER_PAGE),
        "filters": filters,
        "percent": round(attendance.threshold * 100),
        "countries": [(country_name(one.country), one) for one in attendance.by_country],
        "chart": _chart(attendance) if attendance.attendees else None,
        "section": "schedule",
    }
    return render(request, "meetings/hosting/attendance.html", context)


@login_required
@require_safe
def attendance_csv(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """The rows that the page shows under the same query; times in UTC, so that files can be combined."""
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    filters = AttendanceFilter(request.GET)
    attendance = _attendance(meeting, filters)
    titles = [
        _("Name"),
        _("Email address"),
        _("Company"),
        _("Country"),
        _("First joined (UTC)"),
        _("Last left (UTC)"),
        _("Times joined"),
        _("Minutes"),
        _("Share of meeting (%)"),
        _("Attended at least %(percent)s%%") % {"percent": round(attendance.threshold * 100)},
        _("Breakout rooms"),
    ]
    rows = (_csv_row(one) for one in _shown(attendance, filters))
    return csv_file(f"attendance-{meeting.pk}.csv", titles, rows)


def _csv_row(one: report.Attendee) -> list[object]:
    joined, left = (f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}" for moment in (one.joined_at, one.left_at))
    row = [one.name, one.person.known_email, one.company, one.country, joined, left]
    counted = _("yes") if one.counted else _("no")
    return [*row, len(one.intervals), one.minutes, one.percent, counted, ", ".join(one.groups)]


def _attendance(meeting: Meeting, filters: AttendanceFilter) -> report.Attendance:
    percent = filters.value_of("threshold")
    threshold = int(percent) / 100 if percent else report.THRESHOLD
    return report.attendance_of(meeting, timezone.now(), threshold=threshold)


def _shown(attendance: report.Attendance, filters: AttendanceFilter) -> list[report.Attendee]:
    words, counted = filters.value_of("q"), filters.value_of("counted")
    return [
        one
        for one in sorted_by_name(attendance.attendees, lambda one: one.name)
        if contains_words(f"{one.name} {one.company}", words)
        and (not counted or one.counted == (counted == "yes"))
    ]


def _chart(attendance: report.Attendance) -> PresenceChart:
    length = attendance.ends_at - attendance.starts_at
    moments = [attendance.starts_at + length * step / SAMPLES for step in range(SAMPLES)]
    people = report.people_present_at(attendance, moments)
    top = _round_up(max(people))
    width = 900 / SAMPLES
    steps = "".join(
        f"V{100 - 100 * number / top:.1f}H{width * (at + 1):.1f}" for at, number in enumerate(people)
    )
    peak = max(range(SAMPLES), key=lambda at: people[at])
    labels = [attendance.starts_at + length * step / (LABELS - 1) for step in range(LABELS)]
    return PresenceChart(
        area=f"M0 100{steps}V100z",
        edge=f"M0 100{steps}V100",
        scale=[top, top * 3 // 4, top // 2, top // 4, 0],
        moments=labels,
        peak=people[peak],
        peak_at=moments[peak],
    )


def _round_up(number: int) -> int:
    """The next multiple of 4, above 40 of 20: the scale shows quarters in whole people."""
    step = 4 if number <= 40 else 20
    return max(4, -(-number // step) * step)
