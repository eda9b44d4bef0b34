"""What people's calendars answered to a meeting's invitations, and the times that they propose."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from companies.views.paging import page_of
from companies.views.request_person import login_required_to_post
from meetings import access, replying

PER_PAGE = 50


@login_required
@require_safe
def calendar_replies(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    replies = meeting.calendar_replies.select_related("person", "meeting").order_by("-received_at", "-pk")
    page = page_of(request, "page", replies, PER_PAGE)
    now = timezone.now()
    rows = [(reply, reply.is_open_proposal(now=now)) for reply in page]
    context = {"meeting": meeting, "page": page, "rows": rows, "section": "schedule"}
    return render(request, "meetings/hosting/calendar_replies.html", context)


@login_required_to_post
@require_POST
def decline_proposal(request: HttpRequest, meeting_id: str, reply_id: int) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    reply = meeting.calendar_replies.filter(pk=reply_id).first()
    if reply is None:
        raise Http404
    try:
        replying.decline_proposal(reply=reply, now=timezone.now())
    except replying.UnableToDecline as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Proposal declined. An email about it is on its way."))
    return redirect("calendar_replies", meeting_id=meeting.pk)
