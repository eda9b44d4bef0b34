"""A lost confirmation is sent again: by the address that was registered, or from a registration's own page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from companies import email_addresses
from meetings import access, resending
from meetings.models import Meeting
from meetings.resending import UnableToResend
from portal.contact_forms import LostConfirmationForm
from portal.rate_limits import allow_resending
from portal.views import registration_requests


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lost_confirmation(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """The same answer for every address, registered or not."""
    visitor = access.visitor_of(request)
    meeting = access.meeting_for(visitor, meeting_id)
    if request.method != "POST":
        own = access.own_registration_in(visitor, meeting)
        if own is not None:
            return redirect("registration", own.pk)
        return _page(request, meeting, LostConfirmationForm(), status=200)
    form = LostConfirmationForm(request.POST)
    if not form.is_valid() or not _was_requested(request, meeting, form):
        return _page(request, meeting, form, status=registration_requests.status_of(form))
    page = {"section": "schedule", "meeting": meeting, "email": form.cleaned_data["email"]}
    return render(request, "portal/lost_confirmation_sent.html", page)


def redisplay_form(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """The form as it was sent, after a request without a valid CSRF token."""
    meeting = access.meeting_for(access.visitor_of(request), meeting_id)
    form = LostConfirmationForm(request.POST)
    registration_requests.ask_to_resubmit(form)
    return _page(request, meeting, form, status=403)


def _was_requested(request: HttpRequest, meeting: Meeting, form: LostConfirmationForm) -> bool:
    """Else the form says why not."""
    email = form.cleaned_data["email"]

    def send() -> None:
        allow_resending(request, email, meeting.pk)
        resending.request_confirmation(meeting=meeting, email=email, now=timezone.now())

    return registration_requests.was_taken(form, send)


def _page(request: HttpRequest, meeting: Meeting, form: LostConfirmationForm, *, status: int) -> HttpResponse:
    page = {"section": "schedule", "meeting": meeting, "form": form}
    return registration_requests.form_page(request, "portal/lost_confirmation.html", page, status=status)


@never_cache
@require_POST
def resend_confirmation(request: HttpRequest, registration_id: str) -> HttpResponse:
    """For its own person, and for the host, who is led back to the host's page."""
    visitor = access.visitor_of(request)
    registration = access.registration_for(visitor, registration_id)
    try:
        resending.resend(registration=registration, now=timezone.now())
    except UnableToResend as refusal:
        messages.error(request, refusal.message)
    else:
        sent = _("The email with the personal link is on its way to: %(address)s")
        messages.success(request, sent % {"address": email_addresses.readable(registration.email)})
    if access.is_own_registration(visitor, registration):
        return redirect("registration", registration.pk)
    return redirect("host_meeting", meeting_id=registration.meeting_id)
