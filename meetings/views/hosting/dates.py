"""Further dates of a meeting or of its series."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from companies.views.request_person import submitted_data
from meetings import access, scheduling
from meetings.hosting_forms import AddDatesForm
from meetings.models import Meeting
from meetings.preconditions import UnableToSchedule


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_dates(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    if meeting.state == Meeting.State.CANCELLED:
        messages.info(request, _("A cancelled meeting cannot be changed."))
        return redirect("host_meeting", meeting_id=meeting.pk)
    form = AddDatesForm(submitted_data(request)[0], meeting=meeting)
    if request.method == "POST" and form.is_valid():
        try:
            made = scheduling.add_dates(meeting=meeting, days=form.days, now=timezone.now())
        except UnableToSchedule as refusal:
            for words in [words for found in refusal.field_errors.values() for words in found]:
                form.add_error(None, words)
        else:
            added = ngettext("%(number)d meeting added.", "%(number)d meetings added.", len(made))
            messages.success(request, added % {"number": len(made)})
            return redirect("host_meeting", meeting_id=made[0].pk)
    context = {"meeting": meeting, "form": form, "section": "schedule"}
    return render(request, "meetings/hosting/dates.html", context, status=422 if form.errors else 200)
