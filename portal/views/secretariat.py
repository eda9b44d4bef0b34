"""The secretariat's first page: what waits for it, and the way to everything that it looks after."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from companies.access import secretariat
from companies.views.request_person import person_of
from portal import queues


@login_required
@require_safe
def secretariat_page(request: HttpRequest) -> HttpResponse:
    found = queues.queues_for(secretariat(person_of(request)), now=timezone.now())
    context = {
        "waiting": [queue for queue in found if queue.count],
        "empty": [queue for queue in found if not queue.count],
        "tab": "overview",
    }
    return render(request, "portal/secretariat.html", context)
