"""Writing to a company, confirming it as a guest, and the company's answer by the link in its email."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from companies.languages import active_language
from companies.models import Company
from companies.refusals import Refusal
from companies.views.request_person import person_of, submitted_data
from matchmaking import access, requesting
from matchmaking.views.contact_requests import answer_page
from meetings.access import NotVisible, visible_meeting, visitor_of
from meetings.models import Meeting
from notifications import links
from portal.contact_forms import CompanyContactForm
from portal.rate_limits import allow_contacting
from portal.views import registration_requests


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write_to_company(request: HttpRequest, slug: str) -> HttpResponse:
    """`?meeting=` is whose page led here. A POST of a guest is sent once the address is confirmed."""
    person = person_of(request)
    try:
        company = access.company_to_contact(person, slug)
    except access.NotReachable:
        return _not_reachable(request, slug)
    form = CompanyContactForm(submitted_data(request)[0], person=person)
    if not form.is_bound:
        return _page(request, company, form, status=200)
    if not (form.is_valid() and _sent(request, company, form)):
        return _page(request, company, form, status=registration_requests.status_of(form))
    if form.person is not None:
        messages.success(request, _("Your message has been sent. The company will answer by email."))
    else:
        words = _("Check your email: %(email)s. Open the link in it to confirm and send your message.")
        messages.success(request, words % {"email": form.address})
    return redirect("company", slug)


def redisplay_form(request: HttpRequest, slug: str) -> HttpResponse:
    """The form as it was sent, after a request without a valid CSRF token."""
    form = CompanyContactForm(request.POST, person=person_of(request))
    registration_requests.ask_to_resubmit(form)
    try:
        company = access.company_to_contact(person_of(request), slug)
    except access.NotReachable:
        return _not_reachable(request, slug)
    return _page(request, company, form, status=403)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_contact_request(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing: mail scanners do that."""
    page: dict[str, object] = {"section": "companies"}
    now, status = timezone.now(), 200
    try:
        asked = links.resolve_contact_request_link(token, now=now)
        page["asked"] = asked
        if request.method == "POST":
            requesting.confirm_request(request=asked, now=now)
            page["is_sent"] = True
    except (links.LinkNotValid, NotVisible):
        page, status = {"section": "companies"}, 404
    except Refusal as refusal:
        page["refusal"], status = refusal.message, 422
    return render(request, "matchmaking/confirm.html", page, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_contact_request(request: HttpRequest, token: str) -> HttpResponse:
    """Without signing in, for whom the email was sent to."""
    try:
        person, request_id = links.resolve_contact_answer_link(token)
        return answer_page(request, person, request_id, token=token)
    except (links.LinkNotValid, NotVisible):
        return render(request, "matchmaking/confirm.html", {"section": "companies"}, status=404)


def _sent(request: HttpRequest, company: Company, form: CompanyContactForm) -> bool:
    """False, with errors in the form, when it was not."""

    def send() -> None:
        allow_contacting(request, form.address, "contacting a company")
        requesting.send_request(
            company=company,
            content=form.content(language=active_language(), timezone=str(timezone.get_current_timezone())),
            by=form.person,
            meeting=_meeting_that_led_here(request),
            now=timezone.now(),
        )

    return registration_requests.was_taken(form, send)


def _meeting_that_led_here(request: HttpRequest) -> Meeting | None:
    """None where the reader does not see it."""
    given = request.GET.get("meeting", "")
    return visible_meeting(visitor_of(request), given) if given else None


def _not_reachable(request: HttpRequest, slug: str) -> HttpResponse:
    messages.error(request, _("This company can’t be contacted here."))
    return redirect("company", slug)


def _page(request: HttpRequest, company: Company, form: CompanyContactForm, *, status: int) -> HttpResponse:
    context = {
        "section": "companies",
        "company": company,
        "form": form,
        "meeting": _meeting_that_led_here(request),
    }
    return registration_requests.form_page(request, "matchmaking/write.html", context, status=status)
