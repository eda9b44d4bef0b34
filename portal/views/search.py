"""The page that searches everything."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from companies.folding import LONGEST_QUERY
from meetings.access import visitor_of
from portal import searching


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    visitor, now, given = visitor_of(request), timezone.now(), request.GET.get("q", "")
    words = searching.asked_in(given)
    page = {
        "given": given[:LONGEST_QUERY],
        "words": words,
        "longest": LONGEST_QUERY,
        "results": searching.search(visitor, words, now) if words else None,
        "now": now,
        "own_company_id": visitor.company.pk if visitor.company else None,
    }
    return render(request, "portal/search.html", page)
