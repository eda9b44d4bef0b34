"""Roles given and taken back on a host's page, and the switch of the waiting room."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from companies.refusals import Refusal
from companies.views.request_person import login_required_to_post
from meetings import access, appointing, running
from meetings.models import MeetingRole
from meetings.views.hosting.registrations import registration_to_decide


@login_required_to_post
@require_POST
def set_waiting_room(request: HttpRequest, meeting_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    meeting = access.meeting_for(visitor, meeting_id, access.Level.HOST)
    on = request.POST.get("do") == "on"
    try:
        running.set_waiting_room(meeting=meeting, on=on, by=visitor, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The waiting room is on.") if on else _("The waiting room is off."))
    return redirect("host_meeting", meeting_id=meeting.pk)


@login_required_to_post
@require_POST
def appoint_registered(request: HttpRequest, registration_id: str) -> HttpResponse:
    """Without asking first: it can be taken back."""
    registration = registration_to_decide(request, registration_id)
    try:
        role = appointing.appoint(
            meeting=registration.meeting,
            person=registration.person,
            role=request.POST.get("role", ""),
            by=access.visitor_of(request),
            now=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        words = _("New role: %(name)s (%(role)s)")
        messages.success(request, words % {"name": registration.name, "role": role.get_role_display()})
    return redirect("host_meeting", meeting_id=registration.meeting_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def dismiss(request: HttpRequest, meeting_id: str, role_id: int) -> HttpResponse:
    visitor = access.visitor_of(request)
    meeting = access.meeting_for(visitor, meeting_id, access.Level.HOST)
    role = meeting.roles.select_related("person").filter(pk=role_id).first()
    if role is None:
        messages.info(request, _("This person no longer has a role in the meeting."))
        return redirect("host_meeting", meeting_id=meeting.pk)
    if request.method != "POST":
        return _ask_to_dismiss(request, role)
    try:
        appointing.dismiss(meeting=meeting, person=role.person, by=visitor, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Role removed: %(name)s") % {"name": role.person})
    return redirect("host_meeting", meeting_id=meeting.pk)


def _ask_to_dismiss(request: HttpRequest, role: MeetingRole) -> HttpResponse:
    context = {
        "meeting": role.meeting,
        "question": _("Remove this role?"),
        "who": role,
        "effect": _(
            "They lose the permissions of this role immediately, including in a room that is open. If "
            "they were invited to the stage, they get an email. Their registration stays valid."
        ),
        "button": _("Remove the role"),
        "section": "schedule",
    }
    return render(request, "meetings/hosting/confirm.html", context)
