"""Tickets: the short-lived right to open a room's socket."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status

from companies.api.auth import Scope, token_of
from companies.api.people import caller
from companies.api.problems import Problem
from companies.api.schemas import dropping_nul
from meetings import access
from meetings.access import Entry, Level, Visitor
from meetings.api.asked import TicketIn
from meetings.api.schemas import TicketOut
from meetings.live import tickets

router = Router(tags=["rooms"])


@router.post(
    "/{room_id}/tickets",
    response={201: TicketOut},
    auth=Scope("rooms:enter"),
    summary="Get a ticket for a room",
)
def issue_ticket(request: HttpRequest, room_id: str, payload: TicketIn | None = None) -> Status[TicketOut]:
    """For the caller, or for a registration in a meeting that the caller hosts. It opens the room's socket once, within
    `expires_in` seconds, and the socket stays open as long as the key it was got with is valid.

    Each request makes a new ticket, also with an `Idempotency-Key`: an old one would let nobody in.
    """
    seat = payload.registration if payload else None
    entry = asked_entry(Visitor(person=caller(request)), dropping_nul(room_id), seat)
    if access.is_turned_away(entry):
        raise Problem(403, _("You were asked to leave this room."), code="turned_away")
    issued = tickets.issued(entry, signed_in=seat is None, api_token=token_of(request).pk)
    return Status(201, TicketOut(**issued))


def asked_entry(visitor: Visitor, room_id: str, registration_id: str | None) -> Entry:
    if registration_id is None:
        return access.entry_for(visitor, room_id)
    seat = access.registration_for(visitor, registration_id)
    own = visitor.person is not None and seat.person_id == visitor.person.pk
    if not own and access.level_in(visitor, seat.meeting) < Level.HOST:
        raise access.NotVisible
    return access.entry_for(Visitor(seats=(seat.pk,)), room_id)
