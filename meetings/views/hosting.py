"""A host's pages of one meeting: how it stands, who registered, and the steps from draft to ended."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies.collation import sorted_by_name
from companies.company_names import companies_by_key
from companies.views.paging import page_of
from companies.views.request_person import login_required_to_post, submitted_data
from companies.views.spreadsheet import csv_file
from meetings import access, change_preview, registering, scheduling
from meetings.forms import CancelForm, RegistrationFilter
from meetings.models import Meeting, Registration
from meetings.recipients import recipients
from meetings.views.meeting_form import edit_meeting, new_meeting

__all__ = [
    "approve_registration",
    "cancel_meeting",
    "edit_meeting",
    "end_meeting",
    "extend_meeting",
    "host_page",
    "new_meeting",
    "publish_meeting",
    "refuse_registration",
    "registrations_csv",
    "remove_unconfirmed",
    "start_meeting",
]

PER_PAGE = 50
EXTENDED_BY = 15  # minutes
MOST_NAMED = 20  # in a sentence


@login_required
@require_safe
def host_page(request: HttpRequest, meeting_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    meeting = access.meeting_for(visitor, meeting_id, access.Level.HOST)
    filters = RegistrationFilter(request.GET)
    ended = registering.has_ended(meeting, now=timezone.now())
    page = page_of(request, "page", _registrations(meeting, filters), PER_PAGE)
    context = {
        "meeting": meeting,
        "section": "schedule",
        "figures": _figures(meeting),
        "filters": filters,
        "page": page,
        "roles": meeting.roles.select_related("person__company"),
        "later": len(scheduling.following(meeting)) - 1,
        "unconfirmed": 0 if ended else meeting.registrations.unverified().count(),
    }
    return render(request, "meetings/hosting/meeting.html", context)


@login_required
@require_safe
def registrations_csv(request: HttpRequest, meeting_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    meeting = access.meeting_for(visitor, meeting_id, access.Level.HOST)
    titles = [
        _("Name"),
        _("E-mail"),
        _("Company"),
        _("Country"),
        _("Language"),
        _("State"),
        _("Registered (UTC)"),
    ]
    asked = meeting.registrations.values_list("answers", flat=True)
    questions = sorted_by_name({str(key) for answers in asked for key in answers}, str)
    registrations = _registrations(meeting, RegistrationFilter(request.GET))
    rows = (_csv_row(registration, questions) for registration in registrations)
    return csv_file(f"registrations-{meeting.pk}.csv", [*titles, *questions], rows)


def _csv_row(registration: Registration, questions: list[str]) -> list[str]:
    return [
        registration.name,
        registration.email,
        company_of(registration),
        registration.country,
        registration.language,
        str(registration.get_state_display()),
        f"{registration.registered_at:%Y-%m-%d %H:%M}",
        *(str(registration.answers.get(key, "")) for key in questions),
    ]


# ---- steps -----------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def publish_meeting(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    return _step(
        request,
        meeting,
        scheduling.publish_meeting,
        question=_("Publish this meeting?"),
        effect=_("People can find it and register. Those on the stage get an invitation by mail."),
        button=_("Publish it"),
        done=_("Published. People can find it and register now."),
    )


@login_required
@require_http_methods(["GET", "POST"])
def start_meeting(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    return _step(
        request,
        meeting,
        scheduling.start_meeting,
        question=_("Start this meeting now?"),
        effect=_("It is live from this moment, and those who wait come in."),
        button=_("Start it"),
        done=_("The meeting is live."),
    )


@login_required
@require_http_methods(["GET", "POST"])
def end_meeting(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    return _step(
        request,
        meeting,
        scheduling.end_meeting,
        question=_("End this meeting for everybody?"),
        effect=_("It cannot be started again. Attendance is counted up to this moment."),
        button=_("End it"),
        done=_("The meeting has ended."),
    )


@login_required_to_post
@require_POST
def extend_meeting(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """Asks nothing: it can only be too much."""
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    flow = partial(scheduling.extend_meeting, minutes=EXTENDED_BY)
    done = _("The meeting has been extended.")
    return _step(request, meeting, flow, question="", effect="", button="", done=done)


@login_required
@require_http_methods(["GET", "POST"])
def cancel_meeting(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """A draft is deleted: nobody was told of it."""
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    if meeting.state == Meeting.State.DRAFT:
        return _discard(request, meeting)
    later = scheduling.following(meeting)[1:]
    form = CancelForm(submitted_data(request)[0], is_in_series=bool(later))
    if request.method == "POST" and form.is_valid():
        answer = _cancel(request, meeting, form)
        if answer is not None:
            return answer
    notified = recipients(meeting)
    context = {
        "meeting": meeting,
        "form": form,
        "people": len(notified),
        "entries": sum(one.has_calendar_event for one in notified),
        "languages": change_preview.by_language(notified),
        "later": len(later),
        "section": "schedule",
    }
    return render(request, "meetings/hosting/cancel.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def approve_registration(request: HttpRequest, registration_id: str) -> HttpResponse:
    registration = _to_decide(request, registration_id)
    return _decide(
        request,
        registration,
        registering.approve,
        question=_("Give %(name)s a seat?") % {"name": registration.name},
        button=_("Approve"),
        done=_("%(name)s has a seat. A mail with the calendar entry is on its way.")
        % {"name": registration.name},
    )


@login_required
@require_http_methods(["GET", "POST"])
def refuse_registration(request: HttpRequest, registration_id: str) -> HttpResponse:
    registration = _to_decide(request, registration_id)
    return _decide(
        request,
        registration,
        registering.refuse,
        question=_("Refuse %(name)s?") % {"name": registration.name},
        button=_("Refuse"),
        done=_("%(name)s was refused. A mail says so.") % {"name": registration.name},
    )


@login_required
@require_http_methods(["GET", "POST"])
def remove_unconfirmed(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """All registrations whose address nobody has confirmed, or the one that the form names."""
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    only = request.POST.get("registration") or request.GET.get("registration") or None
    if request.method != "POST":
        return _ask_to_remove(request, meeting, only)
    try:
        removed = registering.remove_unverified(meeting=meeting, only=only, now=timezone.now())
    except registering.UnableToWithdraw as refusal:
        messages.error(request, refusal.message)
    else:
        words = ngettext(
            "Registration removed: %(names)s.", "Registrations removed: %(names)s.", len(removed)
        )
        kept = _("Nothing was removed: the email address has been confirmed in the meantime.")
        messages.success(request, words % {"names": _names(removed)} if removed else kept)
    return redirect("host_meeting", meeting_id=meeting.pk)


def _ask_to_remove(request: HttpRequest, meeting: Meeting, only: str | None) -> HttpResponse:
    concerned = meeting.registrations.unverified()
    concerned = concerned.filter(pk=only) if only else concerned
    names = _names(list(concerned[: MOST_NAMED + 1]))
    if not names:
        messages.info(request, _("Every email address has been confirmed in the meantime."))
        return redirect("host_meeting", meeting_id=meeting.pk)
    count = concerned.count()
    question = ngettext(
        "Remove %(count)d registration with an unconfirmed email address?",
        "Remove %(count)d registrations with an unconfirmed email address?",
        count,
    )
    context = {
        "meeting": meeting,
        "question": question % {"count": count},
        "who": names,
        "only": only,
        "effect": _("Their seats will be free again. They get an email and can register again."),
        "button": _("Remove"),
        "section": "schedule",
    }
    return render(request, "meetings/hosting/confirm.html", context)


def _names(registrations: list[Registration]) -> str:
    """Of the first so many; more are an ellipsis, as the count stands beside them."""
    names = [registration.name for registration in registrations[:MOST_NAMED]]
    return ", ".join([*names, "…"] if len(registrations) > MOST_NAMED else names)


# ---- parts of the above ----------------------------------------------------------------------------------


def _registrations(meeting: Meeting, filters: RegistrationFilter) -> QuerySet[Registration]:
    """Those that wait for the host first, then the newest."""
    found = meeting.registrations.select_related("person", "company").order_by("-registered_at", "pk")
    words, state = filters.value_of("q").strip(), filters.value_of("state")
    if state:
        found = found.filter(state=state)
    if words:
        places = ("name", "person__email", "company_name", "company__name")
        matches = Q()
        for place in places:
            matches |= Q(**{f"{place}__folds": words})
        found = found.filter(matches)
    return found


def _figures(meeting: Meeting) -> dict[str, Any]:
    rows = list(meeting.registrations.active().values_list("state", "company_id", "company_name"))
    states = [state for state, _company, _name in rows]
    seated = sum(state in Registration.SEATED_STATES for state in states)
    companies = companies_by_key((company, name) for _state, company, name in rows)
    return {
        "confirmed": states.count(Registration.State.CONFIRMED),
        "pending": states.count(Registration.State.PENDING),
        "waiting": states.count(Registration.State.WAITLISTED) + states.count(Registration.State.OFFERED),
        "left": None if meeting.capacity is None else max(0, meeting.capacity - seated),
        "companies": len(set(companies) - {""}),
        "all": len(rows),
    }


def _step(
    request: HttpRequest,
    meeting: Meeting,
    flow: Callable[..., Meeting],
    *,
    question: str,
    effect: str,
    button: str,
    done: str,
) -> HttpResponse:
    """Asked for by GET, done by POST; a refusal is said on the host's page."""
    if request.method != "POST":
        context = {
            "meeting": meeting,
            "question": question,
            "effect": effect,
            "button": button,
            "section": "schedule",
        }
        return render(request, "meetings/hosting/confirm.html", context)
    try:
        flow(meeting=meeting, now=timezone.now())
    except scheduling.Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("host_meeting", meeting_id=meeting.pk)


