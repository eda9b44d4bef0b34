"""Pages of the trial’s mailbox, unsubscribing, and the delivery report."""

import re
from urllib.parse import urlencode

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from companies.access import secretariat
from companies.models import Person
from companies.views.paging import page_of
from companies.views.request_person import person_of
from meetings import access
from meetings.models import Meeting
from notifications import access as contact_access
from notifications import contacting, delivery_report, links, planning_afterwards, unsubscribing
from notifications import mailbox as stored_mails
from notifications.forms import MessageFilter, RecipientFilter
from notifications.models import Preference

# A page for an email's HTML: styles only, no scripts, nothing loaded; links open in a new tab.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
RECIPIENTS_PER_PAGE = 50
MESSAGES_PER_PAGE = 20
HEAD = re.compile("<head>", re.IGNORECASE)


@require_GET
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    _only_in_demo()
    search = request.GET.get("q", "").strip()[:100]
    context = {"envelopes": stored_mails.envelopes(search), "search": search, "most": stored_mails.MOST_SHOWN}
    return render(request, "notifications/mailbox.html", context)


@require_GET
@never_cache
@xframe_options_sameorigin
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type]  # its types know no views with arguments
def mail(request: HttpRequest, name: str) -> HttpResponse:
    _only_in_demo()
    try:
        stored = stored_mails.open_mail(name)
    except stored_mails.NoSuchMail as error:
        raise Http404 from error
    match request.GET.get("part"):
        case "html":
            return html_part(stored)
        case "calendar":
            return calendar_part(stored)
    return render(request, "notifications/mail.html", {"stored": stored, "mail": stored.envelope})


@csrf_exempt  # a mail program sends no cookie of ours; the signed token is the authorisation (RFC 8058)
@never_cache
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    try:
        person, asked = links.resolve(token)
    except links.LinkNotValid as error:
        raise Http404 from error
    named = request.POST.get("emails", asked.value)  # a mail program names none
    chosen = Preference(named) if named in Preference.values else asked
    if request.method == "POST":
        if request.POST.get("do") == "on":
            unsubscribing.turn_on(person=person, preference=chosen, now=now())
        else:
            unsubscribing.turn_off(person=person, preference=chosen, now=now())
        person.refresh_from_db(fields=[one.field for one in Preference])
    context = {
        "preferences": [
            (one, one.is_wanted_by(person), one == chosen and request.method == "POST")
            for one in sorted(Preference, key=lambda one: one != asked)
        ]
    }
    return render(request, "notifications/unsubscribe.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def delivery_report_page(request: HttpRequest, meeting_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    meeting = access.meeting_for(visitor, meeting_id, access.Level.HOST)
    if request.POST.get("do") in {"on", "off"}:
        planning_afterwards.set_follow_ups(meeting=meeting, on=request.POST["do"] == "on", now=now())
        messages.success(request, _("Saved."))
        return redirect("delivery_report", meeting_id=meeting.pk)
    if request.method == "POST":
        count = delivery_report.send_again(meeting=meeting, now=now())
        message = ngettext(
            "%(count)s email will be sent again.", "%(count)s emails will be sent again.", count
        )
        messages.success(
            request, message % {"count": count} if count else _("There was nothing to send again.")
        )
        return redirect("delivery_report", meeting_id=meeting.pk)
    context = {
        "meeting": meeting,
        "report": delivery_report.messages_of(meeting),
        "not_arrived": delivery_report.not_arrived(meeting),
        "has_follow_ups": meeting.format == Meeting.Format.ONLINE
        and meeting.state not in {Meeting.State.DRAFT, Meeting.State.CANCELLED},
        "section": "schedule",
    }
    return render(request, "notifications/delivery_report.html", context)


@login_required
@require_safe
def delivery_recipients(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """The people behind a count of the report: of one message, or of all."""
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    filters = RecipientFilter(request.GET)
    of_message = filters.of_message()
    words, state = filters.value_of("q").strip(), filters.value_of("state")
    rows = delivery_report.rows_of(meeting, state=state, words=words, **of_message)
    page = page_of(request, "page", delivery_report.with_recipients(rows), RECIPIENTS_PER_PAGE)
    report = delivery_report.messages_of(meeting)
    context = {
        "meeting": meeting,
        "filters": filters,
        "is_filtered": bool(words or state),
        "message": next((one for one in report if of_message and one.query == of_message), None),
        "of_message": urlencode(of_message),
        "page": page,
        "recipients": delivery_report.recipients(meeting, page),
        "section": "schedule",
    }
    return render(request, "notifications/delivery_recipients.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def contact_messages(request: HttpRequest) -> HttpResponse:
    """What visitors wrote on the contact page; those without an answer first asked for."""
    by = secretariat(person_of(request))
    if request.method == "POST":
        return _answered(request, by)
    filters = MessageFilter(request.GET)
    state, words = filters.value_of("state"), filters.value_of("q").strip()
    found = contact_access.contact_messages(by)
    if state != "all":
        found = found.filter(answered_at__isnull=state != "answered")
    for word in [words] if words else []:
        by_writer = Q(name__folds=word) | Q(email__folds=word) | Q(company_name__folds=word)
        found = found.filter(by_writer | Q(text__folds=word))
    context = {
        "filters": filters,
        "is_filtered": bool(words or state),
        "page": page_of(request, "page", found, MESSAGES_PER_PAGE),
        "tab": "messages",
    }
    return render(request, "notifications/contact_messages.html", context)


def _answered(request: HttpRequest, by: Person) -> HttpResponse:
    """The button beside a message: answered, or not after all."""
    key = request.POST.get("message", "")
    if not re.fullmatch("[0-9]{1,9}", key):
        raise Http404
    message = contact_access.contact_message_for(by, int(key))
    if request.POST.get("do") == "unanswered":
        contacting.mark_unanswered(message=message)
    else:
        contacting.mark_answered(message=message, by=by, now=now())
    messages.success(request, _("Saved."))
    return redirect(f"{request.path}{'?' if request.GET else ''}{request.GET.urlencode()}")


def _only_in_demo() -> None:
    if not settings.DEMO:
        raise Http404


def html_part(stored: stored_mails.StoredMail) -> HttpResponse:
    page = HEAD.sub('<head><base target="_blank">', stored.html, count=1)
    response = HttpResponse(page, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = MAIL_POLICY
    return response


def calendar_part(stored: stored_mails.StoredMail) -> HttpResponse:
    if not stored.entry:
        raise Http404
    response = HttpResponse(stored.entry, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="invite.ics"'
    return response
