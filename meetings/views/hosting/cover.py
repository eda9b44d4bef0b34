"""The cover of a meeting: uploaded, described, removed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from companies.views.request_person import submitted_data
from meetings import access, covers
from meetings.hosting_forms import CoverForm
from meetings.models import Meeting


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cover_page(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    if meeting.state == Meeting.State.CANCELLED:
        messages.info(request, _("A cancelled meeting cannot be changed."))
        return redirect("host_meeting", meeting_id=meeting.pk)
    form = CoverForm(*submitted_data(request), meeting=meeting)
    if request.method == "POST" and form.is_valid():
        given, remove = form.cleaned_data, request.POST.get("do") == "remove"
        covers.change_cover(
            meeting=meeting,
            cover=None if remove else given["cover"],
            words=given["cover_text"],
            remove=remove,
            also_later=given.get("also_later", False),
            now=timezone.now(),
        )
        messages.success(request, _("Cover removed.") if remove else _("Saved."))
        return redirect("host_meeting", meeting_id=meeting.pk)
    context = {"meeting": meeting, "form": form, "section": "schedule"}
    return render(request, "meetings/hosting/cover.html", context, status=422 if form.errors else 200)
