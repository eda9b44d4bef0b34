"""The page of an invitation, and its answers."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from meetings import access, inviting
from meetings.access import Visitor
from meetings.models import Invitation, Registration
from portal.forms import AcceptForm
from portal.meeting_cards import card_of, cards_of
from portal.views.registration_requests import grant_session_access

MOST_DATES = 12  # of a series


@never_cache
@require_safe
def invitation_page(request: HttpRequest, invitation_id: str) -> HttpResponse:
    """Changes nothing, because mail scanners open every link."""
    visitor = access.visitor_of(request)
    invitation = access.invitation_for(visitor, invitation_id)
    registration = access.own_registration_in(visitor, invitation.meeting)
    if registration is not None and invitation.state == Invitation.State.ACCEPTED:
        return redirect("registration", registration.pk)
    form = AcceptForm(invitation=invitation)
    return _page(request, visitor, invitation, form, status=200)


def _page(
    request: HttpRequest, visitor: Visitor, invitation: Invitation, form: AcceptForm, *, status: int
) -> HttpResponse:
    now = timezone.now()
    page = {
        "section": "schedule",
        "invitation": invitation,
        "meeting": invitation.meeting,
        "card": card_of(invitation.meeting, visitor, now=now),
        **_dates_of_series(visitor, invitation, now),
        "sees_meeting": access.sees_meeting(visitor, invitation.meeting),
        "form": form,
    }
    return render(request, "portal/invitation.html", page, status=status)


def _dates_of_series(visitor: Visitor, invitation: Invitation, now: datetime) -> dict[str, object]:
    """To which dates of the series the person is invited: each has an invitation of its own."""
    if invitation.meeting.series_id is None:
        return {}
    beside = access.invitations_beside(invitation, now=now)
    shown = list(beside[:MOST_DATES])
    cards = cards_of([one.meeting for one in shown], visitor, now=now)
    more = beside.count() - len(shown) if len(shown) == MOST_DATES else 0
    return {"dates": list(zip(shown, cards, strict=True)), "more_dates": more}


@never_cache
@require_POST
def accept(request: HttpRequest, invitation_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    invitation = access.invitation_for(visitor, invitation_id)
    form = AcceptForm(request.POST, invitation=invitation)
    if not form.is_valid():
        return _page(request, visitor, invitation, form, status=422)
    try:
        registration = inviting.accept(invitation=invitation, **form.answered(), now=timezone.now())
    except inviting.UnableToAnswer as refusal:
        messages.error(request, refusal.message)
        return redirect("invitation", invitation.pk)
    if visitor.person is None or visitor.person.pk != registration.person_id:
        grant_session_access(request, registration)
    if registration.state == Registration.State.CONFIRMED:
        messages.success(request, _("You have accepted the invitation. An email confirms your registration."))
    return redirect("registration", registration.pk)


@never_cache
@require_POST
def decline(request: HttpRequest, invitation_id: str) -> HttpResponse:
    invitation = access.invitation_for(access.visitor_of(request), invitation_id)
    try:
        inviting.decline(invitation=invitation, now=timezone.now())
    except inviting.UnableToAnswer as refusal:
        messages.error(request, refusal.message)
    return redirect("invitation", invitation.pk)
