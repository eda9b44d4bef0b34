"""What a host decides about registrations: approve, refuse, remove those that nobody confirmed."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from meetings import access, registering, registration_states, verifying
from meetings.models import Meeting, Registration

MOST_NAMED = 20  # in a sentence


@login_required
@require_http_methods(["GET", "POST"])
def approve_registration(request: HttpRequest, registration_id: str) -> HttpResponse:
    registration = registration_to_decide(request, registration_id)
    return _decide(
        request,
        registration,
        registering.approve,
        question=_("Approve the registration of %(name)s?") % {"name": registration.name},
        button=_("Approve"),
        done=_("Registration approved: %(name)s. An email with a calendar invitation is on its way.")
        % {"name": registration.name},
    )


@login_required
@require_http_methods(["GET", "POST"])
def refuse_registration(request: HttpRequest, registration_id: str) -> HttpResponse:
    registration = registration_to_decide(request, registration_id)
    return _decide(
        request,
        registration,
        registering.refuse,
        question=_("Reject the registration of %(name)s?") % {"name": registration.name},
        button=_("Reject"),
        done=_("Registration rejected: %(name)s. An email about it is on its way.")
        % {"name": registration.name},
    )


@login_required
@require_http_methods(["GET", "POST"])
def remove_unconfirmed(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """All with an unconfirmed email address, or the one that the form names."""
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    only = request.POST.get("registration") or request.GET.get("registration") or None
    if request.method != "POST":
        return _ask_to_remove(request, meeting, only)
    try:
        removed = verifying.remove_unverified(meeting=meeting, only=only, now=timezone.now())
    except registration_states.UnableToWithdraw as refusal:
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
        "effect": _("Their seats will be released. They will get an email and can register again."),
        "button": _("Remove"),
        "section": "schedule",
    }
    return render(request, "meetings/hosting/confirm.html", context)


def _names(registrations: list[Registration]) -> str:
    """Of the first MOST_NAMED, with an ellipsis for more."""
    names = [registration.name for registration in registrations[:MOST_NAMED]]
    return ", ".join([*names, "…"] if len(registrations) > MOST_NAMED else names)


def registration_to_decide(request: HttpRequest, registration_id: str) -> Registration:
    """A registration in a meeting that the visitor hosts. Raises NotAllowed for its own person."""
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
            "effect": _("They will be notified by email in their own language."),
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
