"""Registering for one meeting, the personal link from the email, and the page of one registration."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
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
from meetings import access, answering, asking, registering, verifying, waitlist
from meetings.access import Visitor
from meetings.answers import UnableToAnswer, listed, open_questions
from meetings.links import Linked, LinkNotValid, resolve_link
from meetings.models import Invitation, Meeting, Registration
from meetings.question_input import input_of
from meetings.registering import AlreadyRegistered, UnableToRegister
from meetings.registration_states import UnableToChangeRegistration
from meetings.waitlist import waitlist_position
from portal import next_steps
from portal.forms import AnswersForm, RegistrationForm
from portal.meeting_cards import MeetingCard, card_of
from portal.views import registration_requests
from recordings import access as recording_access


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, meeting_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    meeting = access.meeting_for(visitor, meeting_id)
    form = registration_requests.form_for(request, visitor, asking.questions_of(meeting))
    if request.method == "POST":
        return _submit(request, visitor, meeting, form)
    registration = access.own_registration_in(visitor, meeting)
    if registration is not None:
        return redirect("registration", registration.pk)
    if "again" in request.GET:
        registration_requests.clear_submission(request, meeting.pk)
    submission = registration_requests.submission_for(request, meeting.pk)
    card = card_of(meeting, visitor, now=timezone.now())
    if submission is not None:
        return render(
            request, "portal/registration_submitted.html", _submission_page(request, card, submission)
        )
    return _form_page(request, card, form, status=200)


def _submit(request: HttpRequest, visitor: Visitor, meeting: Meeting, form: RegistrationForm) -> HttpResponse:
    now = timezone.now()
    card = card_of(meeting, visitor, now=now)
    if not registration_requests.is_acceptable(request, form, meeting.pk):
        return _form_page(request, card, form, status=registration_requests.status_of(form))
    applicant = registration_requests.applicant_of(request, visitor, form)
    try:
        registration = registering.register(meeting=meeting, applicant=applicant, now=now)
    except AlreadyRegistered as already:
        registration = already.registration
    except UnableToAnswer as refused:  # asked since the form was read
        form.add_answer_errors(refused)
        return _form_page(request, card, form, status=422)
    except UnableToRegister as refused:
        form.add_error(None, refused.message)
        return _form_page(request, card, form, status=409)
    if not registration_requests.is_own(visitor, registration):
        return _redirect_after_submission(request, card, form)
    if visitor.person is None:
        registration_requests.grant_session_access(request, registration)
    registration_requests.mark_registered(request, card.meeting.pk)
    return registration_requests.redirect_page(request, "registration", registration.pk)


def redisplay_form(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """The form as it was sent, after a request without a valid CSRF token."""
    visitor = access.visitor_of(request)
    meeting = access.meeting_for(visitor, meeting_id)
    form = registration_requests.form_for(request, visitor, asking.questions_of(meeting))
    registration_requests.ask_to_resubmit(form)
    return _form_page(request, card_of(meeting, visitor, now=timezone.now()), form, status=403)


def _redirect_after_submission(
    request: HttpRequest, card: MeetingCard, form: RegistrationForm
) -> HttpResponse:
    """The same answer for a new address and for one that is registered already."""
    registration_requests.store_submission(request, card.meeting.pk, form, was_full=card.is_full)
    return registration_requests.redirect_page(request, "register", card.meeting.pk)


def _form_page(
    request: HttpRequest, card: MeetingCard, form: RegistrationForm, *, status: int
) -> HttpResponse:
    page = {"section": "schedule", "card": card, "meeting": card.meeting, "form": form}
    return registration_requests.form_page(request, "portal/register.html", page, status=status)


def _submission_page(
    request: HttpRequest, card: MeetingCard, submission: registration_requests.Submission
) -> dict[str, object]:
    return {
        "section": "schedule",
        "card": card,
        "meeting": card.meeting,
        "submission": submission,
        "steps": next_steps.for_email(card, submission.email, was_full=submission.was_full),
        "calendars": _web_calendars(request, card.meeting),
    }


# ---- the link in the email ------------------------------------------------------------------------------


@never_cache
@require_safe
def personal_link(request: HttpRequest, token: str) -> HttpResponse:
    """Changes nothing but the session, because mail scanners open every link."""
    try:
        linked = resolve_link(token)
    except LinkNotValid:
        response = render(request, "portal/link_not_valid.html", {"section": "schedule"}, status=404)
    else:
        request.session.cycle_key()
        registration_requests.grant_session_access(request, linked)
        registration = linked.registration if isinstance(linked, Invitation) else None
        if registration is not None:  # accepted: the link is of the same address
            registration_requests.grant_session_access(request, registration)
            linked = registration
        response = redirect(*_link_target(request, linked))
    response["Referrer-Policy"] = "no-referrer"
    return response


def _link_target(request: HttpRequest, linked: Linked) -> tuple[str, str]:
    """The recording or the cancelling that the link was about, else the room when it is open to them.

    Else the page of the registration, the invitation or the meeting.
    """
    if "withdraw" in request.GET and isinstance(linked, Registration):
        return "withdraw", linked.pk
    visitor = access.visitor_of(request)
    recording = request.GET.get("recording", "")
    if recording.isalnum() and recording_access.visible_recordings(visitor).filter(pk=recording).exists():
        return "recording", recording
    card = card_of(linked.meeting, visitor, now=timezone.now())
    if isinstance(linked, Invitation):
        return "invitation", linked.pk
    if card.room_is_open and card.level >= access.Level.ENTER:
        return "room", linked.meeting.room_id
    return ("registration", linked.pk) if isinstance(linked, Registration) else ("meeting", linked.meeting_id)


# ---- one registration -----------------------------------------------------------------------------------


@never_cache
@require_safe
def registration_page(request: HttpRequest, registration_id: str) -> HttpResponse:
    visitor, now = access.visitor_of(request), timezone.now()
    registration = access.registration_for(visitor, registration_id)
    card = card_of(registration.meeting, visitor, now=now)
    page = {
        "section": "schedule",
        "registration": registration,
        "meeting": registration.meeting,
        "card": card,
        "is_own": access.is_own_registration(visitor, registration),
        "sees_meeting": access.sees_meeting(visitor, registration.meeting),
        "is_just_registered": registration_requests.is_just_registered(request, registration.meeting_id),
        "place_in_queue": waitlist_position(registration),
        "steps": next_steps.of_registration(card, registration),
        "calendars": _web_calendars(request, registration.meeting),
        "is_to_verify": registration.is_to_verify,
        "can_change": not card.has_ended and registration.state != Registration.State.CANCELLED,
        **_answers(registration, now),
    }
    return render(request, "portal/registration.html", page)


def _answers(registration: Registration, now: datetime) -> dict[str, object]:
    """What the person answered, what is open, and whether that can still be changed."""
    rows = list(registration.meeting.registration_questions.all())
    asked = [input_of(row) for row in rows if row.is_asked]
    is_changeable = answering.reason_against(registration, registration.meeting, now=now) is None
    return {
        "answers": listed(rows, registration.answers),
        "open_questions": len(open_questions(asked, registration.answers)) if is_changeable else 0,
        "can_answer": bool(asked) and is_changeable,
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def registration_answers(request: HttpRequest, registration_id: str) -> HttpResponse:
    """What the host asks, after registering; only its person answers."""
    registration, now = _own_registration(request, registration_id), timezone.now()
    reason = answering.reason_against(registration, registration.meeting, now=now)
    questions = answering.questions_for(registration)
    if reason is not None or not questions:
        if reason is not None:
            messages.error(request, reason.message)
        return redirect("registration", registration.pk)
    form = AnswersForm.of(registration, questions, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _save_answers(request, registration, form, now):
        return redirect("registration", registration.pk)
    page = {
        "section": "schedule",
        "registration": registration,
        "meeting": registration.meeting,
        "form": form,
    }
    return render(request, "portal/answers.html", page, status=422 if form.errors else 200)


def _save_answers(request: HttpRequest, registration: Registration, form: AnswersForm, now: datetime) -> bool:
    """False when the form has to be shown again."""
    try:
        answering.change_answers(registration=registration, answers=form.answers, now=now)
    except UnableToAnswer as refused:  # the host changed the questions since the form was read
        form.add_answer_errors(refused)
        return False
    except UnableToChangeRegistration as refused:
        messages.error(request, refused.message)
        return True
    messages.success(request, _("Answers saved."))
    return True


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, registration_id: str) -> HttpResponse:
    """GET only asks, because mail scanners open every link; where there is nothing left to cancel, it does not ask."""
    visitor, now = access.visitor_of(request), timezone.now()
    registration = access.registration_for(visitor, registration_id)
    if request.method != "POST":
        card = card_of(registration.meeting, visitor, now=now)
        if card.has_ended or registration.state == Registration.State.CANCELLED:
            return redirect("registration", registration.pk)
        page = {
            "section": "schedule",
            "registration": registration,
            "meeting": registration.meeting,
            "card": card,
        }
        return render(request, "portal/withdraw.html", page)
    registration_requests.clear_submission(request, registration.meeting_id)  # what follows is the form again
    withdrawing = partial(registering.withdraw, by_person=access.is_own_registration(visitor, registration))
    return _change(
        request, registration, withdrawing, _("The registration is cancelled. Thank you for letting us know.")
    )


@never_cache
@require_POST
def accept_offer(request: HttpRequest, registration_id: str) -> HttpResponse:
    """The host sees the registration; only its person accepts the offer."""
    registration = _own_registration(request, registration_id)
    return _change(request, registration, waitlist.accept_offer, _("You’re registered."))


@never_cache
@require_POST
def confirm_registration(request: HttpRequest, registration_id: str) -> HttpResponse:
    """POST only: mail scanners open links, and press no buttons."""
    registration = _own_registration(request, registration_id)
    return _change(request, registration, verifying.verify, _("Your registration is confirmed."))


def _own_registration(request: HttpRequest, registration_id: str) -> Registration:
    visitor = access.visitor_of(request)
    registration = access.registration_for(visitor, registration_id)
    if not access.is_own_registration(visitor, registration):
        raise access.NotAllowed
    return registration


def _change(
    request: HttpRequest, registration: Registration, flow: Callable[..., object], done: str
) -> HttpResponse:
    """Calls the flow, and leads back to the registration's page with what came of it."""
    try:
        flow(registration=registration, now=timezone.now())
    except UnableToChangeRegistration as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, done)
    return redirect("registration", registration.pk)


def _web_calendars(request: HttpRequest, meeting: Meeting) -> dict[str, str]:
    """Addresses that open a filled-in event in Google or Outlook. They hold no personal link."""
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
