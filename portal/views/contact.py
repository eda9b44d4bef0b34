"""The contact page: a message to the operator, sent by email."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from companies.languages import active_language
from companies.views.request_person import person_of
from notifications import contacting
from portal.contact_forms import ContactForm
from portal.rate_limits import allow_contacting
from portal.views import registration_requests

SESSION_SENT = "message_sent"  # session key


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    form = _form_of(request)
    if request.method != "POST":
        return _page(request, form, status=200)
    allowed = form.is_valid() and registration_requests.was_taken(
        form, lambda: allow_contacting(request, form.address)
    )
    if not allowed:
        return _page(request, form, status=registration_requests.status_of(form))
    contacting.send_message(written=form.message(language=active_language()), now=timezone.now())
    request.session[SESSION_SENT] = True
    return registration_requests.redirect_page(request, "contact_sent")


@never_cache
@require_http_methods(["GET", "HEAD"])
def contact_sent(request: HttpRequest) -> HttpResponse:
    """Once after sending a message; else the form."""
    if not request.session.get(SESSION_SENT):
        return redirect("contact")
    if request.method == "GET":
        del request.session[SESSION_SENT]
    return render(request, "portal/contact_sent.html")


def redisplay_form(request: HttpRequest) -> HttpResponse:
    """The form as it was sent, after a request without a valid CSRF token."""
    form = _form_of(request)
    registration_requests.ask_to_resubmit(form)
    return _page(request, form, status=403)


def _form_of(request: HttpRequest) -> ContactForm:
    return ContactForm(request.POST if request.method == "POST" else None, person=person_of(request))


def _page(request: HttpRequest, form: ContactForm, *, status: int) -> HttpResponse:
    return registration_requests.form_page(request, "portal/contact.html", {"form": form}, status=status)
