"""The contact requests that the reader's company has received, and those that the reader has sent."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies.models import Person
from companies.refusals import Refusal
from companies.views.paging import page_of
from companies.views.request_person import login_required_to_post, submitted_data
from matchmaking import access, requesting
from matchmaking.forms import AnswerForm

PER_PAGE = 30


@login_required
@require_safe
def contact_requests(request: HttpRequest) -> HttpResponse:
    """Received by the company, or with `?show=sent` sent by the reader."""
    person = _reader(request)
    shows_sent = request.GET.get("show") == "sent" or person.company_id is None
    rows = access.sent_by(person) if shows_sent else access.received_by(person)
    context = {
        "section": "companies",
        "shows_sent": shows_sent,
        "company": person.company,
        "page": page_of(request, "page", rows, PER_PAGE),
        "counts": None if shows_sent else access.counts_of(person, timezone.now()),
        "blocked": [] if shows_sent else access.blocked_by(person)[:PER_PAGE],
    }
    return render(request, "matchmaking/requests.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def contact_request(request: HttpRequest, request_id: str) -> HttpResponse:
    """A POST answers it: `do=accept` or `do=decline`."""
    return answer_page(request, _reader(request), request_id)


def answer_page(request: HttpRequest, person: Person, request_id: str, *, token: str = "") -> HttpResponse:
    """As `person`, who is signed in or has come by the link `token` of an email; NotVisible for other companies."""
    asked = access.request_to_answer(person, request_id)
    form = AnswerForm(submitted_data(request)[0])
    if form.is_bound and form.is_valid():
        accepts = request.POST.get("do") != "decline"
        try:
            requesting.answer_request(
                request=asked, accepts=accepts, text=form.cleaned_data["text"], by=person, now=timezone.now()
            )
        except Refusal as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            done = _("Your answer is on its way by email.")
            messages.success(request, done if accepts else _("Declined. We’ve told the sender by email."))
            return (
                redirect("answer_contact_request", token)
                if token
                else redirect("contact_request", request_id)
            )
    context = {
        "section": "companies",
        "asked": asked,
        "form": form,
        "token": token,
        "is_blocked": access.has_blocked(asked.company, asked.person),
    }
    return render(request, "matchmaking/request.html", context, status=422 if form.errors else 200)


@login_required_to_post
@require_POST
def block_contact(request: HttpRequest, request_id: str) -> HttpResponse:
    """With `do=report` the secretariat is told as well."""
    person = _reader(request)
    asked = access.request_to_answer(person, request_id)
    is_reported = request.POST.get("do") == "report"
    requesting.block_sender(request=asked, is_reported=is_reported, by=person, now=timezone.now())
    blocked = _("Blocked. Your company gets no more messages from this sender.")
    reported = _("Blocked and reported. The secretariat has been sent the message.")
    messages.success(request, reported if is_reported else blocked)
    return redirect("contact_request", request_id)


@login_required_to_post
@require_POST
def unblock_contact(request: HttpRequest, blocked_id: int) -> HttpResponse:
    requesting.unblock_sender(blocked=access.blocked_sender(_reader(request), blocked_id))
    messages.success(request, _("No longer blocked."))
    return redirect("contact_requests")


def _reader(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # noqa: S101 - login_required has seen to it
    return request.user
