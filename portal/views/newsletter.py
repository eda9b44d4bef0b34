"""The newsletter: asking for it without an account, confirming that, and the page on which the secretariat sends it."""

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from companies.access import secretariat
from companies.email_addresses import readable
from companies.languages import active_language
from companies.models import Person
from companies.views.paging import page_of
from companies.views.request_person import person_of, submitted_data
from news import access
from notifications import links, newsletters, subscribing
from notifications.models import Preference
from notifications.newsletters import UnableToSendNewsletter, Version
from portal.newsletter_forms import NewsletterForm, SubscribeForm
from portal.rate_limits import allow_subscribing
from portal.views import registration_requests

PER_PAGE = 20


# ---- asking for it ----------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """The same answer for every address, known or not."""
    if request.method != "POST":
        return _form(request, SubscribeForm(initial={"language": active_language()}), status=200)
    form = SubscribeForm(request.POST)
    allowed = form.is_valid() and registration_requests.was_taken(
        form, lambda: allow_subscribing(request, form.cleaned_data["email"])
    )
    if not allowed:
        return _form(request, form, status=registration_requests.status_of(form))
    given = form.cleaned_data
    subscribing.request_newsletter(email=given["email"], language=given["language"], now=timezone.now())
    return render(request, "portal/newsletter_sent.html", {"section": "news", "email": given["email"]})


def redisplay_form(request: HttpRequest) -> HttpResponse:
    """The form as it was sent, after a request without a valid CSRF token."""
    form = SubscribeForm(request.POST)
    registration_requests.ask_to_resubmit(form)
    return _form(request, form, status=403)


def _form(request: HttpRequest, form: SubscribeForm, *, status: int) -> HttpResponse:
    page = {"section": "news", "form": form, "person": person_of(request)}
    return registration_requests.form_page(request, "portal/newsletter.html", page, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_newsletter(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing: mail scanners do that."""
    page: dict[str, object] = {"section": "news"}
    try:
        asked = links.resolve_newsletter_link(token)
    except links.LinkNotValid:
        return render(request, "portal/newsletter_confirm.html", page, status=404)
    if not subscribing.is_open(asked, now=timezone.now()):
        return render(request, "portal/newsletter_confirm.html", page, status=404)
    page["email"] = asked.email
    if request.method == "POST":
        person = subscribing.confirm(request=asked)
        page |= {"reader": person, "manage": links.unsubscribe_link(person, Preference.NEWSLETTER)}
    return render(request, "portal/newsletter_confirm.html", page)


# ---- sending it -------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def send_newsletter(request: HttpRequest) -> HttpResponse:
    """Shown with the number of its readers before it is sent by a second button."""
    by = secretariat(person_of(request))
    form = _newsletter_form(request)
    if request.method != "POST":
        return _page(request, by, form)
    if not form.is_valid():
        return _page(request, by, form, status=422)
    try:
        return _submit(request, by, form)
    except UnableToSendNewsletter as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return _page(request, by, form, status=422 if refusal.field else 409)


def _newsletter_form(request: HttpRequest) -> NewsletterForm:
    """Begins with the article that led here."""
    articles = access.published_articles(now=timezone.now())
    first = articles.filter(slug=request.GET.get("article", "")).first()
    initial = {"subject": first.title, "articles": [first.pk]} if first else {}
    return NewsletterForm(submitted_data(request)[0], initial=initial, articles=articles)


def _submit(request: HttpRequest, by: Person, form: NewsletterForm) -> HttpResponse:
    written, moment, do = form.written(), timezone.now(), request.POST.get("do")
    if do == "send" and form.is_previewed:
        sent = newsletters.send_newsletter(written=written, by=by, key=form.cleaned_data["key"], now=moment)
        count = sent.notifications.count()
        text = ngettext("Newsletter sent to %(count)d person.", "Newsletter sent to %(count)d people.", count)
        messages.success(request, text % {"count": count})
        return redirect("send_newsletter")
    if do == "test":
        newsletters.send_newsletter(written=written, by=by, now=moment, is_test=True)
        messages.success(request, _("Test sent to: %(email)s") % {"email": readable(by.email)})
    versions = newsletters.preview(written, by=by, now=moment)
    return _page(request, by, form.as_previewed(), versions=versions)


def _page(
    request: HttpRequest,
    by: Person,
    form: NewsletterForm,
    *,
    versions: Sequence[Version] = (),
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "versions": versions,
        "number": sum(one.number for one in versions),
        "reader_count": newsletters.readers().count(),
        "page": page_of(request, "page", newsletters.sent_newsletters(), PER_PAGE),
        "tab": "newsletter",
    }
    return render(request, "portal/send_newsletter.html", context, status=status)
