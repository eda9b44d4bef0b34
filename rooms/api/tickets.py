"""API: tickets to rooms."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from api.auth import Scope, token_of
from api.problems import Problem
from companies.api.people import caller
from companies.api.schemas import Line, RequestModel, strip_nul
from rooms import admission, policy, tickets
from rooms.policy import Requester

router = Router(tags=["rooms"])


class TicketIn(RequestModel):
    registration: Line | None = Field(
        None, description="id of a registration; if left out, the caller's own ticket"
    )


class TicketOut(Schema):
    ticket: str
    url: str = Field(description="path or URL of the WebSocket")
    expires_in: int = Field(description="seconds until the ticket expires")


@router.post(
    "/{room_id}/tickets",
    response={201: TicketOut},
    auth=Scope("rooms:enter"),
    summary="Get a ticket for a room",
)
def issue_ticket(request: HttpRequest, room_id: str, payload: TicketIn | None = None) -> Status[TicketOut]:
    """For the caller, or for a registration in a meeting that the caller hosts. It opens the room's socket once, within
    `expires_in` seconds, and the socket stays open as long as the token used for the request is valid.

    Each request makes a new ticket, also with an `Idempotency-Key`: a used one admits nobody.
    """
    registration = payload.registration if payload else None
    requester = Requester(person=caller(request), guest=registration or "")
    try:
        entry = policy.entry_for(requester, strip_nul(room_id))
    except policy.EntryDenied as denied:
        raise Problem(403, denied.message, code=denied.code) from denied
    barriers = admission.barriers_for(entry)
    if barriers.is_turned_away:
        raise Problem(403, _("A host has denied you access to this room."), code="turned_away")
    if barriers.is_locked:
        raise Problem(403, _("The host has locked this room, so no one else can join."), code="locked")
    issued = tickets.issued(entry, signed_in=registration is None, api_token=token_of(request).pk)
    return Status(201, TicketOut(**issued))
