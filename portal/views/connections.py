"""The page on which hosts see for whom audio and video did not work well, and why."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from companies.views.paging import page_of
from meetings import access
from meetings.access import Level
from portal.connections import reports_of, rows_of, summary_of

A_PAGE = 50


@login_required
@require_safe
def connections_page(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, Level.HOST)
    page = page_of(request, "page", reports_of(meeting), A_PAGE)
    context = {
        "meeting": meeting,
        "page": page,
        "rows": rows_of(meeting, list(page)),
        "summary": summary_of(meeting),
        "section": "schedule",
    }
    return render(request, "portal/connections.html", context)
