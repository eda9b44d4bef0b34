"""Operations on registrations, for a host's program or for the caller."""

from datetime import datetime
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from ninja.decorators import decorate_view
from pydantic import Field

from api.auth import Scope
from api.idempotency import idempotent
from api.paging import Page, PageQuery, page
from api.problems import Problem
from companies.api.people import caller
from companies.api.schemas import (
    CountryLetters,
    Email,
    Flag,
    LanguageCode,
    Line,
    LongText,
    Name,
    RequestModel,
    WholeNumber,
    ZoneName,
    example,
    strip_nul,
)
from companies.company_names import country_of_listed_company
from meetings import access, registering
from meetings.access import Level, Visitor
from meetings.api.meetings import find_meeting
from meetings.api.schemas import shown
from meetings.models import Registration

router = Router(tags=["registrations"])

Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]
SafeWhole = Annotated[WholeNumber, Field(ge=-(2**53), le=2**53)]  # what JSON carries everywhere
Answer = LongText | Flag | SafeWhole | Finite | Annotated[list[LongText], Field(max_length=40)] | None


class RegistrationIn(RequestModel):
    model_config = example(
        email="rasa@example.org",
        name="Rasa Kazlauskienė",
        company="Baltijos vėjas",
        country="LT",
        language="lt",
        timezone="Europe/Vilnius",
        answers={"What do you hope to hear?": "How it works in winter."},
    )

    email: Email
    name: Name
    company: Line = ""
    country: CountryLetters = ""
    language: LanguageCode = "en"
    timezone: ZoneName = Field(default_factory=lambda: str(settings.DEFAULT_TIMEZONE))
    answers: dict[Line, Answer] = Field(
        {},
        max_length=40,
        description="by the key of each of the meeting's `questions`: text, the id of a choice, a list of ids, or true"
        " for a consent; a meeting without questions accepts any keys",
    )


class RegistrationOut(Schema):
    id: str
    meeting: str
    state: str = Field(description="pending, confirmed, waitlisted, offered or cancelled")
    email: str
    name: str
    company: str
    country: str
    language: str
    timezone: str
    answers: dict[str, object] = Field(
        description="by key of the question; also to questions, and with choices, that the host has removed since"
    )
    registered_at: datetime


def registration_out(registration: Registration) -> RegistrationOut:
    """Without the personal link: whoever has it may act as that person."""
    return shown(
        RegistrationOut,
        registration,
        meeting=registration.meeting_id,
        company=registration.company_name,
    )


@router.post(
    "/meetings/{meeting_id}/registrations",
    response={201: RegistrationOut},
    auth=Scope("registrations:write"),
    summary="Register a person for a meeting",
)
@decorate_view(idempotent)
def register(request: HttpRequest, meeting_id: str, payload: RegistrationIn) -> Status[RegistrationOut]:
    """The registration is confirmed, pending approval or on the waitlist. An address registered already is 409.

    Required `questions` of the meeting must be answered; errors are listed by `answers.<key>`.

    Only hosts may register another person, because the answer tells whether an address is registered.
    """
    meeting = find_meeting(request, meeting_id)
    visitor = Visitor(person=caller(request))
    own = payload.email == caller(request).email
    if not own and access.level_in(visitor, meeting) < Level.HOST:
        raise Problem(403, _("Only hosts can register other people."))
    applicant = registering.Applicant(
        email=payload.email,
        name=payload.name,
        company_name=payload.company,
        country=payload.country.upper() or country_of_listed_company(payload.company),
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
    """Oldest first, including cancelled registrations. Hosts only."""
    meeting = find_meeting(request, meeting_id, Level.HOST)
    return page(meeting.registrations.select_related("person"), asked, "registered_at", registration_out)


@router.delete(
    "/registrations/{registration_id}",
    response={204: None},
    auth=Scope("registrations:write"),
    summary="Cancel a registration",
)
def withdraw(request: HttpRequest, registration_id: str) -> Status[None]:
    """The caller's own registration, or one for a meeting they host.

    Frees the seat, moves the waitlist and cancels the calendar event.
    """
    registration = access.registration_for(Visitor(person=caller(request)), strip_nul(registration_id))
    own = registration.person_id == caller(request).pk
    registering.withdraw(registration=registration, now=timezone.now(), by_person=own)
    return Status(204, None)
