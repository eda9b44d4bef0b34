"""A project's timeline, and the search over all that it has kept."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from companies.text import cleaned
from companies.views.paging import page_of
from meetings.access import visitor_of
from projects import access, searching, timeline
from projects.views.pages import page_of_project
from projects.views.terms_first import terms_first

ENTRIES_PER_PAGE = 50
LONGEST_QUERY = 100


@login_required
@require_safe
@terms_first
def project_timeline(request: HttpRequest, room_id: str) -> HttpResponse:
    member = access.reader_of(visitor_of(request), room_id)
    page = page_of(request, "page", timeline.entries_of(member.project), ENTRIES_PER_PAGE)
    context = {
        **page_of_project(member, "timeline"),
        "page": page,
        "entries": list(timeline.read(member.project, list(page))),
    }
    return render(request, "projects/timeline.html", context)


@login_required
@require_safe
@terms_first
def project_search(request: HttpRequest, room_id: str) -> HttpResponse:
    member = access.reader_of(visitor_of(request), room_id)
    query = cleaned(request.GET.get("q", ""), one_line=True)[:LONGEST_QUERY]
    context = {
        **page_of_project(member, "search"),
        "query": query,
        "found": searching.search(member.project, query),
    }
    return render(request, "projects/search.html", context)
