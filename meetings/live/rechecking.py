"""Whether those who are in a room still may be: asked again of the database while they are there."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404

from companies.models import Person
from meetings import access, attending
from meetings.access import Level, Visitor
from meetings.live.callers import Caller
from meetings.live.messages import CLOSE_NO_ENTRY, CLOSE_REMOVED
from meetings.live.tickets import Ticket, role_of
from meetings.models import MeetingRole, Participant, Registration


@dataclass(frozen=True)
class Now:
    """`code` closes the socket; 0 leaves it open with these rights."""

    code: int
    level: Level
    role: str
    is_admitted: bool


Standings = dict[str, Now]


def stand_now(room_id: str, callers: Sequence[Caller], *, thoroughly: bool) -> Standings:
    """By connection. Attendees are looked at together, by their seats; everybody with a role as at the door."""
    admissions = dict(
        Participant.objects.filter(
            room=room_id, person__in={each.ticket.person for each in callers}
        ).values_list("person_id", "admission")
    )
    seats = {caller.ticket.registration for caller in callers if caller.ticket.registration}
    standing = set(
        Registration.objects.filter(
            pk__in=seats, state=Registration.State.CONFIRMED, person__is_active=True
        ).values_list("pk", flat=True)
    )
    with_a_role = set(
        MeetingRole.objects.filter(
            meeting__room=room_id, person__in={each.ticket.person for each in callers}
        ).values_list("person_id", flat=True)
    )
    found: Standings = {}
    for caller in callers:
        admission = admissions.get(caller.ticket.person, Participant.Admission.REMOVED)
        is_in = admission == Participant.Admission.ADMITTED
        if admission in attending.TURNED_AWAY:
            found[caller.connection] = Now(CLOSE_REMOVED, caller.level, caller.role, is_admitted=False)
        elif thoroughly or not caller.is_attendee or caller.ticket.person in with_a_role:
            found[caller.connection] = _at_the_door(room_id, caller, is_in=is_in)
        else:
            code = 0 if caller.ticket.registration in standing else CLOSE_NO_ENTRY
            found[caller.connection] = Now(code, caller.level, caller.role, is_admitted=is_in)
    return found


def _at_the_door(room_id: str, caller: Caller, *, is_in: bool) -> Now:
    ticket = caller.ticket
    person = Person.objects.filter(pk=ticket.person, is_active=True).first()
    if person is None:
        return Now(CLOSE_NO_ENTRY, caller.level, caller.role, is_admitted=False)
    try:
        entry = access.entry_for(_visitor(person, ticket), room_id)
    except (Http404, PermissionDenied):
        return Now(CLOSE_NO_ENTRY, caller.level, caller.role, is_admitted=False)
    admitted = is_in or entry.level >= Level.SPEAK
    return Now(0, entry.level, role_of(entry), is_admitted=admitted)


def _visitor(person: Person, ticket: Ticket) -> Visitor:
    """As they came: signed in, or by the link to their seat or their place on this very stage."""
    if ticket.signed_in:
        return Visitor(person, _seats(ticket))
    held = MeetingRole.objects.filter(meeting=ticket.meeting, person=person)
    return Visitor(None, _seats(ticket), tuple(held.values_list("pk", flat=True)))


def _seats(ticket: Ticket) -> tuple[str, ...]:
    return (ticket.registration,) if ticket.registration else ()
