"""Registering for one meeting, the personal link from the mail, and what one may do with the seat."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies.languages import in_language
from meetings import access, registering
from meetings.access import Visitor
from meetings.links import LinkNotValid, held_by_link
from meetings.models import Meeting, MeetingRole, Registration
from meetings.registering import AlreadyRegistered, UnableToChangeSeat, UnableToRegister, place_in_queue
from meetings.registration_forms import RegistrationForm
from meetings.views import next_steps, registration_requests
from meetings.views.meeting_cards import Slot, slot_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, meeting_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    meeting = access.meeting_for(visitor, meeting_id)
    form = registration_requests.form_for(request, visitor)
    if request.method == "POST":
        return _ask(request, visitor, meeting, form)
    seat = access.seat_in(visitor, meeting)
    if seat is not None:
        return redirect("registration", seat.pk)
    if "again" in request.GET:
        registration_requests.forget(request, meeting.pk)
    asked = registration_requests.asked_on(request, meeting.pk)
    slot = slot_of(meeting, visitor, now=timezone.now())
    if asked is not None:
        return render(request, "meetings/asked.html", _after_asking(request, slot, asked))
    return _form_page(request, slot, form, status=200)


def _ask(request: HttpRequest, visitor: Visitor, meeting: Meeting, form: RegistrationForm) -> HttpResponse:
    now = timezone.now()
    slot = slot_of(meeting, visitor, now=now)
    if not registration_requests.is_acceptable(request, form, meeting.pk):
        return _form_page(request, slot, form, status=registration_requests.status_of(form))
    applicant = registration_requests.applicant_of(request, visitor, form)
    try:
        registration = registering.register(meeting=meeting, applicant=applicant, now=now)
    except AlreadyRegistered as already:
        registration = already.registration
    except UnableToRegister as refused:
        form.add_error(None, refused.message)
        return _form_page(request, slot, form, status=409)
    if not registration_requests.is_own(visitor, registration):
        return _thank(request, slot, form)
    if visitor.person is None:
        registration_requests.hold(request, registration)
    return registration_requests.lead_to(request, "registration", registration.pk)


def show_again(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """The form as it was sent, where the request had no valid token."""
    visitor = access.visitor_of(request)
    meeting = access.meeting_for(visitor, meeting_id)
    form = registration_requests.form_for(request, visitor)
    registration_requests.ask_to_send_again(form)
    return _form_page(request, slot_of(meeting, visitor, now=timezone.now()), form, status=403)


def _thank(request: HttpRequest, slot: Slot, form: RegistrationForm) -> HttpResponse:
    """The same answer for a new address and for one that has a seat."""
    registration_requests.remember(request, slot.meeting.pk, form, was_full=slot.is_full)
    return registration_requests.lead_to(request, "register", slot.meeting.pk)


def _form_page(request: HttpRequest, slot: Slot, form: RegistrationForm, *, status: int) -> HttpResponse:
    page = {"section": "schedule", "slot": slot, "meeting": slot.meeting, "form": form}
    response = render(request, "meetings/register.html", page, status=status)
    if status == 429:
        response["Retry-After"] = "600"
    return response


def _after_asking(request: HttpRequest, slot: Slot, asked: registration_requests.Asked) -> dict[str, object]:
    return {
        "section": "schedule",
        "slot": slot,
        "meeting": slot.meeting,
        "asked": asked,
        "steps": next_steps.after_asking(slot, asked.email),
        "calendars": _web_calendars(request, slot.meeting),
    }


# ---- the link in the mail --------------------------------------------------------------------------------


@never_cache
@require_safe
def personal_link(request: HttpRequest, token: str) -> HttpResponse:
    """Mail scanners open every link: all that changes is this browser's session."""
    try:
        held = held_by_link(token)
    except LinkNotValid:
        response = render(request, "meetings/link_not_valid.html", {"section": "schedule"}, status=404)
    else:
        request.session.cycle_key()
        registration_requests.hold(request, held)
        response = redirect(*_where_to(request, held))
    response["Referrer-Policy"] = "no-referrer"
    return response


