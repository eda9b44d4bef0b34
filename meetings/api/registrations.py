"""Operations on registrations: a place in a meeting, for a host's program or for oneself."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Status
from ninja.decorators import decorate_view

from api.auth import Scope
from api.idempotency import idempotent
from api.paging import Page, PageQuery, page
from api.problems import Problem
from companies.api.people import caller
from companies.api.schemas import strip_nul
from meetings import access, registering
from meetings.access import Level, Visitor
from meetings.api.meetings import find_meeting
from meetings.api.requests import RegistrationIn
from meetings.api.schemas import RegistrationOut, registration_out

router = Router(tags=["registrations"])


@router.post(
    "/meetings/{meeting_id}/registrations",
    response={201: RegistrationOut},
    auth=Scope("registrations:write"),
    summary="Register an address for a meeting",
)
@decorate_view(idempotent)
def register(request: HttpRequest, meeting_id: str, payload: RegistrationIn) -> Status[RegistrationOut]:
    """Confirmed, or pending approval, or on the waitlist. The same address again is 409.

    Somebody else's address takes a host's token: the answer would tell others whether an address is registered.
    """
    meeting = find_meeting(request, meeting_id)
    visitor = Visitor(person=caller(request))
    own = payload.email == caller(request).email
    if not own and access.level_in(visitor, meeting) < Level.HOST:
        raise Problem(403, _("Only a host may register other people."))
    applicant = registering.Applicant(
        email=payload.email,
        name=payload.name,
        company_name=payload.company,
        country=payload.country.upper(),
        language=payload.language,
        timezone=payload.timezone,
        is_verified=True,  # the caller's own address, or one that a host vouches for
        answers=dict(payload.answers),
    )
    made = registering.register(meeting=meeting, applicant=applicant, now=timezone.now())
    return Status(201, registration_out(made))


@router.get(
    "/meetings/{meeting_id}/registrations",
    response=Page[RegistrationOut],
    auth=Scope("registrations:read"),
    summary="List the registrations of a meeting",
)
def list_registrations(request: HttpRequest, meeting_id: str, asked: Query[PageQuery]) -> dict[str, Any]:
    """In the order in which they came, withdrawn ones too. For the meeting's hosts."""
    meeting = find_meeting(request, meeting_id, Level.HOST)
    return page(meeting.registrations.select_related("person"), asked, "registered_at", registration_out)


@router.delete(
    "/registrations/{registration_id}",
    response={204: None},
    auth=Scope("registrations:write"),
    summary="Withdraw a registration",
)
def withdraw(request: HttpRequest, registration_id: str) -> Status[None]:
    """One's own, or one in a meeting that one hosts. Frees the seat, moves the waitlist, cancels the calendar entry."""
    registration = access.registration_for(Visitor(person=caller(request)), strip_nul(registration_id))
    own = registration.person_id == caller(request).pk
    registering.withdraw(registration=registration, now=timezone.now(), by_person=own)
    return Status(204, None)
