"""Deleting a project for good: decided, revoked, and the receipt that remains for its leads."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from companies.refusals import Refusal
from meetings.access import visitor_of
from projects import access, deleting
from projects.views.pages import page_of_project
from projects.views.terms_first import terms_first


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@terms_first
def delete_project(request: HttpRequest, room_id: str) -> HttpResponse:
    """A POST decides it, or with `do=revoke` takes the decision back."""
    visitor = visitor_of(request)
    member = access.lead_of(visitor, room_id)
    if request.method == "POST":
        revokes = request.POST.get("do") == "revoke"
        flow = deleting.revoke_deletion if revokes else deleting.decide_deletion
        try:
            flow(project=member.project, by=visitor, now=timezone.now())
        except Refusal as refusal:
            messages.error(request, refusal.message)
            return redirect("delete_project", room_id)
        messages.success(
            request,
            _("The project will not be deleted. All members will be notified by email.")
            if revokes
            else _("The deletion is scheduled. All members will be notified by email."),
        )
        return redirect("project_settings", room_id)
    context = {
        **page_of_project(member, "settings"),
        "would_be_due_at": timezone.now() + deleting.TERM,
    }
    return render(request, "projects/delete.html", context)


@login_required
@require_safe
def deletion_receipt(request: HttpRequest, deletion_id: str) -> HttpResponse:
    deletion = access.receipt_for(visitor_of(request), deletion_id)
    return render(request, "projects/receipt.html", {"section": "rooms", "deletion": deletion})