def _where_to(request: HttpRequest, held: Registration | MeetingRole) -> tuple[str, str]:
    """The room when it is open to them, else the page of the seat, or of the meeting."""
    visitor = access.visitor_of(request)
    slot = slot_of(held.meeting, visitor, now=timezone.now())
    if slot.room_is_open and slot.level >= access.Level.ENTER:
        return "room", held.meeting.room_id
    return ("registration", held.pk) if isinstance(held, Registration) else ("meeting", held.meeting_id)


# ---- the seat --------------------------------------------------------------------------------------------


@never_cache
@require_safe
def registration_page(request: HttpRequest, registration_id: str) -> HttpResponse:
    visitor, now = access.visitor_of(request), timezone.now()
    registration = access.registration_for(visitor, registration_id)
    slot = slot_of(registration.meeting, visitor, now=now)
    page = {
        "section": "schedule",
        "registration": registration,
        "meeting": registration.meeting,
        "slot": slot,
        "is_own": _is_own(visitor, registration),
        "place_in_queue": place_in_queue(registration),
        "steps": next_steps.of_seat(slot, registration),
        "calendars": _web_calendars(request, registration.meeting),
        "is_to_verify": registration.is_to_verify,
        "may_change": not slot.has_ended and registration.state != Registration.State.CANCELLED,
    }
    return render(request, "meetings/registration.html", page)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, registration_id: str) -> HttpResponse:
    """GET asks first: a mail scanner that follows the link gives nothing back."""
    visitor, now = access.visitor_of(request), timezone.now()
    registration = access.registration_for(visitor, registration_id)
    if request.method != "POST":
        slot = slot_of(registration.meeting, visitor, now=now)
        page = {
            "section": "schedule",
            "registration": registration,
            "meeting": registration.meeting,
            "slot": slot,
        }
        return render(request, "meetings/withdraw.html", page)
    try:
        registering.withdraw(registration=registration, now=now, by_person=_is_own(visitor, registration))
    except UnableToChangeSeat as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The seat is given back. Thank you: somebody else can have it."))
    return redirect("registration", registration.pk)


@never_cache
@require_POST
def accept_offer(request: HttpRequest, registration_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    registration = access.registration_for(visitor, registration_id)
    if not _is_own(visitor, registration):
        raise access.NotAllowed  # the host sees the seat; whether to take it is for the person to say
    try:
        registering.accept_offer(registration=registration, now=timezone.now())
    except UnableToChangeSeat as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The seat is yours."))
    return redirect("registration", registration.pk)


@never_cache
@require_POST
def confirm_registration(request: HttpRequest, registration_id: str) -> HttpResponse:
    """Pressed by a person who came by their own link: scanners open links, and press nothing."""
    visitor = access.visitor_of(request)
    registration = access.registration_for(visitor, registration_id)
    if not _is_own(visitor, registration):
        raise access.NotAllowed
    try:
        registering.verify(registration=registration, now=timezone.now())
    except UnableToChangeSeat as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Your registration is confirmed."))
    return redirect("registration", registration.pk)


def _is_own(visitor: Visitor, registration: Registration) -> bool:
    """Not the host who looks at somebody's seat."""
    return access.own_registrations(visitor).filter(pk=registration.pk).exists()


def _web_calendars(request: HttpRequest, meeting: Meeting) -> dict[str, str]:
    """Addresses that open a filled-in entry in a calendar on the web. They hold no personal link."""
    title, page = in_language(meeting.title).text, settings.SITE_URL + meeting.get_absolute_url()
    place = meeting.address or page
    instants = f"{meeting.starts_at:%Y%m%dT%H%M%SZ}/{meeting.ends_at:%Y%m%dT%H%M%SZ}"
    google = {"action": "TEMPLATE", "text": title, "dates": instants, "details": page, "location": place}
    outlook = {
        "subject": title,
        "startdt": f"{meeting.starts_at:%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{meeting.ends_at:%Y-%m-%dT%H:%M:%SZ}",
        "body": page,
        "location": place,
    }
    return {
        "google": f"https://calendar.google.com/calendar/render?{urlencode(google)}",
        "outlook": f"https://outlook.office.com/calendar/0/deeplink/compose?{urlencode(outlook)}",
    }
