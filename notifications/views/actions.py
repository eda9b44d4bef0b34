"""The page behind “Mark as done” in an email, for whoever is not signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from meetings.access import NotAllowed, NotVisible, Visitor
from notifications import links
from projects import acting
from projects.memberships import TermsNotAccepted


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def action_done(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing: mail scanners do that. What is not to be read any more is not shown."""
    try:
        person, action = links.resolve_action_link(token)
        acting.refuse_stranger(action=action, by=Visitor(person))
        if request.method == "POST":
            acting.set_done(action=action, is_done=True, by=Visitor(person), now=now())
            action.refresh_from_db()
    except (links.LinkNotValid, NotAllowed, NotVisible, TermsNotAccepted):
        return render(request, "notifications/action_done.html", {}, status=404)
    return render(request, "notifications/action_done.html", {"action": action})
