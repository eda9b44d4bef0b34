"""What registering for one meeting and for a whole series have in common: the form, the page, the answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from companies.languages import active_language
from companies.refusals import Refusal
from meetings import access
from meetings.access import Visitor
from meetings.links import Linked
from meetings.models import Invitation, Registration
from meetings.question_input import QuestionInput
from meetings.registering import Applicant
from portal.form_trap import TrapForm
from portal.forms import RegistrationForm
from portal.rate_limits import RateLimited, allow_guest_from_network, allow_registering

SESSION_SUBMISSIONS = "asked"  # session key: what was typed, by id of the meeting or series
SESSION_REGISTERED = "registered"  # session key: the meeting or series just registered for, until it is shown
MOST_LINKS = 100
_MOST_SUBMISSIONS = 5


def form_for(request: HttpRequest, visitor: Visitor, questions: Sequence[QuestionInput]) -> RegistrationForm:
    """With the host's questions, filled in as far as the visitor is known; bound when it was sent."""
    registration = None
    if visitor.company is None and (visitor.person is not None or visitor.registration_ids):
        own = access.own_registrations(visitor).select_related("person", "company")
        registration = own.order_by("-registered_at").first()
    posted = request.POST if request.method == "POST" else None
    return RegistrationForm.prefilled(
        person=visitor.person,
        registration=registration,
        language=active_language(),
        questions=questions,
        timezone=str(timezone.get_current_timezone()),
        posted=posted,
    )


def is_acceptable(request: HttpRequest, form: RegistrationForm, about: str) -> bool:
    """Whether it is valid and within the rate limits of `about`, the id of a meeting or series; adds errors to it."""
    if not form.is_valid():
        return False

    def allow() -> None:
        allow_registering(request, form.person.email if form.person else form.cleaned_data["email"])
        if form.person is None:
            allow_guest_from_network(request, about)

    return was_taken(form, allow)


def was_taken(form: TrapForm, flow: Callable[[], object]) -> bool:
    """Calls the flow. False, with errors in the form, when it refuses what the form holds, or to do so again now."""
    try:
        flow()
    except Refusal as refusal:
        form.add_error(refusal.field or None, refusal.message)
        form.is_rate_limited = isinstance(refusal, RateLimited) or refusal.code == "too_many"
        return False
    return True


def ask_to_resubmit(form: TrapForm) -> None:
    """Adds the error of a request without a valid CSRF token: cookies were cleared, or the page was open too long."""
    form.is_valid()
    form.add_error(
        None, _("The page was open for too long. Nothing you entered is lost. Please send the form again.")
    )


def redirect_page(request: HttpRequest, name: str, *args: str) -> HttpResponse:
    """A redirect of the whole page, also for htmx, which would put the next page into a part of this one."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(reverse(name, args=args))
    return redirect(name, *args)


def form_page(
    request: HttpRequest, template: str, page: Mapping[str, object], *, status: int
) -> HttpResponse:
    """A page with a form that may be shown again; after too many attempts it says when to try again."""
    response = render(request, template, dict(page), status=status)
    if status == 429:
        response["Retry-After"] = "600"
    return response


def status_of(form: TrapForm) -> int:
    """HTTP status of a page that shows the form again."""
    return 429 if form.is_rate_limited else 422


# ---- whose registration it is ---------------------------------------------------------------------------


def is_own(visitor: Visitor, registration: Registration) -> bool:
    """Whether the visitor has shown that the address is theirs: signed in, or used a personal link before.

    Everybody else gets the link by email. Otherwise somebody who types another person's address would enter the
    room as that person, and could find out who is registered.
    """
    return registration.person_id in visitor.person_ids


def applicant_of(request: HttpRequest, visitor: Visitor, form: RegistrationForm) -> Applicant:
    """Verified if the visitor is signed in with the address, or has used a personal link that was sent to it."""
    known = form.person is None and access.owns_address(visitor, form.cleaned_data["email"])
    return form.applicant(timezone=str(timezone.get_current_timezone()), is_verified=known)


def grant_session_access(request: HttpRequest, linked: Linked) -> None:
    """Lets this browser act for the registration, the invitation or the speaker, as the personal link does."""
    if isinstance(linked, Registration):
        key = access.SESSION_REGISTRATIONS
    else:
        key = access.SESSION_INVITATIONS if isinstance(linked, Invitation) else access.SESSION_STAGE_ROLES
    others = [one for one in request.session.get(key, []) if one != linked.pk]
    request.session[key] = [*others, linked.pk][-MOST_LINKS:]


@dataclass(frozen=True)
class Submission:
    """What was typed, for the page shown next; that page is the same whether or not the address was registered."""

    name: str
    email: str
    was_full: bool


def store_submission(
    request: HttpRequest, page: str, form: RegistrationForm, *, was_full: bool = False
) -> None:
    """Keeps it in the session. `was_full` is from before this registration, which may have taken the last seat."""
    cleaned = form.cleaned_data
    submissions = dict(list(request.session.get(SESSION_SUBMISSIONS, {}).items())[-_MOST_SUBMISSIONS:])
    submissions[page] = [cleaned.get("name", ""), cleaned.get("email", ""), was_full]
    request.session[SESSION_SUBMISSIONS] = submissions


def submission_for(request: HttpRequest, page: str) -> Submission | None:
    typed = request.session.get(SESSION_SUBMISSIONS, {}).get(page)
    return Submission(*typed) if typed else None


def clear_submission(request: HttpRequest, page: str) -> None:
    request.session[SESSION_SUBMISSIONS] = {
        key: typed for key, typed in request.session.get(SESSION_SUBMISSIONS, {}).items() if key != page
    }


def mark_registered(request: HttpRequest, about: str) -> None:
    request.session[SESSION_REGISTERED] = about


def is_just_registered(request: HttpRequest, about: str) -> bool:
    """True once: the page shown next leads keyboard and screen reader to the confirmation."""
    if request.method != "GET" or request.session.get(SESSION_REGISTERED) != about:
        return False
    del request.session[SESSION_REGISTERED]
    return True
