"""The steps of a meeting from draft to ended: asked by GET, done by POST."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from companies.refusals import Refusal
from companies.views.request_person import login_required_to_post, submitted_data
from meetings import access, change_preview, changing, changing_series, running, scheduling
from meetings.hosting_forms import CancelForm
from meetings.models import Meeting
from meetings.recipients import recipients, told_in_one_email

EXTENDED_BY = 15  # minutes


@login_required
@require_http_methods(["GET", "POST"])
def publish_meeting(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    return _step(
        request,
        meeting,
        scheduling.publish_meeting,
        question=_("Publish this meeting?"),
        effect=_(
            "Everyone who is allowed to see the meeting can then find it. People on stage get an "
            "invitation by email."
        ),
        button=_("Publish"),
        done=_("The meeting is published."),
    )


@login_required
@require_http_methods(["GET", "POST"])
def start_meeting(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    return _step(
        request,
        meeting,
        running.start_meeting,
        question=_("Start this meeting now?"),
        effect=_(
            "The meeting goes live now. People waiting for the start are let in, unless the "
            "waiting room is on."
        ),
        button=_("Start"),
        done=_("The meeting is live."),
    )


@login_required
@require_http_methods(["GET", "POST"])
def end_meeting(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    return _step(
        request,
        meeting,
        running.end_meeting,
        question=_("End this meeting for everyone?"),
        effect=_("You can’t restart it. Attendance is counted up to the end of the meeting."),
        button=_("End"),
        done=_("The meeting has ended."),
    )


@login_required_to_post
@require_POST
def extend_meeting(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """Without asking first: too long is the worst it can be."""
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    flow = partial(running.extend_meeting, minutes=EXTENDED_BY)
    done = _("The meeting has been extended.")
    return _step(request, meeting, flow, question="", effect="", button="", done=done)


@login_required
@require_http_methods(["GET", "POST"])
def cancel_meeting(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """A draft is deleted, as nobody was notified of it."""
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    if meeting.state == Meeting.State.DRAFT:
        return _discard(request, meeting)
    later = changing_series.following(meeting)[1:]
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
        "later_mails": _further_emails(meeting, later),
        "section": "schedule",
    }
    return render(request, "meetings/hosting/cancel.html", context, status=422 if form.errors else 200)


def _further_emails(first: Meeting, later: list[Meeting]) -> int:
    """Of later meetings that are cancelled with the first: some are told in the same email."""
    number = 0
    in_one_email = told_in_one_email(first, recipients(first))
    for meeting in later:
        if meeting.state != Meeting.State.DRAFT:
            told = recipients(meeting)
            together = told_in_one_email(meeting, told)
            number += len(told) - len(together & in_one_email)
            in_one_email |= together
    return number


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
    """GET asks, POST does it; the host's page shows a refusal."""
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
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("host_meeting", meeting_id=meeting.pk)


def _discard(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    if request.method != "POST":
        context = {
            "meeting": meeting,
            "question": _("Delete this draft?"),
            "effect": _("No one has been notified of this draft. You can’t undo this."),
            "button": _("Delete draft"),
            "is_bad": True,
            "section": "schedule",
        }
        return render(request, "meetings/hosting/confirm.html", context)
    try:
        scheduling.discard_draft(meeting=meeting, now=timezone.now())
    except scheduling.UnableToDiscard as refusal:
        messages.error(request, refusal.message)
        return redirect("host_meeting", meeting_id=meeting.pk)
    messages.success(request, _("Draft deleted."))
    return redirect("my_meetings")


def _cancel(request: HttpRequest, meeting: Meeting, form: CancelForm) -> HttpResponse | None:
    reason, now = form.cleaned_data["reason"], timezone.now()
    try:
        if form.cleaned_data.get("following"):
            cancelled = changing_series.cancel_following(meeting=meeting, reason=reason, now=now)
        else:
            cancelled = [changing.cancel_meeting(meeting=meeting, reason=reason, now=now)]
    except changing.UnableToCancel as refusal:
        form.add_error(None, refusal.message)
        return None
    words = ngettext(
        "Meeting cancelled. Everyone affected will be notified.",
        "%(number)s meetings cancelled. Everyone affected will be notified.",
        len(cancelled),
    )
    messages.success(request, words % {"number": len(cancelled)})
    return redirect("host_meeting", meeting_id=meeting.pk)
