"""The page on which a host writes to people of a meeting."""

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from companies.email_addresses import readable
from companies.models import Person
from companies.views.paging import page_of
from companies.views.request_person import person_of, submitted_data
from meetings import access
from meetings.models import Meeting
from notifications import messaging
from notifications.host_message_form import HostMessageForm
from notifications.messaging import Readers, UnableToMessage
from notifications.rendering import may_get_replies

PER_PAGE = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def host_message(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """A message is shown with its number of readers before it is sent by a second button."""
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    by = person_of(request)
    if by is None:
        raise access.NotAllowed
    choices = messaging.audiences(meeting, now=now())
    form = HostMessageForm(submitted_data(request)[0], audiences=choices)
    if request.method != "POST":
        return _page(request, meeting, by, form)
    if not form.is_valid():
        return _page(request, meeting, by, form, status=422)
    try:
        return _submit(request, meeting, by, form)
    except UnableToMessage as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return _page(request, meeting, by, form, status=422 if refusal.field else 409)


def _submit(request: HttpRequest, meeting: Meeting, by: Person, form: HostMessageForm) -> HttpResponse:
    written, moment = form.written(), now()
    if request.POST.get("do") == "send" and form.is_previewed:
        key = form.cleaned_data["key"]
        message = messaging.send_message(meeting=meeting, written=written, by=by, key=key, now=moment)
        count = message.notifications.count()
        text = ngettext("Message sent to %(count)d person.", "Message sent to %(count)d people.", count)
        messages.success(request, text % {"count": count})
        return redirect("host_message", meeting.pk)
    if request.POST.get("do") == "test":
        test = form.written(is_test=True)
        messaging.send_message(meeting=meeting, written=test, by=by, now=moment)
        messages.success(request, _("Test sent to: %(email)s") % {"email": readable(by.email)})
    try:
        readers = messaging.preview(meeting=meeting, written=written, by=by, now=moment)
    except UnableToMessage as refusal:
        if request.POST.get("do") != "test":
            raise
        form.add_error(refusal.field or None, refusal.message)  # the test has left all the same
        return _page(request, meeting, by, form)
    return _page(request, meeting, by, form.as_previewed(), readers=readers)


def _page(
    request: HttpRequest,
    meeting: Meeting,
    by: Person,
    form: HostMessageForm,
    *,
    readers: Sequence[Readers] = (),
    status: int = 200,
) -> HttpResponse:
    context = {
        "meeting": meeting,
        "section": "schedule",
        "form": form,
        "is_open": messaging.is_open(meeting, now=now()),
        "readers": readers,
        "number": sum(one.number for one in readers),
        "fallbacks": [one for one in readers if one.is_fallback],
        "written": form.initial if readers else {},
        "reply_to": by.email if may_get_replies(by) else "",
        "most": messaging.MOST_OF_MEETING_A_DAY,
        "page": page_of(request, "page", messaging.messages_of(meeting), PER_PAGE),
    }
    return render(request, "notifications/host_message.html", context, status=status)
