"""Breakout groups planned before the meeting, from its registrations."""

import secrets

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from companies.views.request_person import submitted_data
from engagement.breakouts import mixing, reading, running
from engagement.breakouts.mixing import Candidate
from engagement.breakouts.running import MOST_ASSIGNED, Plan
from meetings import access
from meetings.models import Meeting, Registration
from portal.breakout_forms import BreakoutPlanForm, as_lines
from rooms.refusals import Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def breakout_plan(request: HttpRequest, meeting_id: str) -> HttpResponseBase:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    if not meeting.is_online or meeting.room.is_project_room:
        raise access.NotVisible
    registrations = _registrations(meeting)
    current = reading.current_round(meeting.room_id)
    groups = reading.planned_groups(current) if current is not None else []
    data, _files = submitted_data(request)
    initial = {"assign": "list" if groups else "random", "listed": as_lines(groups)}
    initial["minutes"] = str(current.minutes or "") if current is not None else ""
    registered = {each.person.email: each.person_id for each in registrations}
    form = BreakoutPlanForm(data, registered=registered, initial=initial)
    if request.method == "POST" and "discard" in request.POST:
        _discard(request, meeting)
        return redirect("breakout_plan", meeting_id)
    if request.method == "POST" and form.is_valid() and _prepare(request, meeting, registrations, form):
        messages.success(request, _("Saved."))
        return redirect("breakout_plan", meeting_id)
    context = {
        "section": "schedule",
        "meeting": meeting,
        "form": form,
        "groups": groups,
        "registered": len(registrations),
        "is_open": current is not None and current.is_open,
    }
    return render(request, "portal/breakout_plan.html", context, status=422 if form.errors else 200)


def _discard(request: HttpRequest, meeting: Meeting) -> None:
    """Of open ones nothing: those are closed in the room."""
    current = reading.current_round(meeting.room_id)
    if current is not None and not current.is_open:
        running.close(room_id=meeting.room_id, by=request.user.pk or 0, now=timezone.now())


def _registrations(meeting: Meeting) -> list[Registration]:
    """Confirmed ones, without hosts, whom groups do not get."""
    hosts = meeting.roles.filter(role__in=access.HOST_ROLES).values("person")
    confirmed = meeting.registrations.filter(state=Registration.State.CONFIRMED)
    others = confirmed.exclude(person__in=hosts).exclude(person=meeting.host_id)
    return list(others.select_related("person").order_by("person")[: MOST_ASSIGNED + 1])


def _prepare(
    request: HttpRequest, meeting: Meeting, registrations: list[Registration], form: BreakoutPlanForm
) -> bool:
    """False when it is not possible; then the form says why."""
    if not (meeting.is_open or meeting.state == Meeting.State.DRAFT):
        form.add_error(None, _("The meeting is over."))
        return False
    chosen = form.cleaned_data
    seed = secrets.randbits(32)
    if chosen["assign"] == "list":
        names = [name for name, _people in form.groups]
        places = {person: place for place, (_name, people) in enumerate(form.groups) for person in people}
    else:
        names = [""] * chosen["count"]
        candidates = [Candidate(each.person_id, each.company_name, each.country) for each in registrations]
        places = mixing.distribute(candidates, len(names), assign=chosen["assign"], seed=seed)
    if len(places) > MOST_ASSIGNED:
        form.add_error(None, _("At most {n} people can be in groups.").format(n=MOST_ASSIGNED))
        return False
    try:
        running.prepare_ahead(
            room_id=meeting.room_id,
            meeting=meeting.pk,
            plan=Plan(names, chosen["assign"], chosen["minutes"], seed),
            places=places,
            by=request.user.pk or 0,
            now=timezone.now(),
        )
    except Refused:
        form.add_error(None, _("The breakout rooms are open. Change the groups in the room."))
        return False
    return True
