"""Inviting people: what a list would do, doing it, and the invitations that there are."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from companies.refusals import Refusal
from companies.views.paging import page_of
from companies.views.request_person import login_required_to_post, person_of, submitted_data
from meetings import access, inviting
from meetings.invitation_forms import InvitationFilter, InvitationForm
from meetings.inviting import Result, Status, UnableToInvite
from meetings.models import Invitation, Meeting

PER_PAGE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitations_page(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """A list is shown with what came of each line, before its people are invited by a second button."""
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    data, files = submitted_data(request)
    person = person_of(request)
    has_later = bool(inviting.later_meetings(meeting, now=timezone.now()))
    form = InvitationForm(
        data, files, initial={"language": person.language if person else ""}, has_later=has_later
    )
    if request.method != "POST":
        return _page(request, meeting, form)
    if not form.is_valid():
        return _page(request, meeting, form, results=inviting.unreadable(form.typed()), status=422)
    try:
        return _submit(request, meeting, form, timezone.now())
    except UnableToInvite as refusal:
        form.add_error(None, refusal.message)
        return _page(request, meeting, form, status=422 if refusal.code in {"nobody", "too_many"} else 409)


def _submit(request: HttpRequest, meeting: Meeting, form: InvitationForm, now: datetime) -> HttpResponse:
    by = person_of(request)
    if by is None:
        raise access.NotAllowed
    invitees = form.invitees()
    if "invite" not in request.POST or not form.is_previewed:
        preview = inviting.preview_series if form.is_to_series else inviting.preview
        results = preview(meeting=meeting, invitees=invitees, by=by, now=now)
        return _page(request, meeting, form.again(previewed=form.fingerprint), results=results)
    language = form.cleaned_data["language"]
    flow = inviting.invite_to_series if form.is_to_series else inviting.invite
    results = flow(meeting=meeting, invitees=invitees, by=by, language=language, now=now)
    _report(request, results)
    lines = list(dict.fromkeys(one.invitee.written for one in results if one.status == Status.INVALID))
    if not lines:
        return redirect("invitations", meeting.pk)
    kept = form.again(people="\n".join(lines))
    return _page(request, meeting, kept, results=_wrong_lines(results, lines))


def _wrong_lines(results: Sequence[Result], lines: list[str]) -> list[Result]:
    """Those that the form still holds, by their number in it."""
    return [
        replace(one, invitee=replace(one.invitee, line=lines.index(one.invitee.written) + 1))
        for one in results
        if one.status == Status.INVALID
    ]


def _report(request: HttpRequest, results: Sequence[Result]) -> None:
    """How many were invited, and of the others how many for which reason."""
    counts = Counter(one.status for one in results)
    invited = counts.pop(Status.INVITED, 0)
    text = ngettext(
        "%(count)d person invited. The email is on its way.",
        "%(count)d people invited. The emails are on their way.",
        invited,
    )
    if invited:
        messages.success(request, text % {"count": invited})
    if counts:
        reasons = ", ".join(f"{status.label} ({count})" for status, count in counts.items())
        messages.info(request, _("Not invited: %(reasons)s") % {"reasons": reasons})


def _page(
    request: HttpRequest,
    meeting: Meeting,
    form: InvitationForm,
    *,
    results: Sequence[Result] = (),
    status: int = 200,
) -> HttpResponse:
    filters = InvitationFilter(request.GET)
    page = page_of(request, "page", _invitations(meeting, filters), PER_PAGE)
    context = {
        "meeting": meeting,
        "section": "schedule",
        "form": form,
        "is_open": inviting.is_open_to_invite(meeting, now=timezone.now()),
        "most": inviting.MOST_AT_ONCE,
        "results": results,
        "is_preview": not form.is_bound and bool(form["previewed"].value()),
        "to_invite": [one for one in results if one.is_invited],
        "others": [one for one in results if not one.is_invited],
        "filters": filters,
        "counts": _counts(meeting),
        "page": page,
        "rows": [(one, one.sent_at + inviting.SEND_AGAIN_AFTER) for one in page],
        "now": timezone.now(),
    }
    return render(request, "meetings/hosting/invitations.html", context, status=status)


def _invitations(meeting: Meeting, filters: InvitationFilter) -> QuerySet[Invitation]:
    """Newest first. Addresses that the host need not know are not searched."""
    found = meeting.invitations.select_related("person").order_by("-invited_at", "pk")
    words, state = filters.value_of("q").strip(), filters.value_of("state")
    if state:
        found = found.filter(state=state)
    if words:
        by_address = Q(person__email__folds=words) & (
            Q(by_company=False) | Q(state=Invitation.State.ACCEPTED)
        )
        found = found.filter(Q(name__folds=words) | Q(company_name__folds=words) | by_address)
    return found


def _counts(meeting: Meeting) -> dict[str, int]:
    """By state, and of all."""
    rows = meeting.invitations.order_by().values_list("state").annotate(count=Count("pk"))
    counts: dict[str, int] = dict(rows)
    return {**dict.fromkeys(Invitation.State.values, 0), **counts, "all": sum(counts.values())}


# ---- one invitation --------------------------------------------------------------------------------------


@login_required_to_post
@require_http_methods(["POST"])
def send_invitation_again(request: HttpRequest, invitation_id: str) -> HttpResponse:
    invitation = access.invitation_to_manage(access.visitor_of(request), invitation_id)
    done = _("Invitation sent again: %(name)s") % {"name": invitation.shown_name}
    return _change(request, invitation, inviting.send_again, done)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_invitation(request: HttpRequest, invitation_id: str) -> HttpResponse:
    invitation = access.invitation_to_manage(access.visitor_of(request), invitation_id)
    if request.method == "POST":
        done = _("Invitation withdrawn: %(name)s") % {"name": invitation.shown_name}
        return _change(request, invitation, inviting.withdraw_invitation, done)
    context: dict[str, Any] = {
        "meeting": invitation.meeting,
        "question": _("Withdraw this invitation?"),
        "who": invitation.shown_name,
        "effect": _effect_of_withdrawing(invitation),
        "button": _("Withdraw"),
        "back": reverse("invitations", args=[invitation.meeting_id]),
        "section": "schedule",
    }
    return render(request, "meetings/hosting/confirm.html", context)


def _effect_of_withdrawing(invitation: Invitation) -> str:
    if invitation.state == Invitation.State.ACCEPTED:
        return _("Their registration is cancelled, too, and the event is removed from their calendar.")
    return _("They get an email, and the event is removed from their calendar.")


def _change(
    request: HttpRequest, invitation: Invitation, flow: Callable[..., Invitation], done: str
) -> HttpResponse:
    try:
        flow(invitation=invitation, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("invitations", invitation.meeting_id)
