"""“Looking for partners”: what projects have published of themselves, and writing to one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from companies.languages import active_language
from companies.refusals import Refusal
from companies.views.paging import page_of
from companies.views.request_person import person_of, submitted_data
from meetings.access import NotVisible
from notifications import links
from portal.contact_forms import PartnerRequestForm
from portal.rate_limits import allow_contacting
from portal.views import registration_requests
from projects import access, seeking_partners
from projects.models import PublishedSheet

PER_PAGE = 20


@require_safe
def partner_offers(request: HttpRequest) -> HttpResponse:
    context = {"section": "companies", "page": page_of(request, "page", access.public_sheets(), PER_PAGE)}
    return render(request, "portal/partners/list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def partner_offer(request: HttpRequest, sheet_id: str) -> HttpResponse:
    """A POST writes to the project: at once by somebody who is signed in, else once the address is confirmed."""
    sheet = access.published_sheet(sheet_id)
    form = PartnerRequestForm(submitted_data(request)[0], person=person_of(request))
    if not form.is_bound:
        return _page(request, sheet, form, status=200)
    if not (form.is_valid() and _sent(request, sheet, form)):
        return _page(request, sheet, form, status=registration_requests.status_of(form))
    if form.person is not None:
        messages.success(request, _("Your message has been sent. The project will answer by email."))
    else:
        words = _("Check your email: %(email)s. Open the link in it to confirm and send your message.")
        messages.success(request, words % {"email": form.address})
    return redirect("partner_offer", sheet_id)


def redisplay_form(request: HttpRequest, sheet_id: str) -> HttpResponse:
    """The form as it was sent, after a request without a valid CSRF token."""
    form = PartnerRequestForm(request.POST, person=person_of(request))
    registration_requests.ask_to_resubmit(form)
    return _page(request, access.published_sheet(sheet_id), form, status=403)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_partner_request(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing: mail scanners do that."""
    page: dict[str, object] = {"section": "companies"}
    now = timezone.now()
    try:
        asked = links.resolve_partner_request_link(token, now=now)
        page["asked"] = asked
        if request.method == "POST":
            seeking_partners.confirm_request(request=asked, now=now)
            page["is_sent"] = True
    except (links.LinkNotValid, NotVisible):
        return render(request, "portal/partners/confirm.html", {"section": "companies"}, status=404)
    except Refusal as refusal:
        page["refusal"] = refusal.message
        return render(request, "portal/partners/confirm.html", page, status=422)
    return render(request, "portal/partners/confirm.html", page)


def _sent(request: HttpRequest, sheet: PublishedSheet, form: PartnerRequestForm) -> bool:
    """False, with errors in the form, when it was not."""

    def send() -> None:
        allow_contacting(request, form.address, "asking a project")
        seeking_partners.send_request(
            sheet=sheet,
            content=form.content(language=active_language(), timezone=str(timezone.get_current_timezone())),
            by=form.person,
            now=timezone.now(),
        )

    return registration_requests.was_taken(form, send)


def _page(
    request: HttpRequest, sheet: PublishedSheet, form: PartnerRequestForm, *, status: int
) -> HttpResponse:
    context = {"section": "companies", "sheet": sheet, "form": form}
    return registration_requests.form_page(request, "portal/partners/offer.html", context, status=status)
