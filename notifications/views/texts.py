"""The secretariat's pages on which the texts of emails are changed."""

from collections.abc import Sequence

from csp.decorators import csp_update
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from companies.access import secretariat
from companies.email_addresses import readable
from companies.languages import codes
from companies.models import Person
from companies.views.paging import page_of
from companies.views.request_person import person_of, submitted_data
from notifications import editing_texts
from notifications.editable_texts import EDITABLE
from notifications.editing_texts import UnableToUseText
from notifications.mailer import UnableToDeliver
from notifications.models import EmailText, Notification
from notifications.text_form import EmailTextForm
from notifications.views.emails import MAIL_POLICY

PER_PAGE = 20


@login_required
@require_safe
def email_texts(request: HttpRequest) -> HttpResponse:
    """Each kind of email, and in which languages its text was changed."""
    secretariat(person_of(request))
    changed, drafts = editing_texts.changed_and_drafted()
    rows = [
        (kind, [(code, (kind, code) in changed, (kind, code) in drafts) for code in codes()])
        for kind in EDITABLE
    ]
    return render(request, "notifications/texts.html", {"rows": rows, "tab": "emails"})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@xframe_options_sameorigin
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type]  # its types know no views with arguments
def email_text(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """One kind in one language: a draft is written, looked at and tested, and then put to use."""
    by = secretariat(person_of(request))
    if kind not in EDITABLE or language not in codes():
        raise Http404
    named = Notification.Kind(kind)
    text = editing_texts.newest(kind, language)
    if request.method == "POST" and request.POST.get("do") != "draft":
        return _act(request, by, named, language, text)
    if request.GET.get("part") == "html":
        return _html(text, named, language, by)
    form = EmailTextForm(submitted_data(request)[0], kind=named, language=language, text=text)
    if request.method == "POST" and form.is_valid():
        written = form.written()
        try:
            editing_texts.write_draft(kind=named, language=language, written=written, by=by, now=now())
            return redirect(f"{request.path}#preview")
        except UnableToUseText as refusal:
            form.add_error(None, refusal.message)
    return _page(request, by, named, language, text, form)


def _act(
    request: HttpRequest, by: Person, kind: Notification.Kind, language: str, text: EmailText | None
) -> HttpResponse:
    """The buttons below the preview."""
    key, do = request.POST.get("draft", ""), request.POST.get("do")
    draft_id = int(key) if key.isdecimal() and len(key) < 18 else 0
    if do == "use":
        try:
            editing_texts.use_draft(draft_id=draft_id, kind=kind, language=language, now=now())
            messages.success(request, _("Saved. Emails sent from now on use this text."))
        except UnableToUseText as refusal:
            messages.error(request, refusal.message)
    elif do == "discard":
        editing_texts.discard_draft(draft_id=draft_id, kind=kind, language=language)
        messages.success(request, _("Draft deleted."))
    elif do == "test":
        _send_test(request, text or EmailText(kind=kind, language=language), by)
    else:
        raise Http404
    return redirect(request.path)


def _send_test(request: HttpRequest, text: EmailText, by: Person) -> None:
    try:
        if editing_texts.send_test(text, by=by, now=now()):
            messages.success(request, _("Test sent to: %(email)s") % {"email": readable(by.email)})
    except UnableToDeliver:
        messages.error(request, _("The email couldn’t be sent right now. Please try again in a minute."))


def _html(text: EmailText | None, kind: Notification.Kind, language: str, by: Person) -> HttpResponse:
    mail = editing_texts.preview(text or EmailText(kind=kind, language=language), by=by, now=now())
    if mail is None:
        raise Http404
    response = HttpResponse(mail.html, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = MAIL_POLICY
    return response


def _page(
    request: HttpRequest,
    by: Person,
    kind: Notification.Kind,
    language: str,
    text: EmailText | None,
    form: EmailTextForm,
) -> HttpResponse:
    shown = text or EmailText(kind=kind, language=language)
    context = {
        "kind": kind,
        "language": language,
        "languages": codes(),
        "form": form,
        "text": text,
        "draft": text if text and text.used_at is None else None,
        "mail": editing_texts.preview(shown, by=by, now=now()),
        "variables": _variables(kind),
        "has_subject": "subject" in form.fields,
        "page": page_of(request, "page", editing_texts.history(kind, language), PER_PAGE),
        "tab": "emails",
    }
    return render(request, "notifications/text.html", context, status=422 if form.errors else 200)


def _variables(kind: Notification.Kind) -> Sequence[tuple[str, str]]:
    meanings = {
        "title": _("title"),
        "when": _("date and time in the recipient’s time zone (shorter in the subject)"),
        "host": _("company or person hosting the meeting"),
        "site": _("name of this service"),
        "until": _("date and time until which the seat is held"),
        "company": _("company name"),
    }
    return [(f"{{{name}}}", meanings[name]) for name in EDITABLE[kind].variables]