def _discard(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    if request.method != "POST":
        context = {
            "meeting": meeting,
            "question": _("Delete this draft?"),
            "effect": _("Nobody was told of it, and nobody will be. It cannot be brought back."),
            "button": _("Delete the draft"),
            "is_bad": True,
            "section": "schedule",
        }
        return render(request, "meetings/hosting/confirm.html", context)
    try:
        scheduling.discard_draft(meeting=meeting)
    except scheduling.UnableToCancel as refusal:
        messages.error(request, refusal.message)
        return redirect("host_meeting", meeting_id=meeting.pk)
    messages.success(request, _("The draft is deleted."))
    return redirect("my_meetings")


def _cancel(request: HttpRequest, meeting: Meeting, form: CancelForm) -> HttpResponse | None:
    reason, now = form.cleaned_data["reason"], timezone.now()
    try:
        if form.cleaned_data.get("following"):
            cancelled = scheduling.cancel_following(meeting=meeting, reason=reason, now=now)
        else:
            cancelled = [scheduling.cancel_meeting(meeting=meeting, reason=reason, now=now)]
    except scheduling.UnableToCancel as refusal:
        form.add_error(None, refusal.message)
        return None
    words = ngettext(
        "Cancelled. Everybody is told.", "%(number)s meetings cancelled. Everybody is told.", len(cancelled)
    )
    messages.success(request, words % {"number": len(cancelled)})
    return redirect("host_meeting", meeting_id=meeting.pk)


def _to_decide(request: HttpRequest, registration_id: str) -> Registration:
    """A registration in a meeting that the visitor hosts; its holder sees it and may not decide."""
    visitor = access.visitor_of(request)
    registration = access.registration_for(visitor, registration_id)
    if access.level_in(visitor, registration.meeting) < access.Level.HOST:
        raise access.NotAllowed
    return registration


def _decide(
    request: HttpRequest,
    registration: Registration,
    flow: Callable[..., Registration],
    *,
    question: str,
    button: str,
    done: str,
) -> HttpResponse:
    if request.method != "POST":
        context = {
            "meeting": registration.meeting,
            "question": question,
            "effect": _("A mail tells them, in their own language."),
            "button": button,
            "section": "schedule",
        }
        return render(request, "meetings/hosting/confirm.html", context)
    try:
        flow(registration=registration, now=timezone.now())
    except registering.UnableToDecide as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("host_meeting", meeting_id=registration.meeting_id)


def company_of(registration: Registration) -> str:
    return registration.company.name if registration.company else registration.company_name
