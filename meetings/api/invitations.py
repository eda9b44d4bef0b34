"""Operations on invitations, for a host's program."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.decorators import decorate_view
from pydantic import BeforeValidator, Field, field_validator

from api.auth import Scope
from api.idempotency import idempotent
from api.paging import Page, PageQuery, page
from companies.api.people import caller
from companies.api.schemas import (
    Flag,
    LanguageCode,
    Line,
    PlainText,
    RequestModel,
    ZoneName,
    example,
    stripped,
)
from meetings import inviting
from meetings.access import Level
from meetings.api.meetings import find_meeting
from meetings.api.schemas import shown
from meetings.invitation_lists import Invitee
from meetings.models import Invitation

router = Router(tags=["invitations"])

# Not `Email`: a wrong address is a result of its line, and the others are invited.
Address = Annotated[
    PlainText, BeforeValidator(stripped), Field(max_length=320, json_schema_extra={"format": "email"})
]


class InviteeIn(RequestModel):
    email: Address
    name: Line = ""
    language: LanguageCode | None = Field(
        None, description="language of the email; the person's own by default"
    )
    company: Line = ""
    timezone: ZoneName | None = None


class InvitationsIn(RequestModel):
    model_config = example(
        invitations=[{"email": "rasa@example.org", "name": "Rasa Kazlauskienė", "language": "lt"}]
    )

    invitations: list[InviteeIn] = Field(min_length=1, max_length=inviting.MOST_AT_ONCE)

    series: Flag = Field(
        False,
        description="true invites to the later meetings of its series, too, with one email to each person; a line that "
        "invites to any of them counts as invited",
    )

    @field_validator("*")
    @classmethod
    def _each_once(cls, value: Any) -> Any:
        """A line that is there twice has a result of its own."""
        return value


class InvitationOut(Schema):
    id: str
    meeting: str
    state: str = Field(description="invited, accepted, declined or withdrawn")
    email: str = Field(description="empty if the person was invited with their company and has not accepted")
    name: str
    company: str
    language: str
    timezone: str
    invited_at: datetime
    sent_at: datetime
    answered_at: datetime | None


class InvitationResult(Schema):
    email: str
    status: str = Field(
        description="invited, already_invited, already_registered, takes_part, declined, repeated, invalid, "
        "inactive, too_soon or too_many"
    )
    detail: str = Field(description="why this line was not invited, in the language of Accept-Language")
    invitation: InvitationOut | None


class InvitationResults(Schema):
    results: list[InvitationResult] = Field(description="one for each line, in their order")


def invitation_out(invitation: Invitation) -> InvitationOut:
    """Without the personal link: whoever has it may answer for that person."""
    return shown(
        InvitationOut,
        invitation,
        meeting=invitation.meeting_id,
        email=invitation.shown_email,
        company=invitation.company_name,
    )


def invitation_result(result: inviting.Result) -> InvitationResult:
    return InvitationResult(
        email=result.invitee.email,
        status=result.status.value,
        detail=result.detail,
        invitation=invitation_out(result.invitation) if result.invitation is not None else None,
    )


@router.post(
    "/meetings/{meeting_id}/invitations",
    response={200: InvitationResults},
    auth=Scope("registrations:write"),
    summary="Invite people to a meeting",
)
@decorate_view(idempotent)
def invite(request: HttpRequest, meeting_id: str, payload: InvitationsIn) -> InvitationResults:
    """Each line has a result; nobody is invited twice. Hosts only, once the meeting is published."""
    meeting = find_meeting(request, meeting_id, Level.HOST)
    invitees = [
        Invitee(
            email=one.email,
            name=one.name,
            language=one.language or "",
            timezone=one.timezone or "",
            company_name=one.company,
            line=number,
            written=one.email,
        )
        for number, one in enumerate(payload.invitations, start=1)
    ]
    flow = inviting.invite_to_series if payload.series else inviting.invite
    results = flow(meeting=meeting, invitees=invitees, by=caller(request), now=timezone.now())
    return InvitationResults(results=[invitation_result(one) for one in results])


@router.get(
    "/meetings/{meeting_id}/invitations",
    response=Page[InvitationOut],
    auth=Scope("registrations:read"),
    summary="List the invitations of a meeting",
)
def list_invitations(request: HttpRequest, meeting_id: str, asked: Query[PageQuery]) -> dict[str, Any]:
    """Oldest first, including withdrawn invitations. Hosts only."""
    meeting = find_meeting(request, meeting_id, Level.HOST)
    return page(meeting.invitations.select_related("person"), asked, "invited_at", invitation_out)
